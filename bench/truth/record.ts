/**
 * The verdicts of Spark's own parser on the broken queries: a file, so that a run needs no Java. `npm run truth -- --verify` asks Spark again
 * and rewrites it.
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { javaProblem } from "../../setup/java.mjs";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { SetupError } from "../../setup/stamp.mjs";
import type { Query } from "./corpus.ts";
import { readForms, writeForms } from "./forms.ts";
import { TAKEN_KINDS } from "./kinds.ts";
import { type Mutant, makeEdits, makeMutants } from "./mutants.ts";

const FILE = join(HOME, "bench", "truth", "record.json");

/** The record, by digests of texts. */
export interface SparkRecord {
  readonly seed: number;
  /** Of each mutant that Spark refuses: error condition, line, column. */
  readonly refused: Readonly<Record<string, readonly [string, number | null, number | null]>>;
  /** Made and left out, since Spark takes them. */
  readonly taken: readonly string[];
}

export function readRecord(): SparkRecord {
  return JSON.parse(readFileSync(FILE, "utf8")) as SparkRecord;
}

/** Makes mutants until Spark refuses all of them, and writes down what it says. Throws `SetupError` without Java. */
export async function verify(queries: readonly Query[], seed: number): Promise<SparkRecord> {
  const java = javaProblem();
  if (java !== undefined) throw new SetupError(java);
  const python = await ensurePython("spark-4.1");
  const refused: Record<string, [string, number | null, number | null]> = {};
  const taken = new Set<string>();
  for (;;) {
    const mutants = [...makeMutants(queries, seed, taken), ...[...makeEdits(queries, seed, taken).values()].flat()];
    const unknown = mutants.filter(({ digest, kind }) => !(digest in refused) && !TAKEN_KINDS.has(kind));
    if (unknown.length === 0) break;
    askSpark(
      python,
      unknown.map(({ sql }) => sql),
    ).forEach((answer, index) => {
      const { digest } = unknown[index] as Mutant;
      if (answer === null) taken.add(digest);
      else refused[digest] = answer;
    });
  }
  const forms = readForms().map(([sql]) => sql);
  const older = await ensurePython("spark-3.5");
  const isRead = (python: string) => askSpark(python, forms).map((answer) => answer === null);
  writeForms({ "4.1": isRead(python), "3.5": isRead(older) });
  const record: SparkRecord = { seed, refused, taken: [...taken] };
  writeFileSync(FILE, `${JSON.stringify(record, null, 1)}\n`);
  return record;
}

function askSpark(python: string, texts: readonly string[]): ([string, number | null, number | null] | null)[] {
  const { status, stdout, stderr } = spawnSync(python, [join(HOME, "bench", "truth", "spark_parser.py")], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new SetupError(`Spark does not answer: ${stderr.split("\n").findLast((line) => line !== "")}`);
  return JSON.parse(stdout);
}
