import type { Fix } from "../diagnostics.ts";
import { adviseSqlName, safeFix } from "../fix/offer.ts";
import { analyzeSql } from "../parse/sql/analyze.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import { fullName } from "../resolve/table-uses.ts";
import { rule, tableUse } from "./rule.ts";

/** Q004: a table that `tables` does not list fails an hour into the run, or worse: reads a view of another dataset. */
export const tableNotListed = rule(
  "Q004",
  tableUse("table", (use, dataset, report) => {
    const { sql } = dataset;
    if (!dataset.hasAllTables || sql === undefined) return;
    const listed = dataset.tables.map(({ name }) => name.value);
    const isListed = listed.some((name) => name.toLowerCase() === use.name.toLowerCase());
    if (use.qualifier === undefined && isListed) return;
    const full = fullName(use);
    const same = dataset.tables.find(({ name }) => name.value.toLowerCase() === full.toLowerCase())?.name;
    // For Spark the one is a view's name with a dot and the other two names.
    if (same !== undefined)
      return report({
        at: same.at,
        message: `\`table_name\` is \`${same.value}\`, but a source table has a plain name, without a database`,
        help: `write \`${use.name}\` as \`table_name\`, and read \`${use.name}\` in the SQL`,
        notes: [{ place: use.at, message: `read here as table \`${use.name}\` of a database` }],
      });
    report({
      at: use.at,
      message: `table \`${full}\` is not in \`tables\` of dataset \`${dataset.name.value}\``,
      ...(use.qualifier !== undefined && isListed
        ? { help: `write \`${use.name}\`: source tables have no database`, fixes: withoutQualifier(use, sql) }
        : adviseSqlName(sql, use, listed, "table", "add it to `tables` with its `s3_path`")),
      notes: [{ place: dataset.name.at, message: "the dataset" }],
    });
  }),
);

/** The plain name wherever the query reads the table; none where that could name something else, or where the database is named elsewhere, too. */
function withoutQualifier(use: TableUse, sql: ResolvedSql): Fix[] {
  const isSame = ({ name }: TableUse) => name.toLowerCase() === use.name.toLowerCase();
  const uses = sql.facts.tables.filter(isSame);
  if (uses.some((each) => fullName(each).toLowerCase() !== fullName(use).toLowerCase())) return [];
  const plain = ({ offset, length }: TableUse) =>
    /`[^`]*`$|[^.\s`]+$/.exec(sql.text.slice(offset, offset + length))?.[0] ?? "";
  const text = uses.reduceRight(
    (before, each) => before.slice(0, each.offset) + plain(each) + before.slice(each.offset + each.length),
    sql.text,
  );
  const after = analyzeSql(text);
  // A common table expression of this name would hide the table.
  const read = sql.facts.tables.map((each) => (isSame(each) ? each.name : fullName(each)));
  const qualifiers = use.qualifier?.toLowerCase().split(".") ?? [];
  if (String(after.tables.map(fullName)) !== String(read) || qualifiers.some((name) => after.words.includes(name)))
    return [];
  const edits = uses.map((each) => sql.edit(each, plain(each)));
  return [safeFix(`write \`${use.name}\` without its database`, edits)];
}
