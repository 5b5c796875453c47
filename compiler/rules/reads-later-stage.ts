import type { StageSyntax } from "../read/stages.ts";
import type { Pipeline, Writer } from "../resolve/types.ts";
import { type Finding, rule } from "./rule.ts";

/** G004: the reader would see yesterday's rows, or none on the first day. */
export const readsLaterStage = rule("G004", {
  pipeline(pipeline, report) {
    const swapped = swappedStages(pipeline);
    if (swapped !== undefined) return report(exchange(swapped));
    for (const dataset of pipeline.staged)
      for (const writer of dataset.writers) {
        const { stage = 0 } = dataset;
        if (writer.dataset.stage <= stage) continue;
        const [own, later] = [stage, writer.dataset.stage].map((index) => pipeline.stages[index]?.name.value);
        report({
          dataset,
          at: writer.table.location?.at ?? dataset.name.at,
          message: `dataset \`${dataset.name.value}\` reads what \`${writer.dataset.name.value}\` writes in a later stage`,
          help: `move \`${dataset.name.value}\` to stage \`${later}\`; Strata orders datasets inside a stage`,
          notes: [
            {
              place: writer.dataset.target.at,
              message: `written in stage \`${later}\`; this is stage \`${own}\``,
            },
          ],
        });
      }
  },
});

/** One message for all reads that the exchange of two stages mends. */
function exchange({ early, late, example }: Swapped): Finding {
  return {
    at: early.name.at,
    message: `stages \`${early.name.value}\` and \`${late.name.value}\` are swapped: \`${example.reader}\` reads what \`${example.writer.dataset.name.value}\` writes in a later stage`,
    help: "swap the two stages",
    notes: [
      { place: late.name.at, message: "must be before the other" },
      {
        place: example.writer.table.location?.at ?? example.writer.table.name.at,
        message: `read here by \`${example.reader}\``,
      },
    ],
  };
}

/** Two stages in the wrong order, and one read that shows it. */
interface Swapped {
  readonly early: StageSyntax;
  readonly late: StageSyntax;
  readonly example: { readonly reader: string; readonly writer: Writer };
}

/**
 * Two stages whose exchange mends every read of a later stage. At least half of the datasets of the earlier one must read too
 * late, else it is a dataset that is in the wrong stage.
 */
function swappedStages(pipeline: Pipeline): Swapped | undefined {
  const reads = pipeline.staged.flatMap((dataset) =>
    dataset.writers.map((writer) => ({ dataset, stage: dataset.stage ?? 0, writer, written: writer.dataset.stage })),
  );
  const wrong = reads.filter(({ stage, written }) => written > stage);
  if (wrong.length === 0) return undefined;
  const edges = [...new Map(reads.map(({ stage, written }) => [`${stage} ${written}`, [stage, written]]))];
  for (const a of new Set(wrong.map(({ stage }) => stage)))
    for (const b of new Set(wrong.map(({ written }) => written))) {
      const place = (stage: number | undefined) => (stage === a ? b : stage === b ? a : (stage ?? 0));
      if (a >= b || edges.some(([, [reader, writer]]) => place(writer) > place(reader))) continue;
      const [early, late] = [pipeline.stages[a], pipeline.stages[b]];
      const own = wrong.filter(({ stage }) => stage === a);
      const [first] = own;
      const isMost = 2 * new Set(own.map(({ dataset }) => dataset)).size >= (early?.datasets.length ?? 0);
      if (early && late && first && isMost)
        return { early, late, example: { reader: first.dataset.name.value, writer: first.writer } };
    }
  return undefined;
}
