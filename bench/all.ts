/**
 * `npm run bench`: the figures of the README, in one run, printed and not asserted.
 *
 * Each line: what, minimum / median / maximum seconds of the runs after one that does not count, their median CPU seconds,
 * and the largest peak.
 * `npm run bench -- 5` makes five runs of each; default three.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOME } from "../setup/node.mjs";
import { writeMany } from "./many.ts";
import { type Measured, measure, median, spread } from "./measure.ts";
import { costsOfMany } from "./scale.ts";

const STRATA = join(HOME, "node_modules", ".bin", "strata");

async function repeat(what: string, runs: number, once: () => Promise<Measured>): Promise<void> {
  const warm = await once();
  const measured: Measured[] = [];
  for (let run = 0; run < runs && warm.code === 0; run += 1) measured.push(await once());
  const failed = warm.code !== 0 || measured.some(({ code }) => code !== 0);
  const peak = Math.max(...measured.map(({ peakMiB }) => peakMiB ?? 0));
  process.stdout.write(
    `${what.padEnd(44)} ${spread(measured.map(({ seconds }) => seconds))} s, CPU ${median(measured.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN)).toFixed(2)} s, peak ${peak.toFixed(0)} MiB${failed ? "  FAILED" : ""}\n`,
  );
}

const runs = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), "strata-bench-"));
const [small, medium] = [join(folder, "small"), join(folder, "medium")];
try {
  process.stdout.write(`minimum / median / maximum of ${runs} runs after a warm-up\n`);
  await repeat("strata check", runs, () => measure(STRATA, ["check", "bookings"]));
  for (const number of [500, 5000]) {
    const many = join(folder, `many-${number}`);
    writeMany(many, number);
    await repeat(`strata check, ${number} datasets`, runs, () => measure(STRATA, ["check", "--root", many]));
  }
  const { few, many } = costsOfMany(runs);
  process.stdout.write(
    `${"compile, CPU a dataset of 500 / of 5,000".padEnd(44)} ${few.toFixed(0)} / ${many.toFixed(0)} microseconds, ratio ${(many / few).toFixed(2)}\n`,
  );
  await repeat("strata data --scale small", runs, () => measure(STRATA, ["data", "--scale", "small", "--lake", small]));
  await repeat("strata run, small, Sail", runs, () => measure(STRATA, ["run", "bookings", "--lake", small]));
  await repeat("npm start (data there)", runs, () => measure("npm", ["start", "--prefix", HOME]));
  await repeat("strata data --scale medium", 1, () => measure(STRATA, ["data", "--scale", "medium", "--lake", medium]));
  await repeat("strata run, medium, Sail", runs, () => measure(STRATA, ["run", "bookings", "--lake", medium]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
