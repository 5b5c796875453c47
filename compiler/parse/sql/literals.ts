/**
 * What is inside of literals: days that do not exist, numbers beyond their type, intervals without sense. Spark's parser refuses them; to
 * a grammar they are texts and numbers like others.
 */

import type { SyntaxMistake } from "./facts.ts";
import { mistake, short } from "./finders.ts";
import { endsOperand } from "./grammar.ts";
import { intervalProblem } from "./interval-literals.ts";
import { insideOf, type Token } from "./lexer.ts";

/** The first literal that Spark refuses. */
export function literalMistake(tokens: readonly Token[]): SyntaxMistake | undefined {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    const found =
      token.kind === "number" || (token.kind === "word" && /^\d/.test(token.text))
        ? numberMistake(tokens, at)
        : token.kind === "word" && tokens[at - 1]?.text !== "."
          ? (typedMistake(token, tokens[at + 1]) ?? intervalProblem(tokens, at))
          : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Typed {
  readonly isRight: (value: string) => boolean;
  readonly what: string;
  readonly help: string;
}

/** A time of today. */
const TIME_ONLY = /^T?(\d{1,2}:.*)$/s;
const TIMESTAMP_HELP = "write `TIMESTAMP '2026-01-31 23:59:59'`; a time zone may follow the time";

/** Types that a text may be a value of, and what the text must be. */
const TYPED: Readonly<Record<string, Typed>> = {
  DATE: { isRight: isDate, what: "date", help: "write a day that exists, as in `DATE '2026-01-31'`" },
  TIMESTAMP: { isRight: isTimestamp, what: "timestamp", help: TIMESTAMP_HELP },
  TIMESTAMP_LTZ: { isRight: isTimestamp, what: "timestamp", help: TIMESTAMP_HELP },
  TIMESTAMP_NTZ: {
    isRight: (value) => isTimestamp(value) && !TIME_ONLY.test(value),
    what: "timestamp",
    help: TIMESTAMP_HELP,
  },
  TIME: { isRight: isTime, what: "time", help: "write it as in `TIME '23:59:59'`" },
  X: {
    isRight: (value) => /^[0-9a-f]*$/i.test(value),
    what: "hexadecimal number",
    help: "write two of 0-9 and A-F for each byte, as in `X'1F'`",
  },
};

function typedMistake(type: Token, text: Token | undefined): SyntaxMistake | undefined {
  const typed = text?.kind === "text" ? TYPED[type.upper] : undefined;
  if (text === undefined || typed === undefined) return undefined;
  const value = type.upper === "X" ? text.text.slice(1, -1) : insideOf(text);
  if (value === undefined || typed.isRight(value)) return undefined;
  return mistake(text, text, `\`${short(value)}\` is not a valid ${typed.what}`, typed.help);
}

/** `epoch`, `now`, `today CET`. */
function isSpecial(value: string): boolean {
  const [, word = "", zone = ""] = /^([A-Za-z]+)[ \t]*(.*)$/.exec(value) ?? [];
  return (
    /^(epoch|now|today|tomorrow|yesterday)$/i.test(word) && (zone === "" || (!/^now$/i.test(word) && isZone(zone)))
  );
}

/** The last days that fit a DATE. */
const MOST_DAYS = 2 ** 31 - 1;
const MS_A_DAY = 86_400_000;

/** A day of the calendar; months count from 1. */
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= ([31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);
}

function isDate(value: string): boolean {
  if (isSpecial(value)) return true;
  const found = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(value);
  if (found === null) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)];
  if (!isDay(year, month, day)) return false;
  // Dates of JavaScript end in the year 275760; every 400 years have the same days.
  const days =
    Date.UTC(2000 + (year % 400), month - 1, day) / MS_A_DAY + Math.trunc(year / 400) * 146_097 - 5 * 146_097;
  return days <= MOST_DAYS && days >= -MOST_DAYS - 1;
}

const DAY = /^([+-]?\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2}))?)?/;
const CLOCK = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?(.*))?)?$/s;

function isTimestamp(value: string): boolean {
  if (isSpecial(value)) return true;
  const time = TIME_ONLY.exec(value);
  if (time) return isClock(time[1] ?? "");
  const day = DAY.exec(value);
  if (day === null || !isDay(Number(day[1]), Number(day[2] ?? 1), Number(day[3] ?? 1))) return false;
  if (Number(day[1]) > 294_247 || Number(day[1]) < -290_308) return false;
  const rest = value.slice(day[0].length);
  return rest === "" || (day[3] !== undefined && /^[ T]/.test(rest) && isClock(rest.slice(1)));
}

function isClock(value: string): boolean {
  const found = CLOCK.exec(value);
  if (found === null) return false;
  const [hour, minute, second] = [found[1], found[2] ?? 0, found[3] ?? 0].map(Number) as [number, number, number];
  const zone = found[5]?.trim() ?? "";
  return hour < 24 && minute < 60 && second < 60 && (zone === "" || isZone(zone));
}

function isTime(value: string): boolean {
  const found = /^T?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d*)?)?(?:\s*(AM|PM))?$/i.exec(value);
  if (found === null) return false;
  const [hour, minute, second] = [found[1], found[2] ?? 0, found[3] ?? 0].map(Number) as [number, number, number];
  return minute < 60 && second < 60 && (found[4] === undefined ? hour < 24 : hour >= 1 && hour <= 12);
}

/** Java's short names of zones that no other list has. */
const SHORT_ZONES =
  /^(ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST|EST|MST|HST|Z|UT|UTC|GMT)$/;

function isZone(zone: string): boolean {
  if (SHORT_ZONES.test(zone)) return true;
  const offset = /^(?:UTC|GMT|UT)?[+-](\d{1,2})(?::?(\d{1,2})(?::?(\d{2}))?)?$/.exec(zone);
  if (offset) {
    const seconds = Number(offset[1]) * 3600 + Number(offset[2] ?? 0) * 60 + Number(offset[3] ?? 0);
    return seconds <= 18 * 3600 && Number(offset[2] ?? 0) < 60 && Number(offset[3] ?? 0) < 60;
  }
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(zone)) return false;
  if (/^SystemV\//.test(zone)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Types of whole numbers by the letter behind, with their bits. */
const WHOLE: Readonly<Record<string, readonly [type: string, bits: bigint]>> = {
  Y: ["TINYINT", 7n],
  S: ["SMALLINT", 15n],
  L: ["BIGINT", 63n],
};

function numberMistake(tokens: readonly Token[], at: number): SyntaxMistake | undefined {
  const token = tokens[at] as Token;
  const [, digits = "", suffix = ""] = /^(\d+|\d*\.?\d*(?:e[+-]?\d+)?)([yslfd]|bd)?$/i.exec(token.text) ?? [];
  if (digits === "") return token.kind === "number" ? unknownNumber(token) : undefined;
  const isNegative = tokens[at - 1]?.text === "-" && !endsOperand(tokens[at - 2]);
  const whole = WHOLE[suffix.toUpperCase()];
  if (whole !== undefined) {
    if (!/^\d+$/.test(digits)) return unknownNumber(token);
    const [type, bits] = whole;
    const most = 2n ** bits - (isNegative ? 0n : 1n);
    return BigInt(digits) <= most ? undefined : outOfRange(token, type, `at most ${most}`);
  }
  if (/^d?$/i.test(suffix) && (suffix !== "" || /e/i.test(digits)))
    return Number.isFinite(Number(digits)) ? undefined : outOfRange(token, "DOUBLE", "smaller than 1.8E308");
  if (/^f$/i.test(suffix))
    return Number.isFinite(Math.fround(Number(digits))) ? undefined : outOfRange(token, "FLOAT", "smaller than 3.4E38");
  return digitsOf(digits) <= 38 ? undefined : outOfRange(token, "DECIMAL", "of at most 38 digits");
}

/** Digits that a DECIMAL needs for a number. */
function digitsOf(number: string): number {
  const [mantissa = "", exponent = "0"] = number.toLowerCase().split("e");
  const [before = "", behind = ""] = mantissa.split(".");
  const digits = `${before}${behind}`.replace(/^0+/, "").length;
  const scale = behind.length - Number(exponent);
  return scale < 0 ? digits - scale : Math.max(digits, scale);
}

const outOfRange = (token: Token, type: string, limit: string) =>
  mistake(
    token,
    token,
    `\`${short(token.text)}\` does not fit \`${type}\``,
    `write a number ${limit}, or another type`,
  );

const unknownNumber = (token: Token) =>
  mistake(
    token,
    token,
    `\`${short(token.text)}\` is not a valid number`,
    "correct it; a name that begins with a digit and has a point is in backticks",
  );
