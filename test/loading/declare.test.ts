/** Declaring columns in `pipeline.yaml`: what is written is read back, and every other byte stays. */

import { assert } from "chai";
import fc from "fast-check";
import { locate } from "../../compiler/parse/text.ts";
import { readYaml } from "../../compiler/parse/yaml.ts";
import { readExtras } from "../../compiler/read/extras.ts";
import { type Declaration, declareColumns } from "../../loading/sources/declare.ts";

const declaration = (name: string, columns: Readonly<Record<string, string>>): Declaration => ({
  name,
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
});
const ID = declaration("t", { id: "int" });

/** What is there, what is declared, what comes of it. */
const CASES: Readonly<Record<string, readonly [string, readonly Declaration[], string | undefined]>> = {
  "an empty file": ["", [ID], "sources:\n  t:\n    columns:\n      id: int\n"],
  comments: ["# ours\n", [ID], "# ours\nsources:\n  t:\n    columns:\n      id: int\n"],
  "no line end": ["description: x", [ID], "description: x\nsources:\n  t:\n    columns:\n      id: int\n"],
  "lines of Windows": [
    "description: x\r\n",
    [ID],
    "description: x\r\nsources:\r\n  t:\r\n    columns:\r\n      id: int\r\n",
  ],
  "sources without a value": [
    "sources: # later\nsetup: inline\n",
    [ID],
    "sources: # later\n  t:\n    columns:\n      id: int\nsetup: inline\n",
  ],
  "sources of null": ["sources: ~ # later\n", [ID], "sources: # later\n  t:\n    columns:\n      id: int\n"],
  "empty sources": ["sources: {} # later\n", [ID], "sources: { t: { columns: { id: int } } } # later\n"],
  "a file in braces": [
    '{ "setup": "inline" }\n',
    [ID],
    '{ "setup": "inline", sources: { t: { columns: { id: int } } } }\n',
  ],
  "another source, indented by four": [
    "sources:\n    a: { rows: 5 }   # big\n\n# end\nsetup: inline\n",
    [ID, declaration("a", { x: "decimal(10,2)" })],
    'sources:\n    a: { rows: 5, columns: { x: "decimal(10,2)" } }   # big\n    t:\n      columns:\n        id: int\n\n# end\nsetup: inline\n',
  ],
  "an entry without columns": [
    "sources:\n  t:\n    # how many\n    rows: 5\n  u:\n",
    [ID, declaration("u", { v: "date" })],
    "sources:\n  t:\n    # how many\n    rows: 5\n    columns:\n      id: int\n  u:\n    columns:\n      v: date\n",
  ],
  "columns in a block": [
    "sources:\n  t:\n    columns:\n      # key\n      id:   int   # never null\n      gone: string\n      left: date # by the shop\n\n      last: 'bigint'\n  # done\nsetup: inline\n",
    [declaration("t", { first: "int", id: "bigint", next: "array<struct<a: int>>", last: "bigint", end: "string" })],
    "sources:\n  t:\n    columns:\n      # key\n      first: int\n      id:   bigint   # never null\n      next: \"array<struct<a: int>>\"\n      # left: date # by the shop\n\n      last: 'bigint'\n      end: string\n  # done\nsetup: inline\n",
  ],
  "columns in braces": [
    'sources: { t: { columns: { "a": int, b: date,  c: string } } }\n',
    [declaration("t", { z: "int", a: "decimal(5,2)", d: "date" })],
    'sources: { t: { columns: { z: int, "a": "decimal(5,2)", d: date } } }\n',
  ],
  "columns in braces over lines": [
    "sources:\n  t:\n    columns: {\n      a: int, # one\n      b: date # two\n    }\n",
    [declaration("t", { a: "int", c: "map<string,int>" })],
    'sources:\n  t:\n    columns: {\n      a: int, c: "map<string,int>", # one\n       # two\n    }\n',
  ],
  "every column replaced": [
    "sources:\n  t:\n    columns:\n      a: int\n      b: int\n",
    [ID],
    "sources:\n  t:\n    columns:\n      id: int\n",
  ],
  "names that YAML reads otherwise": [
    "",
    [declaration("null", { "1": "int", yes: "int", "~": "int", "a: b": "int", "#x": "int", "": "int" })],
    undefined,
  ],
  "a text that is not YAML": ["sources: {", [ID], undefined],
  "two documents": ["a: 1\n---\nb: 2\n", [ID], undefined],
  "an end of the document": [
    "setup: inline\n...\n",
    [ID],
    "setup: inline\nsources:\n  t:\n    columns:\n      id: int\n...\n",
  ],
};

describe("declaring columns in pipeline.yaml", () => {
  for (const [what, [before, declarations, after]] of Object.entries(CASES))
    it(`handles ${what}`, () => {
      assert.equal(declareColumns(before, declarations), after);
      if (after !== undefined) assert.equal(declareColumns(after, declarations), after, "a second time");
    });

  const odd = fc.constantFrom(
    ...[
      "null",
      "yes",
      "~",
      "1",
      "1.0",
      "0x1f",
      "a b",
      "a: b",
      " #x",
      "- a",
      "<<",
      "__proto__",
      "constructor",
      "*a",
      "&a",
    ],
    ...[
      "{",
      "}",
      "[x]",
      "a,b",
      "'",
      '"',
      "\\",
      "é日本😀",
      "?",
      "? a",
      "!t",
      "|",
      ">",
      "%",
      "@",
      "`",
      "a'b\"c",
      "true",
      "x".repeat(1100),
    ],
  );
  const name = fc.oneof(
    odd,
    fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
      .filter((text) => /^[^\p{Cc}\u2028\u2029]+$/u.test(text)),
  );
  const type = fc.constantFrom(
    "int",
    "decimal(10,2)",
    "array<struct<`a: b`:int,c:map<string,date>>>",
    "interval day to second",
    "void",
  );
  const columns = fc.uniqueArray(fc.tuple(name, type), {
    minLength: 1,
    maxLength: 6,
    selector: ([key]) => key.toLowerCase(),
  });
  const sources = fc.uniqueArray(fc.tuple(name, columns), {
    minLength: 1,
    maxLength: 4,
    selector: ([key]) => key.toLowerCase(),
  });
  const declared = (all: readonly (readonly [string, readonly (readonly [string, string])[]])[]): Declaration[] =>
    all.map(([source, pairs]) => ({
      name: source,
      columns: pairs.map(([column, kind]) => ({ name: column, type: kind })),
    }));

  it("what is written is read back, whatever was there, and comments stay", () => {
    const starts = fc.constantFrom(
      "",
      "# top\ndescription: |\n  a: b\n  # no comment\n\nqueries:\n  q: SELECT 1 # end\n",
      "sources: # s\n",
      "sources: {}\n",
      "{ setup: inline, sources: {} } # c\n",
      "sources:\r\n   other: { rows: 1 } # o\r\nparams:\r\n   day: { type: date }\r\n",
    );
    fc.assert(
      fc.property(starts, sources, sources, (start, one, two) => {
        const first = declareColumns(start, declared(one));
        assert.isDefined(first, `${start}\n${JSON.stringify(one)}`);
        const second = declareColumns(first as string, declared(two));
        assert.isDefined(second, `${first}\n${JSON.stringify(two)}`);
        const tree = readYaml(locate("pipeline.yaml", second as string), (each) => assert.fail(each.message));
        const found = new Map(
          tree &&
            readExtras(tree, (each) => assert.fail(each.message)).sources.map((each) => [
              each.name.value,
              each.columns,
            ]),
        );
        for (const each of declared(two)) assert.deepEqual(found.get(each.name), [...each.columns]);
        for (const comment of start.match(/# .*/g) ?? []) assert.include(second, comment.trimEnd());
        assert.equal(declareColumns(second as string, declared(two)), second, "nothing is left to do");
      }),
      { numRuns: 300 },
    );
  });

  /** A source `t` as people write it, with a comment wherever one can be. */
  const STYLES: readonly ((columns: readonly (readonly [string, string])[], eol: string) => string)[] = [
    (pairs, eol) =>
      ["# 1", "sources: # 2", "   t: # 3", "      columns: # 4"]
        .concat(
          pairs.flatMap(([key, kind], index) => [
            `       # a${index}.`,
            `       ${JSON.stringify(key)}:  '${kind}'   # b${index}.`,
          ]),
        )
        .concat("   # 5", "setup: inline")
        .join(eol),
    (pairs) =>
      `{ sources: { t: { rows: 1, columns: { ${pairs.map((pair) => pair.map((text) => JSON.stringify(text)).join(": ")).join(",  ")} } } } } # 1`,
    (pairs, eol) =>
      ["sources:", "  t:", "    columns: { # 1"]
        .concat(
          pairs.map(
            ([key, kind], index) =>
              `      ${JSON.stringify(key)}: "${kind}"${index < pairs.length - 1 ? "," : ""} # a${index}.`,
          ),
        )
        .concat("    } # 2", "")
        .join(eol),
    (pairs, eol) =>
      ["sources:", "  t:", "    columns: {"]
        .concat(pairs.map(([key, kind]) => `      ${JSON.stringify(key)}: "${kind}",`))
        .concat("    }", "    # 1", "queries:", "  q: |", "    SELECT 1", "")
        .join(eol),
  ];

  it("columns come and go in every style, and comments stay", () => {
    const change = fc.constantFrom("keep", "remove", "retype", "add");
    // A longer key needs `? ` in YAML.
    const plain = name.filter((text) => text.length < 1000);
    const all = fc.uniqueArray(fc.tuple(plain, type, change), {
      minLength: 1,
      maxLength: 8,
      selector: ([key]) => key.toLowerCase(),
    });
    const style = fc.constantFrom(...STYLES);
    fc.assert(
      fc.property(all, style, fc.constantFrom("\n", "\r\n"), (changes, write, eol) => {
        const there = changes.filter(([, , kind]) => kind !== "add").map(([key, kind]) => [key, kind] as const);
        const wanted = changes.filter(([, , kind]) => kind !== "remove");
        fc.pre(there.length > 0 && wanted.length > 0);
        const columnsNow = wanted.map(([key, kind, how]) => ({ name: key, type: how === "retype" ? "date" : kind }));
        const before = write(there, eol);
        const after = declareColumns(before, [{ name: "t", columns: columnsNow }]);
        assert.isDefined(after, before);
        for (const comment of before.match(/# [ab]?\d+\.?/g) ?? []) assert.include(after, comment);
        const tree = readYaml(locate("pipeline.yaml", after as string), (each) =>
          assert.fail(`${each.message}\n${after}`),
        );
        assert.deepEqual(tree && readExtras(tree, () => assert.fail()).sources[0]?.columns, columnsNow);
      }),
      { numRuns: 400 },
    );
  });
});
