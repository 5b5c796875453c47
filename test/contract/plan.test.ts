/** Plans are what the contract says of them: those of all cases of the compiler, and the sample's. */

import { assert } from "chai";
import { plan as contract } from "../../contract/plan.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { NAMES, readCase } from "../compiler/cases.ts";
import { compileFiles } from "../compiler/files.ts";
import { contentOf } from "../txtar.ts";

describe("plans", () => {
  it("have every key of the contract, and no other", async () => {
    const roots = NAMES.map((name) => readCase(name)).map(({ files, corrected = files }) =>
      compileFiles(Object.fromEntries(corrected.map((file) => [file.name, contentOf(file).toString()]))),
    );
    const sample = await loadRoot(HOME);
    const plans = [...roots, sample].flatMap(({ pipelines }) => pipelines.flatMap(({ plan }) => plan ?? []));
    assert.isAbove(plans.length, 50);
    for (const plan of plans) {
      const { error } = contract.safeParse(JSON.parse(JSON.stringify(plan)));
      assert.deepEqual(error?.issues ?? [], [], plan.pipeline);
    }
  });
});
