/** An engine's mistakes as diagnostics: with a code, and a place that is found by the SQL's own tokens. */

import type { CompilerCode } from "../../compiler/codes.ts";
import { COMPILER_CODES } from "../../compiler/codes.ts";
import { judged } from "../../compiler/compile.ts";
import type { Diagnostic } from "../../compiler/diagnostics.ts";
import type { Mistake } from "./answer.ts";
import type { Query } from "./order.ts";

/** Spark's classes of errors → codes; any other is `Q049`. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/^(UNRESOLVED_COLUMN|UNRESOLVED_FIELD|FIELD_NOT_FOUND|CANNOT_RESOLVE_STAR|UNRESOLVED_USING)/, "Q030"],
  [/^AMBIGUOUS/, "Q031"],
  [/^(NUM_COLUMNS_MISMATCH|NUM_TABLE_VALUE_ALIASES_MISMATCH)/, "Q033"],
  [/^UNRESOLVED_ROUTINE/, "Q035"],
  [/^WRONG_NUM_ARGS/, "Q036"],
  [
    /^(DATATYPE_MISMATCH|INVALID_AGGREGATE_FILTER|INVALID_INLINE_TABLE|INVALID_EXTRACT|JOIN_CONDITION|UNSUPPORTED_FEATURE)/,
    "Q040",
  ],
  [
    /^(INVALID_WHERE_CONDITION|NESTED_AGGREGATE|UNSUPPORTED_GENERATOR|WINDOW_|DISTINCT_WINDOW|INVALID_WINDOW|UNSUPPORTED_EXPR_FOR|GROUP_BY_(POS_)?AGGREGATE)/,
    "Q041",
  ],
  [/^INCOMPATIBLE_COLUMN_TYPE/, "Q042"],
  [/^(MISSING_AGGREGATION|MISSING_GROUP_BY|UNSUPPORTED_GROUPING)/, "Q043"],
];

/** The compiler's codes for what an engine sees, too. */
const NAMES = /^Q03\d$/;

/** The diagnostics of a query; none where the compiler has found the same. `known`: the compiler's, of the same file. */
export function findings(query: Query, mistakes: readonly Mistake[], known: readonly Diagnostic[]): Diagnostic[] {
  const names = known.filter(({ code }) => NAMES.test(code));
  return mistakes.flatMap((mistake) => {
    const code = codeOf(mistake.kind);
    const at = query.at(extentOf(mistake.offset, query.sql));
    if (names.some(({ line }) => line === at.line) || (names.length > 0 && NAMES.test(wanted(mistake.kind)))) return [];
    const [message, help] = inTwo(mistake.message);
    const notes = [{ place: query.declaredAt, message: "the dataset" }];
    return judged({ code, at, message, help, notes }, query.allow);
  });
}

function wanted(kind: string): string {
  return CODES.find(([pattern]) => pattern.test(kind))?.[1] ?? "Q049";
}

function codeOf(kind: string): CompilerCode {
  const code = wanted(kind);
  return code in COMPILER_CODES ? (code as CompilerCode) : "Q049";
}

/** "what is wrong: what to do" → both. */
function inTwo(message: string): [string, string] {
  const at = message.indexOf(": ");
  return at < 0 ? [message, "correct the expression"] : [message.slice(0, at), message.slice(at + 2)];
}

const WORD = /^(?:`[^`]*`|[\p{L}\p{N}_]+)(?:\.(?:`[^`]*`|[\p{L}\p{N}_]+))*|^./su;

/** The word at an offset in characters (an engine's, which count 😀 as one); the first word of the SQL if it is not known. */
function extentOf(offset: number | null, sql: string): { offset: number; length: number } {
  const start =
    offset === null ? sql.search(/\b(SELECT|WITH|FROM|VALUES)\b/i) : [...sql].slice(0, offset).join("").length;
  const place = Math.max(0, Math.min(start, sql.length));
  return { offset: place, length: WORD.exec(sql.slice(place))?.[0].length ?? 1 };
}
