/** Files that a pipeline cannot use: each is one diagnostic, with its place and what to do. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { loadRoot } from "../../loading/load.ts";
import { folderOf, removeFolders, SHOP } from "../cli/strata.ts";

const FILE = "sql/shop/totals.sql";
const SQL = "SELECT sum(amount) AS total\nFROM orders_bronze\n";
const utf16 = (text: string, mark = "\ufeff") => Buffer.from(mark + text, "utf16le");

/** What the file is; code, place and message; undefined: there is no mistake. */
const CASES: readonly (readonly [
  what: string,
  make: (path: string, root: string) => void,
  expected: string | undefined,
])[] = [
  ["a byte order mark", (path) => writeFileSync(path, `\ufeff${SQL}`), undefined],
  ["CRLF", (path) => writeFileSync(path, `-- of all\r\n${SQL.replaceAll("\n", "\r\n")}`), undefined],
  ["an empty file", (path) => writeFileSync(path, ""), "Q002 1:1 the SQL of dataset `totals` contains no query"],
  ["comments", (path) => writeFileSync(path, "-- to do\n"), "Q002 1:1 the SQL of dataset `totals` contains no query"],
  [
    "a zero",
    (path) => writeFileSync(path, SQL.replace("(a", "(\0a")),
    "Q001 1:12 the SQL of dataset `totals` does not parse: the SQL contains an invisible character (U+0000)",
  ],
  ["UTF-16", (path) => writeFileSync(path, utf16(SQL)), "S004 1:1 is UTF-16, not UTF-8 text"],
  ["UTF-16 without a mark", (path) => writeFileSync(path, utf16(SQL, "")), "S004 1:1 is UTF-16, not UTF-8 text"],
  ["Latin-1", (path) => writeFileSync(path, Buffer.from("-- ä\n-- größe\n", "latin1")), "S004 1:4 is not UTF-8 text"],
  [
    "Latin-1 behind a byte order mark and UTF-8",
    (path) => writeFileSync(path, Buffer.concat([Buffer.from("\ufeff-- ä\n"), Buffer.from("--\n-- größe", "latin1")])),
    "S004 3:6 is not UTF-8 text",
  ],
  ["a folder", (path) => mkdirSync(path), "C009 3:1 names `sql/shop/totals.sql`, which is a folder"],
  ["a pipe", (path) => spawnSync("mkfifo", [path]), "S004 1:1 is not a text file"],
  ["a link to a folder", (path, root) => symlinkSync(join(root, "sql"), path), "S004 1:1 is a folder, not a file"],
  ["a link to nothing", (path) => symlinkSync("nothing.sql", path), "S004 1:1 is a link that leads nowhere"],
  ["a link to itself", (path) => symlinkSync(path, path), "S004 1:1 is a link that leads to itself"],
  [
    "a link out of the root",
    (path) => symlinkSync("/etc/passwd", path),
    "S004 1:1 is a link to a file outside the root",
  ],
  ["nothing", () => {}, "C009 3:1 names `sql/shop/totals.sql`, which does not exist"],
];

async function found(root: string): Promise<string[]> {
  const { diagnostics } = await loadRoot(root);
  return diagnostics.map(({ code, line, column, message, file }) => {
    const place = file.endsWith(".json") ? `${line}:1` : `${line}:${column}`;
    return `${code} ${place} ${message.replace(/^(dataset )?`.*?` (?=names|is|leads|cannot)/, "")}`;
  });
}

describe("a file of SQL that is", () => {
  afterEach(removeFolders);

  for (const [what, make, expected] of CASES) {
    it(what, async () => {
      const root = folderOf(SHOP);
      rmSync(join(root, FILE));
      make(join(root, FILE), root);
      const diagnostics = await found(root);
      assert.lengthOf(diagnostics, expected === undefined ? 0 : 1, diagnostics.join("\n"));
      if (expected !== undefined) assert.isTrue(diagnostics[0]?.startsWith(expected), diagnostics[0]);
    });
  }

  it("not to be read", async () => {
    const root = folderOf(SHOP);
    chmodSync(root, 0o755);
    chmodSync(join(root, FILE), 0);
    // The administrator may read everything.
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      assert.deepEqual(await found(root), ["S004 1:1 cannot be read: permission denied"]);
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  });

  it("named by its folder, or without its ending", async () => {
    const queries = SHOP["pipelines/shop/sql_queries.json"] ?? "";
    const naming = (file: string) =>
      folderOf({
        ...SHOP,
        "sql/shop/totals.txt": SQL,
        "pipelines/shop/sql_queries.json": queries.replace("shop/totals.sql", file),
      });
    const [folder] = await found(naming("shop"));
    assert.include(folder, "names `sql/shop`, which is a folder");
    const [text] = await found(naming("shop/totals.txt"));
    assert.include(text, "names `sql/shop/totals.txt`, which does not end in `.sql`");
  });
});

describe("a file of JSON that is", () => {
  afterEach(removeFolders);

  it("a folder, or not UTF-8", async () => {
    const root = folderOf(SHOP);
    const path = join(root, "pipelines/shop/etl_stages.json");
    rmSync(path);
    mkdirSync(path);
    assert.include(await found(root), "S004 1:1 is a folder, not a file");
    rmSync(path, { recursive: true });
    writeFileSync(path, Buffer.from('{\n "größe": []}', "latin1"));
    assert.include((await found(root)).join("\n"), "is not UTF-8 text");
  });
});

describe("a `pipeline.yaml` that is not text", () => {
  afterEach(removeFolders);

  it("is the only mistake: its parameters are not missing", async () => {
    const root = folderOf({ ...SHOP, [FILE]: "SELECT sum(amount) AS total, :day AS day FROM orders_bronze\n" });
    writeFileSync(join(root, "pipelines/shop/pipeline.yaml"), Buffer.from("description: größe\n", "latin1"));
    assert.deepEqual(await found(root), ["S004 1:16 is not UTF-8 text"]);
  });
});
