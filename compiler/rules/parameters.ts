import { suggestOr } from "../nearest.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import type { PipelineWorld, Rule } from "../resolve/world.ts";

const PARAMETER_HELP = "declare it under `params` in `pipeline.yaml` with a `type`";

/** Q007: Spark fails at the first row on a parameter that nobody binds. */
export const undeclaredParameter: Rule = {
  code: "Q007",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      const declared = pipeline.extras.params.map(({ name }) => name.value);
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        const seen = new Set<string>();
        for (const use of sql?.file.facts.params ?? []) {
          if (declared.includes(use.name) || seen.has(use.name)) continue;
          seen.add(use.name);
          const otherCase = declared.find((name) => name.toLowerCase() === use.name.toLowerCase());
          report({
            code: "Q007",
            pipeline: pipeline.name,
            dataset,
            at: sql?.at(use) ?? dataset.name.at,
            message: `parameter \`:${use.name}\` is not declared`,
            help: otherCase
              ? `write \`:${otherCase}\`: upper and lower case count in the names of parameters`
              : suggestOr(use.name, declared, "parameter", PARAMETER_HELP),
          });
        }
      }
    }
  },
};

/** Parameters that a dataset's freshness is compared with. */
function comparedWith(dataset: DatasetSyntax, pipeline: PipelineWorld): string[] {
  return pipeline
    .expectationsOf(dataset)
    .flatMap(({ body }) => (body.kind === "freshness" && body.of ? [body.of.value] : []));
}

/** Q008: a parameter that no query uses promises an effect that it does not have. */
export const unusedParameter: Rule = {
  code: "Q008",
  check(world, report) {
    for (const pipeline of world.pipelines.filter((each) => each.complete)) {
      const files = [...pipeline.datasets.values()].map(pipeline.sqlOf);
      // A text that does not parse may use any of them.
      if (files.some((sql) => sql === undefined || sql.file.facts.syntaxError !== undefined)) continue;
      const used = new Set([
        ...files.flatMap((sql) => sql?.file.facts.params.map(({ name }) => name) ?? []),
        ...[...pipeline.datasets.values()].flatMap((dataset) => comparedWith(dataset, pipeline)),
      ]);
      for (const { name } of pipeline.extras.params) {
        if (used.has(name.value)) continue;
        report({
          code: "Q008",
          pipeline: pipeline.name,
          at: name.at,
          message: `no query uses parameter \`${name.value}\``,
          help: `use it as \`:${name.value}\`, or remove it from \`params\``,
        });
      }
    }
  },
};

/** Q010: positional parameters have no names to give values to. */
export const positionalParameter: Rule = {
  code: "Q010",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const dataset of pipeline.datasets.values()) {
        const sql = pipeline.sqlOf(dataset);
        const first = sql?.file.facts.positional[0];
        if (sql === undefined || first === undefined) continue;
        report({
          code: "Q010",
          pipeline: pipeline.name,
          dataset,
          at: sql.at(first),
          message: "`?` is a positional parameter",
          help: "use a named one, `:name`, declared under `params` in `pipeline.yaml`",
        });
      }
    }
  },
};
