/** Whole definitions, held as files, so that a change of the emitter is read in a review. UPDATE_GOLDENS=1 writes them. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { emitLocal, expectationOf, planOf, publishing } from "./plans.ts";

const FOLDER = join(HOME, "test", "fixtures", "asl");

const CASES = {
  "one-stage": () => planOf([["10", ["orders"]]]),
  "two-stages-params": () =>
    planOf(
      [
        ["10", ["orders", "items"]],
        ["9", ["totals"]],
      ],
      'params: { run_date: { type: date, default: "2017-08-15" } }\n',
      "SELECT :run_date AS day",
    ),
  publish: () =>
    publishing(
      planOf([
        ["load", ["orders", "plain"]],
        ["sum", ["totals"]],
      ]),
      { orders: { keep: 2, expectations: [expectationOf(3)] } },
    ),
  "read-setup": () => planOf([["load", ["orders"]]], "setup: runtime\n"),
};

describe("golden definitions", () => {
  for (const [name, plan] of Object.entries(CASES)) {
    it(name, () => {
      const { definition } = emitLocal(plan());
      const path = join(FOLDER, `${name}.json`);
      if (process.env.UPDATE_GOLDENS === "1") {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(path, `${JSON.stringify(definition, null, 2)}\n`);
      }
      assert.deepEqual(definition, existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : "UPDATE_GOLDENS=1");
    });
  }
});
