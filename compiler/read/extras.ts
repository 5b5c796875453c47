/** `pipeline.yaml` → typed syntax. Every key is optional; the file is Strata's own, so unknown keys are mistakes. */

import { EXAMPLES, fitsType, PARAM_TYPES } from "../../contract/param-types.ts";
import { isSparkType } from "../../contract/spark-types.ts";
import { diagnostic } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import { type Located, member, type ObjectNode, type TreeNode } from "../parse/tree.ts";
import type { ParamType } from "../plan/types.ts";
import { type ExpectationSyntax, readExpectations } from "./expectations.ts";
import { type Location, readLocation } from "./location.ts";
import { checkName, expectObject, expectString, optionalString, refuseUnknownKeys, requireString } from "./shape.ts";
import { optionalInteger } from "./values.ts";

/** Longest text of a named query, in bytes (Athena CreateNamedQuery). */
export const MAX_QUERY_BYTES = 262_144;

export interface ParamSyntax {
  readonly name: Located<string>;
  readonly type: ParamType;
  readonly default: string | undefined;
}

export interface SourceSyntax {
  readonly name: Located<string>;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** About how many rows it has; undefined where nobody says. */
  readonly rows: number | undefined;
}

/** What `pipeline.yaml` says; the defaults where it says nothing. */
export interface Extras {
  readonly description: string | undefined;
  readonly setup: "inline" | "runtime";
  readonly sources: readonly SourceSyntax[];
  readonly params: readonly ParamSyntax[];
  /** Undefined: crawlers are derived. */
  readonly crawlers: readonly { readonly name: Located<string>; readonly location: Location }[] | undefined;
  readonly queries: readonly { readonly name: Located<string>; readonly sql: Located<string> }[];
  /** Of every dataset that has a target; one of its own by the same name stands instead. */
  readonly expectations: readonly ExpectationSyntax[];
}

const KEYS = ["description", "sources", "params", "crawlers", "queries", "setup", "expectations"];

/** Defaults of a pipeline without the file. */
export const NO_EXTRAS: Extras = {
  description: undefined,
  setup: "inline",
  sources: [],
  params: [],
  crawlers: undefined,
  queries: [],
  expectations: [],
};

/** Reads the file's tree. */
export function readExtras(root: TreeNode, collect: Collect): Extras {
  const object = expectObject(root, "`pipeline.yaml`", collect);
  if (object === undefined) return NO_EXTRAS;
  refuseUnknownKeys(object, KEYS, "`pipeline.yaml`", collect);
  const crawlers = member(object, "crawlers");
  return {
    description: optionalString(object, "description", "`pipeline.yaml`", collect)?.value,
    setup: readSetup(object, collect),
    sources: entriesOf(object, "sources", collect, readSource),
    params: entriesOf(object, "params", collect, readParam),
    crawlers: crawlers && entriesOf(object, "crawlers", collect, readCrawler),
    queries: entriesOf(object, "queries", collect, readQuery),
    expectations: readExpectations(member(object, "expectations"), "`pipeline.yaml`", collect),
  };
}

type EntryReader<T> = (name: Located<string>, value: TreeNode, collect: Collect) => T | undefined;

function entriesOf<T>(object: ObjectNode, key: string, collect: Collect, read: EntryReader<T>): T[] {
  const node = member(object, key);
  const inner = node && expectObject(node, `\`${key}\``, collect);
  return (inner?.entries ?? []).flatMap(({ key: name, value }) => {
    const item = checkName(name, `entry of \`${key}\``, collect) ? read(name, value, collect) : undefined;
    return item === undefined ? [] : [item];
  });
}

function readSetup(object: ObjectNode, collect: Collect): "inline" | "runtime" {
  const setup = optionalString(object, "setup", "`pipeline.yaml`", collect);
  if (setup === undefined || setup.value === "inline" || setup.value === "runtime")
    return setup?.value === "runtime" ? "runtime" : "inline";
  collect(
    diagnostic({
      code: "C013",
      at: setup.at,
      message: `\`setup\` is \`${setup.value}\``,
      help: "write `inline` (groups in the definition) or `runtime` (groups read from S3 by read-setup)",
    }),
  );
  return "inline";
}

function readSource(name: Located<string>, value: TreeNode, collect: Collect): SourceSyntax | undefined {
  const object = expectObject(value, `source \`${name.value}\``, collect);
  if (object === undefined) return undefined;
  refuseUnknownKeys(object, ["columns", "rows"], `source \`${name.value}\``, collect);
  const columns = entriesOf(object, "columns", collect, (column, node) => {
    const type = expectString(node, `the type of column \`${column.value}\``, collect);
    if (type === undefined) return undefined;
    if (isSparkType(type.value)) return { name: column.value, type: type.value };
    collect(
      diagnostic({
        code: "C013",
        at: type.at,
        message: `\`${type.value}\` is no type of Spark SQL`,
        help: "for example `string`, `int`, `decimal(10,2)`, `timestamp`, `array<string>`",
      }),
    );
    return undefined;
  });
  const rows = optionalInteger(object, "rows", [0, Number.MAX_SAFE_INTEGER], `source \`${name.value}\``, collect);
  return { name, columns, rows: rows?.value };
}

function readParam(name: Located<string>, value: TreeNode, collect: Collect): ParamSyntax | undefined {
  const owner = `parameter \`${name.value}\``;
  const object = expectObject(value, owner, collect);
  if (object === undefined) return undefined;
  refuseUnknownKeys(object, ["type", "default"], owner, collect);
  checkIdentifier(name, collect);
  const written = requireString(object, "type", owner, name.at, collect);
  const type = PARAM_TYPES.find((each) => each === written?.value);
  if (written !== undefined && type === undefined) {
    const help = `known types: ${PARAM_TYPES.join(", ")}`;
    collect(
      diagnostic({ code: "C013", at: written.at, message: `\`${written.value}\` is no type of a parameter`, help }),
    );
  }
  const fallback = member(object, "default");
  if (fallback === undefined || type === undefined) return type && { name, type, default: undefined };
  const text = fallback.kind === "scalar" && fallback.value !== null ? fallback.text : undefined;
  if (text === undefined || !fitsType(text, type)) {
    const message = `the default of ${owner} is no ${type}`;
    collect(
      diagnostic({
        code: "C014",
        at: fallback.at,
        message,
        help: `write it like \`${EXAMPLES[type]}\`, or remove the default`,
      }),
    );
  }
  return { name, type, default: text };
}

/** Spark reads `:name` only for an identifier. */
function checkIdentifier(name: Located<string>, collect: Collect): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name.value)) return;
  collect(
    diagnostic({
      code: "C016",
      at: name.at,
      message: `\`${name.value}\` cannot be the name of a parameter`,
      help: "use at most 128 letters, digits and `_`, starting with a letter: SQL reads it as `:name`",
    }),
  );
}

function readCrawler(
  name: Located<string>,
  value: TreeNode,
  collect: Collect,
): { name: Located<string>; location: Location } | undefined {
  const text = expectString(value, `crawler \`${name.value}\``, collect);
  const location = text && readLocation(text, `crawler \`${name.value}\``, collect);
  return location && { name: { value: name.value, at: text.at }, location };
}

function readQuery(
  name: Located<string>,
  value: TreeNode,
  collect: Collect,
): { name: Located<string>; sql: Located<string> } | undefined {
  const sql = expectString(value, `query \`${name.value}\``, collect);
  if (sql === undefined) return undefined;
  const bytes = new TextEncoder().encode(sql.value).length;
  if (bytes === 0 || bytes > MAX_QUERY_BYTES) {
    collect(
      diagnostic({
        code: "L001",
        at: sql.at,
        message: `query \`${name.value}\` ${bytes === 0 ? "is empty" : `is too long: ${bytes.toLocaleString("en-US")} bytes`}`,
        help: `write 1 to ${MAX_QUERY_BYTES.toLocaleString("en-US")} bytes, which Athena takes`,
      }),
    );
  }
  return { name, sql };
}
