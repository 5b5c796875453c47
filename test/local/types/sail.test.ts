/** What the types of `strata check` find on Sail, held against what Spark's analyzer says of the same queries. */

import { assert } from "chai";
import type { Answer } from "../../../local/types/answer.ts";
import { folderOf, removeFolders } from "../../cli/strata.ts";
import { answersOf, questionOf, readQueries, writeQueries } from "./queries.ts";

describe("types on Sail", () => {
  after(removeFolders);
  const { tables, queries } = readQueries();
  let answers: readonly Answer[] = [];

  before(async () => {
    // One worker for all.
    const questions = [TYPED, ...queries.map(({ sql }) => sql)].map((sql) => questionOf(sql, tables));
    answers = await answersOf("sail", questions, folderOf({}));
  });

  it("finds what it found before, and nothing that Spark takes", () => {
    const found = answers.slice(1).map(({ mistakes }) => mistakes.map(({ kind, offset }) => [kind, offset] as const));
    const falseErrors = queries.filter(({ spark }, index) => spark === null && found[index]?.length !== 0);
    assert.deepEqual(falseErrors, []);
    if (process.env.UPDATE_GOLDENS === "1") {
      for (const [index, each] of queries.entries()) each.found = found[index] ?? [];
      writeQueries({ tables, queries });
    }
    for (const [index, each] of queries.entries()) assert.deepEqual(found[index], each.found, each.sql);
    for (const each of queries)
      for (const [, offset] of each.found) if (offset !== null) assert.match(each.sql.slice(offset), /^\S/, each.sql);
  });

  it("finds five of six queries that Spark's analyzer refuses", () => {
    const refused = queries.filter(({ spark }) => spark !== null);
    const found = refused.filter((each) => each.found.length > 0);
    assert.isAbove(refused.length, 150);
    assert.isAtLeast(found.length / refused.length, 5 / 6);
  });

  it("gives types, and says which may differ from Spark's", () => {
    assert.deepEqual(answers[0]?.columns, [
      ["id", "int", false],
      ["n", "string", false],
      ["total", "decimal(20,2)", false],
      ["share", "decimal(24,6)", true],
      ["c", "bigint", false],
    ]);
  });
});

const TYPED =
  "SELECT id, upper(name) AS n, sum(amount) AS total, sum(amount) / 7 AS share, count(*) AS c FROM t GROUP BY id, name";
