/** Log groups of jobs and crawlers under a role path: which forms of their names may be written, and which is made. */

import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { decide } from "./evaluate.ts";
import { documentsOf, settingsFrom, subjectOf } from "./subjects.ts";

describe("log groups under a role path", () => {
  const written = async (settings: Readonly<Record<string, unknown>>) => {
    const subject = await subjectOf(HOME, settingsFrom("dev", { buckets: { "postgres-repo": {} }, ...settings }));
    const may = (kind: string, group: string) => {
      const identity = subject.identities.find((each) => each.kind === kind);
      if (identity === undefined) throw new Error(`no ${kind}`);
      return decide(documentsOf(identity), {
        action: "logs:PutLogEvents",
        resource: `arn:aws:logs:eu-central-1:111111111111:log-group:${group}:log-stream:x`,
      }).allowed;
    };
    return { may, bindings: subject.bindings };
  };
  it("may be written with the path in their names and without it, and are made in one form", async () => {
    const { may, bindings } = await written({ rolePath: "/acme/data/" });
    const [stage, crawler] = [bindings.stages[0], bindings.crawlers[0]];
    const job = (path: string) => `/aws-glue/jobs/${stage?.job}/strata-dev-role/${path}${stage?.role}/output`;
    const crawl = (path: string) => `/aws-glue/crawlers-role/${path}${crawler?.role}-strata-dev`;
    for (const path of ["", "acme/data/"]) {
      assert.isTrue(may("job", job(path)), path);
      assert.isTrue(may("crawler", crawl(path)), path);
    }
    assert.isFalse(may("job", job("other/")));
    assert.isFalse(may("crawler", crawl("other/")));
    assert.equal(stage?.logGroups[0], job(""));
    assert.equal(crawler?.logGroup, crawl("acme/data/"));
  });

  it("have one form without a path, or without a key", async () => {
    for (const settings of [{}, { rolePath: "/acme/", encryption: "s3" }]) {
      const { bindings } = await written(settings);
      assert.isEmpty([...bindings.stages, ...bindings.crawlers].flatMap((each) => each.otherLogGroups));
    }
  });

  it("keep to names that CloudWatch takes, since a path that it does not take is refused", () => {
    for (const rolePath of ["/a*/", "/a b/", "/größe/", "//", `/${"p".repeat(200)}/`, "a/", "/a", "/a+b/"])
      assert.throws(() => settingsFrom("dev", { rolePath }), /rolePath/, rolePath);
    assert.equal(settingsFrom("dev", { rolePath: `/${"p".repeat(198)}/` }).rolePath.length, 200);
  });
});
