/**
 * `npm run truth`: how often the compiler's word on SQL is wrong, both ways.
 *
 * False errors: queries that Spark reads and `check` would refuse, by corpus, beside those that it does not analyze. Broken queries: 480
 * made of good ones in 93 ways, and 4,000 with any one token left out, doubled, exchanged with the next or replaced by another; Spark's
 * parser refuses each (`record.json`); how many does `check` refuse?
 * Columns: false errors where the columns of all tables are declared, and result columns named as Spark's analyzer names them (`columns/`).
 * Exit 1 where a goal is missed.
 *
 * `-- --list` names every wrong one; `-- --verify` asks Spark again (Java 17) and rewrites its answers: the record, `forms.json`, `columns/*.json`.
 */

import { analyzeSql } from "../../compiler/parse/sql/analyze.ts";
import { ensureJars } from "../../setup/jars.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { SetupError } from "../../setup/stamp.mjs";
import { type CorporaAnalysis, readAnalysis, verifyAnalysis } from "./columns/analysis.ts";
import { type CorpusRoot, readRoots } from "./columns/corpora.ts";
import { KINDS } from "./columns/edits.ts";
import { judgeCorpus, judgeTests } from "./columns/judge.ts";
import { printKinds, printRecall, readNameRecord, recall, soundRoots, verifyNames } from "./columns/recall.ts";
import { equalNames, falseErrors, foundNames } from "./columns/report.ts";
import { readTestFiles, type TestFile } from "./columns/spark-tests.ts";
import { type Corpus, readArtifact, readCorpora, testFiles } from "./corpus.ts";
import { TAKEN_KINDS } from "./kinds.ts";
import { agreedLints } from "./lints.ts";
import { type Mutant, makeEdits, makeMutants } from "./mutants.ts";
import { count, percent, print } from "./print.ts";
import { readRecord, type SparkRecord, verify } from "./record.ts";

/** Least share of broken queries that must be found. */
const WANTED = 0.97;

/** Least share of the columns of TPC-DS, TPC-H and SSB that must have Spark's name; of the others the name is not known. */
const WANTED_NAMES = 0.99;

/** Least shares of wrong names that must be found; those of types are an engine's, and are counted without one. */
const WANTED_WRONG_NAMES = { line: 0.97, column: 0.9 };
const WANTED_WRONG = { line: 0.65, column: 0.65 };

const SEED = 1;

/** What `check` says of a text. */
function verdict(sql: string): "right" | "wrong" | "not analyzed" {
  const { syntaxError, notAnalyzed, statements } = analyzeSql(sql);
  if (syntaxError !== undefined || statements.join() !== "query") return "wrong";
  return notAnalyzed === undefined ? "right" : "not analyzed";
}

function unread({ name, queries, accepted }: Corpus, list: boolean): boolean {
  const verdicts = queries.map((query) => ({ query, verdict: verdict(query.sql) }));
  const wrong = verdicts.filter((each) => each.verdict === "wrong");
  const unread = verdicts.filter((each) => each.verdict === "not analyzed").length;
  const isGood = queries.length > 0 && wrong.length <= accepted * queries.length;
  print(
    `${name.padEnd(16)} ${count(queries.length)} queries ${count(wrong.length)} false errors ${percent(wrong.length, queries.length)} ${count(unread)} not analyzed${isGood ? "" : "  too many"}`,
  );
  if (list) for (const { query } of wrong) print(`  ${query.name}: ${query.sql.replace(/\s+/g, " ").slice(0, 200)}`);
  return isGood;
}

function brokenFound(what: string, mutants: readonly Mutant[], record: SparkRecord, list: boolean): boolean {
  const unknown = mutants.filter(({ digest, kind }) => !(digest in record.refused) && !TAKEN_KINDS.has(kind));
  if (unknown.length > 0)
    throw new SetupError(`${unknown.length} broken queries are not in the record: run \`npm run truth -- --verify\``);
  const missed = mutants.filter(({ sql }) => verdict(sql) !== "wrong");
  const isGood = mutants.length - missed.length >= WANTED * mutants.length;
  print(
    `${what.padEnd(16)} ${count(mutants.length)} made, ${count(mutants.length - missed.length)} found ${percent(mutants.length - missed.length, mutants.length)}${isGood ? "" : "  too few"}`,
  );
  const kinds = [...new Set(missed.map(({ kind }) => kind))];
  if (kinds.length > 0) print(`missed kinds: ${kinds.join(", ")}`);
  if (list)
    for (const { kind, of, sql } of missed) print(`  ${kind} in ${of}: ${sql.replace(/\s+/g, " ").slice(0, 200)}`);
  return isGood;
}

/** What `check` knows of columns. */
function columns(
  roots: readonly CorpusRoot[],
  analyses: CorporaAnalysis,
  files: readonly TestFile[],
  list: boolean,
): boolean[] {
  const corpora = roots.map((root) => [root.name, judgeCorpus(root, analyses)] as const);
  const of = (isOne: (name: string) => boolean) => corpora.flatMap(([name, judged]) => (isOne(name) ? judged : []));
  const tests = files.flatMap(judgeTests);
  foundNames("Spark's tests", tests, list);
  return [
    ...corpora.map(([name, judged]) => falseErrors(name, judged, 0, list)),
    ...roots.map((root) => agreedLints(root.name, root, list)),
    falseErrors("Spark's tests", tests, 0.002, list),
    equalNames(
      "TPC",
      of((name) => name !== "bookings"),
      WANTED_NAMES,
      list,
    ),
    equalNames(
      "bookings",
      of((name) => name === "bookings"),
      1,
      list,
    ),
    equalNames("Spark's tests", tests, 0, list),
  ];
}

/** How many wrong names and types `check` finds. */
function wrongNames(
  roots: readonly CorpusRoot[],
  analyses: CorporaAnalysis,
  python: string | undefined,
  list: boolean,
): boolean[] {
  const bases = soundRoots(roots, analyses).filter(({ name }) => name !== "SSB");
  const recalled = recall(bases, python === undefined ? readNameRecord() : verifyNames(python, bases, SEED));
  printKinds(recalled);
  const names = recalled.filter(({ mutant }) => KINDS[mutant.kind]?.needsTypes === undefined);
  return [
    printRecall("wrong names", names, WANTED_WRONG_NAMES, list),
    printRecall("names and types", recalled, WANTED_WRONG, list),
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--list" && arg !== "--verify");
  if (unknown !== undefined) {
    process.stderr.write(`unknown argument ${unknown}; known: --list, --verify\n`);
    return 2;
  }
  const artifact = readArtifact(await ensureJars("spark-tests"));
  const corpora = readCorpora(artifact);
  // Spark's own tests are not a base for mistakes: many are wrong in another way already; nor is the sample, which changes.
  const bases = corpora.filter(({ name }) => /^(TPC-DS|TPC-H|SSB)$/.test(name));
  const record = args.includes("--verify")
    ? await verify(
        bases.flatMap(({ queries }) => queries),
        SEED,
      )
    : readRecord();
  const roots = readRoots(corpora);
  const python = args.includes("--verify") ? await ensurePython("spark-4.1") : undefined;
  const analyses = python === undefined ? readAnalysis() : verifyAnalysis(python, roots);
  const list = args.includes("--list");
  const [queries, taken] = [bases.flatMap((corpus) => corpus.queries), new Set(record.taken)];
  const good = [
    ...corpora.map((corpus) => unread(corpus, list)),
    ...columns(roots, analyses, readTestFiles(testFiles(artifact)), list),
    ...wrongNames(roots, analyses, python, list),
    brokenFound("broken queries", makeMutants(queries, record.seed, taken), record, list),
    ...[...makeEdits(queries, record.seed, taken)].map(([what, made]) => brokenFound(what, made, record, list)),
  ];
  print(`${good.filter(Boolean).length} passed, ${good.filter((each) => !each).length} failed`);
  return good.every(Boolean) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (problem) {
  if (!(problem instanceof SetupError)) throw problem;
  process.stderr.write(`truth: ${problem.message}\n`);
  process.exitCode = 1;
}
