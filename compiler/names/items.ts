/** Items of a select list: the columns that each gives, with Spark's names. */

import { listedIn, nameOf, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { walk } from "./expressions.ts";
import { generated } from "./generators.ts";
import { type Attribute, closed, computed, isMade, type Result, type Run, type Scope } from "./model.ts";
import { bareOf, castOf, functionOf, GENERATORS, plainOf, primaryOf, starOf, writtenName } from "./shapes.ts";
import { expandStar } from "./stars.ts";
import { titleOf } from "./titles.ts";

/** The new name of an item, `a AS b`; undefined without one, or with several. */
export function aliasOf(named: SyntaxNode): SyntaxNode | undefined {
  return nodesOf(named, "name")[0];
}

/** The columns of an item (a node `named`). */
export function columnsOf(run: Run, named: SyntaxNode, scope: Scope): Result {
  const expr = named.parts[0] as SyntaxNode;
  const value = bareOf(expr);
  if (starOf(value) === value) {
    const { attributes, isOpen } = expandStar(run, value, scope);
    return { attributes: attributes.map((each) => ({ ...each, at: named })), isOpen };
  }
  const from: Attribute[] = [];
  walk(run, expr, scope, from);
  const names = listedIn(named);
  if (names !== undefined) return closed(names.map((name) => computed(name, from, named)));
  const alias = aliasOf(named);
  if (alias !== undefined) return closed([newName(run, isMade(alias) ? "" : nameOf(alias), expr, from, named)]);
  const name = value.rule === "call" ? functionOf(value) : "";
  if (GENERATORS.test(name)) return generated(run, name, nodesOf(value, "argument"), named, from);
  return closed([unnamed(run, expr, from, named)]);
}

function newName(run: Run, name: string, expr: SyntaxNode, from: readonly Attribute[], at: SyntaxNode): Attribute {
  const plain = plainOf(run, expr);
  const type = plain ? plain.type : castOf(run, expr)?.type;
  return { id: {}, name, type, from, plain: plain?.plain, at };
}

/** A column keeps its name, as it is written here; so does one that is CAST. Spark names all else after its expression. */
function unnamed(run: Run, expr: SyntaxNode, from: readonly Attribute[], at: SyntaxNode): Attribute {
  const primary = primaryOf(expr);
  const plain = primary && run.attributes.get(primary);
  if (primary !== undefined && plain !== undefined) return { ...plain, name: writtenName(primary), at };
  // It may be a column, or is `current_date`, or a mistake.
  if (primary !== undefined && run.unclear.has(primary))
    return computed(run.wrong.has(primary) ? "" : writtenName(primary), from, at);
  const cast = castOf(run, expr);
  return { ...computed(cast?.name ?? titleOf(run, expr) ?? "", from, at), type: cast?.type };
}
