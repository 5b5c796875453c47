/** Contenders in turn, round after round, so that whatever else the machine does falls on all of them alike. */

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Measured, median, spread } from "../measure.ts";
import type { Contender } from "./contenders.ts";

/** What a contender came to, a value a round. */
export interface Result {
  readonly contender: Contender;
  readonly measured: readonly Measured[];
}

/** Lakes with nothing but the raw tables, for `race`: copies of `raw` in `folder`. */
export function copiesOf(raw: string, folder: string): (key: string) => string {
  return (key) => {
    const lake = join(folder, key);
    rmSync(lake, { recursive: true, force: true });
    mkdirSync(lake);
    cpSync(raw, lake, { recursive: true });
    return lake;
  };
}

/** Runs every contender `rounds` times, each from a lake that `fresh` has just made. Throws if one fails. */
export async function race<Key extends string>(
  all: Readonly<Record<Key, Contender>>,
  fresh: (key: NoInfer<Key>) => string | Promise<string>,
  rounds: number,
): Promise<Record<Key, Result>> {
  const keys = Object.keys(all) as Key[];
  const measured = new Map<Key, Measured[]>(keys.map((key) => [key, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const key of keys) {
      const one = await all[key].run(await fresh(key));
      if (one.code !== 0) throw new Error(`${all[key].name} failed`);
      measured.get(key)?.push(one);
    }
  }
  const results = {} as Record<Key, Result>;
  for (const key of keys) {
    results[key] = { contender: all[key], measured: measured.get(key) ?? [] };
    process.stdout.write(`${line(results[key])}\n`);
  }
  return results;
}

/** A ratio of medians, with what is wanted: `goal`, and `accepted`, the bound. */
export function ratio(what: string, slow: Result, fast: Result, wanted: string): void {
  const of = (values: (each: Measured) => number) =>
    median(slow.measured.map(values)) / median(fast.measured.map(values));
  const wall = of((each) => each.seconds).toFixed(2);
  const cpu = of((each) => each.cpuSeconds ?? Number.NaN).toFixed(2);
  process.stdout.write(`${what.padEnd(44)} ${wall}x, by CPU ${cpu}x (${wanted})\n`);
}

/** The ratios of `tinyContenders`. */
export function tinyRatios(results: Readonly<Record<"baseline" | "single" | "concurrent", Result>>): void {
  ratio("plain job / ours", results.baseline, results.concurrent, "goal 4x");
  ratio("ours, one after another / ours", results.single, results.concurrent, "what concurrency alone brings");
}

function line({ contender, measured }: Result): string {
  const seconds = spread(measured.map((each) => each.seconds));
  const cpu = median(measured.map((each) => each.cpuSeconds ?? Number.NaN)).toFixed(1);
  const peak = Math.max(...measured.map((each) => each.peakMiB ?? 0)).toFixed(0);
  return `${contender.name.padEnd(44)} ${seconds} s, CPU ${cpu} s, peak ${peak} MiB`;
}
