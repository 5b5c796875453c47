/** What a name means at a place, in Spark's order (`ColumnResolutionHelper` of its analyzer). */

import type { Attribute, From, Relation, Scope } from "./model.ts";

/** What was found of `a.b.c`. */
export type Found =
  | {
      readonly kind: "one";
      readonly attribute: Attribute;
      /** The relation that has it; undefined for a new name of the select list. */
      readonly relation: Relation | undefined;
      /** How many of the parts name the column and what qualifies it; those behind are fields. */
      readonly used: number;
      /** True for a new name of the select list. */
      readonly isNewName: boolean;
    }
  | { readonly kind: "several"; readonly relations: readonly (Relation | undefined)[] }
  /** It may be there: not all columns are known. */
  | { readonly kind: "maybe" }
  | { readonly kind: "none" };

const NONE: Found = { kind: "none" };
const MAYBE: Found = { kind: "maybe" };

/** Looks a name up: in the result where the scope has one, in FROM, among the new names, in the query around. */
export function look(parts: readonly string[], scope: Scope): Found {
  const lower = parts.map((part) => part.toLowerCase());
  const { first, from, newNames, outer } = scope;
  // ORDER BY and HAVING look further where a place has the name twice.
  const isPatient = first !== undefined || scope.isHaving === true;
  return firstOf(isPatient, [
    () => (first ? inRelations(lower, [first], undefined) : NONE),
    () => inFrom(lower, from),
    () => inNewNames(lower[0] ?? "", scope, newNames),
    () => (outer ? inFrom(lower, outer.from) : NONE),
  ]);
}

/** What several places give: the first that has it, unless one before it may have it. */
function firstOf(isPatient: boolean, places: readonly (() => Found)[]): Found {
  let best = NONE;
  for (const place of places) {
    const found = place();
    if (found.kind === "maybe") best = MAYBE;
    else if (found.kind === "several" && isPatient) best = best === MAYBE ? MAYBE : found;
    else if (found.kind !== "none") return best === MAYBE ? MAYBE : found;
  }
  return best;
}

/** Looks through FROM. */
export function inFrom(lower: readonly string[], { relations, hidden, isOpen }: From): Found {
  const found = inRelations(lower, relations, hidden);
  return found.kind === "none" && isOpen ? MAYBE : found;
}

function inRelations(
  lower: readonly string[],
  relations: readonly Relation[],
  hidden: ReadonlySet<Attribute> | undefined,
): Found {
  for (let qualifiers = lower.length - 1; qualifiers > 0; qualifiers -= 1) {
    const named = relations.filter((each) => isCalled(each, lower, qualifiers));
    const found = among(lower[qualifiers] ?? "", named, undefined, qualifiers + 1);
    if (found.kind !== "none") return found;
  }
  const found = among(lower[0] ?? "", relations, hidden, 1);
  return found.kind === "none" && relations.some(({ mayHave }) => mayHave) ? MAYBE : found;
}

/** True where the first parts of a name, so many, are the last of a relation's. */
export function isCalled({ names }: Relation, lower: readonly string[], qualifiers: number): boolean {
  const skipped = names.length - qualifiers;
  if (skipped < 0) return false;
  for (let index = 0; index < qualifiers; index += 1) if (names[skipped + index] !== lower[index]) return false;
  return true;
}

/** A column of that name in one of some relations. */
function among(
  name: string,
  relations: readonly Relation[],
  hidden: ReadonlySet<Attribute> | undefined,
  used: number,
): Found {
  let one: { readonly attribute: Attribute; readonly relation: Relation } | undefined;
  const owners: Relation[] = [];
  for (const relation of relations)
    for (const attribute of relation.byName.get(name) ?? []) {
      if (hidden?.has(attribute) || attribute.id === one?.attribute.id) continue;
      one ??= { attribute, relation };
      owners.push(relation);
    }
  if (one === undefined) return NONE;
  return owners.length > 1 ? { kind: "several", relations: owners } : { kind: "one", ...one, used, isNewName: false };
}

function inNewNames(name: string, { takesFirst }: Scope, names: Scope["newNames"]): Found {
  const [attribute, more] = names?.get(name) ?? [];
  if (attribute === undefined) return names?.has("") ? MAYBE : NONE;
  if (more !== undefined && takesFirst !== true) return { kind: "several", relations: [undefined, undefined] };
  return { kind: "one", attribute, relation: undefined, used: 1, isNewName: true };
}
