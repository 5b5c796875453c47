import { adviseName } from "../fix/offer.ts";
import type { Located } from "../parse/tree.ts";
import { type ExpectationSyntax, namedColumns } from "../read/expectations.ts";
import { expressionColumns } from "../read/expressions.ts";
import type { Root } from "../resolve/types.ts";
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
      const known = holder.columns;
      if (known === undefined || hasColumn(known, column.value)) continue;
      const { help, fixes } = adviseName(column, known, "column");
      report({
        at: column.at,
        message: `dataset \`${holder.name.value}\` has no column \`${column.value}\``,
        help,
        // The place of an expression's column is that of the expression.
        fixes: body.kind === "expression" ? [] : fixes,
        notes: [{ place: holder.sqlFile?.at ?? holder.name.at, message: "its columns come from this query" }],
      });
    }
  },
});

function ownColumns(body: ExpectationSyntax["body"], { factsOf }: Root): readonly Located<string>[] {
  if (body.kind !== "expression") return namedColumns(body);
  return expressionColumns(body.sql.value, factsOf).map((value) => ({ value, at: body.sql.at }));
}

function hasColumn(known: readonly string[], name: string): boolean {
  return known.some((each) => each.toLowerCase() === name.toLowerCase());
}
