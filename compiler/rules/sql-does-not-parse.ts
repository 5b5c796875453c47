import type { Fix } from "../diagnostics.ts";
import { offeredFix, safeFix } from "../fix/offer.ts";
import type { SyntaxMistake } from "../parse/sql/facts.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

const UNSURE =
  'fix the SQL; if Spark accepts it, allow it for this dataset: `"strata": {"allow": {"Q001": "<reason>"}}`';

/** Q001: the parser refuses the text. It does not know all of Spark, so a dataset may allow it with a reason. */
export const sqlDoesNotParse = rule("Q001", {
  sql(sql, dataset, report) {
    const mistake = sql.facts.syntaxError;
    if (mistake === undefined) return;
    report({
      at: sql.at(mistake),
      message: `the SQL of dataset \`${dataset.name.value}\` does not parse: ${mistake.message}`,
      help: mistake.help ?? UNSURE,
      fixes: fixesOf(mistake, sql, dataset),
    });
  },
});

function fixesOf(mistake: SyntaxMistake, sql: ResolvedSql, { tables }: Dataset): Fix[] {
  const { instead, table, offset, length } = mistake;
  if (instead === undefined) return [];
  const name = table?.at(-1)?.toLowerCase();
  // In Athena's quotes and with its database, a listed table needs neither.
  if (table !== undefined && tables.some((each) => each.name.value.toLowerCase() === name)) {
    const plain = `\`${table.at(-1)}\``;
    return [
      safeFix(`write ${plain} in backticks${table.length > 1 ? ", without its database" : ""}`, [
        sql.edit(mistake, plain),
      ]),
    ];
  }
  const old = sql.text.slice(offset, offset + length);
  const title =
    instead === `\`${old}\``
      ? `put the name \`${old}\` into backticks`
      : instead === ""
        ? `delete \`${old}\``
        : `replace \`${old}\` with \`${instead}\``;
  return [offeredFix(title, [sql.edit(mistake, instead)])];
}
