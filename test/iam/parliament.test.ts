/** Every policy of an identity, linted by a tool of others: unknown actions, wrong resources, wildcards without need. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { textOf } from "../../compiler/emit/permissions/document.ts";
import { withKeys } from "../../settings/keys.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { planOf, publishing } from "../asl/plans.ts";
import { documentsOf, settingsFrom, subjectOf, subjectOfPlan } from "./subjects.ts";

const ARNS = {
  data: "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111",
  operations: "arn:aws:kms:eu-central-1:111111111111:key/22222222-2222-2222-2222-222222222222",
};
/** All that can be switched on, so that every statement is linted. */
const EVERYTHING = {
  buckets: { "postgres-repo": {} },
  network: { subnetId: "subnet-0a", availabilityZone: "eu-central-1a", securityGroupIds: ["sg-0a"] },
  lakeFormation: true,
};

describe("parliament, an independent linter", function () {
  this.timeout(180_000);
  const python = pythonOf("iam");
  if (!existsSync(python)) {
    it.skip("the environment iam is not set up");
    return;
  }
  const lint = (cases: readonly { name: string; policy: string }[]) => {
    const input = cases.map((each) => JSON.stringify(each)).join("\n");
    const { status, stdout, stderr } = spawnSync(python, [join(HOME, "test", "iam", "lint.py")], {
      input,
      encoding: "utf8",
    });
    return { status, output: `${stdout}${status === 0 || stdout !== "" ? "" : stderr}` };
  };

  it("finds nothing in any policy, with every setting on", async () => {
    const { identities } = await subjectOf(HOME, settingsFrom("dev", EVERYTHING));
    const cases = identities.flatMap((identity) =>
      documentsOf(identity).map((document) => ({
        name: `${identity.kind} ${identity.subject}`.trim(),
        policy: withKeys(textOf(document), ARNS),
      })),
    );
    assert.isAtLeast(cases.length, 8);
    assert.deepEqual(lint(cases), { status: 0, output: "" });
  });

  it("finds nothing where expectations and Iceberg tables are", () => {
    const plan = publishing(planOf([["s", ["d", "e"]]]), { d: { format: "iceberg" } });
    const { identities } = subjectOfPlan(plan, settingsFrom("dev", { ...EVERYTHING, buckets: { lake: {} } }));
    const cases = identities.flatMap((identity) =>
      documentsOf(identity).map((document) => ({ name: identity.kind, policy: withKeys(textOf(document), ARNS) })),
    );
    assert.include(JSON.stringify(cases), "CommitIceberg");
    assert.deepEqual(lint(cases), { status: 0, output: "" });
  });

  it("finds what is wrong, so its silence means something", () => {
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObjekt", Resource: "*" }],
    });
    assert.match(lint([{ name: "typo", policy }]).output, /typo: .*UNKNOWN_ACTION/);
  });
});
