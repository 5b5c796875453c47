/** One fixture folder a mistake: a root, and what `strata check --format json` says of it. UPDATE_FIXTURES=1 writes it anew. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { COMPILER_CODES } from "../../compiler/codes.ts";
import { RULES } from "../../compiler/rules/index.ts";
import { loadRoot } from "../../loading/load.ts";
import { DEPLOYMENT_CODES } from "../../settings/codes.ts";
import { HOME } from "../../setup/node.mjs";

const FOLDER = join(HOME, "test", "fixtures", "compiler");
const NAMES = readdirSync(FOLDER).sort();

/** Codes that need more than a folder of files; each is shown where it arises. */
const ELSEWHERE: Record<string, string> = {
  L003: "test/asl/emit.test.ts",
  P001: "test/compiler/permissions.test.ts",
  P002: "test/compiler/permissions.test.ts",
  D001: "test/cli/check-stacks.test.ts",
  D002: "test/cli/check-stacks.test.ts",
  D003: "test/cli/check-stacks.test.ts",
  D004: "test/cli/check-stacks.test.ts",
  D005: "test/cli/check-stacks.test.ts",
  D006: "test/cli/check-stacks.test.ts",
  D007: "test/cli/check-stacks.test.ts",
  D008: "test/cli/check-stacks.test.ts",
  D009: "test/cli/check-stacks.test.ts",
  D010: "test/components/security.test.ts",
  D011: "test/cli/check-stacks.test.ts",
  D012: "test/cli/check-stacks.test.ts",
  D013: "test/cli/check-stacks.test.ts",
};

/** What each fixture named `…-allowed` leaves of its code. */
const ALLOWED = new Map([
  ["Q001-allowed", "warning"],
  ["Q006-allowed", "nothing"],
  ["E002-allowed", "warning"],
  ["W004-allowed", "warning"],
]);

async function diagnosticsOf(name: string) {
  const { diagnostics } = await loadRoot(join(FOLDER, name));
  return diagnostics.map(({ code, severity, message, file, line, column, help }) => ({
    code,
    severity,
    message,
    file,
    line,
    column,
    help,
  }));
}

describe("diagnostics", () => {
  for (const name of NAMES) {
    it(name, async () => {
      const found = await diagnosticsOf(name);
      const path = join(FOLDER, name, "expected.json");
      if (process.env.UPDATE_FIXTURES === "1") writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
      assert.deepEqual(found, existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : "run with UPDATE_FIXTURES=1");
      const code = name.slice(0, 4);
      const own = found.filter((each) => each.code === code);
      const left = ALLOWED.get(name);
      if (left === "nothing") assert.isEmpty(own);
      else
        for (const each of own)
          assert.equal(each.severity, left ?? COMPILER_CODES[code as keyof typeof COMPILER_CODES].severity);
      if (left !== "nothing") assert.isNotEmpty(own, "a fixture fails with its own code");
      for (const each of found) {
        assert.match(each.message, /^(Spark |JSON |[^A-Z]).*[^.]$/s, "lower case, no full stop");
        assert.isNotEmpty(each.help);
      }
    });
  }

  it("every code has a fixture that fails with it, or a test elsewhere that expects it", () => {
    const shown = new Set(NAMES.map((name) => name.slice(0, 4)));
    const codes = Object.keys({ ...COMPILER_CODES, ...DEPLOYMENT_CODES });
    assert.sameMembers(
      codes.filter((code) => !shown.has(code)),
      Object.keys(ELSEWHERE),
    );
    for (const [code, file] of Object.entries(ELSEWHERE))
      assert.include(readFileSync(join(HOME, file), "utf8"), code, `${file} shows ${code}`);
  });

  it("every rule has a code of the catalogue, and no two have the same", () => {
    const codes = RULES.map((rule) => rule.code);
    assert.includeMembers(Object.keys(COMPILER_CODES), codes);
    assert.equal(new Set(codes).size, codes.length);
  });

  it("docs/diagnostics.md lists exactly the codes that there are, with their titles", () => {
    const text = readFileSync(join(HOME, "docs", "diagnostics.md"), "utf8");
    const listed = [...text.matchAll(/^\| `([A-Z]\d{3})` \| (error|warning|note) \| (.*) \|$/gm)].map(
      ([, code, severity, title]) => [code, severity, title],
    );
    const known = Object.entries({ ...COMPILER_CODES, ...DEPLOYMENT_CODES }).map(([code, { severity, title }]) => [
      code,
      severity,
      title,
    ]);
    assert.deepEqual(listed, known);
  });

  it("docs/diagnostics.md names exactly the codes that may be allowed", () => {
    const line =
      /^May be allowed: (.*)\.$/m.exec(readFileSync(join(HOME, "docs", "diagnostics.md"), "utf8"))?.[1] ?? "";
    const allowable = Object.entries(COMPILER_CODES).flatMap(([code, entry]) =>
      entry.allowable ? [`\`${code}\``] : [],
    );
    assert.deepEqual(line.split(", "), allowable);
  });
});
