/** `resumed.ts [--runs 100] [--seed N]`: as many runs ended and gone on with (resume.ts), at every named step and in every way. */

import { parseArgs } from "node:util";
import { removeFolders } from "../cli/strata.ts";
import { Bench, WAYS } from "./resume.ts";

const { values } = parseArgs({ options: { runs: { type: "string" }, seed: { type: "string" } } });
const [runs, seed] = [Number(values.runs ?? 100), Number(values.seed ?? Math.floor(Math.random() * 1e6))];
const bench = new Bench();
let done = 0;
try {
  const steps = await bench.open();
  const ended = new Set<string>();
  for (; done < runs; done += 1) {
    // Each step in each way in turn; 7 is prime to both numbers unless the steps are a multiple of it.
    const step = 1 + ((seed + done * (steps.length % 7 === 0 ? 5 : 7)) % steps.length);
    const way = WAYS[(seed + done) % WAYS.length] ?? "worker";
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
