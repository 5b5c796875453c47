/** `strata check --fix`: what it writes, what it shows, and when it writes nothing. */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { fixFiles } from "../../cli/fix.ts";
import { loadRoot } from "../../loading/load.ts";
import { replaceWhole } from "../../loading/write-whole.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders, SHOP, strata } from "./strata.ts";

const QUERIES = "pipelines/shop/sql_queries.json";
const TOTALS = "sql/shop/totals.sql";
const UNUSED = ', { "table_name": "extra", "s3_path": "s3://lake/raw/extra/" }';
const queries = (entry: string) => (SHOP[QUERIES] ?? "").replace('bronze/orders/" }]', `bronze/orders/" }${entry}]`);
/** An unused entry, a qualified name and double quotes, in two files: one with CRLF, the other with a byte order mark. */
const WRONG = {
  ...SHOP,
  [QUERIES]: queries(UNUSED).replaceAll("\n", "\r\n"),
  [TOTALS]: '\ufeff-- größe 🚀\nSELECT sum("amount") AS total FROM db.orders_bronze\n',
};
const RIGHT = {
  ...SHOP,
  [QUERIES]: queries("").replaceAll("\n", "\r\n"),
  [TOTALS]: "\ufeff-- größe 🚀\nSELECT sum(`amount`) AS total FROM orders_bronze\n",
};
const textsIn = (root: string) =>
  Object.fromEntries(Object.keys(SHOP).map((path) => [path, readFileSync(join(root, path), "utf8")]));
const fix = (root: string, ...more: string[]) => strata(["check", "--fix", "--types", "off", "--root", root, ...more]);

/** What `check` ends with. */
const KNOWN = "2 datasets, 4 of 6 columns known; `orders_raw` has no columns: `strata schemas`";

describe("strata check --fix", () => {
  afterEach(removeFolders);

  it("applies safe fixes, keeps marks, line ends and modes, and checks what is left", async () => {
    const root = folderOf(WRONG);
    chmodSync(join(root, TOTALS), 0o606);
    const { code, stdout } = await fix(root);
    assert.equal(code, 0, stdout);
    assert.deepEqual(textsIn(root), RIGHT);
    assert.equal(statSync(join(root, TOTALS)).mode & 0o777, 0o606);
    assert.equal(
      stdout,
      `fixed ${TOTALS}:2:12: Q006: put the name \`amount\` into backticks
fixed ${TOTALS}:2:36: Q004: write \`orders_bronze\` without its database
fixed ${QUERIES}:3:169: Q005: remove \`extra\` from \`tables\`
3 fixes in 2 files applied; no errors; checked 1 pipeline (shop), 2 datasets, no stack
${KNOWN}\n`,
    );
    const again = await fix(root);
    assert.equal(again.stdout, `no errors; checked 1 pipeline (shop), 2 datasets, no stack\n${KNOWN}\n`);
    assert.deepEqual(readdirSync(join(root, "sql", "shop")).sort(), ["orders.sql", "totals.sql"]);
  });

  it("names what it fixed in JSON, and exits 1 on what is left", async () => {
    const root = folderOf({ ...WRONG, "sql/shop/orders.sql": "SELECT id, amount FROM orders_rw\n" });
    const { code, stdout } = await fix(root, "--format", "json");
    assert.equal(code, 1);
    const { fixed, diagnostics } = JSON.parse(stdout);
    assert.deepEqual(fixed[0], {
      code: "Q006",
      file: TOTALS,
      line: 2,
      column: 12,
      title: "put the name `amount` into backticks",
    });
    assert.deepEqual(
      diagnostics.map((each: { code: string; fixes: { safe: boolean }[] }) => [each.code, each.fixes[0]?.safe]),
      [["Q004", false]],
    );
  });

  it("shows a diff with --dry-run, which makes the same files, and writes nothing", async () => {
    const root = folderOf(WRONG);
    const { code, stdout, stderr } = await fix(root, "--dry-run");
    assert.equal(code, 0, "as after the fixes");
    assert.deepEqual(textsIn(root), WRONG);
    assert.include(stderr, "3 fixes in 2 files, nothing written; with them no errors\n");
    const { status, stderr: why } = spawnSync("git", ["apply", "-"], { cwd: root, input: stdout, encoding: "utf8" });
    assert.equal(status, 0, why);
    assert.deepEqual(textsIn(root), RIGHT);
  });

  it("fixes only the pipelines that are named", async () => {
    const other = Object.fromEntries(
      Object.entries(WRONG).map(([path, text]) => [
        path.replace("/shop/", "/mart/"),
        text.replaceAll("shop/", "mart/").replaceAll("s3://lake/", "s3://mart/"),
      ]),
    );
    const root = folderOf({ ...WRONG, ...other });
    await fix(root, "mart");
    assert.deepEqual(textsIn(root), WRONG);
    assert.include(readFileSync(join(root, "sql/mart/totals.sql"), "utf8"), "FROM orders_bronze\n");
  });

  it("does not apply a fix that brings an error", async () => {
    const root = folderOf({
      ...WRONG,
      "pipelines/shop/pipeline.yaml": "sources: { extra: { columns: { id: int } } }\n",
    });
    const { code, stdout } = await fix(root);
    assert.equal(code, 0);
    assert.include(stdout, `not fixed, since it brings an error: ${QUERIES}:3:169: Q005: remove`);
    assert.deepEqual(textsIn(root), { ...RIGHT, [QUERIES]: WRONG[QUERIES] });
  });

  it("writes through a link to a file of the root, and leaves the link", async () => {
    const root = folderOf(WRONG);
    mkdirSync(join(root, "shared"));
    renameSync(join(root, TOTALS), join(root, "shared", "t.sql"));
    symlinkSync("../../shared/t.sql", join(root, TOTALS));
    assert.equal((await fix(root)).code, 0);
    assert.isTrue(lstatSync(join(root, TOTALS)).isSymbolicLink());
    assert.deepEqual(textsIn(root), RIGHT);
  });

  it("writes nothing where two paths lead to one file", async () => {
    const root = folderOf({
      ...WRONG,
      [QUERIES]: (WRONG[QUERIES] ?? "")
        .replace("shop/orders.sql", "shop/link.sql")
        .replace("orders_raw", "orders_bronze"),
    });
    symlinkSync("totals.sql", join(root, "sql/shop/link.sql"));
    const { code, stderr } = await fix(root);
    assert.equal(code, 1);
    assert.match(stderr, /^strata: `sql\/shop\/(link|totals)\.sql` and `.*` are one file; nothing was written/m);
    assert.equal(readFileSync(join(root, TOTALS), "utf8"), WRONG[TOTALS]);
  });

  it("writes nothing where one of the files is read-only", async () => {
    const root = folderOf(WRONG);
    chmodSync(join(root, TOTALS), 0o444);
    const { code, stderr } = await fix(root);
    assert.equal(code, 1);
    assert.include(stderr, `\`${TOTALS}\` is read-only; nothing was written\n  help: make it writable`);
    assert.deepEqual(textsIn(root), WRONG);
  });

  it("writes nothing where a file cannot be written, and leaves no other file", async () => {
    const root = folderOf(WRONG);
    const command = `trap '' XFSZ; ulimit -f 0; exec "$@"`;
    const args = [join(HOME, "bin", "strata.mjs"), "check", "--fix", "--root", root];
    const { code, stderr } = await program("sh", ["-c", command, "sh", process.execPath, ...args]);
    assert.equal(code, 1);
    assert.match(stderr, /^strata: the fixes cannot be written: .*exceeds the size limit/m);
    assert.deepEqual(textsIn(root), WRONG);
    assert.deepEqual(readdirSync(join(root, "sql", "shop")).sort(), ["orders.sql", "totals.sql"]);
  });

  it("replaces no file where the last of them cannot be written", async () => {
    const root = folderOf({ "a.txt": "old" });
    const bytes = Buffer.from("new");
    const files = [join(root, "a.txt"), join(root, "gone", "b.txt")].map((path) => ({ path, bytes, mode: 0o644 }));
    const problem = await replaceWhole(files).catch((each: NodeJS.ErrnoException) => each.code);
    assert.equal(problem, "ENOENT");
    assert.equal(readFileSync(join(root, "a.txt"), "utf8"), "old");
    assert.deepEqual(readdirSync(root), ["a.txt"]);
  });

  for (const [what, change] of Object.entries({
    "has changed": (root: string) => writeFileSync(join(root, TOTALS), "SELECT 2\n"),
    "is gone": (root: string) => renameSync(join(root, TOTALS), join(root, "moved.sql")),
    "leads out of the root": (root: string) => {
      renameSync(join(root, TOTALS), join(root, "moved.sql"));
      symlinkSync(join(folderOf({ "t.sql": WRONG[TOTALS] }), "t.sql"), join(root, TOTALS));
    },
  }))
    it(`writes nothing where a file ${what} since it was read`, async () => {
      const root = folderOf(WRONG);
      const loaded = await loadRoot(root);
      change(root);
      const problem = await fixFiles(root, loaded, () => true, false).catch((each: Error) => each.message);
      assert.equal(problem, `\`${TOTALS}\` changed while it was checked; nothing was written`);
      assert.equal(readFileSync(join(root, QUERIES), "utf8"), WRONG[QUERIES]);
    });

  it("refuses --dry-run where it has no meaning", async () => {
    const root = folderOf(WRONG);
    for (const args of [["--dry-run"], ["--fix", "--dry-run", "--format", "json"]]) {
      const { code, stderr } = await strata(["check", "--root", root, ...args]);
      assert.equal(code, 2);
      assert.match(stderr, /^strata: `--dry-run` .*\n {2}help: /m);
    }
    assert.deepEqual(textsIn(root), WRONG);
  });
});
