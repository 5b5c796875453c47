/** Settings of how a target is written that contradict each other or the query. */

import type { Place } from "../diagnostics.ts";
import { suggest } from "../nearest.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import type { PipelineWorld, Report, Rule, World } from "../resolve/world.ts";

function visitAll(world: World, visit: (dataset: DatasetSyntax, pipeline: PipelineWorld) => void): void {
  for (const pipeline of world.pipelines) for (const dataset of pipeline.datasets.values()) visit(dataset, pipeline);
}

/** W001: nothing would come of them. */
export const settingsWithoutTarget: Rule = {
  code: "W001",
  check(world, report) {
    visitAll(world, (dataset, pipeline) => {
      // A target that could not be read has its own diagnostic.
      const hasKey = dataset.node.entries.some(({ key }) => key.value === "s3_target");
      for (const { value, at } of hasKey ? [] : dataset.publish.written) {
        report({
          code: "W001",
          pipeline: pipeline.name,
          dataset,
          at,
          message: `dataset \`${dataset.name.value}\` has \`${value}\`, but no \`s3_target\``,
          help: "give it a target, or remove the key: without a target nothing is written or checked",
        });
      }
    });
  },
};

/** W002: half a setting. */
export const contradictingSettings: Rule = {
  code: "W002",
  check(world, report) {
    visitAll(world, (dataset, pipeline) => {
      for (const [at, message, help] of contradictions(dataset)) {
        report({ code: "W002", pipeline: pipeline.name, dataset, at, message, help });
      }
    });
  },
};

function contradictions({ publish }: DatasetSyntax): (readonly [at: Place, message: string, help: string])[] {
  const { write, format, partitionBy, mergeKey, keep } = publish;
  const found: (readonly [Place, string, string])[] = [];
  if (write.value === "replace_partitions" && partitionBy.length === 0) {
    const help = "name the columns under `partition_by`, or write `replace`";
    found.push([write.at, "`write` is `replace_partitions`, but there is no `partition_by`", help]);
  }
  if (write.value === "merge" && format.value !== "iceberg") {
    const help = 'add `"format": "iceberg"`: only a table format can change single rows and stay whole';
    found.push([write.at, "`write` is `merge`, but the format is `parquet`", help]);
  }
  if (write.value === "merge" && mergeKey.length === 0) {
    const help = "name the columns that tell one row from another under `merge_key`";
    found.push([write.at, "`write` is `merge`, but there is no `merge_key`", help]);
  }
  const [key] = mergeKey;
  if (write.value !== "merge" && key !== undefined) {
    const help = "write `merge`, or remove the key";
    found.push([key.at, `\`merge_key\` is set, but \`write\` is \`${write.value}\``, help]);
  }
  if (format.value === "iceberg" && keep !== undefined) {
    const help = "remove the key: an Iceberg table keeps its snapshots until they are expired";
    found.push([keep.at, "`keep` is set, but the format is `iceberg`", help]);
  }
  return found;
}

/** W003: the job would compute everything and then refuse it. */
export const settingColumn: Rule = {
  code: "W003",
  check(world, report) {
    visitAll(world, (dataset, pipeline) => {
      const known = pipeline.sqlOf(dataset)?.file.facts.outputs;
      if (known === undefined) return;
      for (const column of [...dataset.publish.partitionBy, ...dataset.publish.mergeKey]) {
        // As the query spells it: folders and keys are made of the name.
        if (known.includes(column.value)) continue;
        report({
          code: "W003",
          pipeline: pipeline.name,
          dataset,
          at: column.at,
          message: `dataset \`${dataset.name.value}\` has no column \`${column.value}\``,
          help: suggest(column.value, known, "column"),
        });
      }
      refuseAllColumns(dataset, known, pipeline, report);
    });
  },
};

function refuseAllColumns(
  dataset: DatasetSyntax,
  known: readonly string[],
  pipeline: PipelineWorld,
  report: Report,
): void {
  const [first] = dataset.publish.partitionBy;
  const named = new Set(dataset.publish.partitionBy.map(({ value }) => value));
  if (first === undefined || known.some((name) => !named.has(name))) return;
  report({
    code: "W003",
    pipeline: pipeline.name,
    dataset,
    at: first.at,
    message: `\`partition_by\` names every column of dataset \`${dataset.name.value}\``,
    help: "remove a column from it: the files need at least one",
  });
}

/** W004: each execution would add the same rows again. */
export const appendWithoutParameter: Rule = {
  code: "W004",
  check(world, report) {
    visitAll(world, (dataset, pipeline) => {
      const facts = pipeline.sqlOf(dataset)?.file.facts;
      if (dataset.publish.write.value !== "append" || facts === undefined || facts.syntaxError !== undefined) return;
      if (facts.params.length > 0) return;
      report({
        code: "W004",
        pipeline: pipeline.name,
        dataset,
        at: dataset.publish.write.at,
        message: `dataset \`${dataset.name.value}\` appends, but its query has no parameter: each execution adds all of its rows again`,
        help: "select the new rows by a parameter, for example `WHERE day = :run_date`, or write `replace`; if its source holds new rows only, allow W004 with that reason",
      });
    });
  },
};
