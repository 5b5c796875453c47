/** Intervals: what Spark takes as their values and units. */

import type { SyntaxMistake } from "./facts.ts";
import { mistake, short } from "./finders.ts";
import { insideOf, type Token } from "./lexer.ts";

/** Units of an interval's text and of its parts, and which of the two kinds of interval they make. */
const UNIT = /^(year|month|week|day|hour|minute|second|millisecond|microsecond)s?$/i;
const OF_MONTHS = /^(year|month)s?$/i;

/** `INTERVAL '…' FROM TO TO`: how the text is written. */
const RANGES: Readonly<Record<string, RegExp>> = {
  "YEAR TO MONTH": /^[+-]?\d+-(0?\d|1[01])$/,
  "DAY TO HOUR": /^[+-]?\d+ ([01]?\d|2[0-3])$/,
  "DAY TO MINUTE": /^[+-]?\d+ ([01]?\d|2[0-3]):[0-5]?\d$/,
  "DAY TO SECOND": /^[+-]?\d+ ([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,9})?$/,
  "HOUR TO MINUTE": /^[+-]?\d+:[0-5]?\d$/,
  "HOUR TO SECOND": /^[+-]?\d+:[0-5]?\d:[0-5]?\d(\.\d{1,9})?$/,
  "MINUTE TO SECOND": /^[+-]?\d+:[0-5]?\d(\.\d{1,9})?$/,
};
const EXAMPLES: Readonly<Record<string, string>> = {
  "YEAR TO MONTH": "1-2",
  "DAY TO HOUR": "1 2",
  "DAY TO MINUTE": "1 2:03",
  "DAY TO SECOND": "1 2:03:04",
  "HOUR TO MINUTE": "2:03",
  "HOUR TO SECOND": "2:03:04",
  "MINUTE TO SECOND": "3:04",
};

/** A mistake in the interval that begins at a token; undefined where none begins there, or it is right. */
export function intervalProblem(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  const word = tokens[at] as Token;
  if (word.upper !== "INTERVAL") return undefined;
  const first = amountAt(tokens, at + 1);
  if (first === undefined) return undefined;
  const [unit, to, last] = [0, 1, 2].map((step) => tokens[first.next + step]);
  if (first.amount.kind === "text" && first.next === at + 2 && !isUnit(unit)) return textProblem(word, first.amount);
  if (!isUnit(unit)) return undefined;
  if (to?.upper === "TO" && isUnit(last)) return rangeProblem(tokens, first, unit as Token, last as Token);
  const parts: { amount: Token; unit: Token }[] = [];
  let part = amountAt(tokens, at + 1);
  for (; part !== undefined && isUnit(tokens[part.next]); part = amountAt(tokens, part.next + 1))
    parts.push({ amount: part.amount, unit: tokens[part.next] as Token });
  return partsProblem(parts);
}

const isUnit = (token: Token | undefined) => token?.kind === "word" && UNIT.test(token.text.replace(/^nano/i, "micro"));

interface Amount {
  readonly amount: Token;
  readonly next: number;
}

function amountAt(tokens: readonly Token[], at: number): Amount | undefined {
  const number = /^[+-]$/.test(tokens[at]?.text ?? "") ? at + 1 : at;
  const amount = tokens[number];
  return amount?.kind === "number" || amount?.kind === "text" ? { amount, next: number + 1 } : undefined;
}

function partsProblem(parts: readonly { amount: Token; unit: Token }[]): SyntaxMistake | undefined {
  for (const { amount, unit } of parts) {
    const value = amount.kind === "text" ? insideOf(amount) : amount.text;
    if (value === undefined) continue;
    if (/^nano/i.test(unit.text))
      return mistake(unit, unit, `an interval has no \`${unit.text}\``, "write `MICROSECOND`, the smallest unit");
    const isFraction = /^[+-]?\s*(\d+\.\d{0,9}|\.\d{1,9})$/.test(value) && /^seconds?$/i.test(unit.text);
    if (!isFraction && !/^[+-]?\s*\d+$/.test(value)) {
      const help = /^[+-]?\d*\.\d*$/.test(value)
        ? "only seconds have a fraction; write a smaller unit"
        : "write a whole number";
      return mistake(
        amount,
        amount,
        `\`${short(value)}\` is not a valid number of an interval's \`${unit.text}\``,
        help,
      );
    }
  }
  const [first, last] = [parts[0], parts.at(-1)];
  if (first && last && isTooLong(parts))
    return mistake(first.amount, last.unit, "an interval is longer than Spark counts", "write a smaller number");
  const mixed = parts.find(({ unit }) => OF_MONTHS.test(unit.text) !== OF_MONTHS.test(parts[0]?.unit.text ?? ""));
  return mixed && mixing(mixed.unit);
}

/** How much of a month, or of a microsecond, a unit is; by its first letters. */
const MONTHS: Readonly<Record<string, bigint>> = { YEAR: 12n, MONT: 1n };
const MICROSECONDS: Readonly<Record<string, bigint>> = {
  WEEK: 604_800_000_000n,
  DAY: 86_400_000_000n,
  DAYS: 86_400_000_000n,
  HOUR: 3_600_000_000n,
  MINU: 60_000_000n,
  SECO: 1_000_000n,
  MILL: 1000n,
  MICR: 1n,
};

/** Months are counted in 32 bits, microseconds in 64. */
function isTooLong(parts: readonly { amount: Token; unit: Token }[]): boolean {
  const sum = (sizes: Readonly<Record<string, bigint>>) =>
    parts.reduce((total, { amount, unit }) => {
      const digits = /\d+/.exec(amount.text)?.[0] ?? "0";
      return total + BigInt(digits) * (sizes[unit.upper.slice(0, 4)] ?? 0n);
    }, 0n);
  return sum(MONTHS) >= 2n ** 31n || sum(MICROSECONDS) >= 2n ** 63n;
}

const mixing = (token: Token) =>
  mistake(
    token,
    token,
    "an interval has either years and months, or days and times",
    "write two intervals, and add both",
  );

/** `INTERVAL '1 day 2 hours'`. */
function textProblem(word: Token, text: Token): SyntaxMistake | undefined {
  const value = insideOf(text);
  if (value === undefined) return undefined;
  if (/^[+-]?\d+$/.test(value))
    return mistake(word, text, "an interval has no unit", `write \`${word.text} ${text.text} DAY\`, or another unit`);
  const part = /\s*([+-]?\s*(?:\d+(?:\.\d{0,9})?|\.\d{1,9}))\s+([A-Za-z]+)(?=\s|$)/y;
  part.lastIndex = /^interval\s+/i.exec(value)?.[0].length ?? 0;
  const units: string[] = [];
  while (part.lastIndex < value.length) {
    const [, amount = "", unit = ""] = part.exec(value) ?? [];
    if (!UNIT.test(unit) || (amount.includes(".") && !/^seconds?$/i.test(unit)))
      return mistake(
        text,
        text,
        `\`${short(value)}\` is not a valid interval`,
        "write numbers and units, as in `INTERVAL '1 day 2 hours'`",
      );
    units.push(unit);
  }
  if (units.length === 0)
    return mistake(text, text, "an interval is empty", "write numbers and units, as in `INTERVAL '1 day'`");
  return units.some((unit) => OF_MONTHS.test(unit) !== OF_MONTHS.test(units[0] ?? "")) ? mixing(text) : undefined;
}

function rangeProblem(
  tokens: readonly Token[],
  { amount, next }: Amount,
  from: Token,
  to: Token,
): SyntaxMistake | undefined {
  const range = `${from.upper} TO ${to.upper}`;
  const pattern = RANGES[range];
  if (pattern === undefined)
    return mistake(
      from,
      to,
      `an interval has no \`${range}\``,
      `known: ${Object.keys(RANGES)
        .map((each) => `\`${each}\``)
        .join(", ")}`,
    );
  const example = `write it as in \`INTERVAL '${EXAMPLES[range]}' ${range}\``;
  if (amount.kind !== "text")
    return mistake(amount, amount, `the value of an interval \`${range}\` is not a string`, example);
  const value = insideOf(amount);
  if (value !== undefined && !pattern.test(value))
    return mistake(amount, amount, `\`${short(value)}\` is not a valid interval \`${range}\``, example);
  return amountAt(tokens, next + 3) && isUnit(tokens[next + 4]) ? mixing(tokens[next + 4] as Token) : undefined;
}
