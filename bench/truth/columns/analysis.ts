/**
 * What Spark's own analyzer says of the corpora: a file, so that a run needs no Java. `npm run truth -- --verify` asks Spark again and
 * rewrites it.
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HOME } from "../../../setup/node.mjs";
import { SetupError } from "../../../setup/stamp.mjs";
import type { CorpusRoot } from "./corpora.ts";
import type { TruthRoot } from "./root.ts";

const FOLDER = join(HOME, "bench", "truth", "columns");
const FILE = join(FOLDER, "analysis.json");

/** Why Spark refuses a query, and the fragment that it names: offsets of its first and last character, in code points. */
export type Refusal = readonly [condition: string, first: number | null, last: number | null];

/** What Spark says of one query; both where it is the file with the result that Spark refuses: two columns with the same name. */
export interface Analysis {
  readonly outputs?: readonly (readonly [name: string, type: string])[];
  readonly refused?: Refusal;
}

/** What Spark says of a root, by dataset; nothing of one that reads a refused one. */
export type RootAnalysis = Readonly<Record<string, Analysis>>;

/** By corpus. */
export type CorporaAnalysis = Readonly<Record<string, RootAnalysis>>;

export function readAnalysis(): CorporaAnalysis {
  return JSON.parse(readFileSync(FILE, "utf8")) as CorporaAnalysis;
}

/** Asks Spark 4.1 about the corpora, and writes down what it says: a line a query. */
export function verifyAnalysis(python: string, roots: readonly CorpusRoot[]): CorporaAnalysis {
  const answers = askAnalyzer(python, roots);
  const byCorpus = Object.fromEntries(roots.map(({ name }, at) => [name, answers[at] ?? {}]));
  const corpora = Object.entries(byCorpus).map(([name, analysis]) => {
    const lines = Object.entries(analysis).map(
      ([query, each]) => `  ${JSON.stringify(query)}: ${JSON.stringify(each)}`,
    );
    return ` ${JSON.stringify(name)}: {\n${lines.join(",\n")}\n }`;
  });
  writeFileSync(FILE, `{\n${corpora.join(",\n")}\n}\n`);
  return byCorpus;
}

/** What Spark's analyzer says of each root. Throws `SetupError` where Spark does not run. */
export function askAnalyzer(python: string, roots: readonly TruthRoot[]): RootAnalysis[] {
  const { status, stdout, stderr } = spawnSync(python, [join(FOLDER, "spark_analyzer.py")], {
    input: JSON.stringify(roots),
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0)
    throw new SetupError(`Spark does not answer: ${stderr.split("\n").findLast((line) => line !== "")}`);
  return JSON.parse(stdout);
}
