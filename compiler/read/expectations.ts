/** What authors expect of a result: read by the contract → typed syntax, with the names that are made of it. */

import type { expectation } from "../../contract/expectations.ts";
import { diagnostic, type Place } from "../diagnostics.ts";
import type { Collect } from "../parse/collect.ts";
import type { Located } from "../parse/tree.ts";
import type { ReadBy, Written as Scalar } from "./by-contract.ts";

/** What an expectation asks, by kind. */
export type ExpectationBody =
  | { readonly kind: "not_null"; readonly columns: readonly Located<string>[] }
  | { readonly kind: "unique"; readonly columns: readonly Located<string>[] }
  | {
      readonly kind: "accepted_values";
      readonly columns: readonly Located<string>[];
      readonly values: readonly Scalar<string | number | boolean>[];
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

/** Longest name that is made of an expression; authors may give longer ones. */
const LONGEST_MADE_NAME = 80;

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;

/** What the items of a list mean; one name is given once. */
export function expectationSyntax(read: readonly Written[], owner: string, collect: Collect): ExpectationSyntax[] {
  const seen = new Map<string, ExpectationSyntax>();
  for (const item of read) {
    const body = bodyOf(item);
    if (body === undefined) continue;
    const name = item.name?.value ?? nameOf(body);
    const each = { at: item.at, name, severity: item.severity.value, body };
    const first = seen.get(name);
    if (first === undefined) seen.set(name, each);
    else {
      collect(
        diagnostic({
          code: "E003",
          at: each.at,
          message: `${owner} has two expectations \`${name}\``,
          help: "remove one, or give them different names by `name`: results and samples are kept by name",
          notes: [{ place: first.at, message: "the first one" }],
        }),
      );
    }
  }
  return [...seen.values()];
}

type Written = ReadBy<typeof expectation>;

/** What one asks; undefined where a part of it is wrong or missing. */
function bodyOf(read: Written): ExpectationBody | undefined {
  if ("not_null" in read) return read.not_null && { kind: "not_null", columns: read.not_null };
  if ("unique" in read) return read.unique && { kind: "unique", columns: read.unique };
  if ("accepted_values" in read) {
    const { column, values } = read.accepted_values ?? {};
    return column && values && { kind: "accepted_values", columns: [column], values };
  }
  if ("references" in read) {
    const { column: columns, dataset, to = columns } = read.references ?? {};
    return columns && dataset && to && { kind: "references", columns, dataset, to };
  }
  if ("row_count" in read) {
    const { min, max, change } = read.row_count ?? {};
    const rows = { min: min?.value, max: max?.value, change: change?.value };
    return { kind: "row_count", rows: JSON.parse(JSON.stringify(rows)) };
  }
  if ("freshness" in read) {
    const { column, within, of } = read.freshness ?? {};
    return column && within && { kind: "freshness", columns: [column], withinSeconds: secondsOf(within.value), of };
  }
  return read.expression && { kind: "expression", sql: read.expression };
}

function secondsOf(within: string): number {
  const [count, unit = ""] = within.split(" ");
  return Number(count) * SECONDS[unit.replace(/s$/, "") as keyof typeof SECONDS];
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
