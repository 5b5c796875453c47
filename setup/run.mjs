/**
 * `npm start`, `npm test` and the like: installs what is missing, then runs. Plain JavaScript without dependencies: it is
 * the first program to run in a fresh clone, on any Node from 20 on.
 */

import { join } from "node:path";
import { findNode, HOME, NODE_REMEDY } from "./node.mjs";
import { ensureNpm } from "./npm.mjs";
import { SetupError, setupProblem } from "./stamp.mjs";

const COMMANDS = {
  start: { script: "bin/strata.mjs", args: ["start"] },
  test: { script: "test/all.ts", args: [] },
  chaos: { script: "test/chaos/run.ts", args: [] },
  bench: { script: "bench/all.ts", args: [] },
  truth: { script: "bench/truth/main.ts", args: [] },
  "bench:compile": { script: "bench/compile/main.ts", args: [] },
  "bench:job": { script: "bench/job/main.ts", args: [] },
  functions: { script: "bench/functions/main.ts", args: [] },
  contract: { script: "contract/generate/main.ts", args: [] },
  "lock:python": { script: "setup/python-lock.mjs", args: [] },
};

async function main([name = "start", ...rest]) {
  if (Number(process.versions.node.split(".")[0]) < 20)
    throw new SetupError(`Strata needs Node 20 or newer, but this is ${process.version}: install Node 24`);
  const command = COMMANDS[name];
  if (command === undefined)
    throw new SetupError(`unknown command \`${name}\`; known: ${Object.keys(COMMANDS).join(", ")}`);
  await ensureNpm();
  const node = findNode();
  if (node === undefined) throw new SetupError(NODE_REMEDY);
  const { runForeground } = await import("./spawn.mjs");
  return runForeground(node, [join(HOME, command.script), ...command.args, ...rest]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (problem) {
  const line = setupProblem(problem);
  if (line === undefined) throw problem;
  process.stderr.write(`setup: ${line}\n`);
  process.exitCode = 1;
}
