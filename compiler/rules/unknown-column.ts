import type { Note } from "../diagnostics.ts";
import type { Place, UnknownName } from "../names/types.ts";
import { nearest, suggest } from "../nearest.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { onNames } from "./on-names.ts";
import { upstreamNote } from "./upstream.ts";

/** Q030: Spark finds it an hour into the run, without the file. */
export const unknownColumn = onNames("Q030", "unknown", (mistake, dataset, root) => ({
  message: messageOf(mistake),
  help: helpOf(mistake),
  meant: meantBy(mistake),
  notes: notesOf(mistake, dataset, root),
}));

function messageOf({ what, name, qualifier, among, isOrder }: UnknownName): string {
  if (what === "table") return `\`${name}\` is not a table or column in FROM`;
  if (what === "field") return `column \`${qualifier}\` has no field \`${name}\``;
  if (isOrder) return `there is no column \`${name}\` to order by`;
  if (among.length === 0) return `there is no column \`${name}\`: the query has no FROM here`;
  return `${placesOf(among)} no column \`${name}\``;
}

/** "table `orders` (`o`) has", "`orders`, `items` have"; a sub-query may have no name. */
function placesOf(among: readonly Place[]): string {
  const [only, more] = among;
  if (more === undefined && only?.table !== undefined) return `table ${called(only)} has`;
  const named = among.filter(({ name }) => name !== "");
  if (named.length < among.length) return more === undefined ? "the sub-query in FROM has" : "the tables in FROM have";
  return `${named.map(called).join(", ")} ${more === undefined ? "has" : "have"}`;
}

function called({ name, table }: Place): string {
  return table === undefined || table.toLowerCase() === name
    ? `\`${table ?? name}\``
    : `\`${table}\` (here \`${name}\`)`;
}

function helpOf({ what, name, known, among, reason }: UnknownName): string {
  const names = known.map((each) => each.name);
  if (reason === "outer")
    return "join the table here: Spark lets a sub-query see the query directly around it, and none further out";
  if (what === "table") {
    const hidden = among.find(({ table }) => table?.toLowerCase() === name.toLowerCase());
    return hidden ? `write \`${hidden.name}\`, the name that the table has here` : suggest(name, names, "table");
  }
  if (reason === "distinct") return "add it to the select list: after SELECT DISTINCT, ORDER BY sees only that";
  if (what === "field" && names.length === 0) return "it is not a struct; `get_json_object` reads a JSON text";
  if (names.length === 0) return `write '${name}' (single quotes) for a string`;
  return suggest(name, names, what);
}

function meantBy({ what, name, known, among, reason }: UnknownName): string | undefined {
  if (reason !== undefined) return undefined;
  const hidden = what === "table" && among.find(({ table }) => table?.toLowerCase() === name.toLowerCase());
  if (hidden) return hidden.name;
  return nearest(
    name,
    known.map((each) => each.name),
  );
}

/** Where the column that may be meant is made; else where the only table's columns are. */
function notesOf({ what, name, known, among, reason }: UnknownName, dataset: Dataset, root: Root): Note[] {
  if (what !== "column" || reason !== undefined) return [];
  const near = nearest(
    name,
    known.map((each) => each.name),
  );
  const origin = known.find((each) => each.name === near)?.origin;
  if (origin !== undefined) return upstreamNote(dataset, root, origin.table, origin.column);
  const [only, more] = among;
  return more === undefined && only?.table !== undefined ? upstreamNote(dataset, root, only.table, undefined) : [];
}
