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

function fixesOf({ instead, table, ...extent }: SyntaxMistake, sql: ResolvedSql, { tables }: Dataset): Fix[] {
  if (instead === undefined) return [];
  const last = table?.at(-1) ?? "";
  const replace = (title: string, text: string, make = offeredFix) => [make(title, [sql.edit(extent, text)])];
  // In Athena's quotes and with its database, a known table needs neither.
  if (tables.some(({ name }) => name.value.toLowerCase() === last.toLowerCase()))
    return replace(
      `write \`${last}\` in backticks${table?.length === 1 ? "" : ", without its database"}`,
      `\`${last}\``,
      safeFix,
    );
  const old = sql.text.slice(extent.offset, extent.offset + extent.length);
  if (instead === "") return replace(`delete \`${old}\``, instead);
  if (!instead.startsWith("`")) return replace(`replace \`${old}\` with \`${instead}\``, instead);
  // Behind `AS` a text in double quotes can be nothing but a name.
  const isAlias = table === undefined && old.startsWith('"');
  return replace(`put the name ${instead} into backticks`, instead, isAlias ? safeFix : offeredFix);
}
