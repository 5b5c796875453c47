/** One file a mistake: a root, and what `strata check` prints of it (test/fixtures/README.md). UPDATE_GOLDENS=1 writes it. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { CODES, COMPILER_CODES } from "../../compiler/codes.ts";
import { RULES } from "../../compiler/rules/index.ts";
import { HOME } from "../../setup/node.mjs";
import { removeFolders } from "../cli/strata.ts";
import { check, NAMES, readCase } from "./cases.ts";

/** Codes that need more than a folder of files; each is shown where it arises. */
const ELSEWHERE: Record<string, string> = {
  L001: "test/compiler/messages.test.ts",
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
  Q040: "test/cli/check-types.test.ts",
  Q041: "test/cli/check-types.test.ts",
  Q042: "test/cli/check-types.test.ts",
  Q043: "test/cli/check-types.test.ts",
  Q049: "test/cli/check-types.test.ts",
};

describe("diagnostics", () => {
  afterEach(removeFolders);

  for (const name of NAMES) {
    it(name, async () => {
      const { files, expected, corrected, update } = readCase(name);
      const { diagnostics, text } = await check(files);
      if (process.env.UPDATE_GOLDENS === "1") update(text);
      else assert.equal(text.toWellFormed(), expected, "UPDATE_GOLDENS=1"); // as a terminal gets it, in UTF-8
      if (corrected !== undefined) assert.equal((await check(corrected)).text, "", "mended");
      // `…-allowed` shows what is left of a code that its author allows.
      if (!name.endsWith("-allowed")) {
        const own = diagnostics.filter((each) => each.code === name.slice(0, 4));
        assert.isNotEmpty(own, "a case fails with its own code");
        for (const { code, severity } of own)
          assert.equal(severity, COMPILER_CODES[code as keyof typeof COMPILER_CODES].severity);
      }
      for (const { message, help } of diagnostics) {
        assert.match(message, /^(Spark |JSON |[^A-Z]).*[^.]$/s, "lower case, no full stop");
        assert.isNotEmpty(help);
      }
    });
  }

  it("the base that they change has no mistake", async () => {
    assert.equal((await check(readCase("base").files)).text, "");
  });

  it("every code has a case that fails with it, or a test elsewhere that expects it", () => {
    const shown = new Set(NAMES.map((name) => name.slice(0, 4)));
    const codes = Object.keys(CODES);
    assert.sameMembers(
      codes.filter((code) => !shown.has(code)),
      Object.keys(ELSEWHERE),
    );
    for (const [code, file] of Object.entries(ELSEWHERE))
      assert.include(readFileSync(join(HOME, file), "utf8"), code, `${file} shows ${code}`);
  });

  it("every code has a case that is mended as the help says", () => {
    const mended = NAMES.filter((name) => readCase(name).corrected !== undefined);
    assert.deepEqual(
      [...new Set(mended.map((name) => name.slice(0, 4)))],
      [...new Set(NAMES.map((name) => name.slice(0, 4)))],
    );
  });

  it("every rule has a code of the catalogue, and no two have the same", () => {
    const codes = RULES.map((rule) => rule.code);
    assert.includeMembers(Object.keys(COMPILER_CODES), codes);
    assert.equal(new Set(codes).size, codes.length);
  });

  it("docs/diagnostics.md lists exactly the codes that there are, and those that may be allowed", () => {
    const page = join(HOME, "docs", "diagnostics.md");
    const text = readFileSync(page, "utf8");
    const rows = Object.entries(CODES).map(
      ([code, { severity, title }]) => `| \`${code}\` | ${severity} | ${title} |\n`,
    );
    const allowable = Object.entries(COMPILER_CODES).filter(([, entry]) => entry.allowable);
    const right = text
      .replace(/(\| code \| severity \|.*\n.*\n)(?:\|.*\n)*/, (_, head: string) => head + rows.join(""))
      .replace(
        /^May be allowed: .*$/m,
        () => `May be allowed: ${allowable.map(([code]) => `\`${code}\``).join(", ")}.`,
      );
    if (process.env.UPDATE_GOLDENS === "1") writeFileSync(page, right);
    else assert.equal(text, right, "UPDATE_GOLDENS=1");
    for (const row of rows) assert.include(right, row);
  });
});
