/**
 * `npm run bench:compile`: what `strata check` costs on a generated pipeline of 5,000 datasets, and on the sample. CPU seconds and ratios; exit 1 where a bound is missed.
 *
 * Cold: without a cache. Warm: again, with nothing changed. After one edit: again, with one expression of one SQL file changed, in a
 * stage that others read. A command that ends has to read all files to know what changed, so that the bound is on what the edit costs
 * beyond a warm run, whose CPU time is printed before it.
 *
 * `-- --verify` puts a small pipeline of the same forms to Spark's analyzer (Java 17) instead: it must take all of it.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { measure } from "../measure.ts";
import { askAnalyzer } from "../truth/columns/analysis.ts";
import { generate, STAGES, writeGenerated } from "./generate.ts";
import { rootOf } from "./spark.ts";

const [LEAST, FEW, MANY] = [3 * STAGES, 500, 5000];
const STRATA = join(HOME, "bin", "strata.mjs");

/** CPU seconds and peak memory of one `strata check`. */
async function check(
  root: string,
  types: "on" | "off" = "off",
): Promise<{ readonly cpu: number; readonly peak: number }> {
  const { code, cpuSeconds, peakMiB, stdout } = await measure(process.execPath, [
    STRATA,
    "check",
    "--types",
    types,
    "--root",
    root,
  ]);
  if (code !== 0) throw new Error(`strata check failed: ${stdout.slice(0, 1000)}`);
  return { cpu: cpuSeconds ?? Number.NaN, peak: peakMiB ?? Number.NaN };
}

/** Prints a figure beside its bound; true where it is kept. */
function figure(what: string, value: number, unit: string, bound?: number): boolean {
  const isGood = bound === undefined || value <= bound;
  const limit = bound === undefined ? "" : `, at most ${`${bound} ${unit}`.trim()}${isGood ? "" : "  MISSED"}`;
  process.stdout.write(`${what.padEnd(48)} ${`${value.toFixed(2)} ${unit}`.trim()}${limit}\n`);
  return isGood;
}

async function bench(folder: string): Promise<boolean> {
  const write = (number: number) => {
    const root = join(folder, String(number));
    writeGenerated(root, generate(number));
    return root;
  };
  const [least, few, many] = [write(LEAST), write(FEW), write(MANY)];
  const forget = (root: string) => rmSync(join(root, ".strata", "cache", "compiler.memo"), { force: true });
  const start = await check(least);
  const coldFew = await check(few);
  const cold = await check(many);
  const warm = await check(many);
  edit(many);
  const edited = await check(many);
  const typed = await check(many, "on");
  const typedWarm = await check(many, "on");
  edit(many);
  const typedEdited = await check(many, "on");
  const worker = (await check(least, "on")).cpu - (await check(least, "on")).cpu;
  forget(many);
  rmSync(join(HOME, ".strata", "cache", "types-sail.json"), { force: true });
  const each = ({ cpu }: { readonly cpu: number }, number: number) => (1000 * (cpu - start.cpu)) / number;
  const good = [
    figure(`start-up: ${LEAST} datasets`, start.cpu, "s CPU"),
    figure(`names of ${MANY.toLocaleString("en-US")} datasets, cold`, cold.cpu, "s CPU", 15),
    figure("peak memory", cold.peak, "MiB", 1024),
    figure("warm", warm.cpu, "s CPU", 3),
    figure("after one edit, beyond warm", Math.max(0, edited.cpu - warm.cpu), "s CPU", 0.35),
    figure(`a dataset of ${FEW}`, each(coldFew, FEW), "ms CPU"),
    figure(`a dataset of ${MANY.toLocaleString("en-US")}`, each(cold, MANY), "ms CPU"),
    figure("ratio of both", each(cold, MANY) / each(coldFew, FEW), "", 1.3),
    figure("with types, cold", typed.cpu, "s CPU", 60),
    figure("with types, warm", typedWarm.cpu, "s CPU", 3),
    figure("a worker, with the first 12 datasets", worker, "s CPU"),
    figure("after one edit with types, beyond that", typedEdited.cpu - typedWarm.cpu - worker, "s CPU", 1.5),
    figure("bookings with types, cold", (await check(HOME, "on")).cpu, "s CPU", 1.5),
    figure("bookings with types, warm", (await check(HOME, "on")).cpu, "s CPU", 0.5),
  ];
  return good.every(Boolean);
}

/** Changes an expression of a dataset in the middle of the pipeline. */
function edit(root: string): void {
  const { file = "", sql = "" } = generate(MANY).datasets[MANY / 2] ?? {};
  const path = join(root, "sql", file);
  const text = readFileSync(path, "utf8").replace(" AS ", " /* edited */ AS ");
  if (text === sql) throw new Error("nothing was edited");
  writeFileSync(path, text);
}

/** What Spark says of a pipeline of the same forms. */
async function verify(): Promise<boolean> {
  const [answers = {}] = askAnalyzer(await ensurePython("spark-4.1"), [rootOf(generate(10 * STAGES))]);
  const refused = Object.entries(answers).filter(([, { refused: why }]) => why !== undefined);
  for (const [name, { refused: why }] of refused) process.stdout.write(`${name}: ${why?.join(" ")}\n`);
  const taken = Object.keys(answers).length - refused.length;
  process.stdout.write(`Spark takes ${taken} of ${10 * STAGES} datasets\n`);
  return taken === 10 * STAGES;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== "--verify")) {
    process.stderr.write("known: --verify\n");
    return 2;
  }
  if (args.length > 0) return (await verify()) ? 0 : 1;
  const folder = mkdtempSync(join(tmpdir(), "strata-bench-"));
  try {
    return (await bench(folder)) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
