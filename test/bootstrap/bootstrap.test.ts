/** The account's bootstrap: who may deploy what, decided by its policies; the program on mocks. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Account } from "../../bootstrap/account.ts";
import { deployPolicies, githubTrust, previewPolicies } from "../../bootstrap/policies.ts";
import { stackNames } from "../../bootstrap/stack-names.ts";
import { type PolicyDocument, sizeOf, textOf } from "../../compiler/emit/permissions/document.ts";
import { IAM_LIMITS } from "../../compiler/emit/permissions/pack.ts";
import { policiesOf } from "../../policy/pack.ts";
import { RULES } from "../../policy/rules/all.ts";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, removeFolders, SHOP } from "../cli/strata.ts";
import { decide, type Request } from "../iam/evaluate.ts";
import { settingsFrom, subjectOf } from "../iam/subjects.ts";
import { analyze, type Resource } from "../policy/engine.ts";
import { runBootstrap } from "./mocked.ts";

const ACCOUNT: Account = {
  partition: "aws",
  region: "eu-central-1",
  account: "111111111111",
  repository: "acme/pipelines",
};
/** Pipeline `bookings` in a stack with a bucket of its own, one that it names, and an existing one of another owner. */
const BUCKETS = {
  "postgres-repo": {},
  named: { name: "acme-named" },
  landing: { name: "acme-landing", existing: true },
};
const namesOf = (stack: string, more: Readonly<Record<string, unknown>> = {}) =>
  stackNames(settingsFrom(stack, { buckets: BUCKETS, ...more }), ["bookings"]);
/** Contexts of requests: the tag that a resource has, and the one that a request sets. */
const bearing = (stack: string) => ({ "aws:resourcetag/strata:stack": stack });
const making = (stack: string) => ({ "aws:requesttag/strata:stack": stack });
const WAIVERS = JSON.parse(readFileSync(join(HOME, "policy", "waivers.json"), "utf8")) as unknown;
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
  // The role that deploys a bucket writes its policy and lifecycle; a review of the pull request and the policy pack are before that.
  "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
  // The linter asks for every type of resource that the action knows; workgroups are one of them.
  "RESOURCE_MISMATCH [{'action': 'athena:",
  // An alias needs its own ARN and its key's: they are two statements, because the key's has a condition on its tag.
  "RESOURCE_MISMATCH [{'action': 'kms:CreateAlias'",
  // The catalog and the databases are one statement's resources, which is split where a policy is full.
  "RESOURCE_MISMATCH [{'action': 'glue:GetDatabase'",
];

describe("the bootstrap's roles", () => {
  const deploy = deployPolicies(ACCOUNT, namesOf("dev"), BACKEND);
  const preview = previewPolicies(ACCOUNT, namesOf("dev"), BACKEND);

  it("fit into IAM's managed policies, for long names too", () => {
    const far = { ...ACCOUNT, partition: "aws-us-gov", region: "us-gov-west-1" };
    const many = Array.from({ length: 8 }, (_, index) => `${"p".repeat(60)}${index}`);
    const long = stackNames(settingsFrom("a".repeat(40), { rolePath: `/${"p".repeat(100)}/`, buckets: BUCKETS }), many);
    const twenty = stackNames(
      settingsFrom("dev", { buckets: BUCKETS }),
      Array.from({ length: 20 }, (_, index) => `pipeline-${index}`),
    );
    for (const documents of [
      deploy,
      preview,
      deployPolicies(far, long, BACKEND),
      deployPolicies(far, twenty, BACKEND),
    ]) {
      assert.isAtMost(documents.length, IAM_LIMITS.managedPolicies);
      for (const each of documents) assert.isAtMost(sizeOf(each), IAM_LIMITS.managedCharacters);
    }
  });

  it("says what to do where even patterns do not fit", () => {
    const many = Array.from({ length: 500 }, (_, index) => `pipeline-${index}`);
    assert.throws(
      () => deployPolicies(ACCOUNT, stackNames(settingsFrom("dev", { buckets: BUCKETS }), many), BACKEND),
      /500 pipelines .* move some of them to another stack/,
    );
  });

  it("deploy may make and change everything that the program makes, and nothing of the other stack", async () => {
    for (const stack of ["dev", "prod"]) {
      const { identities, bindings } = await subjectOf(HOME, settingsFrom(stack, { buckets: { "postgres-repo": {} } }));
      const expected = stack === "dev";
      // Without the other stack's tag, so that names alone are asked, too.
      const make = (action: string, resource: string) =>
        assert.equal(may(deploy, action, resource, making("dev")), expected, `${action} ${resource}`);
      const change = (action: string, resource: string) => {
        assert.equal(may(deploy, action, resource, bearing(stack)), expected, `${action} ${resource}`);
        assert.isFalse(may(deploy, action, resource), `${action} on an untagged ${resource}`);
      };
      const regional = (service: string, name: string) => `arn:aws:${service}:eu-central-1:111111111111:${name}`;
      for (const { name, trust } of identities) {
        const arn = `arn:aws:iam::111111111111:${trust === undefined ? "policy" : "role"}/${name}`;
        make(trust === undefined ? "iam:CreatePolicy" : "iam:CreateRole", arn);
        change(trust === undefined ? "iam:CreatePolicyVersion" : "iam:PutRolePolicy", arn);
        // A large role's managed policies.
        if (trust !== undefined) make("iam:CreatePolicy", `arn:aws:iam::111111111111:policy/${name}-2`);
      }
      for (const { job, role, logGroups } of bindings.stages) {
        make("glue:CreateJob", regional("glue", `job/${job}`));
        change("glue:UpdateJob", regional("glue", `job/${job}`));
        const pass = { "iam:passedtoservice": "glue.amazonaws.com" };
        assert.equal(may(deploy, "iam:PassRole", `arn:aws:iam::111111111111:role/${role}`, pass), expected);
        for (const group of logGroups) make("logs:CreateLogGroup", regional("logs", `log-group:${group}`));
      }
      for (const { name, logGroup } of bindings.crawlers) {
        change("glue:UpdateCrawler", regional("glue", `crawler/${name}`));
        make("logs:CreateLogGroup", regional("logs", `log-group:${logGroup}`));
      }
      make("glue:CreateDatabase", regional("glue", `database/${bindings.database}`));
      make("states:CreateStateMachine", regional("states", `stateMachine:${bindings.stateMachine}`));
      change("states:UpdateStateMachine", regional("states", `stateMachine:${bindings.stateMachine}`));
      change("logs:PutRetentionPolicy", regional("logs", `log-group:/aws/vendedlogs/states/${bindings.stateMachine}`));
      make("athena:CreateWorkGroup", regional("athena", `workgroup/${bindings.workgroup}`));
      change("athena:UpdateWorkGroup", regional("athena", `workgroup/${bindings.workgroup}`));
      make("sns:CreateTopic", regional("sns", `${bindings.failureTopic}`));
      change("events:PutTargets", regional("events", `rule/${bindings.failureRule}`));
      const lake = bindings.buckets[0]?.physical;
      for (const bucket of [bindings.codeBucket, bindings.stateBucket, bindings.resultsBucket, lake])
        make("s3:CreateBucket", `arn:aws:s3:::${bucket}`);
      assert.equal(may(deploy, "s3:PutObject", `arn:aws:s3:::${bindings.codeBucket}/code/x`), expected);
      // An object that is replaced is deleted version by version.
      assert.equal(may(deploy, "s3:ListBucketVersions", `arn:aws:s3:::${bindings.codeBucket}`), expected);
      assert.isFalse(may(deploy, "states:StartExecution", regional("states", `stateMachine:${bindings.stateMachine}`)));
    }
  });

  it("deploy makes buckets that the stack names, and leaves existing ones alone", () => {
    assert.isTrue(may(deploy, "s3:CreateBucket", "arn:aws:s3:::acme-named"));
    assert.isFalse(may(deploy, "s3:PutBucketPolicy", "arn:aws:s3:::acme-landing"));
  });

  it("deploy touches nothing of other stacks whose names begin or end alike, and nothing of strangers", () => {
    const iam = (resource: string) => `arn:aws:iam::111111111111:${resource}`;
    const regional = (service: string, name: string) => `arn:aws:${service}:eu-central-1:111111111111:${name}`;
    const cases: (readonly [string, string])[] = [
      ...["bookings-dev-eu-states", "bookings-eu-dev-states", "team-dev-admin", "dev", "x-dev-job-etl"].flatMap(
        (name) => [
          ["iam:PutRolePolicy", iam(`role/${name}`)] as const,
          ["iam:UpdateAssumeRolePolicy", iam(`role/${name}`)] as const,
          ["iam:TagRole", iam(`role/${name}`)] as const,
          ["iam:PassRole", iam(`role/${name}`)] as const,
          ["iam:CreatePolicyVersion", iam(`policy/${name}`)] as const,
        ],
      ),
      ...["bookings_dev_eu", "bookings_eu_dev", "marketing_dev", "x_dev_y", "dev"].flatMap((name) => [
        ["glue:DeleteDatabase", regional("glue", `database/${name}`)] as const,
        ["glue:DeleteDatabase", regional("glue", `table/${name}/t`)] as const,
      ]),
      ...[
        "postgres-repo-dev-eu-111111111111",
        "postgres-repo-eu-dev-111111111111",
        "team-data-dev-111111111111",
      ].flatMap((name) => [
        ["s3:DeleteBucket", `arn:aws:s3:::${name}`] as const,
        ["s3:PutBucketPolicy", `arn:aws:s3:::${name}`] as const,
      ]),
      ["glue:UpdateJob", regional("glue", "job/team-dev-etl")],
      ["glue:TagResource", regional("glue", "job/team-dev-etl")],
      ["states:UpdateStateMachine", regional("states", "stateMachine:bookings-dev-eu")],
      ["states:TagResource", regional("states", "stateMachine:orders-dev")],
      ["athena:DeleteWorkGroup", regional("athena", "workgroup/bookings-dev-eu")],
      ["sns:SetTopicAttributes", regional("sns", "team-dev-failures")],
      ["events:PutTargets", regional("events", "rule/team-dev-failures")],
      ["lambda:UpdateFunctionCode", regional("lambda", "function:team-dev-read-setup")],
      ["logs:DeleteLogGroup", regional("logs", "log-group:/aws/lambda/team-dev-x")],
      ["kms:CreateAlias", regional("kms", "alias/strata-dev-eu-data")],
    ];
    // The stack's own tag in the request allows nothing, and a resource with another stack's tag belongs to that stack.
    const contexts = [{}, making("dev"), bearing("dev-eu"), { ...making("dev"), ...bearing("dev-eu") }];
    const taken = cases.flatMap(([action, resource]) =>
      contexts.filter((context) => may(deploy, action, resource, context)).map(() => `${action} ${resource}`),
    );
    assert.deepEqual(taken, []);
    assert.isNotEmpty(cases.filter(([action]) => action === "iam:PassRole"));
  });

  it("deploy cannot change the bootstrap: roles, policies, provider, backend, key", () => {
    const anything = { ...bearing("dev"), ...making("dev") };
    for (const resource of [
      "role/strata-bootstrap/strata-deploy-dev",
      "policy/strata-bootstrap/strata-deploy-dev-1",
      "policy/strata-bootstrap/bookings-dev-states",
      "oidc-provider/token.actions.githubusercontent.com",
      "role/strata-deploy-dev",
      "policy/strata-deploy-dev-1",
      "role/admin",
      "user/x",
    ])
      for (const action of [
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:CreatePolicyVersion",
        "iam:TagPolicy",
        "iam:CreateUser",
      ])
        assert.isFalse(may(deploy, action, `arn:aws:iam::111111111111:${resource}`, anything), `${action} ${resource}`);
    const key =
      deploy.flatMap(({ Statement }) => Statement).find(({ Sid }) => Sid === "WriteByBackendKey")?.Resource?.[0] ?? "";
    assert.notEqual(key, "");
    for (const action of ["kms:PutKeyPolicy", "kms:TagResource", "kms:ScheduleKeyDeletion", "kms:CreateGrant"])
      assert.isFalse(may(deploy, action, key, anything), action);
    for (const action of ["s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutBucketVersioning"])
      assert.isFalse(may(deploy, action, `arn:aws:s3:::${BACKEND}`), action);
  });

  it("deploy hands roles to Glue, Step Functions and Lambda only, and attaches the stack's policies only", () => {
    const role = "arn:aws:iam::111111111111:role/bookings-dev-states";
    assert.isTrue(may(deploy, "iam:PassRole", role, { "iam:passedtoservice": "states.amazonaws.com" }));
    assert.isFalse(may(deploy, "iam:PassRole", role, { "iam:passedtoservice": "ec2.amazonaws.com" }));
    const attach = (policy: string) =>
      may(deploy, "iam:AttachRolePolicy", role, { ...bearing("dev"), "iam:policyarn": policy });
    assert.isTrue(attach("arn:aws:iam::111111111111:policy/bookings-dev-job-gold-1"));
    assert.isFalse(attach("arn:aws:iam::aws:policy/AdministratorAccess"));
    assert.isFalse(may(deploy, "iam:DeleteRolePermissionsBoundary", role, bearing("dev")));
  });

  it("deploy makes no role without the boundary where one is set, and puts it on roles that are there", () => {
    const boundary = "arn:aws:iam::111111111111:policy/boundary";
    const bounded = deployPolicies(ACCOUNT, namesOf("dev", { permissionsBoundary: boundary }), BACKEND);
    const role = "arn:aws:iam::111111111111:role/bookings-dev-states";
    const within = { "iam:permissionsboundary": boundary };
    assert.isFalse(may(bounded, "iam:CreateRole", role, making("dev")));
    assert.isTrue(may(bounded, "iam:CreateRole", role, { ...making("dev"), ...within }));
    assert.isFalse(may(bounded, "iam:PutRolePolicy", role, bearing("dev")));
    assert.isTrue(may(bounded, "iam:PutRolePermissionsBoundary", role, { ...bearing("dev"), ...within }));
    const other = { "iam:permissionsboundary": "arn:aws:iam::111111111111:policy/wider" };
    assert.isFalse(may(bounded, "iam:PutRolePermissionsBoundary", role, { ...bearing("dev"), ...other }));
    assert.isFalse(may(deploy, "iam:PutRolePermissionsBoundary", role, { ...bearing("dev"), ...within }));
  });

  it("deploy reads and writes no data, whatever a bucket's policy says", () => {
    const letIn: PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Sid: "In", Effect: "Allow", Principal: "*", Action: ["s3:*"], Resource: ["*"] }],
    };
    for (const bucket of namesOf("dev").buckets.filter((each) => !each.startsWith("strata-code-")))
      for (const action of ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"])
        assert.isFalse(may([...deploy, letIn], action, `arn:aws:s3:::${bucket}/gold/x`), `${action} ${bucket}`);
  });

  it("preview lists no bucket but the state's", () => {
    for (const bucket of namesOf("dev").buckets)
      for (const context of [{}, { "s3:prefix": "" }, { "s3:prefix": "gold/" }])
        assert.isFalse(may(preview, "s3:ListBucket", `arn:aws:s3:::${bucket}`, context), bucket);
    assert.isTrue(may(preview, "s3:GetBucketPolicy", "arn:aws:s3:::acme-named"));
  });

  it("deploy touches nothing that has another stack's tag, whatever it is called", () => {
    const role = "arn:aws:iam::111111111111:role/bookings-dev-job-dev-0123456789ab";
    assert.isTrue(may(deploy, "iam:PutRolePolicy", role, bearing("dev")));
    assert.isFalse(may(deploy, "iam:PutRolePolicy", role, bearing("prod")));
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

  it("keys are the stack's by their tag, and no other key gets that tag", () => {
    const tag = (context: Request["context"]) => may(deploy, "kms:TagResource", KEY, context);
    assert.isTrue(may(deploy, "kms:CreateKey", "*", making("dev")));
    assert.isFalse(may(deploy, "kms:CreateKey", "*", making("prod")));
    assert.isTrue(tag(making("dev")), "a new key");
    assert.isFalse(tag({ ...making("dev"), "kms:resourcealiases": ["alias/team"] }), "a key that has an alias");
    assert.isFalse(tag({ ...making("dev"), ...bearing("prod") }), "another stack's key");
    assert.isTrue(may(deploy, "kms:ScheduleKeyDeletion", KEY, bearing("dev")));
    assert.isFalse(may(deploy, "kms:PutKeyPolicy", KEY), "an untagged key");
    assert.isFalse(may(deploy, "kms:ScheduleKeyDeletion", KEY, bearing("prod")));
    assert.isFalse(may(deploy, "kms:Decrypt", KEY, bearing("dev")));
    assert.isFalse(may(deploy, "kms:CreateGrant", KEY, bearing("dev")));
    assert.isTrue(may(deploy, "kms:CreateGrant", KEY, { ...bearing("dev"), "kms:grantisforawsresource": "true" }));
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

  it("are taken by a subject with immutable ids, and then by no other form", () => {
    const trust = githubTrust({ ...ACCOUNT, repository: "acme@12/pipelines@345" }, "environment:prod");
    const subject = trust.Statement[0]?.Condition?.StringEquals?.["token.actions.githubusercontent.com:sub"];
    assert.equal(subject, "repo:acme@12/pipelines@345:environment:prod");
  });

  it("give an independent linter no finding but what has no resource type", function () {
    this.timeout(180_000);
    if (!existsSync(pythonOf("iam"))) this.skip();
    const input = [...deploy, ...preview]
      .map((each) => textOf(each).replace(/KEY-OF-THE-BACKEND-+/g, KEY))
      .map((policy, index) => JSON.stringify({ name: String(index), policy }))
      .join("\n");
    const lint = join(HOME, "test", "iam", "lint.py");
    const { status, stdout, stderr } = spawnSync(pythonOf("iam"), [lint], { input, encoding: "utf8" });
    // An interrupted linter reports findings of another kind.
    assert.deepEqual([status, stderr], [1, ""]);
    const found = stdout.split("\n").filter((line) => line !== "");
    assert.deepEqual(
      found.filter((line) => !EXPECTED.some((each) => line.includes(each))),
      [],
    );
    assert.deepEqual(
      EXPECTED.filter((each) => !found.some((line) => line.includes(each))),
      [],
      "a reason that nothing needs any more",
    );
  });
});

describe("the bootstrap program", function () {
  this.timeout(180_000);
  after(removeFolders);
  const CONFIG = {
    "strata-bootstrap:region": "eu-central-1",
    "strata-bootstrap:accountId": "111111111111",
    "strata-bootstrap:repository": "acme/pipelines",
    "strata-bootstrap:stacks": '["dev","prod"]',
  };
  const settings = (account: string, region = "eu-central-1") =>
    `config:\n  strata:region: ${region}\n  strata:allowedAccountIds: ["${account}"]\n  strata:buckets:\n    lake: {}\n`;
  const ROOT = {
    ...SHOP,
    "Pulumi.yaml": "name: strata\n",
    "Pulumi.dev.yaml": settings("111111111111"),
    "Pulumi.prod.yaml": `${settings("111111111111")}  strata:canary: true\n`,
  };
  const run = (config: Record<string, string>, root: Record<string, string> = ROOT) =>
    runBootstrap(folderOf(root), config);
  let made: Awaited<ReturnType<typeof run>>;
  before(async () => {
    made = await run(CONFIG);
  });

  it("makes the backend, the provider and two roles a stack, and says what to do with them", () => {
    const { resources, outputs } = made;
    const roles = resources.filter(({ type }) => type === "aws:iam/role:Role");
    assert.sameMembers(
      roles.map(({ name }) => name),
      ["strata-preview-dev", "strata-deploy-dev", "strata-preview-prod", "strata-deploy-prod"],
    );
    for (const { type, inputs } of resources.filter((each) => /^aws:iam\/(role|policy):/.test(each.type)))
      assert.equal(inputs.path, "/strata-bootstrap/", type);
    assert.equal(outputs?.backend, `s3://${BACKEND}`);
    assert.equal(outputs?.secretsProvider, "awskms://alias/strata-backend?region=eu-central-1");
    assert.hasAllKeys(outputs?.roles, ["dev", "prod"]);
    assert.notMatch(JSON.stringify(resources), /OIDC-PROVIDER|KEY-OF-THE-BACKEND/);
  });

  it("names the pipelines and buckets of the root in its policies", () => {
    const policies = made.resources.filter(
      ({ type, name }) => type === "aws:iam/policy:Policy" && /deploy-dev/.test(name),
    );
    const text = policies.map(({ inputs }) => String(inputs.policy)).join();
    assert.include(text, ":database/shop_dev");
    assert.include(text, "arn:aws:s3:::lake-dev-111111111111");
    assert.notInclude(text, "strata-canary");
    const prod = made.resources.filter(
      ({ type, name }) => type === "aws:iam/policy:Policy" && /deploy-prod/.test(name),
    );
    for (const canary of ["strata-canary-prod-111111111111", "stateMachine:strata-canary-prod"])
      assert.include(JSON.stringify(prod), canary);
  });

  it("breaks no mandatory policy of the pack", async () => {
    const resources = made.resources.map(({ type, name, inputs }): Resource => {
      const { protect = false, dependencies = {} } = made.options[`${type}::${name}`] ?? {};
      return { type, name, props: { arn: `arn:aws:mock:::${type}/${name}`, ...inputs }, protect, dependencies };
    });
    const today = new Date().toISOString().slice(0, 10);
    const { violations } = await analyze(policiesOf({ rules: RULES, waivers: WAIVERS, today }), "prod", resources);
    const mandatory = violations.filter(({ level }) => level === "mandatory");
    assert.deepEqual(
      mandatory.map(({ policy, urn, message }) => `${policy}: ${urn.split("::").slice(2).join(" ")}: ${message}`),
      [],
    );
  });

  it("is seen by the pack: its policies at another path break it", async () => {
    const resources = made.resources.map(({ type, name, inputs }) => ({ type, name, props: { ...inputs, path: "/" } }));
    const today = new Date().toISOString().slice(0, 10);
    const { violations } = await analyze(policiesOf({ rules: RULES, waivers: WAIVERS, today }), "prod", resources);
    assert.include(
      violations.map(({ policy }) => policy),
      "role-without-power",
    );
  });

  it("logs accesses to the state, and protects the buckets of both", () => {
    const logging = made.resources.filter(({ type }) => type === "aws:s3/bucketLogging:BucketLogging");
    assert.deepEqual(
      logging.map(({ inputs }) => [inputs.bucket, inputs.targetBucket]),
      [[BACKEND, "strata-backend-logs-111111111111-eucentral1"]],
    );
    for (const name of ["backend", "backend-access-logs"]) {
      assert.isTrue(made.options[`aws:s3/bucket:Bucket::${name}`]?.protect, name);
      assert.isTrue(made.options[`aws:s3/bucket:Bucket::${name}`]?.retainOnDelete, name);
    }
  });

  it("uses an OIDC provider that is there, and trusts a subject with ids", async () => {
    const arn = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    const { resources } = await run({
      ...CONFIG,
      "strata-bootstrap:oidcProvider": arn,
      "strata-bootstrap:repository": "acme@12/pipelines@345",
    });
    assert.isEmpty(resources.filter(({ type }) => type.includes("openIdConnectProvider")));
    assert.include(JSON.stringify(resources), arn);
    assert.include(JSON.stringify(resources), "repo:acme@12/pipelines@345:pull_request");
  });

  it("refuses stacks called as its own roles", async () => {
    const { error } = await run({ ...CONFIG, "strata-bootstrap:stacks": '["deploy"]' });
    assert.include(error ?? "", "names of the bootstrap's own roles");
  });

  it("shows every mistake at once", async () => {
    const wrong = {
      "strata-bootstrap:region": "moon",
      "strata-bootstrap:repository": "acme@12/pipelines",
      "strata-bootstrap:stacks": '["nowhere"]',
    };
    const { error, resources } = await run(wrong);
    assert.deepEqual(resources, []);
    for (const key of ["region", "accountId", "repository"]) assert.include(error ?? "", `strata-bootstrap:${key}`);
    assert.include(error ?? "", "there is no stack `nowhere`");
  });

  it("refuses a stack of another account or region", async () => {
    const root = { ...ROOT, "Pulumi.prod.yaml": settings("222222222222", "us-east-1") };
    const { error, resources } = await run(CONFIG, root);
    assert.deepEqual(resources, []);
    assert.include(error ?? "", "Pulumi.prod.yaml: strata:allowedAccountIds is `222222222222`");
    assert.include(error ?? "", "Pulumi.prod.yaml: strata:region is `us-east-1`");
  });
});
