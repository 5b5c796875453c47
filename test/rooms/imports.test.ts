/** The table of rooms in docs/architecture.md, held against the imports that the code really has. */

import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";

/** For each room: rooms of ours and packages that its files may import. Node's own modules are listed as `node:x`; `node:*` is all of them. */
const ALLOWED: Record<string, readonly string[]> = {
  "index.ts": ["components", "@pulumi/pulumi"],
  compiler: ["compiler", "yaml", "jsonc-parser", "@polyglot-sql/sdk", "fastest-levenshtein", "node:crypto"],
  loading: ["loading", "compiler", "jsonc-parser", "node:*"],
  settings: ["settings", "compiler", "yaml", "node:crypto", "node:fs", "node:path"],
  components: [
    "components",
    "compiler",
    "settings",
    "loading",
    "lambdas",
    "setup",
    "fflate",
    "@pulumi/pulumi",
    "@pulumi/aws",
    "@pulumi/aws-native",
    "node:*",
  ],
  policy: ["policy", "@pulumi/policy", "node:fs", "node:path"],
  lambdas: ["lambdas", "loading", "compiler", "setup", "@aws-sdk/client-s3", "esbuild", "fflate", "node:*"],
  local: [
    "local",
    "compiler",
    "settings",
    "loading",
    "setup",
    "avsc",
    "aws-local-stepfunctions",
    "@duckdb/node-api",
    "picocolors",
    "node:*",
  ],
  cli: ["cli", "compiler", "settings", "loading", "deployed", "local", "setup", "commander", "picocolors", "node:*"],
  deployed: [
    "deployed",
    "compiler",
    "@aws-sdk/client-athena",
    "@aws-sdk/client-cloudwatch-logs",
    "@aws-sdk/client-eventbridge",
    "@aws-sdk/client-glue",
    "@aws-sdk/client-sfn",
    "@aws-sdk/client-sns",
    "@aws-sdk/client-sts",
    "node:crypto",
  ],
  review: ["review", "compiler", "setup", "node:*"],
  setup: ["setup", "node:*"],
  bin: ["setup", "node:*"],
};

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
  for (const [room, allowed] of Object.entries(ALLOWED)) {
    it(`${room} imports only what it may`, () => {
      const wrong = filesOf(room).flatMap((file) =>
        importsOf(file)
          .filter((name) => !allowed.includes(name) && !(name.startsWith("node:") && allowed.includes("node:*")))
          .filter((name) => !(EXCEPTIONS[file] ?? []).includes(name))
          .map((name) => `${file} imports ${name}`),
      );
      assert.deepEqual(wrong, []);
    });
  }

  it("sees imports at all", () => {
    assert.include(importsOf("compiler/compile.ts"), "compiler");
    assert.include(importsOf("loading/facts.ts"), "node:crypto");
  });
});
