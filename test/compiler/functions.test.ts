/** Calls of functions, against the lists of both versions of Spark. */

import { assert } from "chai";
import { FOREIGN, OLDER } from "../../compiler/functions/foreign.ts";
import { expectedNumber, functionNames, isNewFunction, WITH_UNIT } from "../../compiler/functions/functions.ts";
import { analyzeSql } from "../../compiler/parse/sql/analyze.ts";
import { newerThanSpark35 } from "../../compiler/parse/sql/newer.ts";
import { mistakeOfQuery } from "../../compiler/rules/given-query.ts";
import { SHOP } from "../cli/strata.ts";
import { compileFiles } from "./files.ts";

const wrongIn = (sql: string) => {
  const { syntaxError, wrongCalls } = analyzeSql(sql);
  assert.isUndefined(syntaxError, sql);
  return wrongCalls.map(({ kind, name }) => `${kind} ${name}`);
};

/** Each is right in Spark 4.1, or not known. */
const SILENT = [
  "SELECT UPPER(a), `lower`(a), count(*), count(t.*), count(DISTINCT a, b), struct(*), upper(*), concat() FROM t",
  "SELECT CAST(a AS INT), EXTRACT(YEAR FROM a), TRIM(BOTH 'x' FROM a), POSITION('a' IN b), SUBSTRING(a FROM 1) FROM t",
  "SELECT dateadd(DAY, 1, a), date_add(a, 1), timestampdiff(DAY, a, b), OVERLAY(a PLACING b FROM 1) FROM t",
  "SELECT transform(a, x -> x + 1), aggregate(a, 0, (x, y) -> x + y, x -> x), exists(a, x -> x > 1) FROM t",
  "SELECT mask(a, upperChar => 'X'), IDENTIFIER('nothing')(1), IDENTIFIER('a'), db.f(1) FROM t",
  "SELECT listagg(a, ',') WITHIN GROUP (ORDER BY a), mode() WITHIN GROUP (ORDER BY a), first(a) IGNORE NULLS FROM t",
  "SELECT row_number() OVER (ORDER BY a), lag(a, 1, 0, 1) OVER (ORDER BY a), current_date, (VALUES (1)) FROM t",
  "SELECT a, sum(b) FROM t GROUP BY ROLLUP (a), CUBE (b), GROUPING SETS ((a))",
  "SELECT * FROM range(3), explode(array(1)) AS e(x), LATERAL explode(e.a) AS f(x) WHERE a IN (1) AND NOT (b)",
  "SELECT a FROM t LATERAL VIEW OUTER explode(b) x AS a PIVOT (sum(a) FOR b IN (1, 2))",
  "WITH f (a) AS (SELECT 1), g AS (TABLE f) SELECT DISTINCT (a), CASE (a) WHEN (1) THEN (2) END FROM g AS h (a)",
  "SELECT timestampadd(DAY, 1, a), ceil(a), ceil(a, 1), date_trunc('DAY', a) FROM t |> WHERE a LIKE ANY ('x')",
];

describe("calls of functions", () => {
  it("that Spark makes, or that are not known, have no mistake", () => {
    for (const sql of SILENT) assert.deepEqual(wrongIn(sql), [], sql);
  });

  it("that Spark cannot make have one", () => {
    const sql = `SELECT nope(), SYSTEM.builtin.upper(a), session.lower(a), upper(a, b), timestampadd(DAY, 1), range(3), transform(a, x -> nope2(x))
      FROM nope3(1), stack() LATERAL VIEW nope4(a) x AS y`;
    assert.sameMembers(wrongIn(sql), [
      ...["unknown nope", "unknown range", "unknown nope2", "unknown nope3", "unknown nope4"],
      ...["qualified upper", "qualified lower", "arguments upper", "arguments timestampadd", "arguments stack"],
    ]);
  });

  it("have the number of arguments that both versions of Spark take", () => {
    assert.equal(expectedNumber("upper", false, 2), "1 argument");
    assert.equal(expectedNumber("Substring", false, 1), "2 or 3 arguments");
    assert.equal(expectedNumber("coalesce", false, 0), "at least 1 argument");
    assert.equal(expectedNumber("explode", false, 2), "1 argument");
    assert.equal(expectedNumber("now", false, 1), "no arguments");
    assert.match(expectedNumber("map", false, 1) ?? "", /^pairs/);
    // Spark 4.1 takes more than 3.5, or alone has it.
    for (const name of ["lag", "like", "mode", "listagg"]) assert.isUndefined(expectedNumber(name, false, 9), name);
  });

  it("are checked in expectations and in `strata query`, too", () => {
    const files = {
      ...SHOP,
      "pipelines/shop/pipeline.yaml": 'expectations: [{ expression: "yeer(at) > 2000 AND upper(id, 1) = id" }]\n',
    };
    const { diagnostics } = compileFiles(files);
    assert.includeMembers(
      diagnostics.map(({ code, file }) => `${code} ${file}`),
      ["Q035 pipelines/shop/pipeline.yaml", "Q036 pipelines/shop/pipeline.yaml"],
    );
    assert.deepInclude(mistakeOfQuery("SELECT id,\n  uper(name) FROM t"), {
      message: "Spark SQL has no function `uper`",
      help: "did you mean `upper`?",
      line: 2,
      column: 3,
    });
  });
});

describe("functions of other databases and versions", () => {
  const known = (name: string) => functionNames(false).has(name) || functionNames(true).has(name);
  const SYNTAX = new Set(["cast", "try_cast", "over", "decimal", ...[...WITH_UNIT].map((name) => name.toLowerCase())]);

  it("are not Spark's, and what to write instead is", () => {
    assert.deepEqual([...FOREIGN.keys()].filter(known), []);
    for (const [name, call] of [...FOREIGN, ...Object.entries(OLDER)])
      for (const [, called = ""] of call.toLowerCase().matchAll(/(\w+)\(/g))
        assert.isTrue(known(called) || SYNTAX.has(called), `${called} for ${name}`);
  });

  it("that came with Spark 4 are reported for Spark 3.5", () => {
    for (const name of Object.keys(OLDER)) assert.isTrue(isNewFunction(name), name);
    assert.deepInclude(newerThanSpark35("SELECT a, ListAgg(b, ',') FROM t"), { construct: "`ListAgg`", offset: 10 });
    assert.isDefined(newerThanSpark35("SELECT * FROM collations()"));
    for (const sql of ["WITH listagg (a) AS (SELECT 1) SELECT a FROM listagg", "SELECT upper(a) FROM t"])
      assert.isUndefined(newerThanSpark35(sql), sql);
  });
});
