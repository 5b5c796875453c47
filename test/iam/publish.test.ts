/** What expectations, the state and Iceberg tables let a job do: exactly these places and these entries of the catalog. */

import { assert } from "chai";
import type { ExpectationPlan, Plan } from "../../compiler/plan/types.ts";
import { planOf, publishing } from "../asl/plans.ts";
import { decide } from "./evaluate.ts";
import { documentsOf, settingsFrom, subjectOfPlan } from "./subjects.ts";

const GLUE = "arn:aws:glue:eu-central-1:111111111111:";
const LAKE = "arn:aws:s3:::acme-lake/";
const WRITE = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];

/** Its stages: `load` (orders t0, items t1), `sum` (totals t2), `rest` (others t3). */
const PLAN = planOf([
  ["load", ["orders", "items"]],
  ["sum", ["totals"]],
  ["rest", ["others"]],
]);

const place = (number: number) => ({
  location: `s3://lake/gold/t${number}/`,
  bucket: "lake",
  prefix: `gold/t${number}/`,
});

/** An expectation of `totals` that compares with the target of `orders`. */
const REFERENCES: ExpectationPlan = {
  name: "references",
  kind: "references",
  severity: "error",
  count: "SELECT 1 AS n",
  sample: "SELECT 1",
  reads: [{ ...place(0), view: "strata_reference_0", writer: "orders", iceberg: undefined }],
};

/** Returns a function: whether the job of a stage (or readers, …) may do something. */
function asking(plan: Plan, kind: string, subject = "", values: Readonly<Record<string, unknown>> = {}) {
  const settings = settingsFrom("dev", { buckets: { lake: { name: "acme-lake" } }, ...values });
  const all = subjectOfPlan(plan, settings);
  assert.isEmpty(all.diagnostics);
  const identity = all.identities.find((each) => each.kind === kind && each.subject === subject);
  if (identity === undefined) throw new Error(`no ${kind} ${subject}`);
  return (action: string, resource: string, context: Record<string, string> = {}) =>
    decide(documentsOf(identity), { action, resource, context }).allowed;
}

describe("what a job may do for expectations", () => {
  const may = asking(publishing(PLAN, { totals: { expectations: [REFERENCES] } }), "job", "sum");

  it("it reads and lists what they compare with, an unpublished commit too, and writes nothing there", () => {
    for (const key of [
      "part-0.parquet",
      "day=1/part-0.parquet",
      "_strata/commit.json",
      "_strata/attempts/a/p.parquet",
    ]) {
      assert.isTrue(may("s3:GetObject", `${LAKE}gold/t0/${key}`), key);
      for (const action of WRITE) assert.isFalse(may(action, `${LAKE}gold/t0/${key}`), `${action} ${key}`);
    }
    assert.isTrue(may("s3:ListBucket", "arn:aws:s3:::acme-lake", { "s3:prefix": "gold/t0/" }));
  });

  it("it reads no other target, and other stages gain nothing", () => {
    assert.isFalse(may("s3:GetObject", `${LAKE}gold/t1/part-0.parquet`));
    const rest = asking(publishing(PLAN, { totals: { expectations: [REFERENCES] } }), "job", "rest");
    assert.isFalse(rest("s3:GetObject", `${LAKE}gold/t0/part-0.parquet`));
  });

  it("it uses the key of the bucket of the rows that it reads", () => {
    const key = "arn:aws:kms:eu-central-1:111111111111:key/33333333-3333-3333-3333-333333333333";
    const buckets = { lake: { name: "acme-lake" }, other: { name: "acme-other", existing: true, key } };
    const reads = [{ ...REFERENCES.reads[0], ...place(9), bucket: "other", location: "s3://other/gold/t9/" }];
    const elsewhere = { ...REFERENCES, reads: reads as ExpectationPlan["reads"] };
    const plan = publishing({ ...PLAN, buckets: ["lake", "other"] }, { totals: { expectations: [elsewhere] } });
    const via = { "kms:viaservice": "s3.eu-central-1.amazonaws.com" };
    assert.isTrue(asking(plan, "job", "sum", { buckets })("kms:Decrypt", key, via));
    assert.isFalse(asking(plan, "job", "sum", { buckets })("kms:GenerateDataKey", key, via));
    assert.isFalse(asking(plan, "job", "rest", { buckets })("kms:Decrypt", key, via));
  });

  it("it writes the commit record on a condition, which takes PutObject and at most GetObject", () => {
    for (const action of ["s3:PutObject", "s3:GetObject"])
      assert.isTrue(may(action, `${LAKE}gold/t2/_strata/commit.json`), action);
  });

  it("it keeps ledger and samples in its stage's place of the state bucket, lists them, and sees no other stage's", () => {
    const state = "arn:aws:s3:::strata-state-dev-111111111111";
    for (const folder of ["ledger", "samples"]) {
      for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
        assert.isTrue(may(action, `${state}/p/sum/${folder}/totals/x.json`), `${action} ${folder}`);
        assert.isFalse(may(action, `${state}/p/load/${folder}/orders/x.json`), `${action} ${folder}`);
      }
      assert.isTrue(may("s3:ListBucket", state, { "s3:prefix": `p/sum/${folder}/totals/` }));
      assert.isFalse(may("s3:ListBucket", state, { "s3:prefix": `p/load/${folder}/orders/` }));
    }
    const readers = asking(PLAN, "readers");
    assert.isFalse(readers("s3:GetObject", `${state}/p/sum/samples/totals/x.json`), "rows that are not published");
  });
});

describe("what a job may do for Iceberg tables", () => {
  const foreign = { ...place(7), table: "f", writer: undefined, iceberg: { pipeline: "other", name: "t7" } };
  const own = { ...place(0), table: "o", writer: "orders", iceberg: { pipeline: "p", name: "t0" } };
  const written = publishing(PLAN, { orders: { format: "iceberg" } });
  const plan: Plan = {
    ...written,
    stages: written.stages.map((stage) => ({
      ...stage,
      datasets: stage.datasets.map((each) => (each.name === "totals" ? { ...each, reads: [own, foreign] } : each)),
    })),
  };
  const table = (name: string, database = "p_dev") => `${GLUE}table/${database}/${name}`;
  const COMMIT = ["glue:CreateTable", "glue:UpdateTable"];
  const NEVER = ["glue:DeleteTable", "glue:BatchDeleteTable", "glue:UpdateDatabase", "glue:DeleteDatabase"];

  it("the stage that writes one commits to exactly this entry", () => {
    const may = asking(plan, "job", "load");
    for (const action of [...COMMIT, "glue:GetTable"]) {
      for (const resource of [`${GLUE}catalog`, `${GLUE}database/p_dev`, table("t0")])
        assert.isTrue(may(action, resource), `${action} ${resource}`);
      for (const resource of [table("t1"), table("t00"), table("t0", "other_dev"), `${GLUE}database/other_dev`])
        assert.isFalse(may(action, resource), `${action} ${resource}`);
    }
    assert.isTrue(may("glue:GetDatabase", `${GLUE}database/p_dev`));
    for (const action of NEVER)
      for (const resource of [`${GLUE}catalog`, `${GLUE}database/p_dev`, table("t0")])
        assert.isFalse(may(action, resource), `${action} ${resource}`);
  });

  it("a stage that reads them, of another pipeline too, changes no entry", () => {
    const may = asking(plan, "job", "sum");
    for (const [name, database] of [
      ["t0", "p_dev"],
      ["t7", "other_dev"],
    ] as const) {
      assert.isTrue(may("glue:GetTable", table(name, database)));
      assert.isTrue(may("glue:GetDatabase", `${GLUE}database/${database}`));
      assert.isTrue(may("s3:GetObject", `${LAKE}gold/${name}/metadata/v1.metadata.json`));
      for (const action of [...COMMIT, ...NEVER]) assert.isFalse(may(action, table(name, database)), action);
    }
  });

  it("a stage without one may ask nothing of the catalog", () => {
    const may = asking(plan, "job", "rest");
    for (const action of [...COMMIT, "glue:GetTable", "glue:GetDatabase"])
      for (const resource of [`${GLUE}catalog`, `${GLUE}database/p_dev`, table("t0")])
        assert.isFalse(may(action, resource), `${action} ${resource}`);
  });

  it("analysts read those that nothing else reads, and none from before them", () => {
    const alone: Plan = { ...publishing(plan, { others: { format: "iceberg" } }), crawlers: [] };
    const may = asking(alone, "readers");
    assert.isTrue(may("s3:GetObject", `${LAKE}gold/t3/data/part-0.parquet`));
    assert.isFalse(may("s3:GetObject", `${LAKE}gold/t0/data/part-0.parquet`), "`totals` reads it");
    assert.isFalse(may("s3:GetObject", `${LAKE}gold/t2/part-0.parquet`), "no crawler sees it");
    for (const action of WRITE) assert.isFalse(may(action, `${LAKE}gold/t3/data/part-0.parquet`));
    const [crawler] = planOf([["s", ["orders"]]]).crawlers;
    if (crawler === undefined) throw new Error("one is derived");
    const crawled = asking({ ...alone, crawlers: [{ ...crawler, prefix: "gold/", datasets: ["totals"] }] }, "readers");
    assert.isTrue(crawled("s3:GetObject", `${LAKE}gold/t0/data/part-0.parquet`), "it is below the published prefix");
  });
});
