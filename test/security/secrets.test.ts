/** A secret planted where commands could pick it up is found nowhere that they write. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { DEV, runStack } from "../components/stack.ts";

const PLANTED = "planted-5ecret-7b1f0c";
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: `AKIA${PLANTED}`,
  AWS_SECRET_ACCESS_KEY: PLANTED,
  AWS_SESSION_TOKEN: PLANTED,
  PULUMI_CONFIG_PASSPHRASE: PLANTED,
  PULUMI_ACCESS_TOKEN: PLANTED,
  DATABASE_PASSWORD: PLANTED,
};
const STACK = `config:
  strata:region: eu-central-1
  strata:allowedAccountIds: ["111111111111"]
  strata:buckets: { lake: {} }
`;

describe("a planted secret", function () {
  this.timeout(120_000);
  afterEach(removeFolders);

  it("of the environment is in no definition, group, plan, policy, report or file", async () => {
    const root = folderOf({ ...SHOP, "Pulumi.yaml": "name: strata\nruntime: nodejs\n", "Pulumi.dev.yaml": STACK });
    const lake = join(root, "lake");
    const commands = [
      ["check"],
      ["check", "--format", "json"],
      ["groups", "--stack", "dev"],
      ["asl", "--stack", "dev"],
      ["plan", "--format", "json", "--stack", "dev"],
      ["permissions", "--stack", "dev", "--format", "json"],
      ["run", "--lake", lake],
      ["run", "--lake", lake, "--format", "json"],
    ];
    for (const command of commands) {
      const { stdout, stderr } = await strata([...command, "--root", root], { env: ENVIRONMENT });
      assert.isNotEmpty(stdout + stderr, command.join(" "));
      assert.notInclude(stdout + stderr, PLANTED, command.join(" "));
    }
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of files)
      assert.notInclude(readFileSync(join(file.parentPath, file.name), "latin1"), PLANTED, file.name);
  });

  it("of the settings is refused, and the refusal does not show it", async () => {
    const root = folderOf({
      ...SHOP,
      "Pulumi.yaml": "name: strata\nruntime: nodejs\n",
      "Pulumi.dev.yaml": `${STACK}  strata:alertEmails: { secure: "${PLANTED}" }\n`,
    });
    const { code, stdout, stderr } = await strata(["asl", "--root", root, "--stack", "dev"]);
    assert.equal(code, 1);
    assert.include(stderr, "D004");
    assert.equal(stdout, "");
  });

  it("of the environment is in no resource, output or log of the program", async () => {
    const before = { ...process.env };
    Object.assign(process.env, ENVIRONMENT);
    try {
      const run = await runStack(folderOf(SHOP), "dev", DEV);
      assert.isNotEmpty(run.resources);
      assert.notInclude(JSON.stringify(run), PLANTED);
    } finally {
      for (const name of Object.keys(ENVIRONMENT)) {
        delete process.env[name];
        if (before[name] !== undefined) process.env[name] = before[name];
      }
    }
  });
});
