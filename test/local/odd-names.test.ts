/** Names as people have them, of datasets, stages and target folders: what `check` takes runs, again, and is a table. */

import { join } from "node:path";
import { assert } from "chai";
import { readDatabase } from "../../local/catalog/catalog.ts";
import { query } from "../../local/catalog/query.ts";
import { folderOf, removeFolders, strata } from "../cli/strata.ts";
import { startReader } from "./reader.ts";
import { parquet } from "./runs.ts";

const NAMES = [
  ...[
    "a b",
    "ä",
    "日本",
    "x".repeat(200),
    "a.b",
    "a'b",
    'a"b',
    "--conf",
    "-x",
    `$${"{x}"}`,
    "$.x",
    "States.Format",
    "a,b",
  ],
  ...["a:b", "CON", "%41", "a%2Fb", "__proto__", "constructor", "10", "{}", "a\\b"],
];
const FOLDERS = ["my-table", "2024_sales", "order", "_tmp", ".hidden", "a=1", "UPPER", "a b", "c+d", "%41"];

describe("odd names, on Sail", function () {
  this.timeout(120_000);
  afterEach(removeFolders);

  it("run twice, each with its rows, and each target folder is one table", async () => {
    const target = (index: number) => FOLDERS[index] ?? `t${index}`;
    const queries = NAMES.map((name, index) => [
      name,
      {
        sql_name: name,
        sql_file: "own/f.sql",
        tables: [{ table_name: "t", s3_path: "s3://b/raw/t/" }],
        s3_target: `s3://b/out${index}/${target(index)}/`,
        target_name: name,
      },
    ]);
    const root = folderOf({
      "pipelines/own/etl_stages.json": JSON.stringify({
        [NAMES[7] ?? ""]: NAMES.slice(0, 11),
        [NAMES[17] ?? ""]: NAMES.slice(11),
      }),
      "pipelines/own/sql_queries.json": JSON.stringify(Object.fromEntries(queries)),
      "sql/own/f.sql": "SELECT v FROM t\n",
    });
    const lake = join(root, "lake");
    await parquet(join(lake, "b", "raw", "t", "1.parquet"), { v: [1] });
    for (let round = 0; round < 2; round++) {
      const { code, stdout, stderr } = await strata(["run", "--root", root, "--lake", lake, "--format", "json"]);
      assert.equal(code, 0, stderr);
      const datasets = JSON.parse(stdout).stages.flatMap(({ datasets }: { datasets: object[] }) => datasets);
      assert.sameMembers(
        datasets.map(({ name, rows }: { name: string; rows: number }) => `${name}: ${rows}`),
        NAMES.map((name) => `${name}: 1`),
      );
    }
    const { tables } = await readDatabase(lake, "own");
    assert.lengthOf(tables, NAMES.length);
    const reader = startReader();
    try {
      for (const { name } of tables) {
        const sql = `SELECT v FROM \`${name.replaceAll("`", "``")}\``;
        assert.equal((await query({ lake, database: "own", sql, format: "csv" }, reader)).text, "v\r\n1\r\n", name);
      }
    } finally {
      await reader.kill();
    }
  });
});
