/**
 * `npm run bench:job [-- [parts] [rounds] [scale]]`: the job beside a plain one and beside DuckDB, on the same data in one run.
 *
 * Parts, by comma: `bookings` (scale: default medium), `tiny` (200 tiny datasets on Spark), `latency`
 * (the same before a slow stand-in for S3; minutes a round), `requests` (S3); default all. Rounds:
 * default 3. Printed and not asserted: minimum / median / maximum of the rounds, CPU seconds beside wall seconds since
 * the first do not depend on what else the machine does, peak memory of the process tree, ratios with what is wanted.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunResult } from "../../local/run/run.ts";
import { HOME } from "../../setup/node.mjs";
import { ensurePython, pythonOf } from "../../setup/python.mjs";
import { type Measured, measure, median } from "../measure.ts";
import { contenders, tinyContenders } from "./contenders.ts";
import { benchLatency, LATENCY_MS } from "./latency.ts";
import { countRequests } from "./requests.ts";
import { copiesOf, type Result, race, ratio, tinyRatios } from "./rounds.ts";

const STRATA = join(HOME, "node_modules", ".bin", "strata");
const TINY_DATASETS = 200;

/** As tiny.py calls it. */
const TINY_BUCKET = "tiny";

const [given = "all", roundsText = "3", scale = "medium"] = process.argv.slice(2);
const parts = given === "all" ? ["bookings", "tiny", "latency", "requests"] : given.split(",");
const rounds = Number(roundsText);
const folder = mkdtempSync(join(tmpdir(), "strata-bench-job-"));
try {
  await ensurePython("sail");
  if (parts.some((part) => part !== "requests")) await ensurePython("spark-4.1");
  process.stdout.write(`minimum / median / maximum of ${rounds}, then medians\n`);
  if (parts.includes("bookings")) await benchBookings();
  if (parts.includes("tiny") || parts.includes("latency")) await benchTiny();
  if (parts.includes("requests")) await countRequests(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function benchBookings(): Promise<void> {
  const raw = join(folder, "raw");
  await succeed(measure(STRATA, ["data", "--scale", scale, "--lake", raw]));
  const groups = join(folder, "groups.json");
  writeFileSync(groups, (await succeed(measure(STRATA, ["groups", "bookings"]))).stdout);
  process.stdout.write(`\nbookings, scale ${scale}, whole process\n`);
  const results = await race(contenders(groups), copiesOf(raw, folder), rounds);
  checkRows(results.floor, [results.sail, results.spark]);
  ratio("plain job / ours on Sail", results.baseline, results.sail, "goal 12x, accepted from 8x");
  ratio("plain job / ours on Spark", results.baseline, results.spark, "goal 2.5x, accepted from 1.8x");
  ratio("ours on Sail / DuckDB", results.sail, results.floor, "goal at most 2.5x, accepted to 4x");
  for (const ours of [results.sail, results.spark]) printCommits(ours);
}

async function benchTiny(): Promise<void> {
  const raw = join(folder, "raw-tiny");
  const groups = join(folder, "tiny.json");
  const made = measure(pythonOf("sail"), [join(HOME, "bench", "job", "tiny.py"), raw, String(TINY_DATASETS)]);
  writeFileSync(groups, (await succeed(made)).stdout);
  const what = `${TINY_DATASETS} tiny datasets on Spark 4.1.1, whole process`;
  if (parts.includes("tiny")) {
    process.stdout.write(`\n${what}\n`);
    tinyRatios(await race(tinyContenders(groups), copiesOf(raw, folder), rounds));
  }
  if (parts.includes("latency")) {
    process.stdout.write(`\n${what}, before a stand-in for S3, ${LATENCY_MS} ms a request\n`);
    await benchLatency(groups, raw, TINY_BUCKET, folder, rounds);
  }
}

/** Same rows in every table, or the figures compare nothing. */
function checkRows(floor: Result, jobs: readonly Result[]): void {
  const expected = JSON.parse(floor.measured[0]?.stdout ?? "{}") as Record<string, number>;
  for (const { contender, measured } of jobs) {
    for (const { name, rows } of datasetsOf(measured[0])) {
      if (rows !== expected[name])
        throw new Error(`${contender.name}: ${name} has ${rows} rows, and ${expected[name]} on DuckDB`);
    }
  }
}

/** Commits overlap with other datasets' work, so their sum against the whole is an upper bound of what they add. */
function printCommits({ contender, measured }: Result): void {
  const shares = measured.map((one) => {
    const commits = datasetsOf(one).reduce((sum, { commitSeconds }) => sum + (commitSeconds ?? 0), 0);
    return (100 * commits) / one.seconds;
  });
  process.stdout.write(
    `${`commit and clean-up, ${contender.name}`.padEnd(44)} ${median(shares).toFixed(1)} % (under 10 %)\n`,
  );
}

function datasetsOf(one: Measured | undefined) {
  return (JSON.parse(one?.stdout ?? '{"stages":[]}') as RunResult).stages.flatMap(({ datasets }) => datasets);
}

async function succeed(running: Promise<Measured>): Promise<Measured> {
  const done = await running;
  if (done.code !== 0) throw new Error(`setting up failed with exit code ${done.code}`);
  return done;
}
