/** Expectations that could never be checked, or would be checked against nothing. */

import { suggest, suggestOr } from "../nearest.ts";
import type { Located } from "../parse/tree.ts";
import type { DatasetSyntax } from "../read/dataset.ts";
import { type ExpectationSyntax, namedColumns } from "../read/expectations.ts";
import { expressionColumns, expressionProblem } from "../read/expressions.ts";
import { outputsOf, type PipelineWorld, type Report, type Rule, type World } from "../resolve/world.ts";

type Visit = (expectation: ExpectationSyntax, dataset: DatasetSyntax, pipeline: PipelineWorld, world: World) => void;

function visitAll(world: World, visit: Visit): void {
  for (const pipeline of world.pipelines)
    for (const dataset of pipeline.datasets.values())
      for (const each of pipeline.expectationsOf(dataset)) visit(each, dataset, pipeline, world);
}

/** E001: the check would fail an hour into the run, and with it the dataset. */
export const expectationColumn: Rule = {
  code: "E001",
  check(world, report) {
    visitAll(world, (expectation, dataset, pipeline) => {
      const { body } = expectation;
      const columns =
        body.kind === "expression"
          ? expressionColumns(body.sql.value, world.expressions).map((value) => ({ value, at: body.sql.at }))
          : namedColumns(body);
      for (const column of columns) refuseUnknown(column, dataset, dataset, pipeline, report);
      if (body.kind !== "references") return;
      const other = pipeline.datasets.get(body.dataset.value);
      for (const column of other ? body.to : []) {
        refuseUnknown(column, other ?? dataset, dataset, pipeline, report);
      }
    });
  },
};

function refuseUnknown(
  column: Located<string>,
  holder: DatasetSyntax,
  dataset: DatasetSyntax,
  pipeline: PipelineWorld,
  report: Report,
): void {
  const known = outputsOf(holder, pipeline);
  if (known === undefined || known.has(column.value.toLowerCase())) return;
  report({
    code: "E001",
    pipeline: pipeline.name,
    dataset,
    at: column.at,
    message: `dataset \`${holder.name.value}\` has no column \`${column.value}\``,
    help: suggest(column.value, known, "column"),
    notes: [{ place: holder.sqlFile?.at ?? holder.name.at, message: "its columns are those of this query" }],
  });
}

/** E002: the text becomes part of a query, so it must be one condition and nothing else. */
export const expectationExpression: Rule = {
  code: "E002",
  check(world, report) {
    visitAll(world, ({ body }, dataset, pipeline) => {
      const problem = body.kind === "expression" ? expressionProblem(body.sql.value, world.expressions) : undefined;
      if (problem === undefined || body.kind !== "expression") return;
      report({
        code: "E002",
        pipeline: pipeline.name,
        dataset,
        at: body.sql.at,
        message: `the expression of an expectation ${problem}`,
        help: "write one condition on the columns of the result that every row meets, for example `amount >= 0`",
      });
    });
  },
};

/** E004: a reference to a dataset that nobody runs, or that keeps nothing. */
export const expectationReference: Rule = {
  code: "E004",
  check(world, report) {
    visitAll(world, ({ body }, dataset, pipeline) => {
      if (body.kind !== "references" || !pipeline.complete) return;
      const { value, at } = body.dataset;
      const other = pipeline.datasets.get(value);
      const problem = referenceProblem(other, pipeline);
      if (problem === undefined || (other === undefined && pipeline.declared.has(value))) return;
      report({
        code: "E004",
        pipeline: pipeline.name,
        dataset,
        at,
        message: `an expectation refers to \`${value}\`, ${problem}`,
        help: suggest(value, referable(pipeline), "dataset"),
      });
    });
  },
};

function referenceProblem(other: DatasetSyntax | undefined, pipeline: PipelineWorld): string | undefined {
  if (other === undefined) return "which is no dataset of this pipeline";
  if (other.target === undefined) return "which has no target";
  return pipeline.staged.some(({ dataset }) => dataset === other) ? undefined : "which no stage lists";
}

function referable(pipeline: PipelineWorld): string[] {
  return pipeline.staged.flatMap(({ dataset }) => (dataset.target ? [dataset.name.value] : []));
}

/** E005: freshness is compared with a moment. */
export const freshnessParameter: Rule = {
  code: "E005",
  check(world, report) {
    visitAll(world, ({ body }, dataset, pipeline) => {
      if (body.kind !== "freshness" || body.of === undefined) return;
      const moments = pipeline.extras.params.filter(({ type }) => type === "date" || type === "timestamp");
      const names = moments.map(({ name }) => name.value);
      if (names.includes(body.of.value)) return;
      report({
        code: "E005",
        pipeline: pipeline.name,
        dataset,
        at: body.of.at,
        message: `freshness is compared with \`${body.of.value}\`, which is no parameter of type date or timestamp`,
        help: suggestOr(body.of.value, names, "parameter", "leave `of` out to compare with the clock"),
      });
    });
  },
};
