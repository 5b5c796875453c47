/** Settings of publishing, from a plan to the job that runs here: in the definition, as an object, and by read-setup's answer. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { MAX_INLINE_PUBLISH_BYTES } from "../../compiler/emit/job/payloads.ts";
import type { ExpectationPlan } from "../../compiler/plan/types.ts";
import { runPipeline } from "../../local/run/run.ts";
import { pythonOf } from "../../setup/python.mjs";
import { planOf, publishing } from "../asl/plans.ts";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { runnerOptions } from "./runs.ts";

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

describe("a local run gets its publish arguments", function () {
  this.timeout(180_000);
  let lake: string;
  before(function () {
    if (existsSync(pythonOf("sail"))) return;
    process.stdout.write("    skipped: the environment sail is not set up\n");
    this.skip();
  });
  beforeEach(() => {
    lake = folderOf({});
  });
  afterEach(removeFolders);

  const run = (padding: string, extras: string) =>
    runPipeline({
      ...runnerOptions(
        publishing(planOf([["s", ["good", "bad"]]], extras), {
          good: expecting(false, padding),
          bad: expecting(true, padding),
        }),
        lake,
      ),
      input: {},
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
