/** An engine's event log → what a reviewer sees; and the jobs' command line, with a stand-in for `pulumi` and GitHub. */

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { assert } from "chai";
import { previewOf } from "../../review/preview.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders, SHOP } from "../cli/strata.ts";
import { type FakeGitHub, startFakeGitHub, TOKEN } from "./fake-github.ts";
import { COMMIT, urn } from "./inputs.ts";

const pre = (op: string, name: string, more: object = {}) => ({
  resourcePreEvent: { metadata: { op, urn: urn(name), type: "aws:s3/bucket:Bucket", ...more } },
});
const LOG = [
  { preludeEvent: { config: {} } },
  pre("same", "kept"),
  pre("replace", "lake", { diffs: ["bucket"], detailedDiff: { bucket: { kind: "update-replace" } } }),
  pre("create-replacement", "lake"),
  pre("delete-replaced", "lake"),
  pre("update", "job", {
    detailedDiff: { "command.scriptLocation": {}, timeout: {} },
    old: { inputs: { password: "x" } },
  }),
  {
    policyEvent: {
      resourceUrn: urn("lake"),
      message: "<{%fg 1%}>has no key<{%reset%}>",
      policyName: "buckets-have-keys",
      enforcementLevel: "mandatory",
    },
  },
  { diagnosticEvent: { severity: "info", message: "fine" } },
  { diagnosticEvent: { severity: "error", prefix: "error: ", message: "\u001b[31mno role\u001b[0m", color: "never" } },
  { summaryEvent: { resourceChanges: { update: 1 } } },
].map((event) => JSON.stringify(event));

describe("a preview's event log", () => {
  it("gives operations with the names of properties, never their values; findings; errors without colours", () => {
    assert.deepEqual(previewOf("dev", `${LOG.join("\n")}\nnot JSON\n`, 255), {
      stack: "dev",
      status: "failed",
      reason: "pulumi preview ended with exit code 255",
      steps: [
        { op: "replace", urn: urn("lake"), keys: ["bucket"] },
        { op: "update", urn: urn("job"), keys: ["command.scriptLocation", "timeout"] },
      ],
      violations: [{ policy: "buckets-have-keys", level: "mandatory", urn: urn("lake"), message: "has no key" }],
      errors: ["error: no role"],
    });
  });

  it("of nothing is an empty preview", () => {
    assert.deepInclude(previewOf("dev", "", 0), { status: "previewed", steps: [], errors: [] });
  });
});

describe("what the workflows call", function () {
  this.timeout(180_000);
  let fake: FakeGitHub;
  beforeEach(async () => {
    fake = await startFakeGitHub();
  });
  afterEach(async () => {
    removeFolders();
    await fake.close();
  });

  const review = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    program(process.execPath, [join(HOME, "review", "main.ts"), ...args], { env });
  const posting = () => ({
    GITHUB_API_URL: fake.api,
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_TOKEN: TOKEN,
    HEAD_OWNER: "acme",
    HEAD_BRANCH: "topic",
    HEAD_SHA: COMMIT,
  });

  /** A `pulumi` of this name that writes the log and ends with the code; it replaces the engine in the job only. */
  function standIn(code: number, log: string): string {
    const folder = folderOf({ log, pulumi: "" });
    const script = `#!/bin/sh
while [ $# -gt 0 ]; do [ "$1$PULUMI_DEBUG_COMMANDS" = --event-logtrue ] && cp "${join(folder, "log")}" "$2"; echo "$1"; shift; done
exit ${code}
`;
    writeFileSync(join(folder, "pulumi"), script);
    chmodSync(join(folder, "pulumi"), 0o755);
    return folder;
  }

  it("previews with the policy pack, leaves the result and answers Pulumi's exit code", async () => {
    const out = folderOf({});
    const path = `${standIn(255, LOG.join("\n"))}${delimiter}${process.env.PATH}`;
    const { code, stdout } = await review(["preview", "--stack", "prod", "--out", out], { PATH: path });
    assert.equal(code, 255);
    assert.match(stdout, /preview\n--stack\nprod\n[\s\S]*--policy-pack\npolicy\n/);
    const result = readFileSync(join(out, "preview-prod.json"), "utf8");
    assert.deepInclude(JSON.parse(result), { stack: "prod", status: "failed", errors: ["error: no role"] });
    assert.notInclude(result, "password");
  });

  it("shows Pulumi's message where it did not get as far as a log", async () => {
    const out = folderOf({});
    const { code } = await review(["preview", "--out", out], { PATH: "/nowhere" });
    assert.equal(code, 127);
    assert.match(JSON.parse(readFileSync(join(out, "preview-dev.json"), "utf8")).errors[0], /cannot start pulumi/);
  });

  it("collects check and difference, and makes and updates one comment of them", async () => {
    const [out, root] = [folderOf({}), folderOf({ ...SHOP, "sql/shop/totals.sql": "SELECT 1 FROM nowhere\n" })];
    const collected = await review(["collect", "--base", "HEAD", "--root", root, "--out", out]);
    assert.equal(collected.code, 1, "check's exit code");
    assert.match(collected.stdout, /error\[Q\d+\]/, "the job's log shows it, too");
    fake.pulls.push({ number: 7, head: { sha: COMMIT, label: "acme:topic" } });
    const args = ["comment", "--in", out, "--stacks", "dev", "--post"];
    const first = await review(args, { ...posting(), PREVIEWS: "left-out" });
    assert.equal(first.stdout, "comment of pull request 7: created\n", first.stderr);
    assert.equal((await review(args, posting())).stdout, "comment of pull request 7: updated\n");
    const [comment] = fake.comments;
    assert.lengthOf(fake.comments, 1);
    assert.include(comment?.body, "at `sql/shop/totals.sql:1`");
    assert.include(comment?.body, "the preview wrote no result");
  });

  it("says nothing to a pull request that has moved on", async () => {
    const { code, stdout } = await review(["comment", "--in", folderOf({}), "--post"], posting());
    assert.equal(code, 0);
    assert.match(stdout, /^no open pull request/);
    assert.isEmpty(fake.comments);
  });

  it("names what is missing in one line, and never the token", async () => {
    fake.failures.push(403);
    const refused = await review(["comment", "--in", folderOf({}), "--post"], posting());
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^review: GET \/pulls: GitHub returned 403[^\n]*\n$/);
    assert.notInclude(refused.stderr + refused.stdout, TOKEN);
    const without = await review(["comment", "--post"], { ...posting(), GITHUB_TOKEN: "" });
    assert.equal(without.stderr, "review: GITHUB_TOKEN is not set in the environment\n");
  });
});
