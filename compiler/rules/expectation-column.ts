import { suggest } from "../nearest.ts";
import type { Located } from "../parse/tree.ts";
import { type ExpectationSyntax, namedColumns } from "../read/expectations.ts";
import { expressionColumns } from "../read/expressions.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** E001: the check would fail an hour into the run, and with it the dataset. */
export const expectationColumn = rule("E001", {
  expectation({ body }, dataset, report, root) {
    const other = body.kind === "references" ? dataset.pipeline.datasets.get(body.dataset.value) : undefined;
    const columns = [
      ...ownColumns(body, root).map((column) => ({ column, holder: dataset })),
      ...(other && body.kind === "references" ? body.to.map((column) => ({ column, holder: other })) : []),
    ];
    for (const { column, holder } of columns) {
      const known = lowerColumns(holder);
      if (known === undefined || known.has(column.value.toLowerCase())) continue;
      report({
        at: column.at,
        message: `dataset \`${holder.name.value}\` has no column \`${column.value}\``,
        help: suggest(column.value, known, "column"),
        notes: [{ place: holder.sqlFile?.at ?? holder.name.at, message: "its columns come from this query" }],
      });
    }
  },
});

function ownColumns(body: ExpectationSyntax["body"], { factsOf }: Root): readonly Located<string>[] {
  if (body.kind !== "expression") return namedColumns(body);
  return expressionColumns(body.sql.value, factsOf).map((value) => ({ value, at: body.sql.at }));
}

function lowerColumns({ columns }: Dataset): ReadonlySet<string> | undefined {
  return columns && new Set(columns.map((name) => name.toLowerCase()));
}
