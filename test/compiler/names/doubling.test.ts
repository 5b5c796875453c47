/** Queries of a few lines that would be too much work, were each use of a common table expression looked into again. */

import { expect } from "chai";
import { namesOf } from "../../../compiler/names/names.ts";
import { lex } from "../../../compiler/parse/sql/lexer.ts";
import { parseTokens } from "../../../compiler/parse/sql/parser.ts";
import type { SyntaxNode } from "../../../compiler/parse/sql/tree.ts";

/** Enough that 2 to the power of it is beyond any machine. */
const LEVELS = 60;

/** Common table expressions that each read the one before twice. */
function doubled(first: string, next: (before: string) => string): SyntaxNode {
  const ctes = Array.from({ length: LEVELS }, (_, index) => `c${index + 1} AS (${next(`c${index}`)})`);
  const sql = `WITH c0 AS (${first}), ${ctes.join(", ")} SELECT * FROM c${LEVELS}`;
  const tree = parseTokens(lex(sql).tokens);
  if (tree === undefined || !("rule" in tree)) throw new Error(`not a query: ${sql}`);
  return tree;
}

describe("names of queries that double", () => {
  it("are not known where the columns do", () => {
    const tree = doubled("SELECT 1 AS a, 2 AS b", (before) => `SELECT * FROM ${before} x CROSS JOIN ${before} y`);
    expect(namesOf(tree, () => undefined)).to.include({ outputs: undefined });
  });

  it("are known where only rows do", () => {
    const tree = doubled("SELECT a FROM t", (before) => `SELECT x.a FROM ${before} x JOIN ${before} y ON x.a = y.a`);
    const { outputs, mistakes } = namesOf(tree, () => [{ name: "a", type: "int" }]);
    expect([outputs?.map(({ name, plain }) => [name, plain]), mistakes]).to.deep.equal([
      [["a", { table: "t", column: "a" }]],
      [],
    ]);
  });

  it("are known where each gives one row", () => {
    const tree = doubled("SELECT 1 AS a", (before) => `SELECT x.a FROM ${before} x CROSS JOIN ${before} y`);
    expect(namesOf(tree, () => undefined).lints).to.deep.equal([]);
  });
});
