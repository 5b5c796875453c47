/** Types of Spark as texts: what is inside an array, a map, a struct. */

import { splitTop } from "../../contract/spark-types.ts";
import { isNode, type SyntaxNode } from "../parse/sql/tree.ts";

/** A field of a struct. */
export interface Field {
  readonly name: string;
  readonly type: string;
}

/** What is in the angle brackets of such a type; undefined for any other. */
function inside(type: string, outer: "array" | "map" | "struct"): string | undefined {
  return new RegExp(`^\\s*${outer}\\s*<(.*)>\\s*$`, "is").exec(type)?.[1];
}

/** The fields of a struct, in order. */
export function fieldsOf(type: string): Field[] | undefined {
  const inner = inside(type, "struct");
  return inner === undefined ? undefined : splitTop(inner).flatMap(fieldOf);
}

function fieldOf(text: string): Field[] {
  const [, name = "", type = ""] = /^\s*(`(?:[^`]|``)*`|[^\s:`]+)\s*:?\s*(.*?)\s*$/s.exec(text) ?? [];
  return name === "" ? [] : [{ name: name.replace(/^`|`$/g, "").replaceAll("``", "`"), type }];
}

export function elementOf(type: string): string | undefined {
  return inside(type, "array");
}

/** Types of a map's keys and values. */
export function entryOf(type: string): readonly [key: string, value: string] | undefined {
  const parts = splitTop(inside(type, "map") ?? "").map((part) => part.trim());
  return parts.length === 2 && parts[0] !== undefined && parts[1] !== undefined ? [parts[0], parts[1]] : undefined;
}

/** What `.name` gives of a value: its type, undefined where that is not known; or why it gives nothing. */
export type Step =
  | { readonly kind: "type"; readonly type: string | undefined }
  | { readonly kind: "missing"; readonly fields: readonly Field[] };

/** Takes a field of a struct or of each struct of an array, or the value of a map's key. */
export function step(type: string | undefined, name: string): Step {
  if (type === undefined || /^\s*(variant|interval)/i.test(type)) return { kind: "type", type: undefined };
  const entry = entryOf(type);
  if (entry !== undefined) return { kind: "type", type: entry[1] };
  const element = elementOf(type);
  const fields = fieldsOf(element ?? type) ?? [];
  const field = fields.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) return { kind: "missing", fields };
  return { kind: "type", type: element === undefined ? field.type : `array<${field.type}>` };
}

const SPELLINGS: Readonly<Record<string, string>> = {
  integer: "int",
  long: "bigint",
  short: "smallint",
  byte: "tinyint",
  real: "float",
  dec: "decimal",
  numeric: "decimal",
  timestamp_ltz: "timestamp",
};

/** The type of CAST as Spark spells it; undefined where the text is more than a name and numbers. */
export function castTypeOf(type: SyntaxNode): string | undefined {
  if (type.parts.some((part) => isNode(part) && part.rule !== "integer")) return undefined;
  const words = type.parts.map((part) => (isNode(part) ? part.parts.map(textOf).join("") : part.text));
  const text = words.join("").toLowerCase();
  const [, name = "", rest = ""] = /^([a-z_]+)(\(\d+(?:,\d+)?\))?$/.exec(text) ?? [];
  if (name === "" || /^(interval|time|string|geography|geometry|void)./.test(text)) return undefined;
  if (/^(varchar|char|character)$/.test(name)) return "string";
  const spelling = SPELLINGS[name] ?? name;
  if (spelling !== "decimal") return rest === "" ? spelling : undefined;
  return `decimal${rest === "" ? "(10,0)" : rest.includes(",") ? rest : rest.replace(")", ",0)")}`;
}

const textOf = (part: SyntaxNode["parts"][number]) => (isNode(part) ? ":" : part.text);
