/** Column references: what each means, or why it means nothing. */

import { firstOf, nameOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { step } from "./fields.ts";
import { type Found, inFrom, look } from "./lookup.ts";
import { type Attribute, type From, isMade, type Run, type Scope } from "./model.ts";
import { candidatesOf, type Name, refer, reportAlias, reportAmbiguous, reportUnknown } from "./report.ts";
import type { UnknownName } from "./types.ts";

/** Spark's functions that need no brackets, and the word of GROUP BY and ORDER BY. */
const CONSTANTS = /^(all|current_(date|time|timestamp|user)|user|session_user|grouping__id)$/;

/** Columns that Spark makes: of files, and where GROUP BY has such a function. */
const MADE = /^(_metadata|window|session_window|spark_grouping_id)$/;
/** What a column reference means; undefined where that is not known, or it names something else. */
export function lookUp(run: Run, node: SyntaxNode, path: readonly SyntaxNode[], scope: Scope): Attribute | undefined {
  const name: Name = { node, path, parts: path.map(nameOf) };
  if (path.some(isMade)) {
    refer(run, name, undefined, false);
    return undefined;
  }
  const first = (name.parts[0] ?? "").toLowerCase();
  if (scope.variables?.has(first)) return undefined;
  const found = look(name.parts, scope);
  if (found.kind === "one") return foundOne(run, name, scope, found);
  if (found.kind === "none" && isOther(node, path.length, first)) return undefined;
  refer(run, name, undefined, false);
  if (found.kind === "none") notFound(run, name, scope);
  if (found.kind === "several") reportAmbiguous(run, name, found.relations);
  return undefined;
}

/** `current_date`, and not `` `current_date` ``; `ALL` of GROUP BY and ORDER BY. */
function isOther(node: SyntaxNode, length: number, name: string): boolean {
  // The text of an expression, by which Spark calls its column.
  if (MADE.test(name) || /[()']|^\d/.test(name)) return true;
  return length === 1 && firstOf(node)?.kind === "word" && CONSTANTS.test(name);
}

function foundOne(
  run: Run,
  name: Name,
  scope: Scope,
  { attribute, relation, used, isNewName }: Extract<Found, { readonly kind: "one" }>,
): Attribute | undefined {
  const { parts } = name;
  const item = attribute.at;
  if (isNewName && scope.clause !== undefined && item !== undefined) {
    refer(run, name, undefined, false);
    reportAlias(run, name, scope.clause, item);
    return undefined;
  }
  let { type } = attribute;
  for (let index = used; index < parts.length; index += 1) {
    const next = step(type, parts[index] ?? "");
    if (next.kind === "missing") {
      refer(run, name, undefined, false);
      const known = next.fields.map((field) => ({ name: field.name, origin: undefined }));
      const relations = relation ? [relation] : [];
      reportUnknown(run, "field", name, index + 1, { relations, known });
      return undefined;
    }
    type = next.type;
  }
  const value = used === parts.length ? attribute : fieldOf(attribute, parts.at(-1) ?? "", type);
  refer(run, name, value, true);
  return value;
}

/** A field of a column is a new value. */
function fieldOf(attribute: Attribute, name: string, type: string | undefined): Attribute {
  return { id: {}, name, type, from: [attribute], plain: undefined, isField: true, at: undefined };
}

function notFound(run: Run, name: Name, scope: Scope): void {
  const [first = "", second] = name.parts;
  const lower = first.toLowerCase();
  const item = second === undefined ? scope.aliases?.get(lower) : undefined;
  if (item !== undefined && scope.clause !== undefined) reportAlias(run, name, scope.clause, item);
  else reportAs(run, name, scope);
}

function reportAs(run: Run, name: Name, scope: Scope): void {
  const [first = "", second] = name.parts;
  const lower = first.toLowerCase();
  const { first: result, from, outer } = scope;
  const reason = reasonOf(name.parts, scope);
  const all = [...from.relations, ...(outer?.from.relations ?? [])];
  const named = all.filter((each) => each.names.at(-1) === lower);
  if (second === undefined) {
    const known = candidatesOf([...(result?.attributes ?? []), ...from.star]);
    const { relations } = from;
    reportUnknown(run, "column", name, 1, { relations, known, reason, isOrder: result !== undefined });
  } else if (named.length > 0) {
    const known = candidatesOf(named.flatMap(({ attributes }) => attributes));
    reportUnknown(run, "column", name, 2, { relations: named, known, reason });
  } else {
    const known = all.flatMap(({ names }) => names.at(-1) ?? []).map((table) => ({ name: table, origin: undefined }));
    reportUnknown(run, "table", name, 1, { relations: all, known, reason });
  }
}

/** Why a column that there is is not seen. */
function reasonOf(parts: readonly string[], { behind, outer }: Scope): UnknownName["reason"] {
  if (behind !== undefined && isThere(parts, behind)) return "distinct";
  for (let around = outer?.outer; around !== undefined; around = around.outer)
    if (isThere(parts, around.from)) return "outer";
  return undefined;
}

const isThere = (parts: readonly string[], from: From) =>
  /one|several/.test(
    inFrom(
      parts.map((part) => part.toLowerCase()),
      from,
    ).kind,
  );
