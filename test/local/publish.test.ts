/** Settings of publishing, from a plan to the job that runs here: in the definition, as an object, and by read-setup's answer. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { MAX_INLINE_PUBLISH_BYTES } from "../../compiler/emit/job/travel.ts";
import type { ExpectationPlan } from "../../compiler/plan/types.ts";
import { runPipeline } from "../../local/run/run.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { planOf, publishing } from "../asl/plans.ts";

/** A predicate that is true for the one row of `SELECT 1 AS one` where it should fail. */
const expecting = (fails: boolean, padding = ""): { expectations: readonly ExpectationPlan[] } => ({
  expectations: [
    {
      name: "one is right",
      kind: "expression",
      severity: "error",
      failing: `one = ${fails ? 1 : 2}${padding === "" ? "" : ` /* ${padding} */`}`,
      reads: [],
    },
  ],
});

const LARGE = "x".repeat(MAX_INLINE_PUBLISH_BYTES);

describe("a local run is told how to publish", function () {
  this.timeout(180_000);
  const python = process.env.STRATA_PYTHON ?? pythonOf("sail");
  let lake: string;
  before(function () {
    if (existsSync(python)) return;
    process.stdout.write("    skipped: the environment sail is not set up\n");
    this.skip();
  });
  beforeEach(() => {
    lake = mkdtempSync(join(tmpdir(), "strata-publish-"));
  });
  afterEach(() => rmSync(lake, { recursive: true, force: true }));

  const run = (padding: string, extras: string) =>
    runPipeline({
      plan: publishing(planOf([["s", ["good", "bad"]]], extras), {
        good: expecting(false, padding),
        bad: expecting(true, padding),
      }),
      home: HOME,
      lake,
      state: join(lake, ".strata", "state"),
      concurrency: undefined,
      engine: "sail",
      python,
      input: {},
      signal: new AbortController().signal,
      onEvent: () => {},
    });
  const objects = () => {
    const folder = join(lake, "strata-code", "groups", "p");
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };

  for (const [how, extras, padding, count] of [
    ["by the definition", "", "", 0],
    ["by an object", "", LARGE, 1],
    ["by read-setup's answer", "setup: runtime\n", "", 2],
  ] as const) {
    it(how, async () => {
      const { status, stages } = await run(padding, extras);
      assert.equal(status, "FAILED");
      assert.equal(objects(), count);
      const found = stages.flatMap(({ datasets }) => datasets);
      assert.sameMembers(
        found.map(({ name, status }) => `${name} ${status}`),
        ["good SUCCEEDED", "bad FAILED"],
        JSON.stringify(stages),
      );
      for (const { expectations } of found) assert.include(JSON.stringify(expectations), "one is right");
    });
  }
});
