/**
 * `expectations`: an array, each item an object with one kind as its key, and beside it `severity` and `name`.
 *
 *     { "not_null": ["ticket_no"] }                                    a column, or several
 *     { "unique": ["ticket_no", "flight_id"] }                         together
 *     { "accepted_values": { "column": "status", "values": ["On Time"] } }
 *     { "references": { "column": "flight_id", "dataset": "bronze_flights", "to": "flight_id" } }
 *     { "row_count": { "min": 1, "max": 1000000, "change": 0.5 } }     change: against the last generation, as a fraction
 *     { "freshness": { "column": "book_date", "within": "2 days", "of": "run_date" } }
 *     { "expression": "amount >= 0", "severity": "warn" }
 */

import { diagnostic, type Place } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import { type Located, member, type ObjectNode, type ScalarNode, type TreeNode } from "../parse/tree.ts";
import type { ExpectationKind } from "../plan/types.ts";
import {
  checkName,
  expectArray,
  expectObject,
  expectString,
  refuseUnknownKeys,
  requireMember,
  requireString,
} from "./shape.ts";
import { optionalInteger, optionalNumber, optionalWord, readNames } from "./values.ts";

/** What an expectation asks, by kind. */
export type ExpectationBody =
  | { readonly kind: "not_null"; readonly columns: readonly Located<string>[] }
  | { readonly kind: "unique"; readonly columns: readonly Located<string>[] }
  | {
      readonly kind: "accepted_values";
      readonly columns: readonly Located<string>[];
      readonly values: readonly ScalarNode[];
    }
  | {
      readonly kind: "references";
      readonly columns: readonly Located<string>[];
      readonly dataset: Located<string>;
      /** Columns of the other dataset, as many as `columns`. */
      readonly to: readonly Located<string>[];
    }
  | {
      readonly kind: "row_count";
      readonly rows: { readonly min?: number; readonly max?: number; readonly change?: number };
    }
  | {
      readonly kind: "freshness";
      readonly columns: readonly Located<string>[];
      readonly withinSeconds: number;
      /** A parameter; undefined: the clock. */
      readonly of: Located<string> | undefined;
    }
  | { readonly kind: "expression"; readonly sql: Located<string> };

/** One expectation as written. */
export interface ExpectationSyntax {
  readonly at: Place;
  /** The author's, else made of kind and columns: `unique(ticket_no, flight_id)`. */
  readonly name: string;
  readonly severity: "error" | "warn";
  readonly body: ExpectationBody;
}

export const KINDS: readonly ExpectationKind[] = [
  "not_null",
  "unique",
  "accepted_values",
  "references",
  "row_count",
  "freshness",
  "expression",
];

const BESIDE = ["severity", "name"];

/** Longest name that is made of an expression; authors may give longer ones. */
const LONGEST_MADE_NAME = 80;

/** Reads the array; empty where there is none. */
export function readExpectations(node: TreeNode | undefined, owner: string, collect: Collect): ExpectationSyntax[] {
  const array = node && expectArray(node, `\`expectations\` of ${owner}`, collect);
  const found = (array?.items ?? []).flatMap((item) => readExpectation(item, owner, collect) ?? []);
  const seen = new Map<string, ExpectationSyntax>();
  for (const each of found) {
    const first = seen.get(each.name);
    if (first === undefined) seen.set(each.name, each);
    else {
      collect(
        diagnostic({
          code: "E003",
          at: each.at,
          message: `${owner} has two expectations \`${each.name}\``,
          help: "remove one, or tell them apart by `name`: results and samples are kept by name",
          notes: [{ place: first.at, message: "the first one" }],
        }),
      );
    }
  }
  return [...seen.values()];
}

function readExpectation(item: TreeNode, owner: string, collect: Collect): ExpectationSyntax | undefined {
  const what = `an expectation of ${owner}`;
  const object = expectObject(item, what, collect);
  if (object === undefined) return undefined;
  refuseUnknownKeys(object, [...KINDS, ...BESIDE], what, collect);
  const kinds = object.entries.filter(({ key }) => (KINDS as readonly string[]).includes(key.value));
  const [entry, second] = kinds;
  // A misspelt kind has been told as an unknown key.
  if (entry === undefined && object.entries.some(({ key }) => !BESIDE.includes(key.value))) return undefined;
  if (entry === undefined || second !== undefined) {
    collect(
      diagnostic({
        code: "C013",
        at: second?.key.at ?? object.at,
        message: second ? `${what} has two kinds` : `${what} has no kind`,
        help: second ? "write each as an object of its own" : `give it one of ${KINDS.join(", ")}`,
      }),
    );
    return undefined;
  }
  const body = BODIES[entry.key.value as ExpectationKind](entry.value, `\`${entry.key.value}\` of ${owner}`, collect);
  const severity = optionalWord(object, "severity", ["error", "warn"] as const, what, collect)?.value ?? "error";
  const name = member(object, "name");
  const given = name && expectString(name, `\`name\` of ${what}`, collect);
  if (given !== undefined && !checkName(given, "expectation", collect)) return undefined;
  return body && { at: entry.key.at, name: given?.value ?? nameOf(body), severity, body };
}

type BodyReader = (node: TreeNode, what: string, collect: Collect) => ExpectationBody | undefined;

const BODIES: Readonly<Record<ExpectationKind, BodyReader>> = {
  not_null: (node, what, collect) => withColumns("not_null", node, what, collect),
  unique: (node, what, collect) => withColumns("unique", node, what, collect),
  accepted_values: readAcceptedValues,
  references: readReferences,
  row_count: readRowCount,
  freshness: readFreshness,
  expression: (node, what, collect) => {
    const sql = expectString(node, what, collect);
    if (sql?.value.trim() !== "") return sql && { kind: "expression", sql };
    refuse(sql.at, `${what} is empty`, "write a condition that every row meets, for example `amount >= 0`", collect);
    return undefined;
  },
};

function withColumns(
  kind: "not_null" | "unique",
  node: TreeNode,
  what: string,
  collect: Collect,
): ExpectationBody | undefined {
  const columns = readNames(node, what, collect);
  if (columns.length > 0) return { kind, columns };
  if (node.kind === "array" && node.items.length === 0) refuse(node.at, `${what} names no column`, "name one", collect);
  return undefined;
}

function readAcceptedValues(node: TreeNode, what: string, collect: Collect): ExpectationBody | undefined {
  const object = ownObject(node, ["column", "values"], what, collect);
  if (object === undefined) return undefined;
  const column = requireString(object, "column", what, object.at, collect);
  const list = requireMember(object, "values", what, object.at, collect);
  const values = list && expectArray(list, `\`values\` of ${what}`, collect);
  if (column === undefined || values === undefined) return undefined;
  const scalars = values.items.filter((item) => item.kind === "scalar" && item.value !== null) as ScalarNode[];
  const odd = values.items.find((item) => !scalars.includes(item as ScalarNode));
  if (odd !== undefined || scalars.length === 0) {
    const help = "list texts, numbers or booleans; NULL passes, and `not_null` is what refuses it";
    refuse((odd ?? values).at, `\`values\` of ${what} ${odd ? "has what is no value" : "is empty"}`, help, collect);
    return undefined;
  }
  // ANSI Spark would cast the texts to the others' type, and fail on the first row.
  const other = scalars.find((item) => typeof item.value !== typeof scalars[0]?.value);
  if (other !== undefined) {
    const problem = `\`values\` of ${what} mixes ${typeName(scalars[0])} and ${typeName(other)}`;
    refuse(other.at, problem, "list values of the column's type: all texts, all numbers or all booleans", collect);
    return undefined;
  }
  return { kind: "accepted_values", columns: [column], values: scalars };
}

function typeName(item: ScalarNode | undefined): string {
  return typeof item?.value === "string" ? "texts" : `${typeof item?.value}s`;
}

function readReferences(node: TreeNode, what: string, collect: Collect): ExpectationBody | undefined {
  const object = ownObject(node, ["column", "dataset", "to"], what, collect);
  if (object === undefined) return undefined;
  const names = (key: string) => {
    const value = requireMember(object, key, what, object.at, collect);
    return value === undefined ? [] : readNames(value, `\`${key}\` of ${what}`, collect);
  };
  const columns = names("column");
  const dataset = requireString(object, "dataset", what, object.at, collect);
  const to = member(object, "to") === undefined ? columns : names("to");
  if (dataset === undefined || columns.length === 0) return undefined;
  if (to.length !== columns.length) {
    refuse(object.at, `${what} has ${columns.length} columns and ${to.length} under \`to\``, "name as many", collect);
    return undefined;
  }
  return { kind: "references", columns, dataset, to };
}

function readRowCount(node: TreeNode, what: string, collect: Collect): ExpectationBody | undefined {
  const object = ownObject(node, ["min", "max", "change"], what, collect);
  if (object === undefined) return undefined;
  const bound = (key: string) => optionalInteger(object, key, [0, Number.MAX_SAFE_INTEGER], what, collect)?.value;
  const [min, max, change] = [bound("min"), bound("max"), optionalNumber(object, "change", 0, what, collect)];
  if (min !== undefined && max !== undefined && min > max)
    refuse(object.at, `\`min\` of ${what} is more than \`max\``, "exchange the two", collect);
  if (object.entries.length === 0) {
    refuse(object.at, `${what} asks nothing`, "give `min`, `max` or `change`", collect);
    return undefined;
  }
  const rows = {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(change !== undefined && { change }),
  };
  return { kind: "row_count", rows };
}

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;

function readFreshness(node: TreeNode, what: string, collect: Collect): ExpectationBody | undefined {
  const object = ownObject(node, ["column", "within", "of"], what, collect);
  if (object === undefined) return undefined;
  const column = requireString(object, "column", what, object.at, collect);
  const within = requireString(object, "within", what, object.at, collect);
  const of = member(object, "of");
  const parameter = of && expectString(of, `\`of\` of ${what}`, collect);
  if (column === undefined || within === undefined) return undefined;
  const [, count = "", unit = ""] = /^([1-9]\d{0,5}) (second|minute|hour|day|week)s?$/.exec(within.value) ?? [];
  if (unit === "") {
    refuse(
      within.at,
      `\`within\` of ${what} is \`${within.value}\``,
      "write for example `2 days` or `90 minutes`",
      collect,
    );
    return undefined;
  }
  const withinSeconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return { kind: "freshness", columns: [column], withinSeconds, of: parameter };
}

function ownObject(node: TreeNode, keys: readonly string[], what: string, collect: Collect): ObjectNode | undefined {
  const object = expectObject(node, what, collect);
  if (object !== undefined) refuseUnknownKeys(object, keys, what, collect);
  return object;
}

function refuse(at: Place, message: string, help: string, collect: Collect): void {
  collect(diagnostic({ code: "C013", at, message, help }));
}

function nameOf(body: ExpectationBody): string {
  if (body.kind === "row_count") return body.kind;
  if (body.kind !== "expression") return `${body.kind}(${body.columns.map(({ value }) => value).join(", ")})`;
  const text = body.sql.value.replace(/\s+/g, " ").trim();
  return text.length <= LONGEST_MADE_NAME ? text : `${text.slice(0, LONGEST_MADE_NAME - 1)}…`;
}

/** Columns of the result that an expectation names; an expression's are found by the parser (read/expressions.ts). */
export function namedColumns(body: ExpectationBody): readonly Located<string>[] {
  return "columns" in body ? body.columns : [];
}
