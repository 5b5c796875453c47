/**
 * Every resource put to AWS's own service models, as boto has them: required members, types, enums, patterns, lengths.
 *
 * The models say what a service's front door takes. They know no rule between two members, and no account's limits.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { runBootstrap } from "../bootstrap/mocked.ts";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { requestsOf, type ServiceRequest } from "./operations.ts";
import { committedSettings, type Registered, runStack } from "./stack.ts";

const KEY = "arn:aws:kms:eu-central-1:111111111111:key/33333333-3333-3333-3333-333333333333";
/** All that can be switched on; `given` is an existing bucket. */
const EVERYTHING = {
  region: "eu-central-1",
  allowedAccountIds: ["111111111111"],
  buckets: { lake: {}, given: { name: "acme-given", existing: true, key: KEY } },
  network: { subnetId: "subnet-0a", availabilityZone: "eu-central-1a", securityGroupIds: ["sg-0a"] },
  permissionsBoundary: "arn:aws:iam::111111111111:policy/boundary",
  rolePath: "/strata/",
  lakeFormation: true,
  canary: true,
  alertEmails: ["größe@example.com"],
  tags: { größe: "日本" },
  concurrency: 7,
};

/** Names of 200 characters that no service takes, in every place that has a name. */
const WILD = 'é 日本 🚀 "quoted" it\'s $x `z` \\ {} % / * <b> ';
const long = (name: string) => `${name} ${WILD}${"🚀".repeat(200)}`.slice(0, 199).replace(/[\uD800-\uDBFF]$/, "");

const WILD_ROOT = wildFiles();

function wildFiles(): Record<string, string> {
  const stages = Array.from({ length: 12 }, (_, index) => index);
  const target = (index: number) => `s3://${index % 2 === 0 ? "lake" : "given"}/gold/größe ${index}/t${index}/`;
  const dataset = (index: number) => ({
    sql_name: long(`dataset ${index}`),
    sql_file: "q.sql",
    tables: [],
    s3_target: target(index),
    strata: { write: "replace", ...(index === 11 && { format: "iceberg" }), expectations: [{ row_count: { min: 1 } }] },
  });
  return {
    "pipelines/été/etl_stages.json": JSON.stringify(
      Object.fromEntries(stages.map((index) => [long(`stage ${index}`), [long(`dataset ${index}`)]])),
    ),
    "pipelines/été/sql_queries.json": JSON.stringify(
      Object.fromEntries(stages.map((index) => [long(`dataset ${index}`), dataset(index)])),
    ),
    "pipelines/été/pipeline.yaml": JSON.stringify({
      description: `\u0001${"🚀".repeat(3000)}`,
      setup: "runtime",
      crawlers: { [long("crawler")]: "s3://lake/gold/größe 0/" },
      queries: { [long("query")]: "SELECT 'größe 🚀' AS n" },
    }),
    "sql/q.sql": "SELECT 1 AS `größe 🚀`\n",
  };
}

describe("AWS's service models", function () {
  this.timeout(180_000);
  after(removeFolders);
  const python = pythonOf("aws");
  if (!existsSync(python)) {
    it.skip("the environment aws is not set up");
    return;
  }
  const problemsOf = (requests: readonly ServiceRequest[]) => {
    const script = join(HOME, "test", "components", "shapes.py");
    const { status, stdout, stderr } = spawnSync(python, [script], {
      input: requests.map((each) => JSON.stringify(each)).join("\n"),
      encoding: "utf8",
      env: { ...process.env, PYTHONUTF8: "1" },
    });
    assert.equal(status, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const registered = async (...program: Parameters<typeof runStack>) => {
    const { resources, error } = await runStack(...program);
    assert.isUndefined(error);
    return resources;
  };

  for (const stack of ["dev", "prod"])
    it(`take every resource of ${stack}`, async () => {
      const resources = await registered(HOME, stack, committedSettings(stack));
      assert.deepEqual(problemsOf(requestsOf(resources)), []);
    });

  it("take every resource of the bootstrap, of stacks with short names and with long ones in other scripts", async () => {
    const stacks = ["dev", "d".repeat(40)];
    const account = (name: string) => ({
      [`Pulumi.${name}.yaml`]: `config: ${JSON.stringify({
        "strata:region": EVERYTHING.region,
        "strata:allowedAccountIds": EVERYTHING.allowedAccountIds,
        "strata:buckets": EVERYTHING.buckets,
        "strata:canary": true,
        "strata:tags": EVERYTHING.tags,
        "strata:permissionsBoundary": EVERYTHING.permissionsBoundary,
        "strata:rolePath": EVERYTHING.rolePath,
      })}\n`,
    });
    const root = folderOf({
      ...WILD_ROOT,
      ...Object.assign({}, ...stacks.map(account)),
      "Pulumi.yaml": "name: strata\n",
    });
    const { resources, error } = await runBootstrap(root, {
      "strata-bootstrap:region": EVERYTHING.region,
      "strata-bootstrap:accountId": "111111111111",
      "strata-bootstrap:repository": "acme/pipelines",
      "strata-bootstrap:stacks": JSON.stringify(stacks),
    });
    assert.isUndefined(error);
    const requests = requestsOf(resources);
    for (const operation of ["CreateOpenIDConnectProvider", "CreateRole", "CreatePolicy", "CreateKey", "CreateBucket"])
      assert.isTrue(
        requests.some((each) => each.operation === operation),
        operation,
      );
    assert.deepEqual(problemsOf(requests), []);
    const provider = requests.filter(({ operation }) => operation === "CreateOpenIDConnectProvider");
    const wrong = provider.map((each) => ({
      ...each,
      inputs: { ...each.inputs, clientIdLists: ["x".repeat(256)] },
    }));
    assert.match(problemsOf(wrong).join("\n"), /256 characters is not between 1 and 255/);
  });

  describe("and a wild pipeline", () => {
    let wild: readonly Registered[];
    before(async () => {
      wild = await registered(folderOf(WILD_ROOT), "dev", EVERYTHING);
    });

    it("take every resource, with every setting on", () => {
      assert.lengthOf(
        wild.filter(({ type, name }) => type === "aws:glue/job:Job" && !name.startsWith("strata-canary")),
        12,
      );
      for (const type of ["Connection", "Function", "TopicSubscription", "NamedQuery", "Crawler", "Policy"])
        assert.isTrue(
          wild.some((each) => each.type.endsWith(`:${type}`)),
          type,
        );
      assert.deepEqual(problemsOf(requestsOf(wild)), []);
    });

    it("refuse what is wrong, so their silence means something", () => {
      const requests = requestsOf(wild);
      const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
        ["CreateJob", { name: "x".repeat(256) }, /256 bytes is not between 1 and 255/],
        ["CreateJob", { description: "é".repeat(1025) }, /2050 bytes is not between 0 and 2048/],
        ["CreateJob", { description: "\u0001" }, /does not match/],
        ["CreateJob", { command: undefined }, /Missing required parameter.*"Command"/],
        ["CreateJob", { timeout: "60" }, /Invalid type for parameter Timeout/],
        ["CreateJob", { colour: "red" }, /no member colour/],
        ["CreateCrawler", { recrawlPolicy: { recrawlBehavior: "ALWAYS" } }, /not one of CRAWL_EVERYTHING/],
        ["PutRolePolicy", { name: "shop/bronze" }, /does not match/],
        ["CreateRole", { name: "x".repeat(65) }, /65 characters is not between 1 and 64/],
        ["CreateStateMachine", { type: "SLOW" }, /not one of STANDARD, EXPRESS/],
      ];
      const cases = wrong.map(([operation, inputs], index) => {
        const request = requests.find((each) => each.operation === operation);
        if (request === undefined) throw new Error(`no request ${operation}`);
        return { ...request, name: `case ${index}`, inputs: { ...request.inputs, ...inputs } };
      });
      const problems = problemsOf(cases);
      wrong.forEach(([operation, , expected], index) => {
        const own = problems.filter((problem) => problem.startsWith(`case ${index}:`));
        assert.match(own.join("\n"), expected, operation);
      });
    });

    it("have an entry for each type", () => {
      assert.throws(() => requestsOf([{ type: "aws:sqs/queue:Queue", name: "q", inputs: {} }]), /no entry.*sqs/);
    });
  });
});
