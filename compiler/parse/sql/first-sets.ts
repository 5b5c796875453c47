/** What a grammar says of its rules before any text is read: which of them contain themselves, and what each can begin with. */

import { type Part, readGrammar } from "./notation.ts";
import { GRAMMAR } from "./spark-grammar.ts";

/** Words, signs and classes of tokens that a part of a grammar names. */
function terminalsOf(part: Part): string[] {
  if ("text" in part) return part.kind === "rule" ? [] : [part.text];
  return "parts" in part ? part.parts.flatMap(terminalsOf) : terminalsOf(part.part);
}

/** The rules that can contain themselves. */
function deepOf(rules: ReadonlyMap<string, Part>): string[] {
  const inside = new Map([...rules].map(([name, part]) => [name, new Set(rulesOf(part))]));
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    for (const names of inside.values())
      for (const name of [...names]) for (const other of inside.get(name) ?? []) names.add(other);
    now = [...inside.values()].reduce((sum, { size }) => sum + size, 0);
  }
  return [...inside].filter(([name, names]) => names.has(name)).map(([name]) => name);
}

function rulesOf(part: Part): string[] {
  if ("text" in part) return part.kind === "rule" ? [part.text] : [];
  return "parts" in part ? part.parts.flatMap(rulesOf) : rulesOf(part.part);
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
export const TERMINALS: ReadonlySet<string> = new Set([...GRAMMAR_RULES.values()].flatMap(terminalsOf));

/** Those that can contain themselves. */
export const DEEP = deepOf(GRAMMAR_RULES);
