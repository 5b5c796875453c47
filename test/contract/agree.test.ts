/** What an editor underlines by a JSON Schema is what the compiler refuses, and nothing else: types, words, limits, unknown keys. */

import { Ajv } from "ajv";
import { assert } from "chai";
import fc from "fast-check";
import type { Diagnostic } from "../../compiler/diagnostics.ts";
import { readJson } from "../../compiler/parse/json.ts";
import { locate } from "../../compiler/parse/text.ts";
import type { TreeNode } from "../../compiler/parse/tree.ts";
import { readDataset } from "../../compiler/read/dataset.ts";
import { readExtras } from "../../compiler/read/extras.ts";
import { readStages } from "../../compiler/read/stages.ts";
import { jsonSchema, SCHEMAS } from "../../contract/generate/json-schemas.ts";
import { parseSettings } from "../../settings/parse.ts";

/** Values that each key is tried with: right ones and wrong ones of every kind. */
const ANY = [null, true, 0, -1, 1.5, "", "x", [], ["a"], [1], {}, { a: 1 }];
const SETTINGS: Readonly<Record<string, readonly unknown[]>> = {
  write: ["replace", "merge", "overwrite"],
  format: ["parquet", "iceberg"],
  partition_by: ["a", ["a", "b"]],
  merge_key: [["a"]],
  sort_by: ["a", ["a", "b"], ["a", "A"]],
  file_size_mib: [1, 4096, 4097],
  compression: ["none", "lzo"],
  keep: [100, 101],
  skip_unchanged: [false, "true"],
  description: ["text"],
  allow: [{ Q006: "a reason" }],
  expectations: [
    [{ not_null: "a" }, { unique: ["a", "b"], severity: "warn", name: "n" }],
    [{ accepted_values: { column: "a", values: ["x", "y"] } }, { row_count: { min: 1, change: 0.5 } }],
    [{ references: { column: ["a"], dataset: "d" } }, { freshness: { column: "a", within: "2 days", of: "p" } }],
    [{ expression: "a > 1" }],
    [{ not_null: [] }],
    [{ notnull: "a" }],
    [{ not_null: "a", unique: "a" }],
    [{ not_null: "a", severity: "fatal" }],
    [{ accepted_values: { column: "a", values: [] } }],
    [{ accepted_values: { column: "a", values: [["x"]] } }],
    [{ references: { column: ["a"] } }],
    [{ row_count: { min: -1 } }],
    [{ row_count: { least: 1 } }],
    [{ freshness: { column: "a", within: "2 fortnights" } }],
    ["not_null"],
  ],
  wirte: ["replace"],
};

const PIPELINE: Readonly<Record<string, readonly unknown[]>> = {
  description: ["text"],
  sources: [{ t: { columns: { a: "int" }, rows: 5 } }, { t: { column: {} } }, { t: { rows: -1 } }, { t: [] }],
  params: [{ p: { type: "date", default: "2017-08-15" } }, { p: { default: "x" } }, { p: { type: "time" } }],
  crawlers: [{ c: "s3://b/p/" }, { c: 1 }],
  queries: [{ q: "SELECT 1" }, { q: ["SELECT 1"] }],
  setup: ["inline", "runtime", "later"],
  expectations: SETTINGS.expectations ?? [],
  parameters: [{}],
};

const STACK: Readonly<Record<string, readonly unknown[]>> = {
  buckets: [{ a: {} }, { a: { name: "abc", existing: true } }, { a: { nam: "abc" } }, { a: { name: "A" } }],
  pipelines: [["a"]],
  workerType: ["G.2X", "G.3X"],
  numberOfWorkers: [2, 299, 300],
  concurrency: [64, 65],
  stages: [{ s: { numberOfWorkers: 5 } }, { s: { workers: 5 } }, { s: { numberOfWorkers: 1 } }],
  logRetentionDays: [30, 31],
  scanLimitBytes: [10_485_760, 1],
  alertEmails: [["a@b.cd"], ["a"]],
  tags: [{ a: "b" }, { "aws:a": "b" }, { "": "b" }],
  encryption: ["s3", "none"],
  rolePath: ["/a/", "a"],
  network: [{ connections: ["c"] }, { connections: [] }, { subnet: "subnet-1" }],
  canary: [true],
};

/** Mistakes that a JSON Schema cannot express. */
const TEXT =
  /`max`$|asks nothing$|is empty$|names `|mixes|under `to`$|without a reason$|cannot be allowed|no code|not a type of Spark/;

function verdicts(name: keyof typeof SCHEMAS) {
  const { schema } = SCHEMAS[name];
  const validate = new Ajv({ strict: true, allowUnionTypes: true, unicodeRegExp: true }).compile(
    JSON.parse(jsonSchema(name, schema)),
  );
  return (value: unknown) => validate(value) as boolean;
}

type TreeReader = (root: TreeNode, collect: (each: Diagnostic) => void) => unknown;

function tree(value: unknown): TreeNode {
  const root = readJson(locate("f.json", JSON.stringify(value)), (each) => assert.fail(each.message));
  if (root === undefined) throw new Error("JSON.stringify writes JSON");
  return root;
}

/** Objects with one to three of the keys. */
function objectsOf(keys: Readonly<Record<string, readonly unknown[]>>, anything: readonly unknown[]) {
  const entry = fc
    .constantFrom(...Object.keys(keys))
    .chain((key) => fc.tuple(fc.constant(key), fc.constantFrom(...(keys[key] ?? []), ...anything)));
  return fc.uniqueArray(entry, { minLength: 1, maxLength: 3, selector: ([key]) => key }).map(Object.fromEntries);
}

function agree(
  objects: fc.Arbitrary<Record<string, unknown>>,
  isRight: (value: Record<string, unknown>) => boolean,
  read: (value: Record<string, unknown>, collect: (each: Diagnostic) => void) => void,
): void {
  fc.assert(
    fc.property(objects, (value) => {
      const found: Diagnostic[] = [];
      read(value, (each) => found.push(each));
      const reported = found.filter(({ code, message }) => !/^(C016|C014|C011|L00)/.test(code) && !TEXT.test(message));
      // Where only a text is wrong, the schema may know or not.
      if (reported.length === 0 && found.length > 0) return;
      assert.equal(
        isRight(value),
        reported.length === 0,
        JSON.stringify({ value, reported: reported.map(({ message }) => message) }),
      );
    }),
    { numRuns: 2000, seed: 7 },
  );
}

describe("JSON Schemas of the contract and the compiler agree", () => {
  it("on `strata` of a dataset", () => {
    const isRight = verdicts("sql_queries.schema.json");
    const dataset = (strata: unknown) => ({ sql_name: "d", sql_file: "d.sql", tables: [], strata });
    agree(
      objectsOf(SETTINGS, ANY),
      (strata) => isRight({ d: dataset(strata) }),
      (strata, collect) => {
        const root = tree({ d: dataset(strata) });
        if (root.kind === "object" && root.entries[0]) readDataset(root.entries[0], collect);
      },
    );
  });

  it("on a dataset", () => {
    const keys = {
      sql_file: ["d.sql"],
      tables: [[{ table_name: "t", s3_path: "s3://b/t/" }], [{ table_name: "t" }]],
      mine: [1],
    };
    const isRight = verdicts("sql_queries.schema.json");
    agree(
      objectsOf({ ...keys, s3_target: ["s3://b/p/"], target_name: ["n"] }, ANY),
      (dataset) => isRight({ d: { sql_name: "d", ...dataset } }),
      (dataset, collect) => {
        const root = tree({ d: { sql_name: "d", ...dataset } });
        if (root.kind === "object" && root.entries[0]) readDataset(root.entries[0], collect);
      },
    );
  });

  it("on names, locations and texts that a pattern describes", () => {
    const table = { table_name: "t", s3_path: "s3://b/t/" };
    const dataset = { sql_name: "d", sql_file: "d.sql", tables: [table], s3_target: "s3://b/d/" };
    const strata = (settings: object) => ({ d: { ...dataset, strata: settings } });
    const params = { p: { type: "int" } };
    const files: Readonly<Record<string, readonly [TreeReader, right: readonly object[], wrong: readonly object[]]>> = {
      "etl_stages.schema.json": [readStages, [{ s: ["d"] }, { "s 1 😀": [] }], [{}, { "": ["d"] }, { "a\n": ["d"] }]],
      "sql_queries.schema.json": [
        (root, collect) => root.kind === "object" && root.entries[0] && readDataset(root.entries[0], collect),
        [{ d: dataset }, strata({ allow: { Q006: "why" }, expectations: [{ expression: "a" }] })],
        [
          { "": { ...dataset, sql_name: "" } },
          { d: { ...dataset, s3_target: "b/d/" } },
          { d: { ...dataset, s3_target: "s3://b" } },
          { d: { ...dataset, tables: [{ ...table, table_name: "" }] } },
          { d: { ...dataset, tables: [{ ...table, s3_path: "s3a://b/t/" }] } },
          strata({ partition_by: "" }),
          strata({ partition_by: ["a", "\u0000"] }),
          strata({ allow: { Q006: " " } }),
          strata({ expectations: [{ expression: " " }] }),
          strata({ expectations: [{ not_null: "a", name: "" }] }),
        ],
      ],
      "pipeline.schema.json": [
        readExtras,
        [{ params, crawlers: { c: "s3://b/c/" }, queries: { q: "SELECT 1" } }],
        [
          { params: { "1p": params.p } },
          { sources: { "": {} } },
          { sources: { t: { columns: { "": "int" } } } },
          { crawlers: { c: "/c/" } },
          { crawlers: { "": "s3://b/c/" } },
          { queries: { q: "" } },
        ],
      ],
    };
    for (const [name, [read, right, wrong]] of Object.entries(files)) {
      const isRight = verdicts(name as keyof typeof SCHEMAS);
      for (const value of [...right, ...wrong]) {
        const found: Diagnostic[] = [];
        read(tree(value), (each) => found.push(each));
        const expected = wrong.includes(value);
        assert.deepEqual(
          [!isRight(value), found.some(({ severity }) => severity === "error")],
          [expected, expected],
          JSON.stringify(value),
        );
      }
    }
  });

  it("on pipeline.yaml", () => {
    agree(objectsOf(PIPELINE, ANY), verdicts("pipeline.schema.json"), (value, collect) =>
      readExtras(tree(value), collect),
    );
  });

  it("on a stack's settings", () => {
    const isRight = verdicts("stack.schema.json");
    const right = { region: "eu-central-1", allowedAccountIds: ["123456789012"] };
    agree(
      objectsOf(STACK, [[1], { a: 1 }, "x"]),
      (value) =>
        isRight({ config: Object.fromEntries(Object.entries(value).map(([key, each]) => [`strata:${key}`, each])) }),
      (value, collect) => {
        const root = tree({ ...right, ...value });
        if (root.kind === "object") parseSettings({ stack: "dev", entries: root.entries, at: root.at }, collect);
      },
    );
  });
});
