/** Tables with a database in SQL: the changes that the job makes, which it tests on its engines with the same file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { allPayloadsOf } from "../../compiler/emit/job/payloads.ts";
import { bind } from "../../compiler/plan/bind.ts";
import { stagedDatasets } from "../../compiler/plan/types.ts";
import { HOME } from "../../setup/node.mjs";
import { compileFiles } from "./files.ts";

interface Case {
  readonly sql: string;
  readonly columns: readonly string[];
  readonly changes: readonly { readonly start: number; readonly end: number; readonly text: string }[];
}

const CASES: Case[] = JSON.parse(readFileSync(join(HOME, "test", "fixtures", "qualified.json"), "utf8"));

/** Tables that a query does not read, and joins without a condition, are not what is tested. */
const ALLOWED = { Q005: "a test", Q051: "a test" };

function filesOf(sql: string, names: readonly string[], more: object = {}) {
  const tables = names.map((name) => ({ table_name: name, s3_path: `s3://lake/${name}/` }));
  const entry = { sql_name: "d", sql_file: "d.sql", tables, strata: { allow: ALLOWED }, ...more };
  return {
    "pipelines/p/etl_stages.json": '{"s": ["d"]}',
    "pipelines/p/sql_queries.json": JSON.stringify({ d: entry }),
    "sql/d.sql": sql,
  };
}

function compiled(sql: string, names: readonly string[], yaml?: string) {
  const files = filesOf(sql, names);
  const { pipelines, diagnostics } = compileFiles(yaml ? { ...files, "pipelines/p/pipeline.yaml": yaml } : files);
  return { plan: pipelines[0]?.plan, codes: diagnostics.map(({ code }) => code) };
}

/** The changed text. */
function changed(sql: string, names: readonly string[]): string {
  const { plan, codes } = compiled(sql, names);
  assert.deepEqual(codes, [], sql);
  const [dataset] = plan ? stagedDatasets(plan) : [];
  const characters = Array.from(sql);
  for (const { start, end, text } of [...(dataset?.qualifiedNames ?? [])].reverse())
    characters.splice(start, end - start, text);
  return characters.join("");
}

describe("tables with a database in SQL", () => {
  for (const { sql, changes } of CASES)
    it(`are changed in ${JSON.stringify(sql)}`, () => {
      const { plan, codes } = compiled(sql, ["db.t", "b.t", "spark_catalog.db.t"]);
      assert.deepEqual(codes, []);
      assert.deepEqual((plan && stagedDatasets(plan)[0]?.qualifiedNames) ?? [], changes);
    });

  it("have the columns that Spark finds", () => {
    const yaml = `sources:
      db.t: { columns: { id: int, x: int } }
      b.t: { columns: { id: int, y: int } }
      spark_catalog.db.t: { columns: { id: int, x: int } }`;
    for (const { sql, columns } of CASES) {
      const codes = (not_null: readonly string[]) => {
        const strata = { allow: ALLOWED, expectations: [{ not_null }] };
        const files = filesOf(sql, ["db.t", "b.t", "spark_catalog.db.t"], { strata, s3_target: "s3://lake/d/" });
        const { diagnostics } = compileFiles({ ...files, "pipelines/p/pipeline.yaml": yaml });
        return diagnostics.map(({ code, message }) => `${code} ${message}`);
      };
      assert.deepEqual(codes(columns), [], sql);
      assert.deepEqual(codes(["nope"]), ["E001 dataset `d` has no column `nope`"], sql);
    }
  });

  const OTHERS: readonly (readonly [sql: string, changed: string, ...names: string[]])[] = [
    ["SELECT * FROM explode(TABLE(db.t))", "SELECT * FROM explode(TABLE(`db.t`))", "db.t"],
    ["FROM db.t |> JOIN b.t ON db.t.id = b.t.id", "FROM `db.t` |> JOIN `b.t` ON `db.t`.id = `b.t`.id", "db.t", "b.t"],
    ["FROM db.t |> UNION ALL SELECT t.x FROM b.t", "FROM `db.t` |> UNION ALL SELECT `b.t`.x FROM `b.t`", "db.t", "b.t"],
    ["SELECT * EXCEPT (db.t.x) FROM db.t", "SELECT * EXCEPT (`t`.x) FROM `db.t` AS `t`", "db.t"],
    ["SELECT v FROM db.t UNPIVOT (v FOR c IN (x)) t", "SELECT v FROM `db.t` UNPIVOT (v FOR c IN (x)) t", "db.t"],
    ["SELECT db.t.x[0].db.t, db.t::STRING FROM db.t", "SELECT `t`.x[0].db.t, db.t::STRING FROM `db.t` AS `t`", "db.t"],
    ["SELECT /*+ BROADCAST(t, db.t) */ x FROM db.t", "SELECT /*+ BROADCAST(t, `t`) */ x FROM `db.t` AS `t`", "db.t"],
    ["SELECT a FROM `d``b`.`T 1`", "SELECT a FROM `d``b.T 1` AS `T 1`", "d`b.t 1"],
    ["SELECT db.t.x FROM s AS db", "SELECT db.t.x FROM s AS db", "s"],
  ];
  for (const [sql, text, ...names] of OTHERS)
    it(`are changed in ${JSON.stringify(sql)}`, () => assert.equal(changed(sql, names), text));

  it("need an entry of the whole name, whatever its case", () => {
    assert.deepEqual(compiled("SELECT x FROM DB.`T`", ["db.t"]).codes, []);
    assert.deepEqual(compiled("SELECT x FROM db.t", ["t"]).codes, ["Q004"]);
    assert.deepEqual(compiled("SELECT x FROM db.t", []).codes, ["Q004"]);
    assert.deepEqual(compiled("SELECT x FROM c.db.t", ["db.t"]).codes, ["Q004"]);
  });

  it("may be sources that `pipeline.yaml` declares", () => {
    const { plan, codes } = compiled("SELECT x FROM db.t", [], 'sources: { "db.t": { s3_path: "s3://lake/t/" } }');
    assert.deepEqual(codes, []);
    assert.deepEqual(plan?.stages[0]?.datasets[0]?.reads[0]?.location, "s3://lake/t/");
  });

  it("are changed for the types of `check`, whose places are those of the written text", () => {
    const sql = "SELECT '😀', db.t.nope + 1 FROM db.t WHERE db.t.x > 0";
    const { engineQueries } = compileFiles(filesOf(sql, ["db.t"])).pipelines[0] ?? {};
    const [query] = engineQueries?.() ?? [];
    assert.equal(query?.sql, "SELECT '😀', `t`.nope + 1 FROM `db.t` AS `t` WHERE `t`.x > 0");
    const writtenAt = (text: string) => {
      const at = query?.at({ offset: query.sql.indexOf(text), length: text.length });
      return at && sql.slice(at.column - 1, at.column - 1 + at.length);
    };
    assert.equal(writtenAt("`t`.nope + 1"), "db.t.nope + 1");
    assert.equal(writtenAt("nope"), "nope");
    assert.equal(writtenAt("`t`"), "db.t");
    assert.equal(writtenAt("`db.t`"), "db.t");
    assert.equal(writtenAt("`db.t` AS `t` WHERE"), "db.t WHERE");
    assert.equal(writtenAt("x > 0"), "x > 0");
    assert.equal(writtenAt("SELECT"), "SELECT");
  });

  it("are passed to the job with the digest of the SQL; without any, nothing is", () => {
    const publish = (sql: string, names: readonly string[]) => {
      const { plan } = compiled(sql, names);
      const bound = plan && bind(plan, { buckets: [], databases: [] });
      return JSON.parse((bound && allPayloadsOf(bound, { groupPrefix: "g/" }).publish[0]?.json) ?? "");
    };
    assert.deepEqual(publish("SELECT '😀' AS e FROM db.t", ["db.t"]), {
      d: {
        qualified_names: {
          sql: "637387bd5d330769c3a09a60db5e6783cd2eda737de52b44240982fd4597e5c1",
          changes: [
            { start: 21, end: 25, text: "`db.t`" },
            { start: 25, end: 25, text: " AS `t`" },
          ],
        },
      },
    });
    assert.deepEqual(publish("SELECT x FROM `db.t`", ["db.t"]), {});
  });
});
