/** Edits of JSON: an item less, an entry in an object of its own. */

import type { Edit } from "../diagnostics.ts";
import type { LocatedText } from "../parse/text.ts";
import type { ArrayNode, Entry, TreeNode } from "../parse/tree.ts";

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

/** Puts `"key": value` into an object under another key. */
export function wrapEntry(source: LocatedText, { key, value }: Entry, outer: string): Edit[] {
  const insert = (offset: number, text: string): Edit => ({ file: source.path, range: source.range(offset, 0), text });
  return [insert(source.offset(key.at) ?? 0, `${JSON.stringify(outer)}: { `), insert(endOf(value, source), " }")];
}

function startOf(node: TreeNode, source: LocatedText): number {
  return node.kind === "scalar" ? (source.offset(node.at) ?? 0) : node.offset;
}

function endOf(node: TreeNode, source: LocatedText): number {
  return startOf(node, source) + (node.kind === "scalar" ? node.at.length : node.length);
}
