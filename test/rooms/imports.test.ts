/** The table of rooms in docs/architecture.md, held against the imports that the code really has. */

import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";

/** Folders of the table that hold no TypeScript or JavaScript of the product. */
const OTHERS = ["glue", "canary", ".github/workflows", "test", "bench", "docs"];

/**
 * For each room of the table, what its files may import: rooms (`compiler/`) and packages (`yaml`, `@aws-sdk/*`) in
 * backticks. Node's own modules are listed as `node:x`; `node:*` is all of them.
 */
function allowed(): Map<string, readonly string[]> {
  const text = readFileSync(join(HOME, "docs", "architecture.md"), "utf8");
  const [, table = ""] = text.split("| folder | what lives there | may import, beside itself |\n|---|---|---|\n");
  const [rows = ""] = table.split("\n\n");
  const quoted = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name.replace(/\/$/, ""));
  return new Map(
    rows.split("\n").flatMap((row) => {
      const [, folders, , imports] = row.split("|");
      return quoted(folders).map((room) => [room, [room, ...quoted(imports)]] as const);
    }),
  );
}

const ALLOWED = allowed();

/** True if an import is on a room's list, by its name or by a pattern that ends in `*`. */
function isListed(name: string, list: readonly string[]): boolean {
  return list.some((each) => each === name || (each.endsWith("*") && name.startsWith(each.slice(0, -1))));
}

/** Files outside a room's rule, with the reason. */
const EXCEPTIONS: Record<string, readonly string[]> = {
  // Text that the patch takes out of the library.
  "local/interpreter/patches.ts": ["@aws-sdk/client-lambda", "@aws-sdk/credential-providers"],
};

function filesOf(room: string): string[] {
  if (room.endsWith(".ts")) return [room];
  return readdirSync(join(HOME, room), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.(ts|mts|mjs)$/.test(entry.name) && !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => relative(HOME, join(entry.parentPath, entry.name)));
}

/** What a file imports: rooms for relative paths, else package names. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(HOME, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const specifiers = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)["']([^"']+)["']/gm)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) => {
    if (!specifier.startsWith(".")) return packageOf(specifier);
    return relative(HOME, join(HOME, dirname(file), specifier)).split("/")[0] ?? "";
  });
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier.split("/")[0] ?? specifier;
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

describe("rooms", () => {
  const rooms = [...ALLOWED].filter(([room]) => !OTHERS.includes(room));

  for (const [room, list] of rooms) {
    it(`${room} imports only what it may`, () => {
      const wrong = filesOf(room).flatMap((file) =>
        importsOf(file)
          .filter((name) => !isListed(name, list))
          .filter((name) => !(EXCEPTIONS[file] ?? []).includes(name))
          .map((name) => `${file} imports ${name}`),
      );
      assert.deepEqual(wrong, []);
    });
  }

  it("are all in the table", () => {
    const folders = readdirSync(HOME, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|artifacts|coverage)$/.test(entry.name))
      .map(({ name }) => name);
    // The user's own.
    assert.sameMembers(
      folders.filter((name) => !["pipelines", "sql"].includes(name)),
      [...ALLOWED.keys()].filter((name) => !/[.]/.test(name)),
    );
  });

  it("sees imports at all", () => {
    assert.include(importsOf("compiler/compile.ts"), "compiler");
    assert.include(importsOf("loading/facts.ts"), "node:crypto");
  });
});
