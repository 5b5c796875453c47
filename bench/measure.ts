/** Whole-process measurements: wall seconds, and the peak of resident memory of a process with all its descendants. */

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One run of a command. */
export interface Measured {
  readonly code: number;
  readonly seconds: number;
  /** Largest sum of RSS over the process tree seen at any sample, in MiB; undefined where there is no /proc. */
  readonly peakMiB: number | undefined;
  readonly stdout: string;
}

const SAMPLE_MS = 50;

/** Runs a command to its end. */
export function measure(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    let stdout = "";
    let peak: number | undefined;
    child.stdout.on("data", (chunk) => (stdout += chunk));
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    const sampler = setInterval(() => {
      const now = child.pid === undefined ? undefined : treeRss(child.pid);
      if (now !== undefined) peak = Math.max(peak ?? 0, now);
    }, SAMPLE_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(sampler);
      if (code !== 0) process.stderr.write(stderr);
      const seconds = (performance.now() - started) / 1000;
      resolve({ code: code ?? -1, seconds, peakMiB: peak === undefined ? undefined : peak / 1024, stdout });
    });
  });
}

/** Minimum, median and maximum of seconds. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `${format(sorted[0])} / ${format(middle)} / ${format(sorted.at(-1))}`;
}

function format(value: number | undefined): string {
  return value === undefined ? "?" : value.toFixed(2);
}

/** Sum of VmRSS in KiB over a process and its descendants. Pages shared between them count twice: an upper bound. */
function treeRss(root: number): number | undefined {
  try {
    const parents = new Map<number, number>();
    for (const name of readdirSync("/proc")) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
    const inTree = (pid: number): boolean => pid === root || (pid > 1 && inTree(parents.get(pid) ?? 0));
    return [...parents.keys()].filter(inTree).reduce((sum, pid) => sum + rssOf(pid), 0);
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number {
  return Number(field(pid, "PPid") ?? 0);
}

function rssOf(pid: number): number {
  return Number(field(pid, "VmRSS") ?? 0);
}

function field(pid: number, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
