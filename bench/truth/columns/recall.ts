/** The verdicts of Spark's own analyzer on roots with one wrong name or type, and how many of them `check` finds, and where. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Extent } from "../../../compiler/parse/sql/extent.ts";
import { locate } from "../../../compiler/parse/text.ts";
import type { RuleFinding } from "../../../compiler/rules/rule.ts";
import { HOME } from "../../../setup/node.mjs";
import { SetupError } from "../../../setup/stamp.mjs";
import { count, percent, print } from "../print.ts";
import { askAnalyzer, type CorporaAnalysis, type Refusal } from "./analysis.ts";
import type { CorpusRoot } from "./corpora.ts";
import { KINDS } from "./edits.ts";
import { checkRoot } from "./judge.ts";
import { makeNameMutants, type NameMutant } from "./mutants.ts";
import { fileOf } from "./root.ts";

const FILE = join(HOME, "bench", "truth", "columns", "mutants.json");

/** What Spark says of the mutants, by digests. */
export interface NameRecord {
  readonly seed: number;
  /** Of each that Spark refuses: the first dataset that it refuses, and why. */
  readonly refused: Readonly<Record<string, readonly [dataset: string, ...Refusal]>>;
  /** Made and left out, since Spark takes them. */
  readonly taken: readonly string[];
}

export function readNameRecord(): NameRecord {
  return JSON.parse(readFileSync(FILE, "utf8")) as NameRecord;
}

/** Without the queries that Spark refuses as they are: two columns with the same name. */
export function soundRoots(roots: readonly CorpusRoot[], analyses: CorporaAnalysis): CorpusRoot[] {
  return roots.map((root) => ({
    ...root,
    datasets: root.datasets.filter(({ name }) => analyses[root.name]?.[name]?.refused === undefined),
  }));
}

/** Makes mutants until Spark refuses all of them, and writes down what it says. */
export function verifyNames(python: string, roots: readonly CorpusRoot[], seed: number): NameRecord {
  const refused: Record<string, readonly [string, ...Refusal]> = {};
  const taken = new Set<string>();
  for (;;) {
    const unknown = makeNameMutants(roots, seed, taken).filter(({ digest }) => !(digest in refused));
    if (unknown.length === 0) break;
    const answers = askAnalyzer(
      python,
      unknown.map(({ root }) => root),
    );
    for (const [index, { digest }] of unknown.entries()) {
      const [first] = Object.entries(answers[index] ?? {}).flatMap(([dataset, { refused: why }]) =>
        why ? [[dataset, ...why] as const] : [],
      );
      // What does not parse is counted elsewhere.
      if (first === undefined || first[1] === "PARSE_SYNTAX_ERROR") taken.add(digest);
      else refused[digest] = first;
    }
  }
  const lines = Object.entries(refused).map(([digest, why]) => `  ${JSON.stringify(digest)}: ${JSON.stringify(why)}`);
  const text = `{\n "seed": ${seed},\n "refused": {\n${lines.join(",\n")}\n },\n "taken": ${JSON.stringify([...taken])}\n}\n`;
  writeFileSync(FILE, text);
  return { seed, refused, taken: [...taken] };
}

/** What `check` says of one mutant. */
export interface Recalled {
  readonly mutant: NameMutant;
  readonly condition: string;
  readonly found: "at the column" | "at the line" | "elsewhere" | "not";
  /** Its errors, or none. */
  readonly said: string;
}

/** Checks the mutants. Throws `SetupError` where the record is not of these. */
export function recall(roots: readonly CorpusRoot[], record: NameRecord): Recalled[] {
  const mutants = makeNameMutants(roots, record.seed, new Set(record.taken));
  return mutants.map((mutant) => {
    const why = record.refused[mutant.digest];
    if (why === undefined)
      throw new SetupError("a root with a wrong name is not in the record: run `npm run truth -- --verify`");
    const { errors } = checkRoot(mutant.root);
    const found = [...errors.values()].flat();
    const said = found.map(({ code, at, message }) => `${code} ${at.file}:${at.line}:${at.column}: ${message}`);
    return { mutant, condition: why[1], found: whereFound(mutant, why, found), said: said.join("; ") };
  });
}

/**
 * Spark's fragment, or where the mistake was made. Of a fragment of several lines only its beginning is a place: it may be all
 * of a query.
 */
function whereFound(
  { root, made }: NameMutant,
  [dataset, , first, last]: readonly [string, ...Refusal],
  errors: readonly RuleFinding[],
): Recalled["found"] {
  const right = [
    ...(first === null || last === null
      ? []
      : [{ dataset, places: [fragmentOf(root.datasets, dataset, first, last)] }]),
    ...(made ? [made] : []),
  ].flatMap(({ dataset: of, places }) => {
    const { sql } = root.datasets.find(({ name }) => name === of) ?? { sql: "" };
    const text = locate(fileOf(of), sql);
    return places.map((place) => ({ text, place }));
  });
  const isAt = ({ at }: RuleFinding) =>
    right.some(({ text, place }) => {
      const offset = at.file === text.path ? text.offset(at) : undefined;
      return offset !== undefined && offset >= place.offset && offset < place.offset + place.length;
    });
  const isOnLine = ({ at }: RuleFinding) =>
    right.some(({ text, place }) => {
      const { start, end } = text.range(place.offset, place.length - 1);
      return at.file === text.path && at.line >= start.line && at.line <= end.line;
    });
  if (errors.some(isAt)) return "at the column";
  if (errors.some(isOnLine)) return "at the line";
  return errors.length > 0 ? "elsewhere" : "not";
}

/** In UTF-16 units; Spark counts code points. */
function fragmentOf(datasets: NameMutant["root"]["datasets"], dataset: string, first: number, last: number): Extent {
  const characters = [...(datasets.find(({ name }) => name === dataset)?.sql ?? "")];
  const offset = characters.slice(0, first).join("").length;
  const text = characters.slice(first, last + 1).join("");
  return { offset, length: /[\r\n]/.test(text) ? 1 : text.length };
}

/** Prints how many were found, by kind; true where enough were. */
export function printRecall(what: string, recalled: readonly Recalled[], wanted: Wanted, list: boolean): boolean {
  const good = [wanted.line, wanted.column].map((least, at) => {
    const found = recalled.filter((each) => isFound(each, at === 1)).length;
    const isGood = found >= least * recalled.length;
    print(
      `${what.padEnd(16)} ${count(recalled.length)} refused, ${count(found)} found at the right ${at === 1 ? "column" : "line"} ${percent(found, recalled.length)}${isGood ? "" : "  too few"}`,
    );
    return isGood;
  });
  if (list)
    for (const { mutant, condition, found, said } of recalled.filter((each) => !isFound(each, true)))
      print(`  ${found} found: ${mutant.kind} in ${mutant.of}: ${condition}; said: ${said.slice(0, 300) || "nothing"}`);
  return good.every(Boolean);
}

/** Least shares. */
export interface Wanted {
  readonly line: number;
  readonly column: number;
}

/** A line a kind. */
export function printKinds(recalled: readonly Recalled[]): void {
  for (const [kind, each] of Map.groupBy(recalled, ({ mutant }) => mutant.kind)) {
    const [line, column] = [false, true].map((exact) => each.filter((one) => isFound(one, exact)).length);
    const name = `${kind}${KINDS[kind]?.needsTypes ? " (types)" : ""}`;
    print(`  ${name.padEnd(48)} ${each.length} refused, ${line} found at the line, ${column} at the column`);
  }
}

function isFound({ found }: Recalled, exact: boolean): boolean {
  return found === "at the column" || (!exact && found === "at the line");
}
