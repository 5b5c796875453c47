/**
 * Types of parameters and what their values look like as text. The job casts by the same types (`glue/strata_glue`), and the
 * state machine checks an execution's values by the same patterns.
 */

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

const YEAR = "(?:\\d{3}[1-9]|\\d\\d[1-9]\\d|\\d[1-9]\\d\\d|[1-9]\\d{3})";
const LEAP_YEAR = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
const DAY_OF_YEAR =
  "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
const DATE = `(?:${YEAR}-${DAY_OF_YEAR}|${LEAP_YEAR}-02-29)`;
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?";
const INTEGER = (most: string, least: string) => `(?:[+]?${upTo(most)}|-${upTo(least)})`;

/**
 * What the whole text of a value matches: dates as `2017-08-15`, timestamps as ISO 8601, UTC unless they say else. A double
 * of 1e100 or more is written with one digit before its point. No pattern: any text. They use no more than regular
 * expressions of JavaScript and of Java have in common.
 */
export const PATTERNS: Readonly<Record<ParamType, string | undefined>> = {
  string: undefined,
  int: INTEGER("2147483647", "2147483648"),
  bigint: INTEGER("9223372036854775807", "9223372036854775808"),
  double:
    "[+-]?(?:(?:\\d{1,200}\\.?\\d*|\\.\\d+)(?:[eE](?:[+]?0*\\d{1,2}|-\\d+))?|\\d\\.?\\d*[eE][+]?0*(?:[12]\\d\\d|30[0-7]))",
  boolean: "true|false",
  date: DATE,
  timestamp: `${DATE}(?:[T ]${TIME})?`,
};

/** True when the text is a value of the type. */
export function fitsType(text: string, type: ParamType): boolean {
  const pattern = PATTERNS[type];
  return pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text);
}

/** A pattern of whole numbers from 0 to `most`, with any zeros in front. */
function upTo(most: string): string {
  const below = [...most].flatMap((digit, at) =>
    digit === "0" ? [] : [`${most.slice(0, at)}[0-${Number(digit) - 1}]\\d{${most.length - at - 1}}`],
  );
  return `0*(?:\\d{1,${most.length - 1}}|${[...below, most].join("|")})`;
}
