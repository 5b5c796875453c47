/**
 * `npm run functions`: writes `compiler/functions/spark-4.1.ts` and `spark-3.5.ts`, the functions of both versions of Spark, as each says
 * itself (Java 17; some minutes).
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { javaProblem } from "../../setup/java.mjs";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { SetupError } from "../../setup/stamp.mjs";

type Kind = "scalar" | "aggregate" | "window" | "generator" | "table";
type Answer = readonly [name: string, kind: Kind, counts: readonly number[], more: boolean];

const WIDTH = 138;

try {
  const java = javaProblem();
  if (java !== undefined) throw new SetupError(java);
  for (const version of ["4.1", "3.5"] as const) write(version, ask(await ensurePython(`spark-${version}`)));
} catch (problem) {
  if (!(problem instanceof SetupError)) throw problem;
  process.stderr.write(`functions: ${problem.message}\n`);
  process.exitCode = 1;
}

function ask(python: string): Answer[] {
  const script = join(HOME, "bench", "functions", "spark_functions.py");
  const { status, stdout, stderr } = spawnSync(python, [script], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0)
    throw new SetupError(`Spark does not answer: ${stderr.split("\n").findLast((line) => line !== "")}`);
  return JSON.parse(stdout);
}

function write(version: string, answers: readonly Answer[]): void {
  const groups = Map.groupBy(answers, ([, kind, counts, more]) => `${kind} ${arity(counts, more)}`);
  const lines = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([head, functions]) => wrapped(`${head}:`, functions.map(([name]) => name).sort()));
  const constant = `SPARK_${version.replace(".", "_")}`;
  const text = `/** Functions of Spark ${version}, written by \`npm run functions\`: kind, numbers of arguments (\`3+\`: 3 or more), names. */
export const ${constant} = \`
${lines.join("\n")}
\`;
`;
  writeFileSync(join(HOME, "compiler", "functions", `spark-${version}.ts`), text);
}

/** `1 2`, `2+`; `2n` for pairs. */
function arity(counts: readonly number[], more: boolean): string {
  const step = (counts[1] ?? 0) - (counts[0] ?? 0);
  if (step === 2 && counts.length > 3) return "2n";
  return more ? `${counts.findLast((count, at) => count - 1 !== counts[at - 1])}+` : counts.join(" ");
}

/** Words behind a head, on as many lines as they need. */
function wrapped(head: string, words: readonly string[]): string[] {
  const lines = [head];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= WIDTH) lines[lines.length - 1] = line;
    else lines.push(`  ${word}`);
  }
  return lines;
}
