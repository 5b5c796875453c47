/** Types of parameters and what their values look like as text. The job casts by the same types (`glue/strata_glue`). */

/** All types, in the order they are shown. */
export const PARAM_TYPES = ["string", "int", "bigint", "double", "boolean", "date", "timestamp"] as const;

/** Spark types that a parameter may have. */
export type ParamType = (typeof PARAM_TYPES)[number];

/** A value of each type, for messages. */
export const EXAMPLES: Readonly<Record<ParamType, string>> = {
  string: "Moscow",
  int: "42",
  bigint: "42",
  double: "1.5",
  boolean: "true",
  date: "2017-08-15",
  timestamp: "2017-08-15T15:00:00Z",
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** True when the text is a value of the type: dates as `2017-08-15`, timestamps as ISO 8601, UTC unless they say else. */
export function fitsType(text: string, type: ParamType): boolean {
  switch (type) {
    case "string":
      return true;
    case "int":
      return inRange(text, 31n);
    case "bigint":
      return inRange(text, 63n);
    case "double":
      return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
    case "boolean":
      return text === "true" || text === "false";
    case "date":
      return isDate(text);
    case "timestamp":
      return isDate(TIMESTAMP.exec(text)?.[1] ?? "");
  }
}

function inRange(text: string, bits: bigint): boolean {
  if (!/^[+-]?\d{1,19}$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= -(2n ** bits) && value < 2n ** bits;
}

function isDate(text: string): boolean {
  const [, year = "", month = "", day = ""] = DATE.exec(text) ?? [];
  if (year === "" || year === "0000") return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`);
}
