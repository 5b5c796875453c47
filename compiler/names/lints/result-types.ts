import { extentOf, has, isNode, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import { bareOf, functionOf } from "../shapes.ts";
import type { Lint } from "../types.ts";
import { columnOf, constantOf, firstWord, itemsOf } from "./expressions.ts";
import type { Find, Resolved } from "./lint.ts";

/** Kinds of types that matter here; a moment is a DATE or a TIMESTAMP. */
type Kind = "moment" | "interval" | "void" | "variant" | "time";

/** Begins of types, as Spark and its SQL spell them. */
const TYPES: readonly (readonly [RegExp, Kind])[] = [
  [/^(date|timestamp)/i, "moment"],
  [/^interval\b/i, "interval"],
  [/^variant\b/i, "variant"],
  [/^void\b/i, "void"],
  [/^time\b/i, "time"],
];
const FUNCTIONS: readonly (readonly [RegExp, Kind])[] = [
  [
    /^(to_date|try_to_date|date|make_date|current_date|curdate|last_day|next_day|add_months|(try_)?to_timestamp(_ltz|_ntz)?|timestamp|now|current_timestamp|localtimestamp|date_trunc|trunc|make_timestamp(_ltz|_ntz)?|from_utc_timestamp|to_utc_timestamp|timestamp_(seconds|millis|micros))$/,
    "moment",
  ],
  [/^(make_interval|make_dt_interval|make_ym_interval|try_make_interval)$/, "interval"],
  [/^(parse_json|try_parse_json|to_variant_object)$/, "variant"],
  [/^(to_time|try_to_time|make_time|current_time)$/, "time"],
];
/** Functions that give the type of their first argument. */
const SAME = /^(min|max|sum|avg|mean|first|last|any_value|median|coalesce|nvl|ifnull|greatest|least|abs|lag|lead)$/;

const WORDS: Readonly<Record<Exclude<Kind, "moment">, readonly [code: Lint["code"], what: string, help: string]>> = {
  interval: [
    "Q057",
    "this column is an interval, which is stored as a number without a unit",
    "write the number that is meant, such as `timestampdiff(MINUTE, start, end)`",
  ],
  void: ["Q059", "this column is NULL in every row and has no type", "write its type, such as `CAST(NULL AS STRING)`"],
  variant: ["Q059", "this column is a VARIANT, which Athena does not read", "write `to_json(…)`, or cast it"],
  time: ["Q059", "this column is a TIME, which Parquet files of Spark do not have", "write `CAST(… AS STRING)`"],
};

/** Q057, Q059: types of the result that files and Athena have not, or not as such. */
export const resultTypes: Find = (resolved) => {
  // Of several queries in UNION another one may give NULL its type.
  const isUnion = nodesOf(resolved.query, "term").some((term) => nodesOf(term, "operand").length > 1);
  return itemsOf(resolved.query).flatMap((item): Lint[] => {
    const [expr] = nodesOf(item, "expr");
    const kind = expr && kindOf(resolved, expr);
    if (expr === undefined || kind === undefined || kind === "moment" || (kind === "void" && isUnion)) return [];
    const [code, message, help] = WORDS[kind];
    return [{ code, ...extentOf(expr), message, help }];
  });
};

/** As far as it is known. */
function kindOf(resolved: Resolved, expr: SyntaxNode): Kind | undefined {
  const column = columnOf(resolved, expr);
  if (column !== undefined) return column.type === undefined ? undefined : kindIn(TYPES, column.type);
  if (constantOf(expr)?.toUpperCase() === "NULL") return "void";
  const value = bareOf(expr);
  if (value.rule === "value") return differenceOf(resolved, value);
  const [type] = nodesOf(value, "type");
  if (type !== undefined) return kindIn(TYPES, firstWord(type));
  if (value.rule === "interval" || value.rule === "constant") return kindIn(TYPES, firstWord(value));
  if (value.rule !== "call") return undefined;
  const name = functionOf(value);
  const [first] = nodesOf(value, "argument").flatMap((each) => nodesOf(each, "expr"));
  if (!SAME.test(name) || first === undefined) return kindIn(FUNCTIONS, name);
  const kind = kindOf(resolved, first);
  return kind === "void" ? undefined : kind;
}

/** `a - b` of two moments. */
function differenceOf(resolved: Resolved, { parts }: SyntaxNode): "interval" | undefined {
  const [left, operator, right, more] = parts;
  if (!isNode(left) || !isNode(operator) || !isNode(right) || more !== undefined || !has(operator, "-"))
    return undefined;
  return [left, right].every((each) => kindOf(resolved, each) === "moment") ? "interval" : undefined;
}

function kindIn(list: readonly (readonly [RegExp, Kind])[], text: string): Kind | undefined {
  return list.find(([pattern]) => pattern.test(text))?.[1];
}
