import type { Fix } from "../diagnostics.ts";
import { adviseSqlName, safeFix } from "../fix/offer.ts";
import { analyzeSql } from "../parse/sql/analyze.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import { fullName } from "../parse/sql/tables.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import type { LocatedUse } from "../resolve/table-uses.ts";
import { namesFor, unknownTables } from "../resolve/tables.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { type Finding, rule } from "./rule.ts";

/** Q004: a table that is not known fails an hour into the run, or worse: reads a view of another dataset. */
export const tableNotListed = rule("Q004", {
  sql(sql, dataset, report, root) {
    if (!dataset.hasAllTables) return;
    for (const use of unknownTables(dataset)) report(unknown(use, sql, dataset, root));
  },
});

function unknown(use: LocatedUse, sql: ResolvedSql, dataset: Dataset, root: Root): Finding {
  return {
    at: use.at,
    message: `table \`${fullName(use)}\` is not in \`tables\` of dataset \`${dataset.name.value}\``,
    ...advice(use, sql, dataset, root),
    notes: [{ place: dataset.name.at, message: "the dataset" }],
  };
}

function advice(
  use: LocatedUse,
  sql: ResolvedSql,
  dataset: Dataset,
  { pipelines }: Root,
): Pick<Finding, "help" | "fixes"> {
  const listed = dataset.listed.map(({ name }) => name.value);
  const { datasets, tableNames } = dataset.pipeline;
  const full = fullName(use);
  if (use.isHidden) return { help: `rename the common table expression \`${full}\`, which hides it` };
  if (use.qualifier !== undefined && listed.some((name) => name.toLowerCase() === use.name.toLowerCase()))
    return { help: `write \`${use.name}\`, or \`${full}\` as its \`table_name\``, fixes: withoutQualifier(use, sql) };
  const [own] = tableNames.called(full);
  if (own !== undefined)
    return {
      help: `it is the dataset's own target, which is read only if it is listed: add it to \`tables\` with \`${own.location.location}\``,
    };
  const written = datasets.get(full);
  if (written !== undefined && written.target === undefined)
    return { help: `dataset \`${full}\` has no target that could be read: give it an \`s3_target\`` };
  const [elsewhere] = pipelines.flatMap(({ name, tableNames: names }) =>
    names.called(full).flatMap(({ kind, location }) => (kind === "dataset" ? [{ name, location }] : [])),
  );
  if (elsewhere !== undefined)
    return {
      help: `pipeline \`${elsewhere.name}\` writes a table of this name: to read it, add it to \`tables\` with \`${elsewhere.location.location}\``,
    };
  const known = [...listed, ...namesFor(dataset)];
  return adviseSqlName(
    sql,
    use,
    known,
    "table",
    "add it to `tables` with its `s3_path`, or declare it under `sources`",
  );
}

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
