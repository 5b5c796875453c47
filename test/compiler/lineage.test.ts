/** Lineage of columns: where they come from, what depends on them, and what is not known. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { findAsked } from "../../compiler/show/lineage/find.ts";
import { lineageJson } from "../../compiler/show/lineage/json.ts";
import { lineageMermaid } from "../../compiler/show/lineage/mermaid.ts";
import { type Direction, select } from "../../compiler/show/lineage/select.ts";
import { lineageText } from "../../compiler/show/lineage/text.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { SHOP } from "../cli/strata.ts";
import { compileFiles, type Files } from "./files.ts";

const SOURCES =
  "sources: { orders_raw: { columns: { id: int, amount: 'decimal(10,2)', kind: string, at: timestamp } } }\n";
const shop = (sql: string, more: Files = {}): Files => ({
  ...SHOP,
  "pipelines/shop/pipeline.yaml": SOURCES,
  "sql/shop/orders.sql": "SELECT * FROM orders_raw\n",
  "sql/shop/totals.sql": `${sql}\n`,
  ...more,
});

function selection(files: Files, asked: string, direction: Direction = "up", pipeline?: string) {
  const lineage = compileFiles(files).lineage();
  const found = findAsked(lineage, asked, pipeline);
  if ("problem" in found) throw new Error(found.problem);
  return select(lineage, { ...found, direction });
}
const text = (...args: Parameters<typeof selection>) => lineageText(selection(...args));

/** The direct inputs of a dataset's columns, and what decides on its rows. */
function inputs(sql: string): Record<string, string> {
  const { tables } = selection(shop(sql), "totals");
  const [first] = tables;
  const columns = (first?.columns ?? []).map(({ name, expression, making, from }) => [
    name,
    `${making} ${expression}: ${from.map(({ column }) => column).join()}`,
  ]);
  const rows = first?.rows.map(({ column, uses }) => `${column} ${uses.join("+")}`).join() ?? "";
  return Object.fromEntries([...columns, ["rows", rows]]);
}

const golden = (name: string, actual: string) => {
  const path = join(HOME, "test", "fixtures", "lineage", name);
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(path, actual);
  else assert.equal(actual, readFileSync(path, "utf8"), "UPDATE_GOLDENS=1");
};

describe("lineage of a query", () => {
  const CASES: Readonly<Record<string, Record<string, string>>> = {
    "SELECT id, amount AS a, amount * 2 AS b, sum(amount) AS c, 1 AS d FROM orders_bronze GROUP BY ALL": {
      id: "identity id: id",
      a: "identity amount: amount",
      b: "transformation amount * 2: amount",
      c: "aggregation sum(amount): amount",
      d: "transformation 1: ",
      rows: "",
    },
    "WITH s AS (SELECT id, sum(amount) AS n FROM orders_bronze WHERE kind = 'x' GROUP BY id) SELECT s.id, s.n AS m FROM s WHERE n > 1":
      {
        id: "identity s.id: id",
        m: "aggregation sum(amount): amount",
        rows: "amount filter,id group_by,kind filter",
      },
    "SELECT a.*, b.kind AS k FROM (SELECT id FROM orders_bronze) a JOIN orders_bronze b ON a.id = b.id AND b.at IS NOT NULL":
      {
        id: "identity a.*: id",
        k: "identity b.kind: kind",
        rows: "at join,id join",
      },
    "SELECT kind FROM orders_bronze a JOIN (SELECT id, at FROM orders_bronze) b USING (id) ORDER BY b.at": {
      kind: "identity kind: kind",
      rows: "at sort,id join",
    },
    "SELECT row_number() OVER (PARTITION BY kind ORDER BY at) AS n FROM orders_bronze HAVING max(id) > 1": {
      n: "aggregation row_number() OVER (PARTITION BY kind ORDER BY at): at,kind",
      rows: "at window,id filter,kind window",
    },
    "SELECT id FROM orders_bronze WHERE EXISTS (SELECT amount FROM orders_bronze x WHERE x.kind = orders_bronze.kind)":
      {
        id: "identity id: id",
        rows: "amount filter,kind filter",
      },
    "SELECT id AS x FROM orders_bronze UNION ALL SELECT amount FROM orders_bronze": {
      x: "transformation id: amount,id",
      rows: "",
    },
  };
  for (const [sql, expected] of Object.entries(CASES)) it(sql, () => assert.deepEqual(inputs(sql), expected));
});

describe("lineage as text", () => {
  it("goes up through the graph to the sources, and says what decides on rows", () => {
    assert.equal(
      text(shop("SELECT id, sum(amount)\n  AS total FROM orders_bronze WHERE kind = 'x' GROUP BY id"), "totals.total"),
      `totals.total           sum(amount)
  orders.amount        *
    orders_raw.amount  source, decimal(10,2)

rows of totals depend on
  orders.id               group by
  orders.kind             filter
`,
    );
  });

  it("goes down to every column and every dataset's rows", () => {
    const files = shop("SELECT id AS k FROM orders_bronze WHERE kind = 'x'");
    assert.equal(
      text(files, "orders_raw.kind", "down"),
      `orders_raw.kind  source, string
  orders.kind    *

rows of totals depend on
  orders.kind             filter
`,
    );
  });

  it("says what is not known", () => {
    const unknown = shop("SELECT id, 1 AS one FROM orders_bronze", { "pipelines/shop/pipeline.yaml": "" });
    assert.equal(
      text(unknown, "totals"),
      "totals.id   id\ntotals.one  1\n\nNot known:\n  `totals.id` is made of something that is not known\n",
    );
    assert.equal(text(unknown, "orders"), "Not known:\n  columns of `orders` are not known; it reads `orders_raw`\n");
    assert.equal(
      text(unknown, "orders_raw", "down"),
      "Not known:\n  columns of `orders_raw` are not known: declare them under `sources` in `pipeline.yaml`\n  columns of `orders` are not known; it reads `orders_raw`\n  `totals.id` is made of something that is not known\n",
    );
  });

  it("shows what would steer a terminal, and cuts a long expression", () => {
    const [line = ""] = text(
      shop(`SELECT '\u001b[31m${"x".repeat(99)}' AS \`a\u001bb\` FROM orders_bronze`),
      "totals",
    ).split("\n");
    assert.match(line, /^totals\.a\\u001bb +'\\u001b\[31mx+…$/);
    assert.isBelow(line.length, 120);
  });

  it("follows a target into another pipeline, and names it", () => {
    const files = {
      ...shop("SELECT id AS k FROM orders_bronze"),
      "pipelines/mart/etl_stages.json": '{"one":["totals"]}',
      "pipelines/mart/sql_queries.json":
        '{"totals":{"sql_name":"totals","sql_file":"mart/totals.sql","tables":[{"table_name":"t","s3_path":"s3://lake/gold/totals/"}],"s3_target":"s3://lake/mart/totals/"}}',
      "sql/mart/totals.sql": "SELECT k + 1 AS n FROM t",
    };
    assert.equal(
      text(files, "totals", "up", "mart"),
      "totals.n             k + 1\n  shop/totals.k      id\n    shop/orders.id   *\n      orders_raw.id  source, int\n",
    );
    assert.throws(() => text(files, "totals"), "several pipelines have `totals`");
  });
});

describe("a name of lineage", () => {
  const lineage = compileFiles(shop("SELECT id AS `a.b`, id FROM orders_bronze")).lineage();
  const found = (asked: string) => {
    const result = findAsked(lineage, asked, undefined);
    return "problem" in result ? `${result.problem}; ${result.help}` : [result.table.name, result.column];
  };

  it("is a dataset's or a source's, with a column or without, in any case", () => {
    assert.deepEqual(found("totals"), ["totals", undefined]);
    assert.deepEqual(found("TOTALS.ID"), ["totals", "id"]);
    assert.deepEqual(found("totals.a.b"), ["totals", "a.b"]);
    assert.deepEqual(found("orders_raw.amount"), ["orders_raw", "amount"]);
  });

  it("is suggested where it is misspelt", () => {
    assert.equal(found("total"), "there is no dataset or source `total`; did you mean `totals`?");
    assert.equal(found("total.id"), "there is no dataset or source `total`; did you mean `totals`?");
    assert.equal(found("totals.idd"), "`totals` has no column `idd`; did you mean `id`?");
  });
});

/** Twelve stages, each of two datasets that read both of the one before. */
const TWELVE: Files = (() => {
  const stages = Array.from({ length: 12 }, (_, stage) => ["a", "b"].map((side) => `${side}${stage}`));
  const tablesOf = (stage: number) =>
    stage === 0
      ? [{ table_name: "raw", s3_path: "s3://lake/raw/t/" }]
      : stages[stage - 1]?.map((name) => ({ table_name: name, s3_path: `s3://lake/out/${name}/` }));
  const sqlOf = (name: string, stage: number) => {
    if (stage === 0) return "SELECT id, v FROM raw";
    const [a, b] = stages[stage - 1] ?? [];
    return name.startsWith("a")
      ? `SELECT x.id, x.v + y.v AS v FROM ${a} x JOIN ${b} y ON x.id = y.id`
      : `SELECT id, max(v) AS v FROM ${b} WHERE id IN (SELECT id FROM ${a}) GROUP BY id`;
  };
  const all = stages.flatMap((names, stage) => names.map((name) => ({ name, stage })));
  return {
    "pipelines/p/etl_stages.json": JSON.stringify(Object.fromEntries(stages.map((names, at) => [`s${at}`, names]))),
    "pipelines/p/sql_queries.json": JSON.stringify(
      Object.fromEntries(
        all.map(({ name, stage }) => [
          name,
          {
            sql_name: name,
            sql_file: `p/${name}.sql`,
            tables: tablesOf(stage),
            s3_target: `s3://lake/out/${name}/`,
          },
        ]),
      ),
    ),
    "pipelines/p/pipeline.yaml": "sources: { raw: { columns: { id: bigint, v: double } } }\n",
    ...Object.fromEntries(all.map(({ name, stage }) => [`sql/p/${name}.sql`, sqlOf(name, stage)])),
  };
})();

describe("lineage of whole pipelines", () => {
  it("of twelve stages shows each column once", () => {
    assert.deepEqual(compileFiles(TWELVE).diagnostics, []);
    const up = selection(TWELVE, "a11.v");
    assert.lengthOf(up.tables, 24);
    golden("twelve-up.txt", lineageText(up));
    golden("twelve-down.txt", text(TWELVE, "raw.v", "down"));
  });

  it("of bookings: each form", async () => {
    const lineage = (await loadRoot(HOME)).lineage();
    const of = (asked: string, direction: Direction) => {
      const found = findAsked(lineage, asked, "bookings");
      if ("problem" in found) throw new Error(found.problem);
      return select(lineage, { ...found, direction });
    };
    golden("bookings-up.txt", lineageText(of("fact_detailed_flight_status", "up")));
    golden("bookings-down.txt", lineageText(of("flights_raw.status", "down")));
    golden("bookings.mmd", lineageMermaid(of("dim_flight_route", "up")));
    golden("bookings.json", `${JSON.stringify(lineageJson(of("fact_bookings.amount", "up")), null, 2)}\n`);
  });

  it("of bookings: every column comes from a source, and nothing is unknown", async () => {
    const { tables } = (await loadRoot(HOME)).lineage();
    const datasets = [...tables.values()].filter(({ kind }) => kind === "dataset");
    assert.lengthOf(datasets, 18);
    let columns = 0;
    for (const table of datasets) {
      const { tables: reached } = select({ tables }, { table, column: undefined, direction: "up" });
      for (const { name, isKnown } of table.columns ?? []) {
        columns += 1;
        assert.isTrue(isKnown, `${table.name}.${name}`);
        const own = select({ tables }, { table, column: name, direction: "up" });
        const sources = own.tables.filter((each) => each.table.kind === "source");
        assert.isNotEmpty(
          sources.flatMap((each) => each.columns ?? []),
          `${table.name}.${name}`,
        );
      }
      assert.isNotEmpty(reached);
    }
    assert.isAbove(columns, 90);
  });
});
