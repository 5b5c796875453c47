/** Joins: what their two sides give together. */

import { has, isNode, nameOf, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { walkAll } from "./expressions.ts";
import { type Attribute, beside, computed, type From, type Run, relationOf, type Scope } from "./model.ts";
import { candidatesOf, refer, reportAmbiguous, reportUnknown } from "./report.ts";

/** Both sides of a join (a node `join`), with the columns of its keys once. */
export function joined(run: Run, join: SyntaxNode, left: From, right: From, scope: Scope): From {
  const kind = kindOf(join);
  const both = beside(left, right);
  const conditions = nodesOf(join, "expr");
  if (conditions.length > 0) walkAll(run, conditions, { ...scope, from: both, clause: "ON" });
  const [columns] = nodesOf(join, "columns");
  const keys = columns
    ? usingKeys(run, nodesOf(columns, "name"), left, right)
    : has(join, "NATURAL")
      ? commonKeys(left, right)
      : [];
  if (/^(SEMI|ANTI)$/.test(kind)) return keys.length === 0 ? left : { ...left, star: keysFirst(keys, left.star) };
  return keys.length === 0 ? both : withKeys(both, keys, kind);
}

/** `SEMI`, `ANTI`, `RIGHT`, `FULL`, or empty for the others. */
function kindOf(join: SyntaxNode): string {
  const words = (node: SyntaxNode): string[] => node.parts.flatMap((part) => (isNode(part) ? words(part) : part.upper));
  const kinds = [...nodesOf(join, "joinKind"), ...nodesOf(join, "naturalKind")].flatMap(words);
  return kinds.find((word) => /^(SEMI|ANTI|RIGHT|FULL)$/.test(word)) ?? "";
}

/** A key column of both sides. */
type Key = readonly [left: Attribute, right: Attribute];

function usingKeys(run: Run, names: readonly SyntaxNode[], left: From, right: From): Key[] {
  return names.flatMap((node): Key[] => {
    const found = [left, right].map((side) => keyOf(run, node, side));
    return found[0] && found[1] ? [[found[0], found[1]]] : [];
  });
}

function keyOf(run: Run, node: SyntaxNode, side: From): Attribute | undefined {
  const written = nameOf(node);
  const name = { node, path: [node], parts: [written] };
  const lower = written.toLowerCase();
  const found = side.star.filter((each) => each.name.toLowerCase() === lower);
  const [one, other] = found;
  refer(run, name, one, one !== undefined);
  const { relations } = side;
  if (other !== undefined && other.id !== one?.id) {
    const owners = found.map((each) => relations.find(({ attributes }) => attributes.includes(each)));
    reportAmbiguous(run, name, owners);
    return undefined;
  }
  if (one === undefined && !side.isOpen && !relations.some(({ mayHave }) => mayHave))
    reportUnknown(run, "column", name, 1, { relations, known: candidatesOf(side.star) });
  return one;
}

/** NATURAL: the names of both sides, in the order of the left; Spark compares their case, too. */
function commonKeys(left: From, right: From): Key[] {
  const others = new Map(right.star.map((each) => [each.name, each]));
  return left.star.flatMap((each): Key[] => {
    const other = each.name === "" ? undefined : others.get(each.name);
    return other ? [[each, other]] : [];
  });
}

function keysFirst(keys: readonly Key[], star: readonly Attribute[]): Attribute[] {
  const first = new Set(keys.map(([key]) => key));
  return [...first, ...star.filter((each) => !first.has(each))];
}

function withKeys(both: From, keys: readonly Key[], kind: string): From {
  const isKey = new Set<Attribute>(keys.flat());
  const rest = both.star.filter((each) => !isKey.has(each));
  const made = kind === "FULL" ? keys.map((key) => computed(key[0].name, key, undefined)) : undefined;
  const shown = made ?? keys.map(([left, right]) => (kind === "RIGHT" ? right : left));
  const hidden = made
    ? [...keys.map(([left]) => left), ...keys.map(([, right]) => right)]
    : [...isKey].filter((each) => !shown.includes(each));
  return {
    ...both,
    relations: made ? [...both.relations, relationOf([], { attributes: made, isOpen: false })] : both.relations,
    star: [...shown, ...rest],
    hidden: new Set([...both.hidden, ...hidden]),
  };
}
