/** `strata schemas` by the real command line, on a lake and on moto's Glue catalog; and what a run says of changed sources. */

import { mkdirSync, readFileSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Column,
  CreateDatabaseCommand,
  CreateTableCommand,
  GlueClient,
  type TableInput,
} from "@aws-sdk/client-glue";
import { assert } from "chai";
import { catalogColumns } from "../../deployed/schemas/tables.ts";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";
import { type Moto, motoOrSkip } from "../moto.ts";
import { parquet } from "./runs.ts";

const dataset = (name: string, tables: Readonly<Record<string, string>>, target = `s3://lake/out/${name}/`) => ({
  sql_name: name,
  sql_file: `shop/${name}.sql`,
  tables: Object.entries(tables).map(([table_name, s3_path]) => ({ table_name, s3_path })),
  s3_target: target,
});

const QUERIES = {
  orders: dataset("orders", { orders_raw: "s3://lake/raw/orders/", Items: "s3://lake/raw/items/" }),
  totals: dataset("totals", {
    o: "s3://lake/out/orders/",
    items2: "s3://lake/raw/items/",
    late: "s3://lake/raw/late/",
  }),
  other: dataset("other", { x: "s3://lake/out/second/", none: "s3://lake/raw/none/", broken: "s3://lake/raw/broken/" }),
};

const YAML = `# The shop.
sources:
  orders_raw:   # by the web shop
    columns:
      # the key
      ID:    bigint
      status: string   # set by the shop
      unit_price: double
      day: string
  ITEMS: { rows: 5 }
setup: inline  # the default
`;

const ROOT = {
  "pipelines/shop/etl_stages.json": JSON.stringify({ bronze: ["orders"], gold: ["totals", "other"] }),
  "pipelines/shop/sql_queries.json": JSON.stringify(QUERIES),
  "pipelines/shop/pipeline.yaml": YAML,
  // The mistakes of the SQL are of no interest: columns that are not declared may be their cause.
  "sql/shop/orders.sql": "SELECT state, missing_column FROM orders_raw, Items, nowhere\n",
  "sql/shop/totals.sql": "SELECT * FROM o, items2, late\n",
  "sql/shop/other.sql": "SELECT * FROM x, none, broken\n",
  "pipelines/two/etl_stages.json": JSON.stringify({ first: ["second"] }),
  "pipelines/two/sql_queries.json": JSON.stringify({
    second: dataset("second", { orders_raw: "s3://lake/raw/orders/" }),
  }),
  "sql/shop/second.sql": "SELECT id FROM orders_raw\n",
};

interface Reported {
  readonly table: string;
  readonly status: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly differences: readonly Record<string, string>[];
  readonly error?: string;
  readonly written?: boolean;
}

describe("strata schemas", function () {
  this.timeout(120_000);
  afterEach(removeFolders);

  async function shop(): Promise<{ root: string; lake: string; yaml: string }> {
    const root = folderOf(ROOT);
    const lake = join(root, "lake");
    const raw = (path: string, columns: object) => parquet(join(lake, "lake", path), columns);
    await raw("raw/orders/day=1/a.parquet", { id: [1], state: ["new"], unit_price: ["1.5"] });
    await raw("raw/items/a.parquet", { "a: b": [1], null: ["x"], l: [[{ "x y": 1 }]] });
    await raw("out/second/a.parquet", { id: [1] });
    await raw("raw/late/a.parquet", { id: [1] });
    mkdirSync(join(lake, "lake", "raw", "broken"));
    writeFileSync(join(lake, "lake", "raw", "broken", "x.csv"), "a,b\n1,2\n");
    return { root, lake, yaml: join(root, "pipelines", "shop", "pipeline.yaml") };
  }

  it("reports each source on its own, writes what is there, and finds it equal then", async () => {
    const { root, lake, yaml } = await shop();
    const args = ["schemas", "shop", "--root", root, "--lake", lake];
    const before = await strata([...args, "--format", "json"]);
    assert.equal(before.code, 1, before.stderr);
    assert.match(
      (await strata(args)).stdout,
      /1 derived, 2 failed\nhelp: `strata schemas --write` declares in pipelines\/shop\/pipeline\.yaml what is there\n$/,
    );
    const { sources } = JSON.parse(before.stdout) as { sources: readonly Reported[] };
    assert.deepEqual(
      sources.map(({ table, status }) => `${table} ${status}`),
      [
        "orders_raw DIFFERENT",
        "Items UNDECLARED",
        "items2 UNDECLARED",
        "late UNDECLARED",
        "x DERIVED",
        "none FAILED",
        "broken FAILED",
      ],
    );
    const where = "day=1/a.parquet";
    assert.deepEqual(sources[0]?.differences, [
      { kind: "type", column: "unit_price", declared: "double", found: "string", where },
      { kind: "missing", column: "status", declared: "string", where, meant: "state" },
      { kind: "new", column: "state", found: "string", where },
    ]);
    assert.match(
      sources[5]?.error ?? "",
      /^table `none` does not exist: there are no files in s3:\/\/lake\/raw\/none\/$/,
    );
    assert.match(sources[6]?.error ?? "", /x\.csv is CSV, not a Parquet file/);
    assert.equal(readFileSync(yaml, "utf8"), YAML, "nothing is written without --write");

    const written = await strata([...args, "--write"]);
    assert.equal(written.code, 1, written.stdout);
    assert.match(written.stdout, /^written {2}orders_raw {2}4 columns in s3:\/\/lake\/raw\/orders\/$/m);
    assert.match(
      written.stdout,
      /^ {2}column `status`, declared as string, is not in day=1\/a\.parquet \(is it `state` now\?\)$/m,
    );
    assert.match(
      written.stdout,
      /\n\n7 sources: 4 written, 1 derived, 2 failed\nwrote pipelines\/shop\/pipeline\.yaml\n$/,
    );
    assert.equal(
      readFileSync(yaml, "utf8"),
      YAML.replace("      status: string   # set", "      state: string\n      # status: string   # set")
        .replace("unit_price: double", "unit_price: string")
        .replace(
          "{ rows: 5 }",
          '{ rows: 5, columns: { "a: b": bigint, "null": string, l: array<struct<`x y`:bigint>> } }',
        )
        .replace(
          "setup:",
          '  items2:\n    columns:\n      "a: b": bigint\n      "null": string\n      l: array<struct<`x y`:bigint>>\n  late:\n    columns:\n      id: bigint\nsetup:',
        ),
    );
    utimesSync(yaml, 1, 1);
    const after = await strata([...args, "--write"]);
    assert.match(after.stdout, /\n\n7 sources: 4 equal, 1 derived, 2 failed\n$/);
    assert.equal(statSync(yaml).mtimeMs, 1000, "a file that is right is not written");
    const check = await strata(["check", "shop", "--root", root, "--format", "json"]);
    const found = (JSON.parse(check.stdout) as { diagnostics: { file: string; code: string }[] }).diagnostics;
    assert.notInclude(
      found.filter(({ code }) => code !== "C015").map(({ file }) => file),
      "pipelines/shop/pipeline.yaml",
    );
  });

  it("creates the file, follows a link, and refuses what it cannot do without a loss", async () => {
    const { root, lake, yaml } = await shop();
    const args = (...more: string[]) => ["schemas", "--root", root, "--lake", lake, ...more];
    const two = await strata(args("two", "--write"));
    assert.equal(two.code, 0, two.stderr);
    assert.equal(
      readFileSync(join(root, "pipelines/two/pipeline.yaml"), "utf8"),
      "sources:\n  orders_raw:\n    columns:\n      id: bigint\n      state: string\n      unit_price: string\n      day: int\n",
    );
    assert.equal(
      (await strata(args("two"))).stdout.split("\n")[0],
      "equal  orders_raw  4 columns in s3://lake/raw/orders/",
    );

    writeFileSync(join(root, "real.yaml"), "\ufeffsetup: inline\n", { mode: 0o600 });
    const link = join(root, "pipelines/two/pipeline.yaml");
    unlinkSync(link);
    symlinkSync(join(root, "real.yaml"), link);
    assert.equal((await strata(args("two", "--write"))).code, 0);
    assert.match(readFileSync(join(root, "real.yaml"), "utf8"), /^\ufeffsetup: inline\nsources:\n/);
    assert.equal(statSync(join(root, "real.yaml")).mode & 0o777, 0o600);

    writeFileSync(yaml, "sources: { orders_raw: { columns: { id: intt } } }\n");
    const wrong = await strata(args("shop", "--write"));
    assert.equal(wrong.code, 1);
    assert.include(wrong.stderr, "`intt` is not a type of Spark SQL");
    assert.include(wrong.stderr, "the files of pipeline `shop` cannot be read; nothing was done");
    assert.equal(readFileSync(yaml, "utf8"), "sources: { orders_raw: { columns: { id: intt } } }\n");
    assert.equal((await strata(args("shop", "--stack", "dev"))).code, 2);
    const none = await strata(["schemas", "two", "--root", root, "--lake", join(root, "none")]);
    assert.include(none.stderr, "there is no lake");
  });

  it("writes nothing for a name at locations with different columns", async () => {
    const { root, lake } = await shop();
    const queries = { ...QUERIES, other: dataset("other", { late: "s3://lake/raw/orders/" }) };
    writeFileSync(join(root, "pipelines/shop/sql_queries.json"), JSON.stringify(queries));
    const { stdout, code } = await strata(["schemas", "shop", "--root", root, "--lake", lake, "--write"]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ {2}not written: datasets read it from locations with different columns \(s3:\/\/lake\/raw\/late\/, s3:\/\/lake\/raw\/orders\/\): give each location its own name$/m,
    );
    assert.match(stdout, /5 sources: 3 written, 2 undeclared\nwrote pipelines\/shop\/pipeline\.yaml\n$/);
    writeFileSync(join(root, "pipelines/two/sql_queries.json"), JSON.stringify({ second: dataset("second", {}) }));
    const empty = await strata(["schemas", "two", "--root", root, "--lake", join(root, "no lake")]);
    assert.equal(empty.stdout, "no sources: every table that the pipeline reads is written by its own datasets\n");
  });

  it("a run reports what changed in a source since the last good one, in its failure and its result", async () => {
    const root = folderOf({
      ...ROOT,
      "pipelines/shop/etl_stages.json": JSON.stringify({ bronze: ["orders"] }),
      "pipelines/shop/sql_queries.json": JSON.stringify({
        orders: dataset("orders", { orders_raw: "s3://lake/raw/orders/" }),
      }),
      "pipelines/shop/pipeline.yaml":
        "sources:\n  orders_raw: { columns: { id: bigint, status: string, price: double } }\n",
      "sql/shop/orders.sql": "SELECT id, status, price FROM orders_raw\n",
    });
    const lake = join(root, "lake");
    const file = join(lake, "lake/raw/orders/a.parquet");
    const run = (...more: string[]) => strata(["run", "shop", "--root", root, "--lake", lake, ...more]);
    await parquet(file, { id: [1], status: ["a"], price: [1.5] });
    assert.equal((await run()).code, 0);
    await parquet(file, { id: [1], state: ["a"], price: ["1.5"] });
    const json = await run("--format", "json");
    assert.equal(json.code, 1);
    const [{ error, sourceChanges }] = JSON.parse(json.stdout).stages[0].datasets;
    assert.match(
      error.message,
      /^source table `orders_raw` \(s3:\/\/lake\/raw\/orders\/\) is not as `sources` in pipeline\.yaml declares it: column `price` is string in a\.parquet, and declared as double, .*`strata schemas`/m,
    );
    assert.equal(error.class, "SOURCE_COLUMNS");
    assert.deepEqual(sourceChanges, [
      { table: "orders_raw", column: "status", before: "string" },
      { table: "orders_raw", column: "price", before: "double", now: "string" },
      { table: "orders_raw", column: "state", now: "string" },
    ]);
  });
});

describe("strata schemas --stack, on moto's Glue", function () {
  this.timeout(120_000);
  let moto: Moto;
  let glue: GlueClient;
  const environment = { ...process.env };
  const AWS = { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "eu-central-1" };

  before(async function () {
    moto = await motoOrSkip(this);
    Object.assign(process.env, { ...AWS, AWS_ENDPOINT_URL: moto.url });
    glue = new GlueClient({ region: "eu-central-1" });
    await table(
      "raw",
      "orders",
      "s3://lake-dev-123456789012/raw/orders",
      [
        ["id", "int"],
        ["tags", "array<struct<x y:int>>"],
        ["at", "timestamp"],
      ],
      {
        PartitionKeys: [{ Name: "day", Type: "string" }],
      },
    );
    await table("raw", "a", "s3://b/twice/", [["id", "int"]]);
    await table("other", "b", "s3a://b/twice", [["id", "int"]]);
    await table("other", "c", "s3://b/conflict/", [["id", "int"]]);
    await table("raw", "d", "s3://b/conflict", [["id", "bigint"]]);
    await table("raw", "v", "s3://b/view/", [["id", "int"]], { TableType: "VIRTUAL_VIEW" });
    await table("raw", "iceberg", "s3://b/iceberg", [
      ["id", "int"],
      ["gone", "int", { "iceberg.field.current": "false" }],
    ]);
    await table("raw", "parent", "s3://b/above/", [["id", "int"]]);
    for (let index = 0; index < 120; index += 1)
      await table("many", `t${index}`, `s3://b/many/${index}/`, [["n", "int"]]);
  });
  after(() => {
    moto?.stop();
    for (const key of ["AWS_ENDPOINT_URL", ...Object.keys(AWS)])
      if (environment[key] === undefined) delete process.env[key];
      else process.env[key] = environment[key];
  });
  afterEach(removeFolders);

  type Cell = readonly [name: string, type: string, parameters?: Record<string, string>];
  const known = new Set<string>();
  async function table(
    database: string,
    name: string,
    Location: string,
    columns: readonly Cell[],
    more: Partial<TableInput> = {},
  ) {
    if (!known.has(database)) await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
    known.add(database);
    const Columns: Column[] = columns.map(([Name, Type, Parameters]) => ({
      Name,
      Type,
      ...(Parameters && { Parameters }),
    }));
    const TableInput = { Name: name, StorageDescriptor: { Location, Columns }, ...more };
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput }));
  }

  it("finds the table at a location, and says exactly why there is none or no single one", async () => {
    const asked = [
      "s3://b/twice/",
      "s3://b/conflict/",
      "s3://b/view/",
      "s3://b/iceberg/",
      "s3://b/above/below/",
      "s3://b/none/",
      "s3://b/many/119/",
    ];
    const found = await catalogColumns(glue, asked);
    assert.deepEqual(found, [
      { columns: [["id", "int"]], where: "table `other.b` of the catalog" },
      {
        error:
          "2 tables of the catalog have the location s3://b/conflict/, with different columns: `other.c`, `raw.d`: delete those that are out of date, or crawl again",
      },
      { error: "no table of the catalog has the location s3://b/view/: crawl it, or compare with a lake (`--lake`)" },
      { columns: [["id", "int"]], where: "table `raw.iceberg` of the catalog" },
      {
        error:
          "no table of the catalog has the location s3://b/above/below/ (`raw.parent` is at s3://b/above/): crawl it, or compare with a lake (`--lake`)",
      },
      { error: "no table of the catalog has the location s3://b/none/: crawl it, or compare with a lake (`--lake`)" },
      { columns: [["n", "int"]], where: "table `many.t119` of the catalog" },
    ]);
  });

  it("goes on where a part of the catalog may not be read", async () => {
    const denied = (name: string) => Object.assign(new Error("not authorized"), { name });
    const client = new GlueClient({ region: "eu-central-1" });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const { DatabaseName } = args.input as { DatabaseName?: string };
        if (context.commandName === "GetTablesCommand" && DatabaseName === "other")
          throw denied("AccessDeniedException");
        return next(args);
      },
      { step: "initialize" },
    );
    const [twice, none] = await catalogColumns(client, ["s3://b/twice/", "s3://b/none/"]);
    assert.deepEqual(twice, { columns: [["id", "int"]], where: "table `raw.a` of the catalog" });
    assert.deepEqual(none, {
      error:
        "no table of the catalog has the location s3://b/none/: crawl it, or compare with a lake (`--lake`); database `other` cannot be read (glue:GetTables): AccessDeniedException: not authorized",
    });
  });

  it("compares and writes by the physical locations of the stack", async () => {
    const root = folderOf({
      ...ROOT,
      "pipelines/two/pipeline.yaml":
        "sources:\n  orders_raw:\n    columns: { ID: bigint, at: timestamp_ntz, gone: int }\n",
      "Pulumi.yaml": "name: x\nruntime: nodejs\n",
      "Pulumi.dev.yaml":
        'config:\n  strata:region: eu-central-1\n  strata:allowedAccountIds: ["123456789012"]\n  strata:buckets: { lake: {} }\n',
    });
    const args = ["schemas", "two", "--root", root, "--stack", "dev"];
    const env = { ...process.env };
    const first = await strata([...args, "--format", "json"], { env });
    assert.equal(first.code, 1, first.stderr);
    const where = "table `raw.orders` of the catalog";
    assert.deepEqual(JSON.parse(first.stdout).sources[0].differences, [
      { kind: "missing", column: "gone", declared: "int", where },
      { kind: "new", column: "tags", found: "array<struct<`x y`:int>>", where },
      { kind: "new", column: "day", found: "string", where },
    ]);
    assert.equal((await strata([...args, "--write"], { env })).code, 0);
    assert.equal(
      readFileSync(join(root, "pipelines/two/pipeline.yaml"), "utf8"),
      "sources:\n  orders_raw:\n    columns: { ID: bigint, tags: array<struct<`x y`:int>>, at: timestamp_ntz, day: string }\n",
    );
    assert.equal((await strata(args, { env })).code, 0);
  });
});
