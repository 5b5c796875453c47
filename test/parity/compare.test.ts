/** What `strata parity` says of two targets, by files that DuckDB makes: no engine is needed. */

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { assert } from "chai";
import { quoteText, withDuckDb } from "../../local/catalog/duckdb.ts";
import { type Comparison, compareTargets } from "../../local/parity/compare.ts";
import { UserError } from "../../local/user-error.ts";
import { folderOf, removeFolders } from "../cli/strata.ts";

/** A target: SQL of its rows; with a record where types of Spark's are given. */
interface Target {
  readonly rows: string;
  readonly schema?: Readonly<Record<string, string>>;
  readonly by?: string;
}

describe("comparison of two targets", () => {
  let connection: DuckDBConnection;
  let close: () => void;
  before(
    () =>
      new Promise<void>((ready, fail) => {
        withDuckDb((opened) => {
          connection = opened;
          return new Promise<void>((done) => {
            close = done;
            ready();
          });
        }).catch(fail);
      }),
  );
  after(() => close());
  afterEach(removeFolders);

  async function made({ rows, schema, by }: Target): Promise<string> {
    const folder = folderOf({ "target/.keep": "" });
    const target = join(folder, "target");
    const place = by === undefined ? join(target, "part-0.parquet") : target;
    const more = by === undefined ? "" : `, PARTITION_BY (${by}), OVERWRITE_OR_IGNORE`;
    await connection.run(`COPY (${rows}) TO ${quoteText(place)} (FORMAT parquet${more})`);
    if (schema !== undefined) {
      const paths = (readdirSync(target, { recursive: true }) as string[]).filter((path) => path.endsWith(".parquet"));
      const record = {
        strata: 1,
        generation: 1,
        files: paths.map((path) => ({ path, bytes: statSync(join(target, path)).size })),
        schema: Object.entries(schema).map(([name, type]) => ({ name, type })),
        partition_by: by === undefined ? [] : [by],
      };
      mkdirSync(dirname(join(target, "_strata", "commit.json")), { recursive: true });
      writeFileSync(join(target, "_strata", "commit.json"), JSON.stringify(record));
    }
    return target;
  }

  async function compared(sail: Target | string, spark: Target | string, key: string[] = []): Promise<Comparison> {
    const target = (each: Target | string) => made(typeof each === "string" ? { rows: each } : each);
    return compareTargets({ sail: await target(sail), spark: await target(spark) }, key, connection);
  }

  const EQUAL: Readonly<Record<string, readonly [string, string]>> = {
    "rows in another order": ["SELECT * FROM range(5) t(a)", "SELECT * FROM range(5) t(a) ORDER BY a DESC"],
    "the same duplicates and NULLs": [
      "SELECT * FROM (VALUES (1, NULL), (1, NULL), (NULL, 'x')) t(a, b)",
      "SELECT * FROM (VALUES (NULL, 'x'), (1, NULL), (1, NULL)) t(a, b)",
    ],
    "NaN, both zeros, infinities": [
      "SELECT unnest(['NaN'::DOUBLE, -0.0::DOUBLE, 'Infinity'::DOUBLE]) AS d",
      "SELECT unnest([0.0::DOUBLE, 'NaN'::DOUBLE, 'Infinity'::DOUBLE]) AS d",
    ],
    "sums in another order": ["SELECT 0.1::DOUBLE + 0.2::DOUBLE AS d", "SELECT 0.3::DOUBLE AS d"],
    // The 12th digit of the first is a 0, of the second a 1.
    "sums on both sides of a border of rounding": [
      "SELECT 1.00000000000499999::DOUBLE AS d, 1 AS a",
      "SELECT 1.00000000000500001::DOUBLE AS d, 1 AS a",
    ],
    "nested values": [
      "SELECT {'x': [1, NULL], 'y': {'z': 'a'}} AS s, MAP {'k': 1, 'l': 2} AS m",
      "SELECT {'x': [1, NULL], 'y': {'z': 'a'}} AS s, MAP {'l': 2, 'k': 1} AS m",
    ],
    "no row on either side": ["SELECT 1 AS a WHERE false", "SELECT 1 AS a WHERE false"],
    "columns called like ours": ['SELECT 1 AS strata_count, 2 AS "a""b"', 'SELECT 1 AS strata_count, 2 AS "a""b"'],
  };
  for (const [what, [sail, spark]] of Object.entries(EQUAL))
    it(`equal: ${what}`, async () => {
      const found = await compared(sail, spark);
      assert.deepEqual({ ...found, rows: 0 }, { equal: true, rows: 0, columns: [], examples: [] });
      assert.equal(found.rows.sail, found.rows.spark);
    });

  const DIFFERENT: Readonly<Record<string, readonly [string, string, unknown]>> = {
    "a row more": ["SELECT unnest([1, 2]) AS a", "SELECT 1 AS a", [{ sail: { a: "2" }, spark: null }]],
    "a duplicate more": ["SELECT 1 AS a", "SELECT unnest([1, 1]) AS a", [{ sail: null, spark: { a: "1" } }]],
    "no row at all": ["SELECT 1 AS a WHERE false", "SELECT 1 AS a", [{ sail: null, spark: { a: "1" } }]],
    "NULL is no text": [
      "SELECT NULL::VARCHAR AS a",
      "SELECT 'NULL' AS a",
      [
        { sail: null, spark: { a: "NULL" } },
        { sail: { a: null }, spark: null },
      ],
    ],
    "NaN is no NULL": [
      "SELECT 'NaN'::DOUBLE AS a",
      "SELECT NULL::DOUBLE AS a",
      [
        { sail: { a: "nan" }, spark: null },
        { sail: null, spark: { a: null } },
      ],
    ],
    "the last digit of a decimal": [
      "SELECT 12345678901234567890.123456789012345678::DECIMAL(38,18) AS a",
      "SELECT 12345678901234567890.123456789012345679::DECIMAL(38,18) AS a",
      [
        { sail: { a: "12345678901234567890.123456789012345678" }, spark: null },
        { sail: null, spark: { a: "12345678901234567890.123456789012345679" } },
      ],
    ],
    "the last digit of a bigint": [
      "SELECT 9007199254740993 AS a",
      "SELECT 9007199254740992 AS a",
      [
        { sail: null, spark: { a: "9007199254740992" } },
        { sail: { a: "9007199254740993" }, spark: null },
      ],
    ],
    "the ninth digit of a double": [
      "SELECT 1.00000001::DOUBLE AS a",
      "SELECT 1.00000002::DOUBLE AS a",
      [
        { sail: { a: "1.00000001" }, spark: null },
        { sail: null, spark: { a: "1.00000002" } },
      ],
    ],
    "a value inside": [
      "SELECT {'x': [1, 2]} AS s",
      "SELECT {'x': [2, 1]} AS s",
      [
        { sail: { s: "{'x': [1, 2]}" }, spark: null },
        { sail: null, spark: { s: "{'x': [2, 1]}" } },
      ],
    ],
  };
  for (const [what, [sail, spark, examples]] of Object.entries(DIFFERENT))
    it(`different: ${what}`, async () => {
      const found = await compared(sail, spark);
      assert.isFalse(found.equal);
      assert.deepEqual([found.columns, found.examples], [[], examples as never]);
    });

  it("pairs different rows by the key, whatever its case, and shows five of them", async () => {
    const sail = "SELECT i AS Id, i * 2 AS v FROM range(100) t(i) UNION ALL SELECT 7, 14";
    const found = await compared(sail, "SELECT i AS Id, i * 3 AS v FROM range(100) t(i)", ["id"]);
    assert.deepEqual(found.rows, { sail: 101, spark: 100 });
    assert.deepEqual(
      found.examples,
      [1, 2, 3, 4, 5].map((id) => ({ sail: { Id: `${id}`, v: `${id * 2}` }, spark: { Id: `${id}`, v: `${id * 3}` } })),
    );
    const [unpaired] = (await compared(sail, "SELECT i AS Id, i * 3 AS v FROM range(7) t(i)", ["id"])).examples.slice(
      -1,
    );
    assert.deepEqual(unpaired?.sail, { Id: "5", v: "10" });
  });

  it("names columns that differ in type, name or order, and compares no rows then", async () => {
    const columns = async (sail: Target | string, spark: Target | string) => {
      const found = await compared(sail, spark);
      assert.deepEqual([found.equal, found.examples], [false, []]);
      return found.columns;
    };
    assert.deepEqual(await columns("SELECT 1::INT AS a", "SELECT 1::BIGINT AS a"), [
      { name: "a", sail: "INTEGER", spark: "BIGINT" },
    ]);
    assert.deepEqual(await columns("SELECT 1 AS a, 2 AS b", "SELECT 1 AS a, 2 AS c"), [
      { name: "b", sail: "INTEGER", spark: null },
      { name: "c", sail: null, spark: "INTEGER" },
    ]);
    assert.deepEqual(await columns("SELECT 1 AS a, 'x' AS b", "SELECT 'x' AS b, 1 AS a"), [
      { name: "a", sail: "INTEGER, column 1", spark: "INTEGER, column 2" },
      { name: "b", sail: "VARCHAR, column 2", spark: "VARCHAR, column 1" },
    ]);
    const rows = "SELECT 1::INT AS a";
    assert.deepEqual(await columns({ rows, schema: { a: "int" } }, { rows, schema: { a: "date" } }), [
      { name: "a", sail: "int", spark: "date" },
    ]);
    assert.deepEqual(
      await columns({ rows, schema: { a: "bigint" } }, { rows: "SELECT 1::BIGINT AS a", schema: { a: "bigint" } }),
      [{ name: "a", sail: "bigint, stored as INTEGER", spark: "bigint, stored as BIGINT" }],
    );
  });

  it("reads partitioned targets with the types of their records", async () => {
    const target = (rows: string) => ({ rows, schema: { id: "int", day: "date" }, by: "day" });
    const rows = "SELECT i::INT AS id, DATE '2026-01-01' + i::INT AS day FROM range(3) t(i)";
    assert.isTrue((await compared(target(rows), target(rows))).equal);
    const other = await compared(target(rows), target(`${rows} WHERE i < 2`), ["id"]);
    assert.deepEqual(other.examples, [{ sail: { id: "2", day: "2026-01-03" }, spark: null }]);
  });

  it("refuses a target that lacks a file of its record", async () => {
    const rows = "SELECT 1::INT AS a";
    const [sail, spark] = [await made({ rows, schema: { a: "int" } }), await made({ rows, schema: { a: "int" } })];
    rmSync(join(spark, "part-0.parquet"));
    const problem = await compareTargets({ sail, spark }, [], connection).catch((error: unknown) => error);
    assert.instanceOf(problem, UserError);
    assert.include((problem as UserError).message, "part-0.parquet is gone");
  });
});
