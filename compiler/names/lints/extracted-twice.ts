import { extentOf, nameOf, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import { bareOf, functionOf } from "../shapes.ts";
import type { Lint, Replacement } from "../types.ts";
import { columnOf, itemsOf, textOf } from "./expressions.ts";
import type { Find, Resolved } from "./lint.ts";

/** Q056: what one query has taken out of JSON is no longer JSON: the same path gives NULL. */
export const extractedTwice: Find = (resolved) =>
  resolved.nodes("call").flatMap((node): Lint[] => {
    const found = extractionOf(resolved, node);
    if (found?.origin === undefined) return [];
    const { origin, path, json } = found;
    return [
      {
        code: "Q056",
        ...extentOf(node),
        message: `\`${origin.column}\` of table \`${origin.table}\` is already the value of '${path}': this is NULL in every row`,
        help: "write the column alone",
        fix: { title: "write the column alone", edits: aroundOf(node, json) },
        given: { kind: "extracted", origin, path },
      },
    ];
  });

/** What is around a part of a node, to be deleted. */
function aroundOf(node: SyntaxNode, part: SyntaxNode): Replacement[] {
  const [outer, inner] = [extentOf(node), extentOf(part)];
  const end = inner.offset + inner.length;
  return [
    { offset: outer.offset, length: inner.offset - outer.offset, text: "" },
    { offset: end, length: outer.offset + outer.length - end, text: "" },
  ];
}

/** A call that takes the value of a path out of a JSON text. */
function extractionOf(resolved: Pick<Resolved, "run">, call: SyntaxNode) {
  const [json, path, more] = nodesOf(call, "argument").flatMap((each) => nodesOf(each, "expr"));
  if (functionOf(call) !== "get_json_object" || json === undefined || path === undefined || more !== undefined)
    return undefined;
  const text = textOf(path);
  return text === undefined ? undefined : { origin: columnOf(resolved, json)?.plain, path: text, json };
}

/** Columns of a query's result, in lower case, that are the value of a path in a JSON text, and that path. */
export function extractedIn(query: SyntaxNode, run: Resolved["run"]): Record<string, string> {
  const found = itemsOf(query).flatMap((item) => {
    const [expr, name] = [nodesOf(item, "expr")[0], nodesOf(item, "name")[0]];
    const value = expr && bareOf(expr);
    const path = value?.rule === "call" ? extractionOf({ run }, value)?.path : undefined;
    return name !== undefined && path !== undefined ? [[nameOf(name).toLowerCase(), path] as const] : [];
  });
  return Object.fromEntries(found);
}
