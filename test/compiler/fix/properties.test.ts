/** Safe fixes of any root with mistakes: no error is added, nothing is left to fix, only texts of the fixes are touched. */

import { assert } from "chai";
import fc from "fast-check";
import type { Diagnostic } from "../../../compiler/diagnostics.ts";
import { applyFixes } from "../../../compiler/fix/apply.ts";
import { fixRoot } from "../../../compiler/fix-root.ts";
import { compileFiles, type Files, inputOf } from "../files.ts";

const COLUMNS = ["id", "amount", "status", "größe", "range"];
const column = fc.constantFrom(...COLUMNS);

/** A column as authors write it, right or wrong. */
const item = fc.oneof(
  column.map((name) => `\`${name}\``),
  column.map((name) => `"${name}"`),
  column.map((name) => `sum("${name}")`),
  column.map((name) => `coalesce(\`id\`, "${name}")`),
  fc.constantFrom("'🚀' AS rocket", '"Returned" AS state', "count(*) AS n", '(SELECT max("id") FROM t0) AS m', "amont"),
);
/** A table of a list of one to three, by its name, with a database, in quotes, misspelt; as a common table expression. */
const from = fc.constantFrom(
  "t0",
  "T0",
  "db.t0",
  "c.`db`.t0 AS x",
  "t0 JOIN db.t1 ON 1 = 1",
  "t0, `t1`",
  "db.t0, other.t0",
  "tO",
  "elsewhere",
);
const where = fc.oneof(
  fc.constant(""),
  fc.tuple(column, column).map(([a, b]) => ` WHERE "${a}" = "${b}"`),
  column.map((name) => ` WHERE status IN ("${name}", "late") ORDER BY "${name}" DESC`),
);
const query = fc
  .tuple(fc.array(item, { minLength: 1, maxLength: 4 }), from, where, fc.boolean())
  .map(([items, tables, rest, hasCte]) => {
    const text = `SELECT ${items.join(",\n  ")}\nFROM ${tables}${rest}\n`;
    return hasCte ? `WITH t1 AS (${text}) SELECT * FROM t1` : text;
  });

const blank = fc.constantFrom("", " ", "\n", "\r\n    ", "\t");
const dataset = fc.record({
  sql: query,
  tables: fc.integer({ min: 0, max: 4 }),
  blank,
  stage: fc.boolean(),
});
/** Datasets that read raw tables t0, t1, …, of which the first two are declared with columns. */
const root = fc.array(dataset, { minLength: 1, maxLength: 3 }).map((datasets): Files => {
  const entry = (index: number, space: string) =>
    `{${space}"table_name"${space}:${space}"t${index}",${space}"s3_path": "s3://lake/raw/t${index}/"${space}}`;
  const object = ({ tables, blank: space }: (typeof datasets)[number], index: number) => {
    const list = Array.from({ length: tables }, (_, table) => entry(table, space)).join(`${space},${space}`);
    return `"d${index}":${space}{ "sql_name": "d${index}", "sql_file": "p/d${index}.sql", "tables": [${space}${list}${space}],${space}"s3_target": "s3://lake/out/d${index}/" }`;
  };
  const listed = datasets.flatMap(({ stage }, index) => (stage || index === 0 ? [`"d${index}"`] : []));
  const columns = COLUMNS.map((name) => `${name}: string`).join(", ");
  return {
    "pipelines/p/etl_stages.json": `{"all": [${listed}]}`,
    "pipelines/p/sql_queries.json": `{${datasets.map(object).join(",\n")}}`,
    "pipelines/p/pipeline.yaml": `sources: { t0: { columns: { ${columns} } }, t1: { columns: { ${columns} } } }\n`,
    ...Object.fromEntries(datasets.map(({ sql }, index) => [`sql/p/d${index}.sql`, sql])),
  };
});

const errors = (diagnostics: readonly Diagnostic[]) =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, file, message }) => `${code} ${file} ${message}`);

describe("safe fixes of any root", function () {
  this.timeout(120_000);

  it("add no error, leave nothing to fix, and are what their edits say", () => {
    let fixes = 0;
    let refusals = 0;
    fc.assert(
      fc.property(root, (files) => {
        const before = compileFiles(files);
        const { texts, fixed, refused, input } = fixRoot({ input: inputOf(files), ...before }, () => true);
        const left: Files = { ...files, ...Object.fromEntries(texts) };
        const after = compileFiles(left);
        const open = errors(before.diagnostics);
        for (const each of errors(after.diagnostics)) {
          assert.include(open, each, JSON.stringify(left, null, 1));
          open.splice(open.indexOf(each), 1);
        }
        const again = fixRoot({ input, ...after }, () => true);
        assert.equal(again.texts.size, 0, "idempotent");
        assert.isTrue(fixed.every(({ fix }) => fix.safe));
        const first = before.diagnostics.flatMap((each) => each.fixes.find(({ safe }) => safe) ?? []);
        assert.isTrue(texts.size > 0 || refused.length === first.length, "each is applied or refused");
        fixes += fixed.length;
        refusals += refused.length;
      }),
      { numRuns: 60 },
    );
    assert.isAbove(fixes, 50, "the roots have something to fix");
    assert.isAbove(refusals, 0, "and something that brings an error");
  });

  it("offered or safe, each applies by itself to the text that was checked, and touches one file's ranges", () => {
    fc.assert(
      fc.property(root, (files) => {
        for (const fix of compileFiles(files).diagnostics.flatMap((each) => each.fixes)) {
          const { texts, fixes } = applyFixes([fix], (file) => files[file]);
          assert.lengthOf(fixes, 1, fix.title);
          for (const [file, text] of texts) {
            assert.notEqual(text, files[file]);
            if (file.endsWith(".json")) JSON.parse(text);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("refuse one of two with the same message, and apply the other", () => {
    const source = (name: string) => `{ "table_name": "${name}", "s3_path": "s3://lake/raw/${name}/" }`;
    const sql =
      'SELECT t0.id FROM t0 JOIN t1 ON t0.id = t1.id WHERE "amount" = 1 AND t0.id IN (SELECT id FROM t0 WHERE "amount" = id)\n';
    const files: Files = {
      "pipelines/p/etl_stages.json": '{"all": ["d"]}',
      "pipelines/p/sql_queries.json": `{"d": {"sql_name": "d", "sql_file": "p/d.sql", "tables": [${source("t0")}, ${source("t1")}], "s3_target": "s3://lake/out/d/"}}`,
      "pipelines/p/pipeline.yaml":
        "sources: { t0: { columns: { id: int, amount: int } }, t1: { columns: { id: int, amount: int } } }\n",
      "sql/p/d.sql": sql,
    };
    const { texts, fixed, refused } = fixRoot({ input: inputOf(files), ...compileFiles(files) }, () => true);
    assert.deepEqual([fixed.length, refused.length], [1, 1]);
    assert.equal(texts.get("sql/p/d.sql"), sql.replace('WHERE "amount" = id', "WHERE `amount` = id"));
  });
});
