/** Edits that remove an item of a JSON array, with its comma. */

import type { Edit } from "../diagnostics.ts";
import type { LocatedText } from "../parse/text.ts";
import type { ArrayNode, TreeNode } from "../parse/tree.ts";

/** Removes an item of a list; what is left keeps its white space. */
export function removeItem(source: LocatedText, list: ArrayNode, item: TreeNode): Edit {
  const at = list.items.indexOf(item);
  const [before, after] = [list.items[at - 1], list.items[at + 1]];
  const [start, end] =
    before !== undefined
      ? [endOf(before, source), endOf(item, source)]
      : after !== undefined
        ? [startOf(item, source), startOf(after, source)]
        : [list.offset + 1, list.offset + list.length - 1];
  return { file: source.path, range: source.range(start, end - start), text: "" };
}

function startOf(node: TreeNode, source: LocatedText): number {
  return node.kind === "scalar" ? (source.offset(node.at) ?? 0) : node.offset;
}

function endOf(node: TreeNode, source: LocatedText): number {
  return startOf(node, source) + (node.kind === "scalar" ? node.at.length : node.length);
}
