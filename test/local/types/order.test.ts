/** The order of analysis, and what a worker that dies, or never answers, leaves of it. */

import { assert } from "chai";
import { analyze } from "../../../local/types/analyze.ts";
import type { Answer, Question, WireColumn } from "../../../local/types/answer.ts";
import { openCache } from "../../../local/types/cache.ts";
import { analyzingEngine } from "../../../local/types/engine.ts";
import { ordered } from "../../../local/types/order.ts";
import { HOME } from "../../../setup/node.mjs";
import { folderOf, removeFolders } from "../../cli/strata.ts";
import { compileFiles } from "../../compiler/files.ts";

/** Datasets `name: tables` of one stage; `raw` is declared. */
function pipeline(datasets: Readonly<Record<string, readonly string[]>>) {
  const location = (name: string) => `s3://lake/${name}/`;
  const entries = Object.entries(datasets).map(([name, tables]) => [
    name,
    {
      sql_name: name,
      sql_file: `p/${name}.sql`,
      tables: tables.map((table) => ({ table_name: table, s3_path: location(table) })),
      s3_target: location(name),
      target_name: name,
    },
  ]);
  const sql = Object.entries(datasets).map(([name, tables]) => [
    `sql/p/${name}.sql`,
    `SELECT id FROM ${tables.join(" NATURAL JOIN ")}\n`,
  ]);
  return compileFiles({
    "pipelines/p/etl_stages.json": JSON.stringify({ one: Object.keys(datasets) }),
    "pipelines/p/sql_queries.json": JSON.stringify(Object.fromEntries(entries)),
    "pipelines/p/pipeline.yaml": "sources: { raw: { columns: { id: int } } }\n",
    ...Object.fromEntries(sql),
  });
}

const isChosen = () => true;
const namesOf = (compiled: ReturnType<typeof pipeline>) =>
  ordered(compiled.pipelines, isChosen).map(({ dataset }) => dataset);

describe("order of analysis", () => {
  afterEach(removeFolders);

  it("puts each dataset after those that it reads, each once", () => {
    const order = namesOf(pipeline({ d: ["b", "c"], b: ["a"], c: ["a", "b"], a: ["raw"], e: ["raw"] }));
    assert.deepEqual(order, ["a", "b", "c", "d", "e"]);
  });

  it("ends for a cycle, and for a chain of thousands", () => {
    assert.sameMembers(namesOf(pipeline({ a: ["b"], b: ["a"], c: ["c", "a"] })), ["a", "b", "c"]);
    const chain = Array.from({ length: 3000 }, (_, index) => [`d${index}`, [index === 2999 ? "raw" : `d${index + 1}`]]);
    assert.equal(namesOf(pipeline(Object.fromEntries(chain)))[0], "d2999");
  });

  it("asks only for queries whose tables are known, with the columns of those before", async () => {
    const asked: Question[] = [];
    const answer: Answer = { columns: [["id", "int", false]], mistakes: [], refused: null };
    const fake = {
      ask: async (question: Question) => {
        asked.push(question);
        return { answer, lasting: true };
      },
    };
    const { pipelines } = pipeline({ b: ["a"], a: ["raw"], x: ["unknown"], y: ["x", "a"] });
    const { types, notAnalyzed } = await analyze(pipelines, isChosen, openCache(folderOf({}), "sail", "1"), fake);
    assert.deepEqual(
      asked.map(({ tables }) => tables),
      [[["raw", [["id", "int", false]]]], [["a", [["id", "int", false]]]]],
    );
    assert.deepEqual(Object.keys(types.p ?? {}), ["a", "b"]);
    assert.deepEqual(notAnalyzed, [
      { pipeline: "p", dataset: "x", why: "`unknown` has no columns in `sources`" },
      { pipeline: "p", dataset: "y", why: "`x` has no types" },
    ]);
  });

  it("loses only the query that ends a worker, and keeps no answer for it", async () => {
    // A fake worker that dies of one query.
    const program = folderOf({
      "worker.py": `import json, os, sys
print(json.dumps({"ready": {"engine": "fake"}}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if "JOIN" in request["analyze"]["sql"]:
        os._exit(7)
    print(json.dumps({"id": request["id"], "done": {"columns": [["id", "int", False]], "mistakes": [], "refused": None}}), flush=True)
`,
    });
    const worker = {
      home: HOME,
      python: "python3",
      engine: "sail",
      lake: program,
      program: `${program}/worker.py`,
    } as const;
    const engine = analyzingEngine(async () => worker, new AbortController().signal);
    const root = folderOf({});
    const cache = openCache(root, "sail", "1");
    try {
      const { pipelines } = pipeline({ a: ["raw"], bad: ["a", "raw"], c: ["bad"], d: ["a"] });
      const { types, notAnalyzed } = await analyze(pipelines, isChosen, cache, engine);
      assert.deepEqual(Object.keys(types.p ?? {}), ["a", "d"]);
      assert.match(notAnalyzed[0]?.why ?? "", /^the engine's worker ended with exit code 7/);
      assert.equal(notAnalyzed[1]?.why, "`bad` has no types");
    } finally {
      await engine.end();
    }
    await cache.save();
    const again = openCache(root, "sail", "1");
    const id: WireColumn = ["id", "int", false];
    const known = (sql: string, ...tables: string[]) =>
      again.get({ sql, tables: tables.map((table) => [table, [id]] as const), params: [] }) !== undefined;
    assert.isTrue(known("SELECT id FROM a\n", "a"));
    assert.isFalse(known("SELECT id FROM a NATURAL JOIN raw\n", "a", "raw"));
  });
});
