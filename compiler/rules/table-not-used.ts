import type { Fix } from "../diagnostics.ts";
import { removeItem } from "../fix/json.ts";
import { offeredFix, safeFix } from "../fix/offer.ts";
import { nearest } from "../nearest.ts";
import { fullName } from "../parse/sql/tables.ts";
import { member } from "../parse/tree.ts";
import type { TableSyntax } from "../read/dataset.ts";
import { isKnown, unknownTables } from "../resolve/tables.ts";
import type { Dataset } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** Q005: a listed table that the query does not read costs permissions and order for nothing. */
export const tableNotUsed = rule("Q005", {
  sql({ facts }, dataset, report) {
    if (facts.syntaxError === undefined && facts.statements.length === 0) return;
    const isParsed = !facts.syntaxError && !facts.notAnalyzed && facts.statements.every((kind) => kind === "query");
    // In a text that is not parsed, any word that is the table's name counts as use.
    const used = new Set(isParsed ? facts.tables.map((use) => fullName(use).toLowerCase()) : facts.words);
    const isUsed = (name: string) => used.has(name) || (!isParsed && name.split(".").every((part) => used.has(part)));
    const unused = dataset.listed.filter(({ name }) => !isUsed(name.value.toLowerCase()));
    const meant = unused.length > 0 ? meantTables(dataset) : undefined;
    // A table that is not known may be meant by one that is not read.
    const isSure = isParsed && facts.tables.every((use) => use.kind === "table" && isKnown(use, dataset));
    for (const table of unused) {
      if (meant?.has(table.name.value.toLowerCase())) continue;
      report({
        at: table.name.at,
        message: `the SQL of dataset \`${dataset.name.value}\` does not read \`${table.name.value}\``,
        help: "remove it from `tables`, or the dataset fails if its files are missing",
        fixes: removal(table, dataset, isSure),
      });
    }
  },
});

/** None where the dataset has a table's name twice: the entry to remove may be the other. */
function removal({ name }: TableSyntax, { node, pipeline, hasAllTables, listed }: Dataset, isSure: boolean): Fix[] {
  const list = member(node, "tables");
  if (list?.kind !== "array" || !hasAllTables || listed.length !== list.items.length) return [];
  const item = list.items.find((each) => {
    const own = each.kind === "object" ? member(each, "table_name")?.at : undefined;
    return own?.line === name.at.line && own.column === name.at.column;
  });
  if (item === undefined) return [];
  const make = isSure ? safeFix : offeredFix;
  return [make(`remove \`${name.value}\` from \`tables\``, [removeItem(pipeline.queries, list, item)])];
}

/** Tables of `tables` that an unknown name of the query means (Q004), in lower case: one cause, one message. */
function meantTables(dataset: Dataset): ReadonlySet<string> {
  const listed = dataset.listed.map(({ name }) => name.value.toLowerCase());
  return new Set(unknownTables(dataset).flatMap(({ name }) => nearest(name, listed) ?? []));
}
