/** What a grammar says of its rules before any text is read: which of them contain themselves, and what each can begin with. */

import { type Part, readGrammar } from "./notation.ts";
import { GRAMMAR } from "./spark-grammar.ts";

type Leaf = Extract<Part, { readonly text: string }>;

/** What a part of a grammar is made of: words, signs, classes of tokens and names of rules. */
function leavesOf(part: Part): Leaf[] {
  if ("text" in part) return [part];
  return "parts" in part ? part.parts.flatMap(leavesOf) : leavesOf(part.part);
}

/** The rules that can contain themselves. */
function deepOf(rules: ReadonlyMap<string, Part>): string[] {
  const inside = new Map([...rules].map(([name, part]) => [name, rulesOf(part)]));
  return [...rules.keys()].filter((name) => {
    const found = new Set(inside.get(name));
    // The set grows while it is read.
    for (const each of found) for (const other of inside.get(each) ?? []) found.add(other);
    return found.has(name);
  });
}

function rulesOf(part: Part): string[] {
  return leavesOf(part).flatMap(({ kind, text }) => (kind === "rule" ? [text] : []));
}

/** What each rule can begin with: terminals, and `""` where it can be nothing. Repeated until nothing is new. */
function firstsOf(rules: ReadonlyMap<string, Part>): Map<string, ReadonlySet<string>> {
  const firsts = new Map<string, ReadonlySet<string>>();
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    for (const [name, part] of rules) firsts.set(name, firstOf(part, firsts));
    now = [...firsts.values()].reduce((sum, { size }) => sum + size, 0);
  }
  return firsts;
}

/** What a part can begin with, as `firstsOf`. */
export function firstOf(part: Part, firsts: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  if ("text" in part) return part.kind === "rule" ? (firsts.get(part.text) ?? new Set()) : new Set([part.text]);
  if ("part" in part) {
    const inner = firstOf(part.part, firsts);
    return part.kind === "optional" || part.kind === "any" ? new Set([...inner, ""]) : inner;
  }
  if (part.kind === "choice") return new Set(part.parts.flatMap((each) => [...firstOf(each, firsts)]));
  const found = new Set<string>();
  for (const each of part.parts) {
    const own = firstOf(each, firsts);
    for (const terminal of own) if (terminal !== "") found.add(terminal);
    if (!own.has("")) return found;
  }
  return found.add("");
}

/** The rules by their names, in the order of the grammar. */
export const GRAMMAR_RULES = readGrammar(GRAMMAR);

/** What each can begin with. */
export const FIRSTS = firstsOf(GRAMMAR_RULES);

/** Every word, sign and class of tokens. */
export const TERMINALS: ReadonlySet<string> = new Set(
  [...GRAMMAR_RULES.values()].flatMap(leavesOf).flatMap(({ kind, text }) => (kind === "rule" ? [] : [text])),
);

/** Those that can contain themselves. */
export const DEEP = deepOf(GRAMMAR_RULES);
