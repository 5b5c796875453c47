/**
 * `resumed.ts [--runs 100] [--seed N]`: as many runs ended and gone on with (resume.ts): at the moments around a commit, then
 * at every named step and in every way.
 */

import { parseArgs } from "node:util";
import { removeFolders } from "../cli/strata.ts";
import { Bench, WAYS, type Way } from "./resume.ts";

const { values } = parseArgs({ options: { runs: { type: "string" }, seed: { type: "string" } } });
const [runs, seed] = [Number(values.runs ?? 100), Number(values.seed ?? Math.floor(Math.random() * 1e6))];

/** The dataset that appends, and the table that merges: just before, and just after the commit. */
const MOMENTS: readonly ((steps: readonly string[]) => [step: number, way: Way])[] = [
  (steps) => [1 + steps.indexOf("committed"), "worker"],
  (steps) => [1 + steps.lastIndexOf("committed"), "SIGINT,SIGINT"],
  (steps) => [1 + steps.indexOf("committed"), "SIGKILL"],
  (steps) => [1 + steps.lastIndexOf("branch written"), "SIGTERM"],
  (steps) => [1 + steps.indexOf("published"), "SIGINT"],
];

/** Each step in each way in turn; 7 is prime to both numbers unless the steps are a multiple of it. */
function turn(steps: readonly string[], round: number): [step: number, way: Way] {
  const step = 1 + ((seed + round * (steps.length % 7 === 0 ? 5 : 7)) % steps.length);
  return [step, WAYS[(seed + round) % WAYS.length] ?? "worker"];
}

const bench = new Bench();
let done = 0;
try {
  const steps = await bench.open();
  const ended = new Set<string>();
  for (; done < runs; done += 1) {
    const [step, way] = MOMENTS[done]?.(steps) ?? turn(steps, done);
    try {
      await bench.round(step, way);
    } catch (problem) {
      throw new Error(
        `seed ${seed}, round ${done + 1}: ${way} at step ${step}, ${steps[step - 1]}: ${(problem as Error).message}`,
      );
    }
    ended.add(steps[step - 1] ?? "");
    if (process.stderr.isTTY) process.stderr.write(`\r${done + 1} of ${runs}`);
  }
  const missed = [...new Set(steps)].filter((name) => !ended.has(name));
  if (runs >= steps.length && missed.length > 0) throw new Error(`no run was ended at ${missed.join(", ")}`);
  console.log(
    `resumed: ${done} of ${runs} runs ended at ${ended.size} named steps hold what one undisturbed run leaves`,
  );
} catch (problem) {
  console.log((problem as Error).message);
  process.exitCode = 1;
} finally {
  bench.close();
  removeFolders();
}
