/** One dataset's object of `sql_queries.json` → typed syntax with places. */

import { dataset, queries } from "../../contract/dataset.ts";
import { diagnostic } from "../diagnostics.ts";
import { offeredFix, replaceScalar } from "../fix/offer.ts";
import type { Collect } from "../parse/collect.ts";
import { type Entry, type Located, member, type ObjectNode, type TreeNode } from "../parse/tree.ts";
import { type ReadBy, subjectOf } from "./by-contract.ts";
import { type Location, readLocated } from "./location.ts";
import { readValue } from "./mistakes.ts";
import { type PublishSyntax, strataSyntax } from "./strata.ts";

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
  /** What `tables` lists. */
  readonly listed: readonly TableSyntax[];
  /** False where `tables`, or the name of one, cannot be read: what is missing of it is then no mistake of the SQL. */
  readonly hasAllTables: boolean;
  /** False where the key `tables` is left out. */
  readonly hasTables: boolean;
  readonly target: Located<Location> | undefined;
  readonly targetName: string | undefined;
  /** Codes lowered for this dataset, with the reason. */
  readonly allow: ReadonlyMap<string, string>;
  /** How its result is checked and published. */
  readonly publish: PublishSyntax;
}

/** Reads one entry of `sql_queries.json`. */
export function readDataset({ key: name, value: node }: Entry, collect: Collect): DatasetSyntax | undefined {
  const owner = `dataset \`${name.value}\``;
  const subject = subjectOf(owner, name.at);
  if (readValue(queries.keyType, { kind: "scalar", text: name.value, ...name }, subject, collect) === undefined)
    return undefined;
  const read = readValue(dataset, node, subject, collect);
  if (read === undefined || node.kind !== "object") return undefined;
  checkSqlName(read.sql_name, name, collect);
  refuseSqlText(node, owner, collect);
  const target = read.s3_target;
  return {
    name,
    node,
    sqlFile: read.sql_file,
    ...tablesOf(read.tables ?? [], member(node, "tables"), owner, collect),
    target: target && readLocated(target, `\`s3_target\` of ${owner}`, collect),
    targetName: read.target_name?.value,
    ...strataSyntax(read.strata, member(node, "strata"), owner, name.at, collect),
  };
}

function checkSqlName(sqlName: Located<string> | undefined, name: Located<string>, collect: Collect): void {
  if (sqlName === undefined || sqlName.value === name.value) return;
  collect(
    diagnostic({
      code: "C003",
      at: sqlName.at,
      message: `\`sql_name\` is \`${sqlName.value}\`, but the dataset is \`${name.value}\``,
      help: "make the two equal: tools that read one of them would see two datasets",
      fixes: [
        offeredFix(`replace \`${sqlName.value}\` with \`${name.value}\``, [replaceScalar(sqlName.at, name.value)]),
      ],
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

function tablesOf(
  read: NonNullable<ReadBy<typeof dataset>["tables"]>,
  node: TreeNode | undefined,
  owner: string,
  collect: Collect,
): Pick<DatasetSyntax, "listed" | "hasAllTables" | "hasTables"> {
  const tables = read.flatMap(({ table_name: name, s3_path: path }): TableSyntax[] => {
    if (name === undefined) return [];
    const location = path && readLocated(path, `\`s3_path\` of \`${name.value}\` in ${owner}`, collect);
    return [{ name, location }];
  });
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
  const isRead = node === undefined || (node.kind === "array" && tables.length === node.items.length);
  return { listed: [...seen.values()], hasAllTables: isRead, hasTables: node !== undefined };
}
