/** Tables that `tables` does not list: which names are known, and what plan and groups then hold. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { compile } from "../../compiler/compile.ts";
import { groupsOf } from "../../compiler/emit/job/groups.ts";
import { bind } from "../../compiler/plan/bind.ts";
import { type Plan, stagedDatasets } from "../../compiler/plan/types.ts";
import { renderPlan } from "../../compiler/show/plan.ts";
import { HOME } from "../../setup/node.mjs";
import { compileFiles, type Files, inputOf } from "./files.ts";

/** One pipeline of one stage: a bronze dataset, and one that is looked at. */
function rootOf({
  sql,
  tables,
  yaml = "",
  orders = "",
}: {
  sql: string;
  tables?: string;
  yaml?: string;
  orders?: string;
}): Files {
  const own = tables === undefined ? "" : `"tables": ${tables}, `;
  return {
    "pipelines/shop/etl_stages.json": '{"all": ["orders", "totals"]}',
    "pipelines/shop/sql_queries.json": `{
      "orders": {"sql_name": "orders", "sql_file": "orders.sql", "tables": [], "s3_target": "s3://lake/bronze/br.Orders", "target_name": "orders_bronze"${orders}},
      "totals": {"x": 1.0, ${own}"sql_name": "totals", "sql_file": "totals.sql", "s3_target": "s3://lake/gold/totals/", "target_name": "totals"}
    }`,
    ...(yaml === "" ? {} : { "pipelines/shop/pipeline.yaml": yaml }),
    "sql/orders.sql": "SELECT 1 AS id",
    "sql/totals.sql": sql,
  };
}

function planOf(files: Files): Plan {
  const { pipelines, diagnostics } = compileFiles(files);
  assert.deepEqual(diagnostics, []);
  const plan = pipelines[0]?.plan;
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

/** What the looked-at dataset reads: name, location, writer, `derived`. */
function readsOf(files: Files) {
  return stagedDatasets(planOf(files))[1]?.reads.map(({ table, location, writer, derived }) => [
    table,
    location,
    writer,
    derived,
  ]);
}

const ORDERS = "s3://lake/bronze/br.Orders/";

describe("tables that `tables` does not list", () => {
  for (const name of ["orders", "ORDERS", "`orders`", "orders_bronze", "br_orders"])
    it(`a dataset is read as ${name}`, () => {
      const table = name.replaceAll("`", "");
      assert.deepEqual(readsOf(rootOf({ sql: `SELECT id FROM ${name}` })), [[table, ORDERS, "orders", true]]);
    });

  it("a declared source is read by its name, whatever its case", () => {
    const yaml = 'sources: { Raw: { s3_path: "s3://lake/raw/x", columns: { id: int } } }';
    assert.deepEqual(readsOf(rootOf({ sql: "SELECT id FROM raw", yaml })), [
      ["raw", "s3://lake/raw/x/", undefined, true],
    ]);
    assert.deepEqual(planOf(rootOf({ sql: "SELECT id FROM raw", yaml })).externals, [
      {
        location: "s3://lake/raw/x/",
        bucket: "lake",
        prefix: "raw/x/",
        tables: ["raw"],
        columns: [{ name: "id", type: "int" }],
        writer: undefined,
      },
    ]);
  });

  it("order and crawlers follow from them", () => {
    const plan = planOf(rootOf({ sql: "SELECT id FROM orders" }));
    assert.deepEqual(stagedDatasets(plan)[1]?.waitsFor, ["orders"]);
    assert.deepEqual(
      plan.crawlers.map(({ location }) => location),
      ["s3://lake/gold/"],
    );
  });

  it("a listed table takes precedence", () => {
    const tables = '[{"table_name": "Orders", "s3_path": "s3://lake/raw/old_orders/"}]';
    assert.deepEqual(readsOf(rootOf({ sql: "SELECT id FROM orders", tables })), [
      ["Orders", "s3://lake/raw/old_orders/", undefined, undefined],
    ]);
  });

  it("a common table expression hides a dataset of its name", () => {
    assert.deepEqual(readsOf(rootOf({ sql: "WITH orders AS (SELECT 1 AS id) SELECT id FROM orders" })), []);
  });

  it("groups hold the derived entries: `tables` before `sql_text`, and every other byte as it was", () => {
    // The group from the looked-at dataset on, which is its last.
    const group = (root: Parameters<typeof rootOf>[0]) => {
      const json = groupsOf(planOf(rootOf(root)))[0]?.json ?? "";
      return json.slice(json.indexOf('{"x":1.0,'));
    };
    const sql = "SELECT o.id FROM orders AS o JOIN orders_bronze AS p USING (id)";
    const target = '"s3_target":"s3://lake/gold/totals/","target_name":"totals"';
    const derived = (name: string) => `{"table_name":"${name}","s3_path":"${ORDERS}"}`;
    const text = `"sql_text":${JSON.stringify(sql)}`;
    assert.equal(
      group({ sql }),
      `{"x":1.0,"sql_name":"totals","sql_file":"totals.sql",${target},"tables":[${derived("orders")},${derived("orders_bronze")}],${text}}]`,
    );
    const listed = `{"s3_path": "${ORDERS}", "table_name": "orders", "own": 1e2}`;
    assert.equal(
      group({ sql, tables: `[ ${listed} ]` }),
      `{"x":1.0,"tables":[${listed.replaceAll(": ", ":").replaceAll(", ", ",")},${derived("orders_bronze")}],"sql_name":"totals","sql_file":"totals.sql",${target},${text}}]`,
    );
    assert.include(groupsOf(planOf(rootOf({ sql, tables: "[]" })))[0]?.json, `"tables":[${derived("orders")},`);
  });

  it("a dataset that reads nothing has an empty `tables`", () => {
    assert.include(groupsOf(planOf(rootOf({ sql: "SELECT 1 AS one" })))[0]?.json, '"tables":[],"sql_text"');
  });

  it("a stack's buckets replace theirs, too", () => {
    const plan = planOf(
      rootOf({
        sql: "SELECT id FROM raw JOIN orders USING (id)",
        yaml: 'sources: { raw: { s3_path: "s3://in/raw/" } }',
      }),
    );
    const buckets = [
      { logical: "lake", physical: "lake-dev" },
      { logical: "in", physical: "in-dev" },
    ];
    const [group] = groupsOf(bind(plan, { buckets, databases: [] }));
    assert.include(
      group?.json,
      '"tables":[{"table_name":"raw","s3_path":"s3://in-dev/raw/"},{"table_name":"orders","s3_path":"s3://lake-dev/bronze/br.Orders/"}]',
    );
    assert.deepEqual(plan.buckets, ["in", "lake"]);
  });

  it("`plan` shows that an entry is derived", () => {
    const yaml = 'sources: { raw: { s3_path: "s3://lake/raw/" } }';
    const text = renderPlan(planOf(rootOf({ sql: "SELECT id FROM raw JOIN orders USING (id)", yaml })), "text");
    assert.include(text, "    reads raw (external, derived), orders (orders, derived)\n");
  });

  it("an entry that cannot be read hides no other mistake, and makes none", () => {
    const sql = "SELECT id FROM orders JOIN mystery USING (id)";
    const codes = (tables: string) => compileFiles(rootOf({ sql, tables })).diagnostics.map(({ code }) => code);
    assert.deepEqual(codes("null"), ["C001"]);
    assert.deepEqual(codes('[{"s3_path": "s3://lake/x/"}]'), ["C002"]);
    assert.deepEqual(codes('[{"table_name": "mystery", "s3_path": "nowhere"}]'), ["C011"]);
    assert.deepEqual(codes("[]"), ["Q004"]);
  });

  it("one mistake in a name is one error", () => {
    const codes = (sql: string, yaml: string) =>
      compileFiles(rootOf({ sql, yaml })).diagnostics.map(({ code, help }) => `${code} ${help}`.slice(0, 24));
    assert.deepEqual(codes("SELECT id FROM rwa", 'sources: { raw: { s3_path: "s3://lake/raw/" } }'), [
      "Q004 did you mean `raw`?",
    ]);
    const twins = 'sources: { raw: { s3_path: "s3://lake/a/" }, RAW: { s3_path: "s3://lake/b/" } }';
    assert.deepEqual(codes("SELECT id FROM raw", twins), ["Q014 add it to `tables` "]);
  });

  it("an ambiguous name does not keep other datasets from running", () => {
    const yaml = 'sources: { orders: { s3_path: "s3://lake/raw/" } }';
    const input = inputOf(rootOf({ sql: "SELECT id FROM orders", yaml }));
    const { pipelines, diagnostics } = compile({ ...input, only: new Set(["orders"]) });
    assert.deepEqual(
      diagnostics.map(({ code, severity }) => `${code} ${severity}`),
      ["Q014 warning"],
    );
    assert.isDefined(pipelines[0]?.plan);
  });

  it("a source of a query that does not parse is not called unread", () => {
    const yaml = 'sources: { raw: { s3_path: "s3://lake/raw/" } }';
    const codes = compileFiles(rootOf({ sql: "SELECT id FROM raw WHERE", yaml })).diagnostics.map(({ code }) => code);
    assert.deepEqual(codes, ["Q001"]);
  });

  for (const [name, folder, sql] of [
    ["bookings", ".", "bookings/sql_queries"],
    ["airline", "test/fixtures/original", "airline"],
  ] as const)
    it(`complete entries are in groups as they are: ${name}`, () => {
      const files = filesOf(join(HOME, folder), [`pipelines/${name}`, `sql/${sql}`]);
      // The original's mistake, which keeps it from being a plan.
      const path = "sql/airline/fact_route_status.sql";
      const right = files[path]?.replaceAll("routes_bronze", "flights_bronze");
      const { pipelines } = compileFiles(right ? { ...files, [path]: right } : files);
      const plan = pipelines[0]?.plan;
      const entries = JSON.parse(files[`pipelines/${name}/sql_queries.json`] ?? "");
      const expected = plan?.stages.map(({ datasets }) =>
        datasets.map((each) => ({ ...entries[each.name], sql_text: each.sql })),
      );
      const groups = plan && groupsOf(plan).map(({ json }) => json);
      assert.isNotEmpty(groups);
      assert.deepEqual(
        groups,
        expected?.map((group) => JSON.stringify(group)),
      );
    });

  it("`bookings` without any `tables` reads what it reads with them", () => {
    const files = filesOf(HOME, ["pipelines/bookings", "sql/bookings/sql_queries"]);
    const [queries, yaml] = ["pipelines/bookings/sql_queries.json", "pipelines/bookings/pipeline.yaml"] as const;
    const whole = planOf(files);
    const paths = new Map(whole.externals.flatMap(({ tables, location }) => tables.map((name) => [name, location])));
    const declared = (files[yaml] ?? "").replace(
      /^ {2}(\w+_raw):$/gm,
      (line, name) => `${line}\n    s3_path: ${paths.get(name)}`,
    );
    assert.lengthOf(declared.match(/s3_path/g) ?? [], 8);
    const entries = Object.entries(JSON.parse(files[queries] ?? "") as Record<string, Record<string, unknown>>);
    const without = JSON.stringify(Object.fromEntries(entries.map(([name, { tables: _, ...own }]) => [name, own])));
    const plan = planOf({ ...files, [queries]: without, [yaml]: declared });
    const readsIn = (each: Plan) =>
      stagedDatasets(each).map(({ name, reads, waitsFor }) => {
        const sorted = reads.map(({ table, location, writer }) => `${table} ${location} ${writer}`).sort();
        return { name, reads: sorted, waitsFor };
      });
    assert.deepEqual(readsIn(plan), readsIn(whole));
    assert.deepEqual(plan.crawlers, whole.crawlers);
    assert.deepEqual(plan.externals, whole.externals);
  });
});

/** The texts in folders of a root. */
function filesOf(root: string, folders: readonly string[]): Files {
  const paths = folders.flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
