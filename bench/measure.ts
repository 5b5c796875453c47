/** Whole-process measurements of a process with all its descendants: wall and CPU seconds, and the peak of resident memory. */

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One run of a command. */
export interface Measured {
  readonly code: number;
  readonly seconds: number;
  /**
   * Largest sum of RSS over the process tree seen at any sample, in MiB; undefined where there is no /proc. A process counts
   * from half a second after its start at the latest.
   */
  readonly peakMiB: number | undefined;
  /** CPU seconds, user and system, of every process of the tree up to its last sample; undefined where there is no /proc. */
  readonly cpuSeconds: number | undefined;
  readonly stdout: string;
}

const SAMPLE_MS = 50;

/** Samples between two looks at all processes of the machine, after the first second: looking takes from what is measured. */
const SAMPLES_A_LOOK = 10;

/** Linux counts CPU time in hundredths of a second (USER_HZ), whatever its own clock. */
const TICKS_A_SECOND = 100;

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
    const ticks = new Map<number, number>();
    let tree: readonly number[] | undefined;
    let samples = 0;
    const sampler = setInterval(() => {
      samples += 1;
      if (samples * SAMPLE_MS <= 1000 || samples % SAMPLES_A_LOOK === 0)
        tree = child.pid === undefined ? undefined : treeOf(child.pid);
      if (tree === undefined) return;
      peak = Math.max(
        peak ?? 0,
        tree.reduce((sum, pid) => sum + rssOf(pid), 0),
      );
      for (const pid of tree) ticks.set(pid, Math.max(ticks.get(pid) ?? 0, ticksOf(pid)));
    }, SAMPLE_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(sampler);
      if (code !== 0) process.stderr.write(stderr);
      const seconds = (performance.now() - started) / 1000;
      const cpu = [...ticks.values()].reduce((sum, own) => sum + own, 0) / TICKS_A_SECOND;
      const [peakMiB, cpuSeconds] = peak === undefined ? [undefined, undefined] : [peak / 1024, cpu];
      resolve({ code: code ?? -1, seconds, peakMiB, cpuSeconds, stdout });
    });
  });
}

/** Minimum, median and maximum of seconds. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${format(sorted[0])} / ${format(median(values))} / ${format(sorted.at(-1))}`;
}

/** The middle value, the upper one of two; NaN of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function format(value: number | undefined): string {
  return value === undefined ? "?" : value.toFixed(2);
}

/** A process and its descendants. */
function treeOf(root: number): number[] | undefined {
  try {
    const parents = new Map<number, number>();
    for (const name of readdirSync("/proc")) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
    const inTree = (pid: number): boolean => pid === root || (pid > 1 && inTree(parents.get(pid) ?? 0));
    return [...parents.keys()].filter(inTree);
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number {
  return Number(field(pid, "PPid") ?? 0);
}

/** VmRSS in KiB. Pages that processes share count in each of them, so that a sum is an upper bound. */
function rssOf(pid: number): number {
  return Number(field(pid, "VmRSS") ?? 0);
}

/** User and system time (proc_pid_stat(5), fields 14 and 15; the name before them may hold anything but ends in `)`). */
function ticksOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

function field(pid: number, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
