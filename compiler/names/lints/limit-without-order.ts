import { extentOf, has, isNode, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import { firstWord } from "./expressions.ts";
import type { Find } from "./lint.ts";
import { isOneRow } from "./sizes.ts";

/** Q055: which rows a LIMIT keeps is up to the engine; often it was left in after a try. */
export const limitWithoutOrder: Find = ({ query }) => {
  const order = orderOf(query);
  const at = order?.parts.findIndex((part) => !isNode(part) && part.upper === "LIMIT") ?? -1;
  const [limit, number] = order?.parts.slice(at) ?? [];
  if (order === undefined || at < 0 || limit === undefined || isNode(limit) || !isNode(number)) return [];
  if (
    /^(ORDER|SORT)$/.test(firstWord(order)) ||
    has(order, "SORT") ||
    isOneRow({ ...query, parts: query.parts.filter((part) => part !== order) })
  )
    return [];
  const { offset, length } = extentOf(number);
  return [
    {
      code: "Q055",
      offset: limit.start,
      length: offset + length - limit.start,
      message: "`LIMIT` without `ORDER BY` keeps any rows: other ones in each run",
      help: "delete it if it was left in after a try, or write `ORDER BY` before it",
    },
  ];
};

/** The `order` of a query, brackets around it left out. */
function orderOf(query: SyntaxNode): SyntaxNode | undefined {
  const [order] = nodesOf(query, "order");
  const [term] = nodesOf(query, "term");
  if (order !== undefined && order.parts.length > 0) return order;
  const [operand, more] = term?.parts ?? [];
  const [inner] = isNode(operand) && more === undefined ? nodesOf(operand, "query") : [];
  return inner && orderOf(inner);
}
