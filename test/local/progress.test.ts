/** Progress of a run: a status line that is redrawn on a terminal (a real one, made by Python's `pty`), plain lines elsewhere. */

import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { assert } from "chai";
import { reporterFor } from "../../local/report/reporter.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { memoryStream, parquet, planIn } from "./runs.ts";

const TERMINAL =
  "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 4096))))";

describe("progress of a run", function () {
  this.timeout(180_000);
  let root: string;

  beforeEach(async () => {
    root = folderOf(SHOP);
    await parquet(join(root, "lake", "lake", "raw", "orders", "a.parquet"), { id: [1], amount: [2] });
  });
  afterEach(removeFolders);

  const args = () => ["run", "--root", root, "--lake", join(root, "lake")];

  it("is redrawn on a terminal, in colour, and leaves no status line behind", async () => {
    const { code, stdout } = await program(
      pythonOf("sail"),
      ["-c", TERMINAL, process.execPath, join(HOME, "bin", "strata.mjs"), ...args()],
      { env: { TERM: "xterm-256color", NO_COLOR: undefined, FORCE_COLOR: undefined } },
    );
    assert.equal(code, 0, stdout);
    assert.include(stdout, "\r\u001b[2K", "the status line is wiped");
    assert.include(stdout, "\u001b[32m", "green for what is done");
    const text = stripVTControlCharacters(stdout);
    assert.match(text, /bronze: orders …/, "stage and dataset while it runs");
    assert.match(text.trimEnd(), /\nEngine: sail [^\n]*$/);
  });

  it("is plain lines elsewhere", async () => {
    const { code, stdout, stderr } = await strata(args());
    assert.equal(code, 0);
    assert.notInclude(stdout + stderr, "\u001b");
    assert.match(stdout, /^\ndataset +status[\s\S]*\nEngine: sail [^\n]*\n$/, "results");
    assert.match(stderr, /^stage bronze\n {2}done {4}orders {2}1 row, [\d.]+ s\nstage gold\n/m);
  });

  it("calls a stage that was cut off by a Ctrl-C cancelled, not failed", async () => {
    const { stream, text } = memoryStream();
    const reporter = reporterFor(stream, stream, { plan: await planIn(root), textOf: () => undefined });
    for (const cancelled of [true, false]) reporter.onEvent({ kind: "broken", stage: "bronze", cancelled });
    reporter.close();
    assert.equal(text(), "cancelled bronze\nfailed bronze\n");
  });
});
