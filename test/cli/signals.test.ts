/** What a command does about Ctrl-C, in a process of its own: the first one, the second and the third. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";

/** Prints each signal that it gets, and each wait that it begins; one of them ends at once where `waits` is `end`. */
const PROGRAM = `
const { abortOnSignals } = await import(process.argv[1] + "/cli/signals.ts");
process.stdin.resume().on("end", () => process.exit(1)); // the test is gone
globalThis.setTimeout = (end, milliseconds) => {
  console.log("waits " + milliseconds);
  if (process.argv[2] === "end") end();
  return {};
};
const { signal } = abortOnSignals("nothing was looked up");
process.on("SIGINT", () => console.log(signal.aborted ? "aborted" : "missed"));
console.log("ready");
`;

/** Sends a Ctrl-C whenever the process has printed `ready` or `after`; returns its lines and how it ended. */
function ended(
  waits: "end" | "stay",
  after: string,
): Promise<{ words: string[]; stderr: string; code: number | null }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, HOME, waits]);
  const words: string[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  createInterface({ input: child.stdout }).on("line", (line) => {
    words.push(line);
    if (line === "ready" || line === after) child.kill("SIGINT");
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ words, stderr, code })));
}

describe("Ctrl-C", () => {
  it("twice leaves five seconds to the cleanup, and then ends with the first message", async () => {
    assert.deepEqual(await ended("end", "aborted"), {
      words: ["ready", "aborted", "waits 5000"],
      stderr: "strata: nothing was looked up\n",
      code: 130,
    });
  });

  it("three times ends at once", async () => {
    assert.deepEqual(await ended("stay", "aborted"), {
      words: ["ready", "aborted", "waits 5000", "aborted"],
      stderr: "strata: nothing was looked up\n",
      code: 130,
    });
  });
});
