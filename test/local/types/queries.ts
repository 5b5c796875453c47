/** Queries with what Spark's analyzer says of each, and what the types of `strata check` find on Sail: fixtures/types/queries.json. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Question, WireColumn } from "../../../local/types/answer.ts";
import { analyzingEngine } from "../../../local/types/engine.ts";
import { HOME } from "../../../setup/node.mjs";
import { pythonOf } from "../../../setup/python.mjs";

export interface Recorded {
  readonly sql: string;
  /** The class of Spark 4.1's error; null if Spark takes the query. */
  spark: string | null;
  /** Class and place, in characters, of each mistake that is found on Sail. */
  found: (readonly [string, number | null])[];
}

interface Fixture {
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly queries: readonly Recorded[];
}

const FILE = join(HOME, "test", "fixtures", "types", "queries.json");

export function readQueries(): Fixture {
  return JSON.parse(readFileSync(FILE, "utf8")) as Fixture;
}

/** One query a line, so that a review shows what changed. */
export function writeQueries({ tables, queries }: Fixture): void {
  const lines = queries.map((each) => `  ${JSON.stringify(each)}`).join(",\n");
  writeFileSync(FILE, `{\n "tables": ${JSON.stringify(tables)},\n "queries": [\n${lines}\n ]\n}\n`);
}

export function questionOf(sql: string, tables: Fixture["tables"]): Question {
  const columns = Object.entries(tables).map(
    ([table, own]) => [table, Object.entries(own).map(([name, type]): WireColumn => [name, type, false])] as const,
  );
  return { sql, tables: columns, params: [] };
}

/** What the real engine answers, by one worker. */
export async function answersOf(
  engine: "sail" | "spark",
  questions: readonly Question[],
  lake: string,
): Promise<Answer[]> {
  const python = pythonOf(engine === "sail" ? "sail" : "spark-4.1");
  const options = async () => ({ home: HOME, python, engine, lake, reads: true });
  const worker = analyzingEngine(options, new AbortController().signal);
  const answers: Answer[] = [];
  try {
    for (const question of questions) answers.push((await worker.ask(question)).answer);
  } finally {
    await worker.end();
  }
  return answers;
}
