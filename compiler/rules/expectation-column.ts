import { adviseName } from "../fix/offer.ts";
import type { Located } from "../parse/tree.ts";
import { type ExpectationSyntax, namedColumns } from "../read/expectations.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** E001: the check would fail an hour into the run, and with it the dataset. */
export const expectationColumn = rule("E001", {
  expectation({ body }, dataset, report, root) {
    const other = body.kind === "references" ? dataset.pipeline.datasets.get(body.dataset.value) : undefined;
    const columns = [
      ...namedColumns(body).map((column) => ({ column, holder: dataset })),
      ...(other && body.kind === "references" ? body.to.map((column) => ({ column, holder: other })) : []),
    ];
    const missing = columns.filter(({ column, holder }) => holder.columns && !hasColumn(holder.columns, column.value));
    for (const { column, holder } of [...missing, ...unknownIn(body, dataset, root)]) {
      const { help, fixes } = adviseName(column, holder.columns ?? [], "column");
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

/** Columns that an expression names and the result does not have. */
function unknownIn(body: ExpectationSyntax["body"], holder: Dataset, root: Root) {
  if (body.kind !== "expression" || holder.columns === undefined) return [];
  const mistakes = root.namesOn(holder, body.sql.value)?.mistakes ?? [];
  return mistakes.flatMap((mistake): { readonly column: Located<string>; readonly holder: Dataset }[] =>
    mistake.kind === "unknown" ? [{ column: { value: mistake.name, at: body.sql.at }, holder }] : [],
  );
}

function hasColumn(known: readonly string[], name: string): boolean {
  return known.some((each) => each.toLowerCase() === name.toLowerCase());
}
