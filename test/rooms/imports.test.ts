/** The tables of rooms in docs/architecture.md, held against the imports that the code really has. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { cyclesOf, filesOf, importsOf } from "./imports.ts";

/** Rooms whose files may import everything. */
const FREE = ["test", "bench", "docs"];

/**
 * For each row of a table `| folder … | what lives there | may import … |`, what its files may import: rooms (`compiler/`),
 * files and packages (`yaml`, `@aws-sdk/*`) in backticks. "folder of `x/`": the table's paths are relative to that folder. A
 * file belongs to the row that names the most of its path. Node's own modules are listed as `node:x`, or `node:*`; Python's
 * are free.
 */
function allowed(): { rows: Map<string, readonly string[]>; bases: string[] } {
  const text = readFileSync(join(HOME, "docs", "architecture.md"), "utf8");
  const tables = text.matchAll(/^\| folder([^|\n]*)\|[^|\n]*\| may import[^|\n]*\|\n\|[-|]+\|\n((?:\|.*\n)+)/gm);
  const quoted = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name.replace(/\/$/, ""));
  const rows = new Map<string, readonly string[]>();
  const bases: string[] = [];
  for (const [, of = "", body = ""] of tables) {
    const [base = ""] = quoted(of);
    const pathOf = (name: string) => (existsSync(join(HOME, base, name)) ? join(base, name) : name);
    bases.push(base);
    for (const row of body.trim().split("\n")) {
      const [, folders, , imports] = row.split("|");
      for (const room of quoted(folders)) rows.set(join(base, room), quoted(imports).map(pathOf));
    }
  }
  return { rows, bases };
}

const { rows: ALLOWED, bases: BASES } = allowed();

/** True if a path is a folder or file, or is inside it. */
const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

/** The row that a file belongs to. */
function roomOf(path: string): string | undefined {
  return [...ALLOWED.keys()].filter((room) => isIn(path, room)).sort((a, b) => b.length - a.length)[0];
}

/** True if what a file imports is on its row's list: the package, a pattern that ends in `*`, or a place that holds it. */
function isListed(name: string, list: readonly string[]): boolean {
  return list.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : isIn(name, each)));
}

/** Files outside a room's rule, with the reason. */
const EXCEPTIONS: Record<string, readonly string[]> = {
  // Text that the patch takes out of the library.
  "local/interpreter/patches.ts": ["@aws-sdk/client-lambda", "@aws-sdk/credential-providers"],
};

describe("rooms", () => {
  const places = [...ALLOWED.keys()].filter((room) => !FREE.includes(room) && room !== "glue/tests");
  const files = new Set(places.flatMap((room) => filesOf(HOME, room)).filter((file) => !isIn(file, "glue/tests")));
  const imports = importsOf(HOME, [...files], pythonOf("sail"));

  for (const room of places) {
    it(`${room} imports only what it may`, () => {
      const list = [room, ...(ALLOWED.get(room) ?? [])];
      const wrong = [...imports]
        .filter(([file]) => roomOf(file) === room)
        .flatMap(([file, names]) =>
          names
            .filter((name) => !isListed(name, list) && !EXCEPTIONS[file]?.includes(name))
            .map((name) => `${file} imports ${name}`),
        );
      assert.deepEqual(wrong, []);
    });
  }

  it("do not import each other in a circle", () => {
    const between = new Map<string, string[]>();
    for (const [file, names] of imports) {
      const room = roomOf(file) ?? "";
      const others = names.filter((name) => files.has(name)).map((name) => roomOf(name) ?? "");
      between.set(room, [...(between.get(room) ?? []), ...others.filter((other) => other !== room)]);
    }
    assert.deepEqual(cyclesOf(between), []);
  });

  it("have no files that import each other in a circle", () => {
    assert.deepEqual(cyclesOf(imports), []);
  });

  it("are all in a table", () => {
    const notOurs = /^(\..*|node_modules|artifacts|coverage|__pycache__|pipelines|sql)$/;
    const inside = BASES.flatMap((base) =>
      readdirSync(join(HOME, base), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() || (base !== "" && entry.isFile()))
        .filter(({ name }) => !notOurs.test(name))
        .map(({ name }) => join(base, name)),
    );
    assert.includeMembers([...ALLOWED.keys()], inside);
  });

  it("are there", () => {
    for (const room of ALLOWED.keys()) assert.isTrue(existsSync(join(HOME, room)), room);
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
        '    import_module("boto3.session")',
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
