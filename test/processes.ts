/** Processes of this machine, by /proc. */

import { readdirSync, readFileSync } from "node:fs";

/** Waits for what no event reports; mocha's limit ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 25));
}

/** Ids of processes whose command line has all of the texts. */
export function processesOf(...texts: readonly string[]): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      return texts.every((text) => command.includes(text));
    } catch {
      return false; // it has ended
    }
  });
}

/** False for a process that has ended, even if its parent does not know yet. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
