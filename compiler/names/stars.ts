/** `*`, `t.*`, `s.*`, each with EXCEPT. */

import { nameOf, nodesIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { fieldsOf } from "./fields.ts";
import { inFrom, isCalled } from "./lookup.ts";
import {
  closed,
  computed,
  type From,
  fromOf,
  isMade,
  OPEN,
  partsOf,
  type Result,
  type Run,
  relationOf,
  type Scope,
} from "./model.ts";
import { candidatesOf, type Name, refer, reportUnknown } from "./report.ts";

/** The columns of a star (a node `operandValue`). */
export function expandStar(run: Run, node: SyntaxNode, scope: Scope): Result {
  const [before, ...excepted] = nodesOf(node, "qualified");
  const isQualified = before !== undefined && node.parts[0] === before;
  const all = isQualified ? qualifiedStar(run, before, scope) : wholeStar(run, node, scope);
  const except = isQualified ? excepted : nodesOf(node, "qualified");
  if (except.length === 0) return all;
  const parts = isQualified ? (partsOf(before) ?? []) : [];
  const own = relationOf(
    parts.map((part) => part.toLowerCase()),
    all,
  );
  return without(run, all, except, isQualified ? fromOf(own) : scope.from);
}

function wholeStar(run: Run, node: SyntaxNode, { from }: Scope): Result {
  const name: Name = { node, path: [node], parts: ["*"] };
  refer(run, name, undefined, !from.isOpen);
  return { attributes: from.star, isOpen: from.isOpen };
}

function nameFrom(node: SyntaxNode): Name | undefined {
  const path = nodesIn(node);
  return path.some(isMade) ? undefined : { node, path, parts: path.map(nameOf) };
}

/** Of a table in FROM, or of a struct; in a sub-query also of the query around. */
function qualifiedStar(run: Run, qualified: SyntaxNode, scope: Scope): Result {
  const name = nameFrom(qualified);
  if (name === undefined) return OPEN;
  const lower = name.parts.map((part) => part.toLowerCase());
  for (const from of scope.outer ? [scope.from, scope.outer.from] : [scope.from]) {
    const named = from.relations.filter((each) => isCalled(each, lower, lower.length));
    if (named.length === 0) continue;
    const own = new Set(named.flatMap(({ attributes }) => attributes));
    const attributes = [...from.hidden, ...from.star].filter((each) => own.has(each));
    const isOpen = named.some((each) => each.isOpen);
    refer(run, name, undefined, !isOpen);
    return { attributes, isOpen };
  }
  const found = inFrom(lower, scope.from);
  const fields = found.kind === "one" && found.used === lower.length ? found.attribute : undefined;
  const known = fields?.type === undefined ? undefined : fieldsOf(fields.type);
  refer(run, name, undefined, known !== undefined);
  if (found.kind === "none" && scope.outer === undefined) {
    const tables = scope.from.relations.flatMap(({ names }) => names.at(-1) ?? []);
    const candidates = tables.map((table) => ({ name: table, origin: undefined }));
    reportUnknown(run, "table", name, 1, { relations: scope.from.relations, known: candidates });
  }
  if (fields === undefined || known === undefined) return OPEN;
  return closed(known.map((field) => computed(field.name, [fields], undefined, field.type)));
}

/** Leaves columns out; of `EXCEPT (s.f)` the column stays, without the field. */
function without(run: Run, all: Result, except: readonly SyntaxNode[], from: From): Result {
  const left = new Set<object>();
  for (const each of except) {
    const name = nameFrom(each);
    if (name === undefined) return OPEN;
    const found = inFrom(
      name.parts.map((part) => part.toLowerCase()),
      from,
    );
    const attribute = found.kind === "one" ? found.attribute : undefined;
    refer(run, name, attribute, attribute !== undefined);
    if (found.kind === "one" && found.used === name.parts.length) left.add(found.attribute.id);
    if (found.kind === "none")
      reportUnknown(run, "column", name, name.parts.length, {
        relations: from.relations,
        known: candidatesOf(all.attributes),
      });
    if (found.kind === "none" || found.kind === "several") return OPEN;
  }
  return { ...all, attributes: all.attributes.filter(({ id }) => !left.has(id)) };
}
