/** What the resolver says while it works: references and mistakes, each cause once. */

import type { Extent } from "../parse/sql/extent.ts";
import { fullName } from "../parse/sql/tables.ts";
import { extentOf, type SyntaxNode } from "../parse/sql/tree.ts";
import type { Attribute, Clause, From, Relation, Run } from "./model.ts";
import type { Candidate, NameMistake, Place, UnknownName, WrongCount } from "./types.ts";

/** A name that an expression has, in parts. */
export interface Name {
  /** The `primary`, or what is nearest to one. */
  readonly node: SyntaxNode;
  readonly path: readonly SyntaxNode[];
  readonly parts: readonly string[];
}

/** The place of the first parts of a name. */
function placeOf({ path }: Pick<Name, "path">, used: number = path.length): Extent {
  const offset = extentOf(path[0] as SyntaxNode).offset;
  const last = extentOf(path[used - 1] as SyntaxNode);
  return { offset, length: last.offset + last.length - offset };
}

function placeOfRelation(relation: Relation | undefined): Place {
  const table = relation?.table;
  return { name: relation?.names.at(-1) ?? "", table: table && fullName(table) };
}

/** Notes what a column reference means. */
export function refer(run: Run, name: Name, attribute: Attribute | undefined, isKnown: boolean): void {
  run.references.push({ ...placeOf(name), origin: attribute?.plain, isKnown });
  if (attribute === undefined) run.unclear.add(name.node);
  else run.attributes.set(name.node, attribute);
}

/** A mistake that may have others of the same cause; `where`, `key`: the cause. */
function report<Place extends Extent>(
  run: Run,
  where: object,
  key: string,
  at: Place,
  mistakeOf: (others: readonly Place[]) => NameMistake,
): void {
  const known = run.reported.get(where) ?? new Map<string, Extent[]>();
  run.reported.set(where, known);
  const others = known.get(key);
  if (others !== undefined) {
    others.push(at);
    return;
  }
  const more: Place[] = [];
  known.set(key, more);
  run.mistakes.push(mistakeOf(more));
}

/** The last of the first `used` parts of a name is unknown: it names no column, field or table. */
export function reportUnknown(
  run: Run,
  what: UnknownName["what"],
  name: Name,
  used: number,
  {
    relations,
    known,
    reason,
    isOrder = false,
  }: Pick<From, "relations"> & Pick<UnknownName, "known"> & Partial<UnknownName>,
): void {
  const parts = name.parts.slice(0, used);
  const wrong = parts.pop() ?? "";
  const mention = { ...placeOf(name), part: extentOf(name.path[used - 1] as SyntaxNode) };
  run.wrong.add(name.node);
  const key = ["unknown", what, ...parts, wrong].join("\0").toLowerCase();
  report(run, relations, key, mention, (others) => ({
    kind: "unknown",
    what,
    name: wrong,
    qualifier: parts.join(".") || undefined,
    known: distinct(known),
    reason,
    isOrder,
    among: relations.map(placeOfRelation),
    ...mention,
    others,
  }));
}

function distinct(known: readonly Candidate[]): Candidate[] {
  return [...new Map(known.map((each) => [each.name, each])).values()].filter(({ name }) => name !== "");
}

/** Several relations have the name; undefined for a new name of the select list. */
export function reportAmbiguous(run: Run, name: Name, relations: readonly (Relation | undefined)[]): void {
  run.wrong.add(name.node);
  const among = relations.map(placeOfRelation);
  const written = name.parts.join(".");
  const place = placeOf(name);
  report(
    run,
    run,
    ["ambiguous", ...among.map((each) => each.name), written].join("\0").toLowerCase(),
    place,
    (others) => ({
      kind: "ambiguous",
      name: written,
      among,
      ...place,
      others,
    }),
  );
}

/** A new name of the select list is used where it is not seen. */
export function reportAlias(run: Run, name: Name, clause: Clause, item: SyntaxNode): void {
  run.wrong.add(name.node);
  const [written = ""] = name.parts;
  const place = placeOf(name);
  report(run, item, `${clause}\0${written.toLowerCase()}`, place, (others) => ({
    kind: "alias",
    name: written,
    clause,
    item: extentOf(item),
    ...place,
    others,
  }));
}

/** What may be meant by an unknown name. */
export function candidatesOf(attributes: readonly Attribute[]): Candidate[] {
  return attributes.map(({ name, plain }) => ({ name, origin: plain }));
}

/** A list of columns is not as long as it must be. */
export function reportCount(run: Run, at: Extent, count: Omit<WrongCount, "kind" | keyof Extent>): void {
  const { offset, length } = at;
  run.mistakes.push({ kind: "count", ...count, offset, length });
}
