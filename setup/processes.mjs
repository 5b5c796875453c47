/** Identifies a process in a file, and checks whether it still runs: process ids are reused. */

import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** This process. */
export function thisProcess() {
  return { pid: process.pid, began: beginOf(process.pid) ?? "", ...place() };
}

/** False only if the process has certainly ended; unknown for another machine or container. */
export function mayRun({ pid, began, ...there }) {
  const here = place();
  if (there.host !== here.host) return true;
  if (there.boot !== here.boot) return false;
  if (there.space !== here.space) return true;
  try {
    process.kill(pid, 0);
  } catch (problem) {
    // EPERM: there is one, of another user.
    if (problem.code === "ESRCH") return false;
  }
  const now = beginOf(pid);
  return now === undefined || now === began;
}

function place() {
  const of = (read) => {
    try {
      return read();
    } catch {
      return ""; // no /proc here
    }
  };
  return {
    host: hostname(),
    boot: of(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    space: of(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/** Undefined if the system does not report it. */
function beginOf(pid) {
  try {
    // proc(5): field 22, counted after the name, which may contain spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    if (fields?.[0] === "Z") return "ended"; // a zombie: ended, and not waited for
    return fields?.[19];
  } catch {
    // Below.
  }
  try {
    const { stdout } = spawnSync("/bin/ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C" } });
    return String(stdout ?? "").trim() || undefined;
  } catch {
    return undefined;
  }
}
