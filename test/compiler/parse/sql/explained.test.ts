/** What the job explains is SQL that the compiler accepts: what it refuses never reaches an engine. */

import { readFileSync } from "node:fs";
import { assert } from "chai";
import { analyzeSql } from "../../../../compiler/parse/sql/analyze.ts";

describe("the queries of glue/tests/mistakes.json", () => {
  it("pass the compiler", () => {
    const mistakes = JSON.parse(readFileSync("glue/tests/mistakes.json", "utf8")) as { sql: string }[];
    const refused = mistakes.filter(({ sql }) => {
      const { syntaxError, statements } = analyzeSql(sql);
      return syntaxError !== undefined || statements.join() !== "query";
    });
    assert.deepEqual(
      refused.map(({ sql }) => sql),
      [],
    );
  });
});
