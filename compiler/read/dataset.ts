/** One dataset's object of `sql_queries.json` → typed syntax with places. */

import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import { type Entry, type Located, member, type ObjectNode, type TreeNode } from "../parse/tree.ts";
import { type Location, readLocation } from "./location.ts";
import { checkName, expectArray, expectObject, optionalString, requireMember, requireString } from "./shape.ts";
import { type PublishSyntax, readStrata } from "./strata.ts";

/** A source table as written. */
export interface TableSyntax {
  readonly name: Located<string>;
  readonly location: Located<Location> | undefined;
}

/** A dataset as written. Parts that could not be read are undefined; each has its diagnostic. */
export interface DatasetSyntax {
  readonly name: Located<string>;
  readonly node: ObjectNode;
  readonly sqlFile: Located<string> | undefined;
  readonly tables: readonly TableSyntax[];
  /** False where `tables`, or the name of one, cannot be read: what is missing of it is then no mistake of the SQL. */
  readonly hasAllTables: boolean;
  readonly target: Located<Location> | undefined;
  readonly targetName: string | undefined;
  /** Codes lowered for this dataset, with the reason. */
  readonly allow: ReadonlyMap<string, string>;
  /** How its result is checked and published. */
  readonly publish: PublishSyntax;
}

/** Reads one entry of `sql_queries.json`. */
export function readDataset(entry: Entry, collect: Collect): DatasetSyntax | undefined {
  const name = entry.key;
  const owner = `dataset \`${name.value}\``;
  if (!checkName(name, "dataset", collect)) return undefined;
  const node = expectObject(entry.value, owner, collect);
  if (node === undefined) return undefined;
  checkSqlName(node, name, collect);
  refuseSqlText(node, owner, collect);
  const target = optionalString(node, "s3_target", owner, collect);
  return {
    name,
    node,
    sqlFile: requireString(node, "sql_file", owner, name.at, collect),
    ...readTables(node, owner, name, collect),
    target: target && located(target, readLocation(target, `\`s3_target\` of ${owner}`, collect)),
    targetName: optionalString(node, "target_name", owner, collect)?.value,
    ...readStrata(member(node, "strata"), owner, name.at, collect),
  };
}

function checkSqlName(node: ObjectNode, name: Located<string>, collect: Collect): void {
  const sqlName = requireString(node, "sql_name", `dataset \`${name.value}\``, name.at, collect);
  if (sqlName === undefined || sqlName.value === name.value) return;
  collect(
    diagnostic({
      code: "C003",
      at: sqlName.at,
      message: `\`sql_name\` is \`${sqlName.value}\`, but the dataset is \`${name.value}\``,
      help: "make the two equal: tools that read one of them would see two datasets",
      notes: [{ place: name.at, message: "the dataset's key" }],
    }),
  );
}

function refuseSqlText(node: ObjectNode, owner: string, collect: Collect): void {
  const entry = node.entries.find(({ key }) => key.value === "sql_text");
  if (entry === undefined) return;
  collect(
    diagnostic({
      code: "C023",
      at: entry.key.at,
      message: `${owner} has a \`sql_text\` of its own`,
      help: "remove it: `sql_text` is the text of `sql_file`, added when groups are made",
    }),
  );
}

function readTables(
  node: ObjectNode,
  owner: string,
  name: Located<string>,
  collect: Collect,
): Pick<DatasetSyntax, "tables" | "hasAllTables"> {
  const member = requireMember(node, "tables", owner, name.at, collect);
  const array = member && expectArray(member, `\`tables\` of ${owner}`, collect);
  const tables = (array?.items ?? []).flatMap((item) => readTable(item, owner, collect));
  const hasAllTables = array !== undefined && tables.length === array.items.length;
  const seen = new Map<string, TableSyntax>();
  for (const table of tables) {
    const first = seen.get(table.name.value.toLowerCase());
    if (first === undefined) seen.set(table.name.value.toLowerCase(), table);
    else {
      collect(
        diagnostic({
          code: "C022",
          at: table.name.at,
          message: `${owner} has two source tables \`${table.name.value}\``,
          help: "Spark's names ignore case; list a table once, and use aliases in the SQL to read it twice",
          notes: [{ place: first.name.at, message: "listed here first" }],
        }),
      );
    }
  }
  return { tables: [...seen.values()], hasAllTables };
}

function readTable(item: TreeNode, owner: string, collect: Collect): TableSyntax[] {
  const table = expectObject(item, `a table of ${owner}`, collect);
  if (table === undefined) return [];
  const name = requireString(table, "table_name", `a table of ${owner}`, table.at, collect);
  const path = requireString(table, "s3_path", `a table of ${owner}`, table.at, collect);
  if (name === undefined || !checkName(name, "source table", collect)) return [];
  const location = path && readLocation(path, `\`s3_path\` of \`${name.value}\` in ${owner}`, collect);
  return [{ name, location: path && located(path, location) }];
}

function located(text: Located<string>, location: Location | undefined): Located<Location> | undefined {
  return location && { value: location, at: text.at };
}
