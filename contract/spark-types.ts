/** Spells of Spark SQL types, as `DESCRIBE` and `CAST` know them (Spark 4.1, "Data Types"). */

const SIMPLE = new Set([
  "boolean",
  "tinyint",
  "byte",
  "smallint",
  "short",
  "int",
  "integer",
  "bigint",
  "long",
  "float",
  "real",
  "double",
  "date",
  "timestamp",
  "timestamp_ntz",
  "timestamp_ltz",
  "string",
  "binary",
  "decimal",
  "dec",
  "numeric",
  "variant",
  "void",
  "interval day to second",
]);

/** True for a type of Spark SQL, nested ones included. */
export function isSparkType(text: string): boolean {
  const type = text.trim().toLowerCase().replace(/\s+/g, " ");
  if (SIMPLE.has(type)) return true;
  if (/^(decimal|dec|numeric)\(\s*([1-9]|[12]\d|3[0-8])\s*(,\s*([0-9]|[12]\d|3[0-8])\s*)?\)$/.test(type)) return true;
  if (/^(varchar|char)\(\s*[1-9]\d*\s*\)$/.test(type)) return true;
  const [, outer = "", inner = ""] = /^(array|map|struct)<(.*)>$/s.exec(type) ?? [];
  const parts = splitTop(inner);
  if (outer === "array") return parts.length === 1 && isSparkType(inner);
  if (outer === "map") return parts.length === 2 && parts.every(isSparkType);
  return (
    outer === "struct" &&
    parts.every((part) => isSparkType(part.replace(/^\s*(`(?:[^`]|``)+`|\w+)\s*:/, "")) && part.includes(":"))
  );
}

/** Splits at commas outside brackets and quoted names. */
export function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text.match(/`[^`]*`|[\s\S]/g) ?? []) {
    if ("<(".includes(character)) depth += 1;
    if (">)".includes(character)) depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part];
}
