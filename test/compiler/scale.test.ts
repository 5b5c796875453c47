/** The compiler's time a dataset stays the same, however many datasets there are. */

import { assert } from "chai";
import { manyDatasets } from "../../bench/many.ts";
import { compile } from "../../compiler/compile.ts";
import type { SqlFile } from "../../compiler/input.ts";
import { analyzeSql } from "../../compiler/sql/analyze.ts";
import type { SqlFacts } from "../../compiler/sql/facts.ts";

/** CPU microseconds that a dataset takes, the least of some compilations; SQL is parsed before, each form of text once. */
function costOf(number: number): number {
  const files = manyDatasets(number);
  const known = new Map<string, SqlFacts>();
  const sql = Object.entries(files).flatMap(([path, text]): [string, SqlFile][] => {
    if (!path.startsWith("sql/")) return [];
    const form = text.replace(/\d+/g, "0");
    const facts = known.get(form) ?? analyzeSql(form);
    known.set(form, facts);
    return [[path.slice(4), { path, text, facts }]];
  });
  const file = (path: string) => ({ path, text: files[path] ?? "" });
  const folder = "pipelines/many";
  const pipelines = [
    {
      name: "many",
      stages: file(`${folder}/etl_stages.json`),
      queries: file(`${folder}/sql_queries.json`),
      extras: { path: `${folder}/pipeline.yaml`, text: "sources: { a: { columns: { id: int } } }\n" },
    },
  ];
  const runs = Array.from({ length: 4 }, () => {
    const start = process.cpuUsage();
    const { pipelines: compiled, diagnostics } = compile({ pipelines, sql: new Map(sql), expressions: new Map() });
    const { user } = process.cpuUsage(start);
    assert.deepEqual(diagnostics, []);
    assert.equal(compiled[0]?.datasets, number);
    return user;
  });
  return Math.min(...runs) / number;
}

describe("compiling many datasets", () => {
  it("takes the same CPU time for each of 500 and of 4,000", function () {
    this.timeout(120_000);
    costOf(500);
    const [few, many] = [costOf(500), costOf(4000)];
    // A loop over all pairs makes this 8. Caches and the collector make it more than 1, on a busy machine up to 3; the
    // figures of a quiet one are `npm run bench`'s.
    assert.isBelow(many / few, 4, `${few.toFixed(0)} and ${many.toFixed(0)} microseconds`);
  });
});
