/**
 * `npm test`: suites, each with its own set-up, as many at once as there are cores; ends with the line `N passed, N failed`.
 *
 * `npm test -- NAME…` runs the named suites or files of tests only; `npm run test:all` adds the slow ones (as `.ci/run`
 * does); `--jobs N` says how many run at once. For files: `--only TEXT`, tests whose name has it, and `--engine NAME`.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { endWithUs } from "../setup/spawn.mjs";
import { SetupError } from "../setup/stamp.mjs";
import { secondsOf, sumUp, timed } from "./cost.ts";
import { ENGINES, SUITES, type Suite, suiteOfFiles } from "./suites.ts";
import { limitsHere, together } from "./together.ts";

interface Outcome {
  readonly suite: Suite;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly cpuSeconds?: number | undefined;
  readonly note: string;
}

type Show = (text: string | Uint8Array) => void;

interface Wanted {
  readonly suites: readonly Suite[];
  /** Every suite: then it fails, too, if the quick ones took too much of the CPU. A newcomer's machine may be a slow one. */
  readonly all: boolean;
  /** Suites at once; absent: from the cores. */
  readonly jobs?: number;
}

async function main(args: readonly string[]): Promise<number> {
  const wanted = read(args);
  if (typeof wanted === "string") {
    process.stderr.write(`${wanted}\n`);
    return 2;
  }
  const java = javaProblem();
  const compiled = mkdtempSync(join(tmpdir(), "strata-compiled-"));
  process.on("exit", () => rmSync(compiled, { recursive: true, force: true, maxRetries: 5 }));
  const base = environment(compiled);
  const works = wanted.suites.map((suite) => ({
    gib: suite.gib ?? 1,
    run: async (show: Show) => {
      const problem = (suite.needsJava ? java : undefined) ?? suite.problem?.();
      return problem === undefined ? runSuite(suite, base, show) : skipped(suite, problem, show);
    },
  }));
  const outcomes = await together(works, limitsHere(wanted.jobs), (text) => process.stdout.write(text));
  return summarize(outcomes, wanted.all);
}

/** The parsed arguments, or one line about what is wrong with them. */
function read(args: readonly string[]): Wanted | string {
  const text = { type: "string" } as const;
  const options = { all: { type: "boolean" }, jobs: text, only: text, engine: text } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const files = positionals.filter((name) => /\.(ts|py)(::|$)/.test(name) && existsSync(name.replace(/::.*/, "")));
    const names = positionals.filter((name) => !files.includes(name));
    const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
    if (unknown.length > 0)
      return `no suite or file ${unknown.join(", ")}; known suites: ${SUITES.map((suite) => suite.name).join(", ")}`;
    const engine = ENGINES.find((each) => each === values.engine);
    if (engine !== values.engine) return `--engine ${values.engine}: give one of ${ENGINES.join(", ")}`;
    if (files.length === 0 && (values.only ?? values.engine) !== undefined)
      return "--only and --engine are for files of tests: name one";
    if (values.jobs !== undefined && !/^[1-9]$/.test(values.jobs))
      return `--jobs ${values.jobs}: give a number from 1 to 9`;
    const isWanted = ({ name, part, slow }: Suite) =>
      positionals.length > 0 ? names.includes(name) : values.all ? !part : !slow;
    const chosen = [/\.ts$/, /\.py(::|$)/]
      .map((language) => files.filter((file) => language.test(file)))
      .filter((each) => each.length > 0)
      .map((each) => suiteOfFiles(each, { only: values.only, engine }));
    const suites = [...SUITES.filter(isWanted), ...chosen];
    const wanted = { suites, all: values.all ?? false };
    return values.jobs === undefined ? wanted : { ...wanted, jobs: Number(values.jobs) };
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    return `${problem.message.split(". ")[0]}; usage: npm test -- [--all] [--jobs N] [SUITE…] or [--only TEXT] [--engine NAME] FILE…`;
  }
}

/** Suites start hundreds of short programs: each keeps what it has compiled for the next, in a folder of this run's own. */
function environment(compiled: string): NodeJS.ProcessEnv {
  const { PYTHONDONTWRITEBYTECODE: _, ...rest } = process.env;
  return { ...rest, NODE_COMPILE_CACHE: join(compiled, "node"), PYTHONPYCACHEPREFIX: join(compiled, "python") };
}

function skipped(suite: Suite, why: string, show: Show): Outcome {
  show(`\n== ${suite.name}: skipped: ${why}\n`);
  return { suite, passed: 0, failed: 0, skipped: 1, seconds: 0, note: why };
}

async function runSuite(suite: Suite, base: NodeJS.ProcessEnv, show: Show): Promise<Outcome> {
  show(`\n== ${suite.name}: ${suite.what}\n`);
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  try {
    const { command, env } = await suite.prepare();
    const { code, output, cpuSeconds } = await execute(command, { ...base, ...env }, show);
    const counts = suite.count(output, code);
    const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
    const note = code === 0 ? "" : `exit code ${code}`;
    return { suite, ...counts, failed, seconds: seconds(), cpuSeconds, note };
  } catch (problem) {
    if (!(problem instanceof SetupError)) throw problem;
    show(`${problem.message}\n`);
    return { suite, passed: 0, failed: 1, skipped: 0, seconds: seconds(), note: problem.message };
  }
}

/** Shows the output as it comes and keeps stdout for counting. The program and all that it starts end with us. */
function execute(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  show: Show,
): Promise<{ code: number; output: string; cpuSeconds: number | undefined }> {
  return new Promise((resolve, reject) => {
    const [command = "", ...args] = timed(words);
    const child = spawn(command, args, { cwd: HOME, env, detached: true, stdio: ["ignore", "pipe", "pipe", "pipe"] });
    const letGo = endWithUs(child);
    let output = "";
    let times = "";
    child.stdio[3]?.on("data", (chunk) => (times += chunk));
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk;
      show(chunk);
    });
    child.stderr?.on("data", show);
    child.on("error", reject);
    child.on("close", (code) => {
      letGo();
      resolve({ code: code ?? 1, output, cpuSeconds: secondsOf(times) });
    });
  });
}

function summarize(outcomes: readonly Outcome[], all: boolean): number {
  const sum = (key: "passed" | "failed" | "skipped") => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  process.stdout.write("\n");
  for (const { suite, passed, failed, skipped: left, seconds, cpuSeconds, note } of outcomes) {
    const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed ${String(left).padStart(3)} skipped`;
    const times = `${seconds.toFixed(1).padStart(7)} s ${(cpuSeconds ?? 0).toFixed(1).padStart(7)} s CPU`;
    process.stdout.write(`${suite.name.padEnd(14)} ${counts} ${times}${note === "" ? "" : `  ${note}`}\n`);
  }
  const left = sum("skipped");
  if (left > 0) process.stdout.write(`\n${left} skipped\n`);
  const cost = sumUp(outcomes.map(({ suite, cpuSeconds }) => ({ quick: !suite.slow, cpuSeconds })));
  const failed = sum("failed") + (all && cost.fails ? 1 : 0);
  process.stdout.write(`\n${cost.text}\n\n${sum("passed")} passed, ${failed} failed\n`);
  return failed === 0 && sum("passed") > 0 ? 0 : 1;
}

process.chdir(HOME);
process.exitCode = await main(process.argv.slice(2));
