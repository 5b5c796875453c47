/** Properties of the resolver, over the queries that Spark was asked about. */

import { assert } from "chai";
import { namesOf } from "../../../compiler/names/names.ts";
import type { NameMistake } from "../../../compiler/names/types.ts";
import { readSql } from "../../../compiler/parse/sql/analyze.ts";
import { lex } from "../../../compiler/parse/sql/lexer.ts";
import { RECORD, resolve } from "./record.ts";

const QUERIES = Object.keys(RECORD.answers);

/** Every place of a resolved query, with the text there. */
function placesIn(sql: string): { readonly offset: number; readonly length: number }[] {
  const { outputs = [], references = [], mistakes = [] } = resolve(sql) ?? {};
  return [...outputs, ...references, ...mistakes];
}

/** What is found, with the tokens at its place instead of the place. */
function withoutPlaces(sql: string): unknown {
  const found = resolve(sql);
  const textOf = ({ offset, length }: { readonly offset: number; readonly length: number }) =>
    lex(sql.slice(offset, offset + length))
      .tokens.map(({ text }) => text)
      .join(" ");
  return {
    outputs: found?.outputs?.map((each) => [each.name, each.origins, textOf(each)]),
    references: found?.references.map((each) => [each.origin, each.isKnown, textOf(each)]),
    mistakes: found?.mistakes.map((each: NameMistake) => [each.kind, textOf(each)]),
  };
}

describe("names of any query", () => {
  it("stay the same in another layout", () => {
    for (const sql of QUERIES) {
      let end = 0;
      const pieces = lex(sql).tokens.map(({ text, start, end: next }) => {
        const gap = start > end && end > 0 ? "\n  /* a, b */ " : "";
        end = next;
        return gap + text;
      });
      assert.deepEqual(withoutPlaces(pieces.join("")), withoutPlaces(sql), sql);
    }
  });

  it("have their places inside the text, whatever token is left out or doubled", () => {
    // A third of the tokens of each.
    for (const [number, sql] of QUERIES.entries())
      for (const { start, end, text } of lex(sql).tokens.filter((_, at) => at % 3 === number % 3))
        for (const put of ["", `${text} ${text}`]) {
          const edited = sql.slice(0, start) + put + sql.slice(end);
          for (const { offset, length } of placesIn(edited)) {
            assert.isAtLeast(length, 1, edited);
            assert.isAtMost(offset + length, edited.length, edited);
          }
        }
  });

  it("are silent where no table's columns are known", () => {
    for (const sql of QUERIES) {
      const { tree } = readSql(sql);
      if (!/\bFROM\s+[tuw]\b/.test(sql) || tree === undefined) continue;
      const { mistakes } = namesOf(tree, () => undefined);
      const ofTables = mistakes.filter((each) => each.kind === "unknown" && each.what !== "table");
      assert.deepEqual(
        ofTables.filter((each) => each.kind === "unknown" && each.among.some(({ table }) => table !== undefined)),
        [],
        sql,
      );
    }
  });
});
