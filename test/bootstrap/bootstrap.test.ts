/** The account's bootstrap: who may deploy what, decided by its policies; the program on mocks. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { type Account, deployPolicies, githubTrust, previewPolicies } from "../../bootstrap/policies.ts";
import { type PolicyDocument, sizeOf, textOf } from "../../compiler/permissions/document.ts";
import { IAM_LIMITS } from "../../compiler/permissions/pack.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { program } from "../cli/strata.ts";
import { decide, type Request } from "../iam/evaluate.ts";
import { settingsFrom, subjectOf } from "../iam/subjects.ts";

const ACCOUNT: Account = {
  partition: "aws",
  region: "eu-central-1",
  account: "111111111111",
  repository: "acme/pipelines",
  rolePath: "/",
  permissionsBoundary: "",
};
const BACKEND = "strata-backend-111111111111-eucentral1";
const KEY = "arn:aws:kms:eu-central-1:111111111111:key/22222222-2222-2222-2222-222222222222";

const may = (
  documents: readonly PolicyDocument[],
  action: string,
  resource: string,
  context: Request["context"] = {},
) => decide(documents, { action, resource, context }).allowed;

/** Findings that are as they should be, each with the reason. */
const EXPECTED = [
  // Whoever deploys a bucket writes its policy and lifecycle; a review of the pull request and the policy pack are before that.
  "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
  // The linter asks for every type of resource that the action knows; workgroups are one of them.
  "RESOURCE_MISMATCH [{'action': 'athena:",
  // An alias needs its own ARN and its key's: they are two statements, because the key's has a condition on its tag.
  "RESOURCE_MISMATCH [{'action': 'kms:CreateAlias'",
];

describe("the bootstrap's roles", () => {
  const deploy = deployPolicies(ACCOUNT, "dev", BACKEND);
  const preview = previewPolicies(ACCOUNT, "dev", BACKEND);

  it("fit into IAM's managed policies, for long names too", () => {
    const long = { ...ACCOUNT, rolePath: `/${"p".repeat(100)}/`, partition: "aws-us-gov", region: "us-gov-west-1" };
    for (const documents of [deploy, preview, deployPolicies(long, "a".repeat(40), BACKEND)]) {
      assert.isAtMost(documents.length, IAM_LIMITS.managedPolicies);
      for (const each of documents) assert.isAtMost(sizeOf(each), IAM_LIMITS.managedCharacters);
    }
  });

  it("deploy may make every role, job and bucket that the program makes, and none of the other stack", async () => {
    for (const stack of ["dev", "prod"]) {
      const { identities, bindings } = await subjectOf(HOME, settingsFrom(stack, { buckets: { "postgres-repo": {} } }));
      const expected = stack === "dev";
      for (const { name, trust } of identities) {
        const [action, kind] = trust === undefined ? ["iam:CreatePolicy", "policy"] : ["iam:CreateRole", "role"];
        assert.equal(may(deploy, action, `arn:aws:iam::111111111111:${kind}/${name}`), expected, name);
      }
      const glue = (resource: string) => `arn:aws:glue:eu-central-1:111111111111:${resource}`;
      for (const { job, role, logGroups } of bindings.stages) {
        assert.equal(may(deploy, "glue:UpdateJob", glue(`job/${job}`)), expected);
        const pass = { "iam:passedtoservice": "glue.amazonaws.com" };
        assert.equal(may(deploy, "iam:PassRole", `arn:aws:iam::111111111111:role/${role}`, pass), expected);
        for (const group of logGroups)
          assert.equal(
            may(deploy, "logs:CreateLogGroup", `arn:aws:logs:eu-central-1:111111111111:log-group:${group}`),
            expected,
            group,
          );
      }
      for (const { name } of bindings.crawlers)
        assert.equal(may(deploy, "glue:UpdateCrawler", glue(`crawler/${name}`)), expected);
      assert.equal(may(deploy, "glue:CreateDatabase", glue(`database/${bindings.database}`)), expected);
      for (const bucket of [
        bindings.codeBucket,
        bindings.stateBucket,
        bindings.resultsBucket,
        bindings.buckets[0]?.physical,
      ])
        assert.equal(may(deploy, "s3:CreateBucket", `arn:aws:s3:::${bucket}`), expected, bucket);
      assert.equal(may(deploy, "s3:PutObject", `arn:aws:s3:::${bindings.codeBucket}/code/x`), expected);
      assert.isFalse(may(deploy, "s3:GetObject", `arn:aws:s3:::${bindings.buckets[0]?.physical}/gold/x`), "no data");
      assert.isFalse(may(deploy, "s3:DeleteObject", `arn:aws:s3:::${bindings.buckets[0]?.physical}/gold/x`), "no data");
      const machine = `arn:aws:states:eu-central-1:111111111111:stateMachine:${bindings.stateMachine}`;
      assert.equal(may(deploy, "states:UpdateStateMachine", machine), expected);
      assert.isFalse(may(deploy, "states:StartExecution", machine));
      assert.equal(
        may(
          deploy,
          "athena:CreateWorkGroup",
          `arn:aws:athena:eu-central-1:111111111111:workgroup/${bindings.workgroup}`,
        ),
        expected,
      );
      assert.equal(
        may(deploy, "sns:CreateTopic", `arn:aws:sns:eu-central-1:111111111111:${bindings.failureTopic}`),
        expected,
      );
      assert.equal(
        may(deploy, "events:PutRule", `arn:aws:events:eu-central-1:111111111111:rule/${bindings.failureRule}`),
        expected,
      );
    }
  });

  it("deploy cannot give itself more: its own role, users, other services' roles", () => {
    for (const resource of ["role/strata-deploy-dev", "role/strata-deploy-prod", "role/admin", "user/x"])
      for (const action of [
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:CreateUser",
      ])
        assert.isFalse(may(deploy, action, `arn:aws:iam::111111111111:${resource}`), `${action} ${resource}`);
    const role = "arn:aws:iam::111111111111:role/bookings-dev-states";
    assert.isFalse(may(deploy, "iam:PassRole", role, { "iam:passedtoservice": "ec2.amazonaws.com" }));
    assert.isFalse(may(deploy, "iam:DeleteRolePermissionsBoundary", role));
  });

  it("deploy makes no role without the boundary where one is set", () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const bounded = deployPolicies({ ...ACCOUNT, permissionsBoundary: boundary }, "dev", BACKEND);
    const role = "arn:aws:iam::111111111111:role/bookings-dev-states";
    assert.isFalse(may(bounded, "iam:CreateRole", role));
    assert.isTrue(may(bounded, "iam:CreateRole", role, { "iam:permissionsboundary": boundary }));
  });

  it("deploy touches nothing that bears another stack's tag, whatever it is called", () => {
    const role = "arn:aws:iam::111111111111:role/bookings-prod-job-dev-0123456789ab";
    assert.isTrue(may(deploy, "iam:PutRolePolicy", role, { "aws:resourcetag/strata:stack": "dev" }));
    assert.isFalse(may(deploy, "iam:PutRolePolicy", role, { "aws:resourcetag/strata:stack": "prod" }));
  });

  it("deploy puts code under the stack's key through S3, and decrypts nothing straight", () => {
    const viaS3 = { "aws:resourcetag/strata:stack": "dev", "kms:viaservice": "s3.eu-central-1.amazonaws.com" };
    assert.isTrue(may(deploy, "kms:GenerateDataKey", KEY, viaS3));
    assert.isFalse(may(deploy, "kms:GenerateDataKey", KEY, { ...viaS3, "aws:resourcetag/strata:stack": "prod" }));
    assert.isFalse(may(preview, "kms:GenerateDataKey", KEY, viaS3));
    assert.isTrue(may(preview, "kms:Decrypt", KEY, viaS3));
  });

  it("preview decrypts by the backend's key, and encrypts nothing", () => {
    const key =
      deploy.flatMap(({ Statement }) => Statement).find(({ Sid }) => Sid === "WriteByBackendKey")?.Resource?.[0] ?? "";
    assert.isTrue(may(preview, "kms:Decrypt", key));
    assert.isFalse(may(preview, "kms:Encrypt", key));
    assert.isTrue(may(deploy, "kms:Encrypt", key));
  });

  it("keys are the stack's by their tag", () => {
    assert.isTrue(may(deploy, "kms:ScheduleKeyDeletion", KEY, { "aws:resourcetag/strata:stack": "dev" }));
    assert.isFalse(may(deploy, "kms:ScheduleKeyDeletion", KEY, { "aws:resourcetag/strata:stack": "prod" }));
    assert.isFalse(may(deploy, "kms:CreateKey", "*", { "aws:requesttag/strata:stack": "prod" }));
    assert.isFalse(may(deploy, "kms:Decrypt", KEY, { "aws:resourcetag/strata:stack": "dev" }));
  });

  it("preview reads the state of its stack, validates a definition, and changes nothing", () => {
    const state = (stack: string) => `arn:aws:s3:::${BACKEND}/.pulumi/stacks/strata/${stack}.json`;
    assert.isTrue(may(preview, "s3:GetObject", state("dev")));
    assert.isFalse(may(preview, "s3:GetObject", state("prod")));
    assert.isFalse(may(preview, "s3:PutObject", state("dev")));
    assert.isTrue(may(deploy, "s3:PutObject", state("dev")));
    assert.isFalse(may(deploy, "s3:PutObject", state("prod")));
    assert.isTrue(may(preview, "states:ValidateStateMachineDefinition", "*"));
    const actions = preview.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    assert.deepEqual(
      actions.filter((action) => !/:(Get|List|Describe|Validate)|^kms:Decrypt$/.test(action)),
      [],
    );
  });

  it("are taken by one subject of one repository", () => {
    const trust = githubTrust(ACCOUNT, "environment:prod");
    const taken = (sub: string, aud = "sts.amazonaws.com") =>
      decide([trust], {
        action: "sts:AssumeRoleWithWebIdentity",
        resource: "x",
        principal: "Federated:OIDC-PROVIDER",
        context: { "token.actions.githubusercontent.com:sub": sub, "token.actions.githubusercontent.com:aud": aud },
      }).allowed;
    assert.isTrue(taken("repo:acme/pipelines:environment:prod"));
    for (const sub of [
      "repo:acme/pipelines:pull_request",
      "repo:acme/pipelines:environment:dev",
      "repo:acme/pipelines:ref:refs/heads/main",
      "repo:evil/pipelines:environment:prod",
    ])
      assert.isFalse(taken(sub), sub);
    assert.isFalse(taken("repo:acme/pipelines:environment:prod", "other"));
  });

  it("give an independent linter no finding but what has no resource type", function () {
    this.timeout(60_000);
    if (!existsSync(pythonOf("iam"))) this.skip();
    const input = [...deploy, ...preview]
      .map((each) => textOf(each).replace(/KEY-OF-THE-BACKEND-+/g, KEY))
      .map((policy, index) => JSON.stringify({ name: String(index), policy }))
      .join("\n");
    const { stdout } = spawnSync(pythonOf("iam"), [join(HOME, "test", "iam", "lint.py")], { input, encoding: "utf8" });
    const rest = stdout.split("\n").filter((line) => line !== "" && !EXPECTED.some((each) => line.includes(each)));
    assert.deepEqual(rest, []);
  });
});

describe("the bootstrap program", function () {
  this.timeout(60_000);
  const CONFIG = {
    "strata-bootstrap:region": "eu-central-1",
    "strata-bootstrap:accountId": "111111111111",
    "strata-bootstrap:repository": "acme/pipelines",
    "strata-bootstrap:stacks": '["dev","prod"]',
  };
  const run = async (config: Record<string, string>) => {
    const script = join(HOME, "test", "bootstrap", "run-bootstrap.ts");
    const { stdout, stderr, code } = await program(process.execPath, [script, JSON.stringify(config)]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as {
      resources: { type: string; name: string; inputs: Record<string, unknown> }[];
      outputs?: {
        backend: string;
        secretsProvider: string;
        roles: Record<string, { preview: string; deploy: string }>;
      };
      error?: string;
    };
  };

  it("makes the backend, the provider and two roles a stack, and says what to do with them", async () => {
    const { resources, outputs } = await run(CONFIG);
    const names = resources.filter(({ type }) => type === "aws:iam/role:Role").map(({ name }) => name);
    assert.sameMembers(names, ["strata-preview-dev", "strata-deploy-dev", "strata-preview-prod", "strata-deploy-prod"]);
    assert.equal(outputs?.backend, `s3://${BACKEND}`);
    assert.equal(outputs?.secretsProvider, "awskms://alias/strata-backend?region=eu-central-1");
    assert.hasAllKeys(outputs?.roles, ["dev", "prod"]);
    assert.notMatch(JSON.stringify(resources), /OIDC-PROVIDER|KEY-OF-THE-BACKEND/);
  });

  it("uses an OIDC provider that is there", async () => {
    const arn = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    const { resources } = await run({ ...CONFIG, "strata-bootstrap:oidcProvider": arn });
    assert.isEmpty(resources.filter(({ type }) => type.includes("openIdConnectProvider")));
    assert.include(JSON.stringify(resources), arn);
  });

  it("refuses stacks called as its own roles", async () => {
    const { error } = await run({ ...CONFIG, "strata-bootstrap:stacks": '["deploy"]' });
    assert.include(error ?? "", "names of the bootstrap's own roles");
  });

  it("shows every mistake at once", async () => {
    const { error, resources } = await run({ "strata-bootstrap:region": "moon", "strata-bootstrap:repository": "x" });
    assert.deepEqual(resources, []);
    for (const key of ["region", "accountId", "repository", "stacks"])
      assert.include(error ?? "", `strata-bootstrap:${key}`);
  });
});
