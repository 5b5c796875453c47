/**
 * `npm test`: suites, one after another, each with its own set-up; ends with the line `N passed, N failed`.
 *
 * `npm test -- NAME…` runs the named suites only; `npm run test:all` adds the slow ones (as `.ci/run` does).
 */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { javaProblem } from "../setup/java.mjs";
import { HOME } from "../setup/node.mjs";
import { SetupError } from "../setup/stamp.mjs";
import { SUITES, type Suite } from "./suites.ts";

interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly note: string;
}

async function main(args: readonly string[]): Promise<number> {
  const named = args.filter((arg) => !arg.startsWith("--"));
  const unknown = named.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `unknown suite ${unknown.join(", ")}; known: ${SUITES.map((suite) => suite.name).join(", ")}\n`,
    );
    return 2;
  }
  const java = javaProblem();
  const outcomes: Outcome[] = [];
  for (const suite of SUITES) {
    const all = args.includes("--all");
    const wanted = named.length > 0 ? named.includes(suite.name) : all ? !suite.part : !suite.slow;
    if (!wanted) continue;
    if (suite.needsJava && java !== undefined) outcomes.push(skipped(suite, java));
    else {
      const problem = suite.problem?.();
      outcomes.push(problem === undefined ? await runSuite(suite) : skipped(suite, problem));
    }
  }
  return summarize(outcomes);
}

function skipped(suite: Suite, why: string): Outcome {
  process.stdout.write(`\n== ${suite.name}: skipped: ${why}\n`);
  return { suite: suite.name, passed: 0, failed: 0, skipped: 1, seconds: 0, note: why };
}

async function runSuite(suite: Suite): Promise<Outcome> {
  process.stdout.write(`\n== ${suite.name}: ${suite.what}\n`);
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  try {
    const { command, env } = await suite.prepare();
    const { code, output } = await execute(command, { ...process.env, ...env });
    const counts = suite.count(output, code);
    const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
    return { suite: suite.name, ...counts, failed, seconds: seconds(), note: code === 0 ? "" : `exit code ${code}` };
  } catch (problem) {
    if (!(problem instanceof SetupError)) throw problem;
    process.stdout.write(`${problem.message}\n`);
    return { suite: suite.name, passed: 0, failed: 1, skipped: 0, seconds: seconds(), note: problem.message };
  }
}

/** Shows the output as it comes and keeps it for counting. */
function execute(
  [command = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: HOME, env, stdio: ["ignore", "pipe", "inherit"] });
    const stop = () => child.kill("SIGKILL");
    process.once("disconnect", stop);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      // A listener for `disconnect` keeps the channel, and with it this process, alive.
      process.off("disconnect", stop);
      resolve({ code: code ?? 1, output });
    });
  });
}

function summarize(outcomes: readonly Outcome[]): number {
  const sum = (key: "passed" | "failed" | "skipped") => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  process.stdout.write("\n");
  for (const { suite, passed, failed, skipped: left, seconds, note } of outcomes) {
    process.stdout.write(
      `${suite.padEnd(14)} ${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed ${String(left).padStart(3)} skipped ${String(seconds).padStart(6)} s${note === "" ? "" : `  ${note}`}\n`,
    );
  }
  const left = sum("skipped");
  if (left > 0) process.stdout.write(`\n${left} skipped\n`);
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
  return sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
}

process.chdir(join(HOME));
process.exitCode = await main(process.argv.slice(2));
