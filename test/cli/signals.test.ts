/** What a command does about Ctrl-C, in a process of its own: the first one, the second and the third. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";

/** Tells each signal that it has heard, and each wait that it begins; one of them ends at once where `waits` is `end`. */
const PROGRAM = `
const { abortOnSignals } = await import(process.argv[1] + "/cli/signals.ts");
process.stdin.resume().on("end", () => process.exit(1)); // the test is gone
globalThis.setTimeout = (end, milliseconds) => {
  console.log("waits " + milliseconds);
  if (process.argv[2] === "end") end();
  return {};
};
const { signal } = abortOnSignals("nothing was looked up");
process.on("SIGINT", () => console.log(signal.aborted ? "heard" : "missed"));
console.log("ready");
`;

/** Sends a Ctrl-C whenever the process has said a word of `after`; answers its words and how it ended. */
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
  it("twice leaves five seconds to what is put down, and then ends with what was said before", async () => {
    assert.deepEqual(await ended("end", "heard"), {
      words: ["ready", "heard", "waits 5000"],
      stderr: "strata: nothing was looked up\n",
      code: 130,
    });
  });

  it("three times ends at once", async () => {
    assert.deepEqual(await ended("stay", "heard"), {
      words: ["ready", "heard", "waits 5000", "heard"],
      stderr: "strata: nothing was looked up\n",
      code: 130,
    });
  });
});
