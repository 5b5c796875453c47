/** The syntax tree of a query: the rules of `spark-grammar.ts` that its tokens follow. */

import type { Extent } from "./extent.ts";
import type { Token } from "./lexer.ts";

/** What one rule of the grammar covers, in order: other rules, and tokens. */
export interface SyntaxNode {
  readonly rule: string;
  readonly parts: readonly (SyntaxNode | Token)[];
}

export function isNode(part: SyntaxNode | Token | undefined): part is SyntaxNode {
  return part !== undefined && "rule" in part;
}

/** The rules directly below a node. */
export function nodesIn({ parts }: SyntaxNode): SyntaxNode[] {
  return parts.filter(isNode);
}

/** Those with a name. */
export function nodesOf(node: SyntaxNode, rule: string): SyntaxNode[] {
  return nodesIn(node).filter((each) => each.rule === rule);
}

/** The node that a node consists of, and that of it, until one has several parts or is a name. */
export function soleOf(node: SyntaxNode): SyntaxNode {
  const [part, more] = node.parts;
  return more === undefined && isNode(part) && part.rule !== "name" ? soleOf(part) : node;
}

/** All nodes of a tree, each before those below it. */
export function* nodesBelow(root: SyntaxNode): Generator<SyntaxNode> {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    for (const child of nodesIn(node).reverse()) open.push(child);
  }
}

/** Its first token; a rule may cover none. */
export function firstOf({ parts }: SyntaxNode): Token | undefined {
  for (const part of parts) {
    const first = isNode(part) ? firstOf(part) : part;
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Its last token. */
export function lastOf({ parts }: SyntaxNode): Token | undefined {
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    const part = parts[index];
    const last = isNode(part) ? lastOf(part) : part;
    if (last !== undefined) return last;
  }
  return undefined;
}

/** Its place; empty for a rule that covers no token. */
export function extentOf(node: SyntaxNode): Extent {
  const offset = firstOf(node)?.start ?? 0;
  return { offset, length: (lastOf(node)?.end ?? offset) - offset };
}

/** True where one of a node's own tokens is such a word or sign. */
export function has({ parts }: SyntaxNode, text: string): boolean {
  return parts.some((part) => !isNode(part) && part.upper === text);
}

/** What a `name` names, without backticks. `IDENTIFIER('a')` names what its last token but one says, which no fact needs. */
export function nameOf(node: SyntaxNode): string {
  return wordOf(firstOf(node));
}

/** A word without its backticks. */
export function wordOf(token: Token | undefined): string {
  return token?.kind === "quoted" ? token.text.slice(1, -1).replaceAll("``", "`") : (token?.text ?? "");
}

/** A name in backticks. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** The names of a list of columns, `(a, b)`; undefined without one. */
export function listedIn(node: SyntaxNode): string[] | undefined {
  const [columns] = nodesOf(node, "columns");
  return columns && nodesOf(columns, "name").map(nameOf);
}

/** The names at the beginning of `a.b.c[0].d`; none for what does not begin with a name. */
export function chainOf({ parts: [value, ...more] }: SyntaxNode): SyntaxNode[] {
  if (!isNode(value) || value.parts.length !== 1) return [];
  const [name] = nodesOf(value, "name");
  if (name === undefined || isNode(name.parts[0])) return [];
  const end = more.findIndex((part) => (isNode(part) ? part.rule !== "name" : part.text !== "."));
  return [name, ...(end < 0 ? more : more.slice(0, end)).filter(isNode)];
}
