/** The tables of folders in docs/architecture.md, held against the imports that the code really has. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { cyclesOf, filesOf, importsOf } from "./imports.ts";

/** Folders whose files may import everything. */
const FREE = ["test", "bench", "docs", "glue/tests"];

/**
 * For each row of a table `| folder … | what lives there | may import … |`, what its files may import: folders (`compiler/`),
 * files and packages (`yaml`, `@aws-sdk/*`) in backticks. "folder of `x/`": the table's paths are relative to that folder. A
 * file keeps to the row of each table that names the most of its path. Node's own modules
 * are listed as `node:x`, or `node:*`; Python's are free.
 */
interface Table {
  /** Folder that its paths are relative to. */
  readonly base: string;
  /** Folder or file → what it may import. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

function tables(): Table[] {
  const text = readFileSync(join(HOME, "docs", "architecture.md"), "utf8");
  const found = text.matchAll(/^\| folder([^|\n]*)\|[^|\n]*\| may import[^|\n]*\|\n\|[-|]+\|\n((?:\|.*\n)+)/gm);
  const quoted = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name.replace(/\/$/, ""));
  return [...found].map(([, of = "", body = ""]) => {
    const [base = ""] = quoted(of);
    const pathOf = (name: string) => (existsSync(join(HOME, base, name)) ? join(base, name) : name);
    const rows = body
      .trim()
      .split("\n")
      .flatMap((row) => {
        const [, folders, , imports] = row.split("|");
        return quoted(folders).map((name) => [join(base, name), quoted(imports).map(pathOf)] as const);
      });
    return { base, rows: new Map(rows) };
  });
}

const TABLES = tables();

/** True if a path is a folder or file, or is inside it. */
const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

/** The row of a table that a file belongs to. */
function rowIn({ rows }: Table, path: string): string | undefined {
  return [...rows.keys()].filter((row) => isIn(path, row)).sort((a, b) => b.length - a.length)[0];
}

/** The row that names the most of a file's path, in any table. */
const rowOf = (path: string) =>
  TABLES.flatMap((table) => rowIn(table, path) ?? []).sort((a, b) => b.length - a.length)[0];

/** True if what a file imports is on its row's list: the package, a pattern that ends in `*`, or a place that holds it. */
function isListed(name: string, list: readonly string[]): boolean {
  return list.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : isIn(name, each)));
}

describe("folders", () => {
  const isOurs = (path: string) => !FREE.some((place) => isIn(path, place));
  const places = TABLES.flatMap(({ rows }) => [...rows.keys()]).filter(isOurs);
  const files = new Set(places.flatMap((row) => filesOf(HOME, row)).filter(isOurs));
  const imports = importsOf(HOME, [...files], pythonOf("sail"));

  for (const table of TABLES)
    for (const [row, list] of table.rows) {
      if (!isOurs(row)) continue;
      it(`${row} imports only what it may`, () => {
        const wrong = [...imports]
          .filter(([file]) => rowIn(table, file) === row)
          .flatMap(([file, names]) =>
            names.filter((name) => !isListed(name, [row, ...list])).map((name) => `${file} imports ${name}`),
          );
        assert.deepEqual(wrong, []);
      });
    }

  it("do not import each other in a circle", () => {
    const between = new Map<string, string[]>();
    for (const [file, names] of imports) {
      const row = rowOf(file) ?? "";
      const others = names.filter((name) => files.has(name)).map((name) => rowOf(name) ?? "");
      between.set(row, [...(between.get(row) ?? []), ...others.filter((other) => other !== row)]);
    }
    assert.deepEqual(cyclesOf(between), []);
  });

  it("have no files that import each other in a circle", () => {
    assert.deepEqual(cyclesOf(imports), []);
  });

  it("are all in the tables", () => {
    const notOurs = /^(\..*|node_modules|artifacts|coverage|pipelines|sql)$/;
    const folders = readdirSync(HOME, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !notOurs.test(entry.name))
      .map(({ name }) => name);
    const without = TABLES.flatMap((table) =>
      [...(table.base === "" ? folders : files)].filter(
        (path) => isIn(path, table.base || path) && rowIn(table, path) === undefined,
      ),
    );
    assert.deepEqual(without, []);
  });

  it("are there", () => {
    for (const { rows } of TABLES) for (const row of rows.keys()) assert.isTrue(existsSync(join(HOME, row)), row);
  });
});

describe("imports", () => {
  afterEach(removeFolders);

  it("are seen in each form", () => {
    const root = folderOf({
      "a/one.ts": [
        'import type { A } from "./two.ts";',
        'export * from "../b/three.ts";',
        'const four = await import("../b/four.ts");',
        'import "yaml/x"; import { b } from "@aws-sdk/client-s3/sub"; import { join } from "path"; import fs from "node:fs/promises";',
        '// import "./not.ts";',
        'const text = `import "./nor.ts"`;',
      ].join("\n"),
      "glue/strata_glue/__init__.py": "",
      "glue/strata_glue/store/__init__.py": "from .base import A\nfrom ..errors import B\n",
      "glue/strata_glue/store/base.py": [
        "import os, pyarrow.parquet as pq",
        "from typing import TYPE_CHECKING",
        "if TYPE_CHECKING:",
        "    from strata_glue import errors",
        "def later():",
        "    import strata_glue.store",
        "    from importlib import import_module",
        '    import_module("boto3.session"); __import__("pandas")',
      ].join("\n"),
      "glue/strata_glue/errors.py": "",
      "local/engine/worker.py": "import engines\nfrom strata_glue.errors import A\n",
      "local/engine/engines.py": "",
    });
    const files = ["a", "glue", "local"].flatMap((folder) => filesOf(root, folder));
    const found = Object.fromEntries(
      [...importsOf(root, files, pythonOf("sail"))].map(([file, list]) => [file, [...list].sort()]),
    );
    assert.deepEqual(found, {
      "a/one.ts": ["@aws-sdk/client-s3", "a/two.ts", "b/four.ts", "b/three.ts", "node:fs", "node:path", "yaml"],
      "glue/strata_glue/__init__.py": [],
      "glue/strata_glue/errors.py": [],
      "glue/strata_glue/store/__init__.py": ["glue/strata_glue/errors.py", "glue/strata_glue/store/base.py"],
      "glue/strata_glue/store/base.py": [
        "boto3",
        "glue/strata_glue/errors.py",
        "glue/strata_glue/store/__init__.py",
        "pandas",
        "pyarrow",
      ],
      "local/engine/engines.py": [],
      "local/engine/worker.py": ["glue/strata_glue/errors.py", "local/engine/engines.py"],
    });
    assert.deepEqual(cyclesOf(importsOf(root, files, pythonOf("sail"))), [
      ["glue/strata_glue/store/__init__.py", "glue/strata_glue/store/base.py"],
    ]);
  });
});
