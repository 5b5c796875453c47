/** Functions that give rows: the names of their columns, in SELECT, in LATERAL VIEW and as tables. */

import { firstOf, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { elementOf, entryOf, fieldsOf } from "./fields.ts";
import { type Attribute, closed, computed, OPEN, type Result, type Run } from "./model.ts";
import { bareOf, castOf, functionOf, plainOf } from "./shapes.ts";

/** Functions that give an array, whatever they get. */
const ARRAYS =
  /^(array|array_\w+|split|sequence|collect_list|collect_set|map_keys|map_values|map_entries|transform|arrays_zip|flatten|sort_array|regexp_extract_all|str_to_array|shuffle|sentences|json_object_keys)$/;
/** Those among them that may give something else. */
const NO_ARRAYS = /^array_(join|max|min|position|contains|size|agg)$/;
const MAPS =
  /^(map|map_from_arrays|map_from_entries|map_concat|map_filter|map_zip_with|str_to_map|transform_keys|transform_values)$/;

/** The columns of a generator that has been looked up; open where its argument's type is not known. */
export function generated(
  run: Run,
  name: string,
  args: readonly SyntaxNode[],
  at: SyntaxNode,
  from: readonly Attribute[],
): Result {
  const column = (text: string, type?: string) => computed(text, from, at, type);
  const [first] = args;
  const base = name.replace(/_outer$/, "");
  if (base === "json_tuple") return closed(args.slice(1).map((_, index) => column(`c${index}`)));
  if (base === "stack") return stacked(args, column);
  if (first === undefined) return OPEN;
  const type = typeOf(run, first);
  if (base === "inline") {
    const fields = fieldsOf(elementOf(type ?? "") ?? "");
    return fields ? closed(fields.map((field) => column(field.name, field.type))) : OPEN;
  }
  const position = base === "posexplode" ? [column("pos", "int")] : [];
  if (type === undefined) return OPEN;
  const entry = entryOf(type);
  if (entry || type === "map") return closed([...position, column("key", entry?.[0]), column("value", entry?.[1])]);
  return closed([...position, column("col", elementOf(type))]);
}

/** `stack(2, a, b, c)` has two columns. */
function stacked([rows, ...values]: readonly SyntaxNode[], column: (name: string) => Attribute): Result {
  const number = Number(rows && firstOf(rows)?.text);
  if (!Number.isInteger(number) || number < 1) return OPEN;
  const width = Math.ceil(values.length / number);
  return closed(Array.from({ length: width }, (_, index) => column(`col${index}`)));
}

/** The type of an argument; `array` or `map` where only that much is known. */
function typeOf(run: Run, expr: SyntaxNode): string | undefined {
  const plain = plainOf(run, expr);
  if (plain !== undefined) return plain.type && (elementOf(plain.type) ?? entryOf(plain.type)) ? plain.type : undefined;
  const value = bareOf(expr);
  const name = value.rule === "call" ? functionOf(value) : "";
  if (ARRAYS.test(name) && !NO_ARRAYS.test(name)) return "array";
  if (MAPS.test(name)) return "map";
  const text = nodesOf(value, "type")[0] && castOf(run, expr)?.type;
  return text && (elementOf(text) ?? entryOf(text)) ? text : undefined;
}
