import type { Fix } from "../diagnostics.ts";
import { offeredFix, safeFix } from "../fix/offer.ts";
import type { DoubleQuoted } from "../parse/sql/facts.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Q006: `"range"` is the string `range` in Spark SQL, in every row. */
export const doubleQuotedName = rule("Q006", {
  sql(sql, dataset, report, root) {
    if (sql.facts.doubleQuoted.length === 0) return;
    const columns = columnsOf(dataset, root);
    for (const text of sql.facts.doubleQuoted) {
      const known = columns.get(text.name.toLowerCase());
      if (known === undefined && !text.isBare) continue;
      report({
        at: sql.at(text),
        message: known
          ? `Spark reads \`"${text.name}"\` as a string, the same in every row, not as column \`${known.column}\` of table \`${known.table}\``
          : `Spark reads \`"${text.name}"\` as a string, not as a name`,
        help: `write \`\`\` \`${known?.column ?? text.name}\` \`\`\` (backticks) for a column, or '${text.name}' (single quotes) for a string`,
        fixes: quotes(text, sql, known !== undefined),
      });
    }
  },
});

/** Other quotes: the name of a column that exists in backticks, else a string in single quotes. */
function quotes(text: DoubleQuoted, sql: ResolvedSql, isKnown: boolean): Fix[] {
  const asName = `\`${text.name}\``;
  const asString = `'${text.name}'`;
  const name = `put the name \`${text.name}\` into backticks`;
  if (text.isName) return [safeFix(name, [sql.edit(text, asName)])];
  const string = offeredFix(`replace \`"${text.name}"\` with \`${asString}\``, [sql.edit(text, asString)]);
  if (!isKnown) return [string];
  const make = text.isColumn ? safeFix : offeredFix;
  return [make(name, [sql.edit(text, asName)]), string];
}

/** Columns of a dataset's source tables by their names in lower case, as far as they are known. */
function columnsOf(dataset: Dataset, root: Root) {
  return new Map(
    dataset.tables.flatMap((table) => {
      const columns = root.columnsOf(dataset, table) ?? [];
      return columns.map(({ name }) => [name.toLowerCase(), { column: name, table: table.name.value }] as const);
    }),
  );
}
