/** SARIF against the committee's own schema, with the places, names and numbers of diagnostics that may occur. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import Draft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { assert } from "chai";
import fc from "fast-check";
import { sarif } from "../../cli/sarif.ts";
import { CODES, type Code } from "../../compiler/codes.ts";
import { diagnostic, topOf } from "../../compiler/diagnostics.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders, SHOP, strata } from "./strata.ts";

const schema = JSON.parse(readFileSync(join(HOME, "test", "fixtures", "sarif", "sarif-2.1.0-rtm.5.json"), "utf8"));
// The schema has a pattern that only the older kind of expression takes.
const ajv = new Draft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

interface Physical {
  readonly artifactLocation: { readonly uri: string };
  readonly region: { readonly startLine: number; readonly startColumn: number };
}

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly fixes?: unknown;
        readonly locations: readonly [{ readonly physicalLocation: Physical }];
      }[];
    },
  ];
}

function valid(log: unknown): Log {
  assert.isTrue(validate(log), JSON.stringify(validate.errors, null, 2));
  return log as Log;
}

const finding = (file: string, code: Code = "Q004") =>
  diagnostic({ code, at: { file, line: 3, column: 5, length: 2 }, message: "m", help: "h" });

describe("strata check --format sarif", () => {
  afterEach(removeFolders);

  it("is valid without a diagnostic, and says that there is none", async () => {
    const { code, stdout } = await strata(["check", "--root", folderOf(SHOP), "--format", "sarif"]);
    assert.equal(code, 0);
    assert.deepEqual(valid(JSON.parse(stdout)).runs[0].results, []);
  });

  it("is valid with several diagnostics, each at its line", async () => {
    const root = folderOf({
      ...SHOP,
      "pipelines/shop/etl_stages.json": '{\n  "bronze": ["orders", "total"],\n  "gold": ["totals"]\n}\n',
      "sql/shop/totals.sql": "SELECT 1\nFROM x\n",
      "sql/shop/old.sql": "SELECT 1\n",
    });
    const { code, stdout } = await strata(["check", "--root", root, "--format", "sarif"]);
    assert.equal(code, 1);
    const { results } = valid(JSON.parse(stdout)).runs[0];
    const lines = results.map(({ ruleId, locations: [{ physicalLocation: place }] }) => [
      ruleId,
      `${place.artifactLocation.uri}:${place.region.startLine}:${place.region.startColumn}`,
    ]);
    assert.deepInclude(lines, ["C005", "pipelines/shop/etl_stages.json:2:24"]);
    assert.deepInclude(lines, ["Q004", "sql/shop/totals.sql:2:6"]);
    assert.deepInclude(lines, ["C010", "sql/shop/old.sql:1:1"]);
  });

  it("encodes blanks, other alphabets and signs of a file's name as a URI does", async () => {
    const root = folderOf({ ...SHOP, "sql/shop/größe 100%#1?.sql": "SELECT 1\n" });
    const { stdout } = await strata(["check", "--root", root, "--format", "sarif"]);
    const uris = valid(JSON.parse(stdout)).runs[0].results.map(
      ({ locations: [{ physicalLocation }] }) => physicalLocation.artifactLocation.uri,
    );
    assert.deepEqual(uris, ["sql/shop/gr%C3%B6%C3%9Fe%20100%25%231%3F.sql"]);
    assert.equal(decodeURIComponent(uris[0] ?? ""), "sql/shop/größe 100%#1?.sql");
  });

  it("points each result to its rule, and has a rule for every code", () => {
    const { tool, results } = valid(sarif([finding("a.sql", "Q004"), finding("b.sql", "C010")])).runs[0];
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
    assert.sameMembers(
      tool.driver.rules.map(({ id }) => id),
      Object.keys(CODES),
    );
  });

  it("is valid for any file name, message and place", () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    const place = fc.record({
      file: text.map((name) => `sql/${name}`),
      line: fc.integer({ min: 1, max: 1e6 }),
      column: fc.integer({ min: 1, max: 1e6 }),
      length: fc.integer({ min: 1, max: 1e6 }),
    });
    const position = fc.record({ line: fc.integer({ min: 1, max: 1e6 }), column: fc.integer({ min: 1, max: 1e6 }) });
    const range = fc.record({ start: position, end: position });
    const edit = fc.record({ file: text.map((name) => `sql/${name}`), range, text });
    const any = fc.record({
      code: fc.constantFrom(...(Object.keys(CODES) as Code[])),
      severity: fc.constantFrom("error" as const, "warning" as const),
      at: place,
      message: text,
      help: text,
      notes: fc.array(fc.record({ place, message: text }), { maxLength: 3 }),
      fixes: fc.array(
        fc.record({ safe: fc.boolean(), title: text, edits: fc.array(edit, { minLength: 1, maxLength: 3 }) }),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (findings) => {
        valid(sarif(findings.map(diagnostic)));
      }),
      { numRuns: 50 },
    );
  });

  it("has a fix as replacements of regions, one change a file", () => {
    const edit = (file: string, column: number, text: string) => ({
      file,
      range: { start: { line: 1, column }, end: { line: 2, column: 4 } },
      text,
    });
    const fixes = [
      { safe: true, title: "t", edits: [edit("a b.sql", 1, "x"), edit("c.sql", 2, ""), edit("a b.sql", 9, "y")] },
    ];
    const log = valid(sarif([diagnostic({ code: "Q005", at: topOf("c.sql"), message: "m", help: "h", fixes })]));
    const region = (startColumn: number) => ({ startLine: 1, startColumn, endLine: 2, endColumn: 4 });
    const replaced = (startColumn: number, text: string) => ({
      deletedRegion: region(startColumn),
      insertedContent: { text },
    });
    assert.deepEqual(log.runs[0].results[0]?.fixes, [
      {
        description: { text: "t" },
        artifactChanges: [
          {
            artifactLocation: { uri: "a%20b.sql", uriBaseId: "ROOT" },
            replacements: [replaced(1, "x"), replaced(9, "y")],
          },
          { artifactLocation: { uri: "c.sql", uriBaseId: "ROOT" }, replacements: [replaced(2, "")] },
        ],
        properties: { safe: true },
      },
    ]);
  });

  it("survives a file name with half a character, as Windows allows", () => {
    valid(sarif([finding("sql/\ud800.sql")]));
  });
});
