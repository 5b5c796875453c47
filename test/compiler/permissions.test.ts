/** Sizes of policies: exact while it fits, packed into several, then widened as little as possible, and said so. */

import { assert } from "chai";
import { type PolicyDocument, sizeOf } from "../../compiler/emit/permissions/document.ts";
import { objectsArn } from "../../compiler/emit/permissions/locations.ts";
import { IAM_LIMITS, pack } from "../../compiler/emit/permissions/pack.ts";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { decide, like } from "../iam/evaluate.ts";
import { documentsOf, type Subject, settingsFrom, subjectOf } from "../iam/subjects.ts";

/** A root with a stage of `count` datasets, and one more stage whose target has the location `foreign`. */
async function stageOf(count: number, folder: (index: number) => string, foreign: string): Promise<Subject> {
  const names = Array.from(
    { length: count },
    (_, index) => `dataset_with_a_long_name_${String(index).padStart(4, "0")}`,
  );
  const entry = (name: string, prefix: string) => [
    name,
    {
      sql_name: name,
      sql_file: "q.sql",
      tables: [{ table_name: "t", s3_path: `s3://lake/raw/${name}/` }],
      s3_target: `s3://lake/${prefix}${name}/`,
    },
  ];
  const datasets = [...names.map((name, index) => entry(name, folder(index))), entry("foreign", foreign)];
  const root = folderOf({
    "pipelines/w/etl_stages.json": JSON.stringify({ wide: names, other: ["foreign"] }),
    "pipelines/w/sql_queries.json": JSON.stringify(Object.fromEntries(datasets)),
    "pipelines/w/pipeline.yaml": "crawlers: {}\n",
    "sql/q.sql": "SELECT * FROM t\n",
  });
  return subjectOf(root, settingsFrom("dev", { buckets: { lake: {} } }));
}

function wideOf({ identities }: Subject) {
  const identity = identities.find(({ subject }) => subject === "wide");
  if (identity === undefined) throw new Error("no such stage");
  return identity;
}

function assertWithinLimits(documents: {
  inline: PolicyDocument | undefined;
  managed: readonly PolicyDocument[];
}): void {
  if (documents.inline) assert.isAtMost(sizeOf(documents.inline), IAM_LIMITS.inlineCharacters);
  assert.isAtMost(documents.managed.length, IAM_LIMITS.managedPolicies);
  for (const each of documents.managed) assert.isAtMost(sizeOf(each), IAM_LIMITS.managedCharacters);
}

/** Reads, writes and lists exactly the given datasets' places, of those asked about. */
function assertExact(subject: Subject, isOwn: (name: string) => boolean): void {
  const documents = documentsOf(wideOf(subject));
  for (const { datasets } of subject.plan.stages)
    for (const { name, target, reads } of datasets) {
      const may = (action: string, prefix: string) =>
        decide(documents, { action, resource: `arn:aws:s3:::lake-dev-111111111111/${prefix}x` }).allowed;
      const list = (prefix: string) =>
        decide(documents, {
          action: "s3:ListBucket",
          resource: "arn:aws:s3:::lake-dev-111111111111",
          context: { "s3:prefix": prefix },
        }).allowed;
      assert.equal(may("s3:PutObject", target?.prefix ?? ""), isOwn(name), name);
      assert.equal(list(target?.prefix ?? ""), isOwn(name), name);
      assert.equal(may("s3:GetObject", reads[0]?.prefix ?? ""), isOwn(name), name);
      assert.isFalse(may("s3:PutObject", reads[0]?.prefix ?? ""), name);
    }
}

describe("packing permissions", function () {
  this.timeout(180_000);
  afterEach(removeFolders);
  const gold = (index: number) => `gold/f${index % 7}/`;

  it("a small stage has one inline policy with exact prefixes", async () => {
    const subject = await stageOf(5, gold, "gold/f0/");
    assert.deepEqual(subject.diagnostics, []);
    assert.isEmpty(wideOf(subject).policies.managed);
    assertExact(subject, (name) => name !== "foreign");
  });

  it("a stage of 80 datasets spreads over managed policies, still exact", async () => {
    const subject = await stageOf(80, gold, "gold/f0/");
    const { policies, widened } = wideOf(subject);
    assert.isAbove(policies.managed.length, 1);
    assertWithinLimits(policies);
    assert.deepEqual([subject.diagnostics, widened], [[], []]);
    assertExact(subject, (name) => name !== "foreign");
  });

  it("a stage of 500 takes parents that are its own before any widening", async () => {
    const subject = await stageOf(500, () => "gold/own/", "gold/elsewhere/");
    const { policies, widened } = wideOf(subject);
    assertWithinLimits(policies);
    assert.deepEqual([subject.diagnostics, widened], [[], []]);
    const target = (prefix: string) =>
      decide(documentsOf(wideOf(subject)), {
        action: "s3:PutObject",
        resource: `arn:aws:s3:::lake-dev-111111111111/${prefix}x`,
      }).allowed;
    assert.isTrue(target("gold/own/dataset_with_a_long_name_0499/"));
    assert.isFalse(target("gold/elsewhere/foreign/"));
  });

  it("P001: where only a widening fits, it is the smallest, and it is named", async () => {
    // Everybody's sources lie in `raw/` and the targets of both stages in one folder: no parent is the stage's own.
    const subject = await stageOf(600, () => "gold/shared/", "gold/shared/");
    const { policies, widened } = wideOf(subject);
    assertWithinLimits(policies);
    assert.deepEqual(
      subject.diagnostics.map(({ code, severity }) => [code, severity]),
      [["P001", "warning"]],
    );
    assert.isNotEmpty(widened);
    assert.include(subject.diagnostics[0]?.message, widened[0]);
    const may = (action: string, prefix: string) =>
      decide(documentsOf(wideOf(subject)), { action, resource: `arn:aws:s3:::lake-dev-111111111111/${prefix}x` })
        .allowed;
    assert.isTrue(may("s3:GetObject", "raw/foreign/"), "to read another's source is the smallest widening");
    assert.match(widened[0] ?? "", /may read all of s3:\/\/lake-dev-111111111111\/raw\/, so also raw\/foreign\//);
  });

  it("P002: what cannot be made to fit is an error before anything is deployed", async () => {
    // Each target in a bucket's folder of its own at the top: nothing is left to put together.
    const subject = await stageOf(900, (index) => `g${index}_${"x".repeat(60)}/`, "elsewhere/");
    assert.deepEqual(
      subject.diagnostics.map(({ code, severity, file }) => [code, severity, file]),
      [["P002", "error", "pipelines/w/etl_stages.json"]],
    );
  });

  it("splits a statement without changing what is allowed", () => {
    const resources = Array.from({ length: 300 }, (_, index) => `arn:aws:s3:::b/${index}/*`);
    const packed = pack([{ Sid: "A", Effect: "Allow", Action: ["s3:GetObject"], Resource: resources }], 3000);
    assert.isDefined(packed);
    const documents = [...(packed?.inline ? [packed.inline] : []), ...(packed?.managed ?? [])];
    assert.isAbove(documents.length, 1);
    assert.isAtMost(sizeOf(documents[0] as PolicyDocument), 3000);
    assert.sameMembers(
      documents.flatMap(({ Statement }) => Statement.flatMap(({ Resource }) => Resource ?? [])),
      resources,
    );
  });

  it("a wildcard in a prefix is a character", () => {
    const arn = objectsArn({ bucket: "b", prefix: "a*b/$?/" }, "aws");
    assert.isTrue(like(arn, "arn:aws:s3:::b/a*b/$?/x"));
    assert.isFalse(like(arn, "arn:aws:s3:::b/aXb/$?/x"));
    assert.isFalse(like(arn, "arn:aws:s3:::b/a*b/$X/x"));
  });
});
