/** Which functions Spark has, and how many arguments they take. */

import { SPARK_3_5 } from "./spark-3.5.ts";
import { SPARK_4_1 } from "./spark-4.1.ts";

/** What a function is; `table`: only in FROM. */
export type FunctionKind = "scalar" | "aggregate" | "window" | "generator" | "table";

/** A function of one version of Spark. */
interface Signature {
  readonly kind: FunctionKind;
  /** Numbers of arguments: `1 2`, `2+`, `2n` for pairs; empty for a function with a syntax of its own. */
  readonly numbers: string;
}

/** By name in lower case. A function in FROM and one elsewhere may have one name. */
interface Functions {
  readonly elsewhere: ReadonlyMap<string, Signature>;
  readonly inFrom: ReadonlyMap<string, Signature>;
}

const NEW = read(SPARK_4_1);
const OLD = read(SPARK_3_5);

function read(list: string): Functions {
  const entries = list
    .trim()
    .split(/\n(?! )/)
    .flatMap((line) => {
      const [head = "", names = ""] = line.split(":");
      const [kind, ...numbers] = head.trim().split(" ");
      const signature = { kind: kind as FunctionKind, numbers: numbers.join(" ") };
      return names
        .trim()
        .split(/\s+/)
        .map((name) => [name, signature] as const);
    });
  const some = (inFrom: boolean) => new Map(entries.filter(([, { kind }]) => (kind === "table") === inFrom));
  return { elsewhere: some(false), inFrom: some(true) };
}

const of = (functions: Functions, inFrom: boolean) => (inFrom ? functions.inFrom : functions.elsewhere);

/** Functions, in upper case, whose first argument is a unit of time where they have three: the grammar's, beside those of their name in the lists. */
export const WITH_UNIT: ReadonlySet<string> = new Set(
  "DATEADD DATE_ADD TIMESTAMPADD DATEDIFF DATE_DIFF TIMESTAMPDIFF TIMEDIFF".split(" "),
);

/** Functions of the grammar of Spark 3.5 that are functions like others in Spark 4. */
const OLD_SYNTAX = new Set(["percentile_cont", "percentile_disc"]);

/** Names of Spark 4.1's functions, in lower case: of those that can be called in FROM, or of those that can elsewhere. */
export function functionNames(inFrom: boolean): ReadonlySet<string> {
  return NAMES[inFrom ? "inFrom" : "elsewhere"];
}

const NAMES = { inFrom: new Set(NEW.inFrom.keys()), elsewhere: new Set(NEW.elsewhere.keys()) };

/** What a function of Spark 4.1 is outside of FROM; undefined for one that it does not have. */
export function kindOfFunction(name: string): FunctionKind | undefined {
  return NEW.elsewhere.get(name.toLowerCase())?.kind;
}

/** True for a function of Spark 4.1 that Spark 3.5 does not have. */
export function isNewFunction(name: string): boolean {
  const lower = name.toLowerCase();
  const isIn = ({ elsewhere, inFrom }: Functions) => elsewhere.has(lower) || inFrom.has(lower);
  return isIn(NEW) && !isIn(OLD) && !OLD_SYNTAX.has(lower);
}

/**
 * How many arguments a function takes instead of so many, in words. Undefined where the number is right, and where it is not known: both
 * versions of Spark must agree.
 */
export function expectedNumber(name: string, inFrom: boolean, number: number): string | undefined {
  const [newer, older] = [NEW, OLD].map((each) => of(each, inFrom).get(name.toLowerCase())?.numbers);
  if (newer === undefined || newer === "" || newer !== older) return undefined;
  if (newer === "2n") return number % 2 === 0 ? undefined : "pairs of arguments, a name and a value each";
  const [fewest = 0, ...more] = newer.split(" ").map((each) => Number.parseInt(each, 10));
  if (newer.endsWith("+")) return number >= fewest ? undefined : `at least ${counted(fewest)}`;
  return [fewest, ...more].includes(number) ? undefined : counted(...[fewest, ...more]);
}

/** `no arguments`, `1 argument`, `1, 2 or 3 arguments`. */
export function counted(...numbers: readonly number[]): string {
  const last = numbers.at(-1);
  const words = numbers.length > 1 ? `${numbers.slice(0, -1).join(", ")} or ${last}` : last || "no";
  return `${words} argument${last === 1 ? "" : "s"}`;
}
