/** `strata import` of foreign layouts: nothing changed, nothing overwritten. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "./strata.ts";

const STAGES = '{"10":["b"],\r\n "9":["a"]}';
const QUERIES = `{"a":{"sql_name":"a","sql_file":"sales/sql_queries/a.sql","tables":[{"table_name":"b","s3_path":"s3://lake/gold/b/"}],"n":1.0,"s3_target":"s3://lake/gold/a/"},
"b":{"sql_name":"b","sql_file":"sales/sql_queries/b.sql","tables":[],"s3_target":"s3://lake/gold/b/"}}`;
const A = "SELECT * FROM b\r\n";
const B = "SELECT 1 AS `é`\n";

const LAYOUTS: Record<string, Record<string, string>> = {
  "config/ and sql_queries/": {
    "config/etl_stages.json": STAGES,
    "config/sql_queries.json": QUERIES,
    "sql_queries/a.sql": A,
    "sql_queries/b.sql": B,
  },
  "an S3-like code root": {
    "sales/config/etl_stages.json": STAGES,
    "sales/config/sql_queries.json": QUERIES,
    "sales/sql_queries/a.sql": A,
    "sales/sql_queries/b.sql": B,
  },
  "all in one folder": { "etl_stages.json": STAGES, "sql_queries.json": QUERIES, "a.sql": A, "b.sql": B },
  "a repository with more in it": {
    "etl/config/etl_stages.json": STAGES,
    "etl/config/sql_queries.json": QUERIES,
    "etl/jobs/job.py": "print(1)",
    "sql/sales/sql_queries/a.sql": A,
    "sql/sales/sql_queries/b.sql": B,
    "sql/other/a.sql": "SELECT 'another a'",
  },
};

describe("strata import", () => {
  afterEach(removeFolders);

  for (const [layout, files] of Object.entries(LAYOUTS)) {
    it(`brings ${layout} without changing a byte`, async () => {
      const root = folderOf({ "pipelines/.keep": "" });
      const { code, stdout, stderr } = await strata(["import", folderOf(files), "--root", root]);
      assert.equal(code, 0, stdout + stderr);
      const text = (path: string) => readFileSync(join(root, path), "utf8");
      assert.equal(text("pipelines/sales/etl_stages.json"), STAGES);
      assert.equal(text("pipelines/sales/sql_queries.json"), QUERIES);
      assert.equal(text("sql/sales/sql_queries/a.sql"), A);
      assert.equal(text("sql/sales/sql_queries/b.sql"), B);
    });
  }

  it("takes the given name, and shows what check finds", async () => {
    const root = folderOf({ "pipelines/.keep": "" });
    const files = { ...LAYOUTS["all in one folder"], "b.sql": "DROP TABLE b" };
    const { code, stdout } = await strata(["import", folderOf(files), "mine", "--root", root]);
    assert.equal(code, 1);
    assert.include(stdout, "error[Q002]");
    assert.isTrue(existsSync(join(root, "pipelines", "mine", "etl_stages.json")));
  });

  it("brings files that no dataset names, so that check can show them", async () => {
    const root = folderOf({ "pipelines/.keep": "" });
    const files = { ...LAYOUTS["an S3-like code root"], "sales/sql_queries/old.sql": "SELECT 2" };
    const { stdout } = await strata(["import", folderOf(files), "--root", root]);
    assert.include(stdout, "no dataset names `sql/sales/sql_queries/old.sql`");
  });

  it("follows no link out of the source", async () => {
    const [root, source] = [folderOf({ "pipelines/.keep": "" }), folderOf(LAYOUTS["an S3-like code root"] ?? {})];
    symlinkSync("/etc/hostname", join(source, "sales", "sql_queries", "secret.sql"));
    await strata(["import", source, "--root", root]);
    assert.isFalse(existsSync(join(root, "sql", "sales", "sql_queries", "secret.sql")));
    assert.isTrue(existsSync(join(root, "sql", "sales", "sql_queries")));
  });

  it("says that links are not followed where something is missing for it", async () => {
    const [root, source] = [folderOf({ "pipelines/.keep": "" }), folderOf(LAYOUTS["an S3-like code root"] ?? {})];
    renameSync(join(source, "sales", "sql_queries", "a.sql"), join(source, "a"));
    symlinkSync("../../a", join(source, "sales", "sql_queries", "a.sql"));
    const { stderr } = await strata(["import", source, "--root", root]);
    const help = /help: links are not followed \(`sales\/sql_queries\/a\.sql`\): replace them with their targets\n/;
    assert.match(stderr, new RegExp(`not found in the source: sales/sql_queries/a\\.sql\n {2}${help.source}`));
    renameSync(join(source, "sales", "config"), join(source, "config"));
    const linked = folderOf({ "x.txt": "" });
    symlinkSync(join(source, "config"), join(linked, "config"));
    const refused = await strata(["import", linked, "--root", root]);
    assert.match(refused.stderr, /name the folder of one pipeline; links are not followed \(`config`\)/);
  });

  it("refuses a pipeline of the root itself, and leaves nothing", async () => {
    const root = folderOf({ ...SHOP, "sub/x.txt": "" });
    symlinkSync(root, join(root, "sub", "link"));
    for (const source of [root, join(root, "pipelines", "shop"), join(root, "sub", "link")]) {
      const { code, stderr } = await strata(["import", source, "copy", "--root", root]);
      assert.equal(code, 1, source);
      assert.match(stderr, /^strata: `pipelines\/shop` is already a pipeline of this root\n {2}help: /m);
      assert.deepEqual(readdirSync(join(root, "pipelines")), ["shop"]);
    }
  });

  it("that was killed does not block the next one", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 600 }, (_, n) => [`sales/sql_queries/more${n}.sql`, "SELECT 1"]),
    );
    const [root, source] = [
      folderOf({ "pipelines/.keep": "" }),
      folderOf({ ...LAYOUTS["an S3-like code root"], ...many }),
    ];
    const command = [join(HOME, "bin", "strata.mjs"), "import", source, "--root", root];
    const child = spawn(process.execPath, command, { stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (!existsSync(join(root, "sql", "sales", "sql_queries"))) await setImmediate();
    child.kill("SIGKILL");
    await ended;
    assert.deepEqual(readdirSync(join(root, "pipelines")), [".keep"]);
    const { stderr } = await strata(["import", source, "--root", root]);
    assert.include(stderr, "imported 604 files as pipeline sales\n");
  });

  it("takes back all that it made where it cannot finish", async () => {
    const [root, source] = [folderOf({ "pipelines/.keep": "" }), folderOf(LAYOUTS["an S3-like code root"] ?? {})];
    const limit = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`;
    const command = [process.execPath, join(HOME, "bin", "strata.mjs"), "import", source, "--root", root];
    const { code, stderr } = await program("sh", ["-c", limit, ...command]);
    assert.equal(code, 1);
    assert.match(stderr, /the file exceeds the size limit/);
    assert.deepEqual(readdirSync(root, { recursive: true }).sort(), ["pipelines", "pipelines/.keep"]);
  });

  it("refuses to touch a pipeline that exists", async () => {
    const root = folderOf({ "pipelines/sales/etl_stages.json": "{}" });
    const { code, stderr } = await strata(["import", folderOf(LAYOUTS["all in one folder"] ?? {}), "--root", root]);
    assert.equal(code, 1);
    assert.include(stderr, "pipeline `sales` exists");
    assert.deepEqual(readdirSync(join(root, "pipelines", "sales")), ["etl_stages.json"]);
  });

  it("refuses to overwrite a SQL file with other content, and copies nothing then", async () => {
    const root = folderOf({ "pipelines/.keep": "", "sql/sales/sql_queries/b.sql": "SELECT 'mine'" });
    const { code, stderr } = await strata(["import", folderOf(LAYOUTS["all in one folder"] ?? {}), "--root", root]);
    assert.equal(code, 1);
    assert.include(stderr, "exists with different content");
    assert.isFalse(existsSync(join(root, "pipelines", "sales")));
    assert.isFalse(existsSync(join(root, "sql", "sales", "sql_queries", "a.sql")));
  });

  it("says what is missing in a folder without a pipeline", async () => {
    const root = folderOf({ "pipelines/.keep": "" });
    const { code, stderr } = await strata(["import", folderOf({ "x.sql": "SELECT 1" }), "--root", root]);
    assert.equal(code, 1);
    assert.match(stderr, /holds no `etl_stages.json`/);
  });
});
