import type { DatasetSyntax } from "../read/dataset.ts";
import type { PipelineWorld, Rule, World } from "../resolve/world.ts";

/** A column by its name in lower case: its own spelling, and the source table that has it. */
type Columns = ReadonlyMap<string, { readonly column: string; readonly table: string }>;

/** Q006: `"range"` is the text `range` in Spark SQL, in every row. */
export const doubleQuotedName: Rule = {
  code: "Q006",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        const texts = sql?.file.facts.doubleQuoted ?? [];
        if (sql === undefined || texts.length === 0) continue;
        const columns = columnsOf(dataset, pipeline, world);
        for (const text of texts) {
          const known = columns.get(text.name.toLowerCase());
          if (known === undefined && !text.isBare) continue;
          report({
            code: "Q006",
            pipeline: pipeline.name,
            dataset,
            at: sql.at(text),
            message: known
              ? `Spark reads \`"${text.name}"\` as a text, the same in every row, not as column \`${known.column}\` of table \`${known.table}\``
              : `Spark reads \`"${text.name}"\` as text, not as a name`,
            help: `write \`\`\` \`${known?.column ?? text.name}\` \`\`\` (backticks) for a column, or '${text.name}' (single quotes) for text`,
          });
        }
      }
    }
  },
};

/** Columns of a dataset's source tables, as far as they are known: declared, or the result of the dataset that writes the table. */
function columnsOf(dataset: DatasetSyntax, pipeline: PipelineWorld, world: World): Columns {
  const writers = outputsByTarget(world);
  return new Map(
    dataset.tables.flatMap(({ name, location }) => {
      const declared = pipeline.extras.sources.find(
        (each) => each.name.value.toLowerCase() === name.value.toLowerCase(),
      );
      const written = location && writers.get(location.value.location);
      const columns = written ?? declared?.columns.map((each) => each.name) ?? [];
      return columns.map((column) => [column.toLowerCase(), { column, table: name.value }] as const);
    }),
  );
}

const computed = new WeakMap<World, ReadonlyMap<string, readonly string[]>>();

/** Columns of what datasets of the root write, by target; only those that the SQL tells. */
function outputsByTarget(world: World): ReadonlyMap<string, readonly string[]> {
  const known =
    computed.get(world) ??
    new Map(
      world.pipelines.flatMap((pipeline) =>
        [...pipeline.datasets.values()].flatMap((dataset) => {
          const outputs = pipeline.sqlOf(dataset)?.file.facts.outputs;
          return dataset.target && outputs ? [[dataset.target.value.location, outputs] as const] : [];
        }),
      ),
    );
  computed.set(world, known);
  return known;
}
