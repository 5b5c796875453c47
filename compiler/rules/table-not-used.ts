import { meantTables } from "../resolve/table-uses.ts";
import { rule } from "./rule.ts";

/** Q005: a listed table that the query does not read costs permissions and order for nothing. */
export const tableNotUsed = rule("Q005", {
  sql({ facts }, dataset, report) {
    if (facts.syntaxError === undefined && facts.statements.length === 0) return;
    const isParsed = !facts.syntaxError && !facts.notAnalyzed && facts.statements.every((kind) => kind === "query");
    // In a text that is not parsed, any word that is the table's name counts as use.
    const used = new Set(isParsed ? facts.tables.map((table) => table.name.toLowerCase()) : facts.words);
    const unused = dataset.tables.filter(({ name }) => !used.has(name.value.toLowerCase()));
    const meant = unused.length > 0 ? meantTables(dataset) : undefined;
    for (const { name } of unused) {
      if (meant?.has(name.value.toLowerCase())) continue;
      report({
        at: name.at,
        message: `the SQL of dataset \`${dataset.name.value}\` does not read \`${name.value}\``,
        help: "remove it from `tables`, or the dataset fails if its files are missing",
      });
    }
  },
});
