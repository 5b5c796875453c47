/** The resolver beside Spark's own analyzer: `spark-answers.json` is what Spark 4.1 answered (record_spark_answers.py). */

import { assert } from "chai";
import { RECORD, resolve } from "./record.ts";

/** What names do not show: syntax, groups, types, windows, LIMIT. */
const NOT_OF_NAMES =
  /^(PARSE_|UNSUPPORTED_TYPED_LITERAL|MISSING_GROUP_BY|MISSING_AGGREGATION|MISSING_ATTRIBUTES|MISSING_WINDOW_|INVALID_LIMIT_|INVALID_WHERE_|UDTF_ALIAS_NUMBER_|_LEGACY_ERROR_TEMP_10(21|50)$)/;

/** What the resolver passes over: ORDER BY of groups, fields of values that are computed, columns that files have. */
const PASSED_OVER = new Set([
  "SELECT id, count(*) FROM t GROUP BY 1 ORDER BY 2, count(*), name",
  "SELECT id FROM t GROUP BY id ORDER BY name",
  "SELECT id FROM t GROUP BY id HAVING sum(x) > 1 ORDER BY sum(x)",
  "SELECT sa[0].p, sa[0].zz, m['a'], arr[0] FROM t",
  "SELECT named_struct('x', 1) AS q, q.x, q.y",
  "SELECT _metadata FROM t",
]);

/** Of these Spark gives the place of what is around the name. */
const AROUND = /EXCEPT \(|->|PIVOT|\|> (SET|DROP)/;

const entries = Object.entries(RECORD.answers);
const accepted = entries.flatMap(([sql, found]) => ("error" in found ? [] : [[sql, found] as const]));
const refused = entries.flatMap(([sql, found]) => ("error" in found ? [[sql, found] as const] : []));

describe("names beside Spark's analyzer", () => {
  it("have mistakes only where Spark finds some", () => {
    const wrong = accepted.flatMap(([sql]) => {
      const mistakes = resolve(sql)?.mistakes.filter(({ kind }) => kind !== "duplicate") ?? [];
      return mistakes.length > 0 ? [{ sql, mistakes }] : [];
    });
    assert.deepEqual(wrong, []);
  });

  it("of results are Spark's, or are not sure", () => {
    const wrong = accepted.flatMap(([sql, names]) => {
      const found = resolve(sql)?.outputs?.map(({ name }) => name);
      const isSame = found?.length === names.length && found.every((name, at) => name === "" || name === names[at]);
      return found === undefined || isSame ? [] : [{ sql, found, names }];
    });
    assert.deepEqual(wrong, []);
  });

  it("of results are known for nearly all", () => {
    const all = accepted.flatMap(([sql, names]) => {
      const found = resolve(sql)?.outputs;
      return names.map((name, at) => ({ sql, name, isKnown: found?.[at]?.name === name }));
    });
    const unknown = all.filter(({ isKnown }) => !isKnown);
    assert.isBelow(unknown.length / all.length, 0.11, JSON.stringify(unknown, undefined, 1));
  });

  it("are mistakes where Spark refuses them, and begin where Spark says", () => {
    const missed: unknown[] = [];
    const elsewhere: unknown[] = [];
    for (const [sql, { error, line, column }] of refused) {
      if (NOT_OF_NAMES.test(error) || PASSED_OVER.has(sql)) continue;
      const mistakes = resolve(sql)?.mistakes ?? [];
      const hasPlace = line === 1 && /^UNRESOLVED|^AMBIGUOUS_REF/.test(error) && !AROUND.test(sql);
      if (mistakes.length === 0) missed.push({ sql, error });
      else if (hasPlace && !mistakes.some(({ offset }) => offset + 1 === column))
        elsewhere.push({ sql, column, mistakes });
    }
    assert.deepEqual({ missed, elsewhere }, { missed: [], elsewhere: [] });
  });
});
