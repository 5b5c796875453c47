import type { Extent } from "../../parse/sql/extent.ts";
import { extentOf, firstOf, has, nodesIn, nodesOf, type SyntaxNode } from "../../parse/sql/tree.ts";
import { functionOf } from "../shapes.ts";
import type { Lint } from "../types.ts";
import type { Find } from "./lint.ts";

/** Lists whose order is that in which rows happen to arrive. */
const LISTS = /^(collect_list|collect_set|array_agg|listagg|string_agg)$/;
/** One of several values, whichever arrives first. */
const PICKS = /^(first|last|first_value|last_value)$/;
/** Another value each time. */
const RANDOM = /^(rand|randn|random|uuid|shuffle|monotonically_increasing_id|spark_partition_id)$/;
/** Functions of a list to which its order does not matter. */
const UNORDERED =
  /^(sort_array|array_sort|size|array_size|cardinality|array_contains|array_max|array_min|arrays_overlap|array_position)$/;

/** Q058: a run on the same rows gives another result, so that nothing can be compared, and a retry is not the same. */
export const nondeterministic: Find = ({ nodes }) => {
  const calls = nodes("call");
  const inside = new Set(calls.filter((call) => UNORDERED.test(functionOf(call))).flatMap(callsInside));
  return [
    ...calls.flatMap((call) => lintOf(call, inside.has(call)) ?? []),
    ...nodes("operandValue")
      .filter((node) => has(node, "IGNORE") && !has(node, "ANY_VALUE"))
      .flatMap((node) => pick(node, extentOf(node)) ?? []),
  ];
};

/** Calls in the arguments of one, without those of sub-queries. */
function callsInside(call: SyntaxNode): SyntaxNode[] {
  return nodesIn(call).flatMap((part): SyntaxNode[] =>
    part.rule === "query" ? [] : [...(part.rule === "call" ? [part] : []), ...callsInside(part)],
  );
}

function lintOf(node: SyntaxNode, isUnordered: boolean): Lint | undefined {
  const name = functionOf(node);
  const at = extentOf(nodesOf(node, "function")[0] ?? node);
  if (RANDOM.test(name))
    return hasSeed(name, node)
      ? undefined
      : lint(
          at,
          `\`${name}\` gives other values in each run`,
          "compute it from columns, for example with `sha2` or `xxhash64`, or give it a seed",
        );
  if (isOrdered(node)) return undefined;
  if (LISTS.test(name) && !isUnordered)
    return lint(
      at,
      `the order of the list that \`${name}\` makes differs from run to run`,
      /agg$/.test(name) && name !== "array_agg"
        ? "write `WITHIN GROUP (ORDER BY …)` behind it"
        : "write `sort_array(…)` around it",
    );
  return PICKS.test(name) ? pick(node, at) : undefined;
}

function pick(node: SyntaxNode, at: Extent): Lint | undefined {
  if (isOrdered(node)) return undefined;
  const name = firstOf(node)?.text ?? "";
  return lint(
    at,
    `which value \`${name}\` takes differs from run to run`,
    "write `min_by(…, …)` or `max_by(…, …)`, or `any_value(…)` if each is right",
  );
}

function isOrdered(call: SyntaxNode): boolean {
  const [window] = nodesOf(call, "window");
  // A window that has a name may have an order.
  const hasOrder = window !== undefined && (nodesOf(window, "name").length > 0 || nodesOf(window, "sort").length > 0);
  return hasOrder || has(call, "WITHIN");
}

/** `shuffle` has its seed behind its list. */
function hasSeed(name: string, call: SyntaxNode): boolean {
  return nodesOf(call, "argument").length > (name === "shuffle" ? 1 : 0);
}

function lint(at: Extent, message: string, help: string): Lint {
  return { code: "Q058", ...at, message, help };
}
