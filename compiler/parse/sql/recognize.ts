/**
 * Whether tokens are a query by Spark's grammar, and if not, at which token Spark would stop.
 *
 * A part of the grammar answers every place where it can end, so no order of alternatives matters and every word may be a name, as in
 * Spark. Each rule is tried once a place, and nothing is tried that cannot begin with the token there.
 */

import { STRICT, STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import { type Part, readGrammar } from "./notation.ts";
import { GRAMMAR } from "./spark-grammar.ts";

/** One text in work. */
interface Run {
  /** Of each token, and of the end, what it can be. */
  readonly types: readonly TokenType[];
  /** Of each token whether it begins where the one before ends. */
  readonly glued: readonly boolean[];
  /** By rule and place: what was answered. */
  readonly known: (readonly number[] | undefined)[];
  /** The last token that something else was expected of. */
  furthest: number;
}

/** Tokens that the grammar does not tell from each other are one type: the terminals that they are. */
interface TokenType {
  readonly index: number;
  readonly terminals: ReadonlySet<string>;
}

/** A part of the grammar, ready to be tried: answers where it can end that begins at a token. */
interface Match {
  readonly ends: (run: Run, at: number) => readonly number[];
  /** True where it can begin with such a token, or be nothing. */
  readonly canBegin: (type: TokenType) => boolean;
}

const NOWHERE: readonly number[] = [];

/**
 * Puts the tokens of one query to the grammar. `refusedAt`: index of the token that it stops at, the number of tokens for the end; undefined:
 * it is a query. `plain`: words that begin a part of a query are no names, so that a part that is left out is missed, where Spark
 * would take the next word for a name. Undefined where the text is nested too deeply to say.
 */
export function recognize(
  tokens: readonly Token[],
  { plain = false } = {},
): { readonly refusedAt: number | undefined } | undefined {
  const types = tokens.map((token, at) => typeOf(token, plain && isStructure(tokens, at)));
  types.push(END);
  const run: Run = {
    types,
    glued: tokens.map(({ start }, at) => tokens[at - 1]?.end === start),
    known: new Array(DEEP.length * types.length).fill(undefined),
    furthest: 0,
  };
  try {
    return { refusedAt: QUERY.ends(run, 0).includes(tokens.length) ? undefined : run.furthest };
  } catch (problem) {
    if (problem instanceof RangeError) return undefined;
    throw problem;
  }
}

function isStructure(tokens: readonly Token[], at: number): boolean {
  const [previous, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  return token?.kind === "word" && STRUCTURE.has(token.upper) && previous?.text !== "." && next?.text !== "(";
}

const known = new Map<string, TokenType>();

function newType(key: string, terminals: readonly string[]): TokenType {
  const type = { index: known.size, terminals: new Set(terminals) };
  known.set(key, type);
  return type;
}

const END = newType("", []);

/** Names of classes are no words of the grammar: those are in upper case. */
function typeOf(token: Token, isNoName: boolean): TokenType {
  const isOwn = /^(word|symbol|hint)$/.test(token.kind) && TERMINALS.has(token.upper);
  const own = isOwn && !isNoName ? known.get(token.upper) : undefined;
  if (own !== undefined) return own;
  const classes = isNoName ? [] : classesOf(token);
  const key = isOwn ? [token.upper, ...classes] : classes;
  // A word of the grammar is found by itself, above; one that is no name, by its word and a blank.
  const name = isOwn && !isNoName ? token.upper : `${key.join(" ")} `;
  return known.get(name) ?? newType(name, key);
}

const SUFFIXED = /^(\d+|\d*\.?\d*([eE][+-]?\d+)?)([YSLFD]|BD)?$/i;

function classesOf({ kind, text, upper }: Token): readonly string[] {
  if (kind === "quoted") return ["Name", "Alias"];
  if (kind === "text") return ["Text"];
  if (kind === "number")
    return /^\d+$/.test(text)
      ? ["Number", "Integer"]
      : /^(\d+\.\d*|\.\d+)$/.test(text)
        ? ["Number", "Decimal"]
        : ["Number"];
  if (kind !== "word") return [];
  if (/^\d/.test(text) && SUFFIXED.test(text)) return ["Number"];
  return STRICT.has(upper) ? ["Name"] : ["Name", "Alias"];
}

const GRAMMAR_RULES = readGrammar(GRAMMAR);
const FIRSTS = firstsOf(GRAMMAR_RULES);
const TERMINALS = new Set([...GRAMMAR_RULES.values()].flatMap(terminalsOf));
const INDEXES = new Map([...GRAMMAR_RULES.keys()].map((name, index) => [name, index]));
const DEEP = deepOf(GRAMMAR_RULES);
const RULES: readonly Match[] = [...GRAMMAR_RULES.values()].map(compile);
const QUERY = compile({ kind: "rule", text: "query" });

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

function firstOf(part: Part, firsts: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
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

function compile(part: Part): Match {
  const first = firstOf(part, FIRSTS);
  const known: boolean[] = [];
  const canBegin = (type: TokenType): boolean => {
    known[type.index] ??= first.has("") || [...type.terminals].some((terminal) => terminal && first.has(terminal));
    return known[type.index] === true;
  };
  const ends = endsOf(part, canBegin);
  return { canBegin, ends };
}

function endsOf(part: Part, canBegin: Match["canBegin"]): Match["ends"] {
  if (part.kind === "rule") return ruleEnds(part.text);
  if (part.kind === "sequence") return sequenceEnds(part.parts.map(compile));
  if (part.kind === "choice") return choiceEnds(part.parts.map(compile));
  if (part.kind === "optional") return optionalEnds(compile(part.part));
  if (part.kind === "any") return anyEnds(compile(part.part));
  if (part.kind === "some") return sequenceEnds([part.part, { kind: "any", part: part.part } as const].map(compile));
  if (part.kind === "list") {
    const more: Part = { kind: "sequence", parts: [{ kind: "sign", text: "," }, part.part] };
    return sequenceEnds([part.part, { kind: "any", part: more } as const].map(compile));
  }
  const isGlued = "isGlued" in part && part.isGlued;
  return (run, at) => {
    if (canBegin(run.types[at] ?? END) && (!isGlued || run.glued[at])) return [at + 1];
    return nowhere(run, at);
  };
}

function nowhere(run: Run, at: number): readonly number[] {
  if (at > run.furthest) run.furthest = at;
  return NOWHERE;
}

/** Tries a part where it can begin at all. */
const attempt = (match: Match, run: Run, at: number) =>
  match.canBegin(run.types[at] ?? END) ? match.ends(run, at) : nowhere(run, at);

/** A rule that can contain itself remembers what it answered; the others are done sooner than remembered. */
function ruleEnds(name: string): Match["ends"] {
  let rule: Match | undefined;
  const index = INDEXES.get(name) ?? 0;
  const row = DEEP.indexOf(name);
  return (run, at) => {
    rule ??= RULES[index] as Match;
    if (row < 0) return rule.ends(run, at);
    const place = row * run.types.length + at;
    const known = run.known[place];
    if (known !== undefined) return known;
    const ends = rule.ends(run, at);
    run.known[place] = ends;
    return ends;
  };
}

function sequenceEnds(items: readonly Match[]): Match["ends"] {
  return (run, at) => {
    let ends: readonly number[] = [at];
    for (const item of items) {
      const [only] = ends;
      ends =
        ends.length === 1 && only !== undefined
          ? attempt(item, run, only)
          : [...new Set(ends.flatMap((end) => attempt(item, run, end)))];
      if (ends.length === 0) return ends;
    }
    return ends;
  };
}

/** Which alternatives can begin with a type of token is found out once. */
function choiceEnds(items: readonly Match[]): Match["ends"] {
  const able: (readonly Match[])[] = [];
  return (run, at) => {
    const type = run.types[at] ?? END;
    const some = able[type.index] ?? items.filter(({ canBegin }) => canBegin(type));
    able[type.index] = some;
    if (some.length < items.length) nowhere(run, at);
    let ends = NOWHERE;
    for (const item of some) ends = both(ends, item.ends(run, at));
    return ends;
  };
}

function optionalEnds(item: Match): Match["ends"] {
  return (run, at) => {
    const ends = attempt(item, run, at);
    return ends.length === 0 ? [at] : ends.includes(at) ? ends : [at, ...ends];
  };
}

function anyEnds(item: Match): Match["ends"] {
  return (run, at) => {
    const first = attempt(item, run, at);
    if (first.length === 0) return [at];
    const found = new Set([at]);
    for (let ends = first; ends.length > 0; ) {
      const fresh = ends.filter((end) => !found.has(end));
      for (const end of fresh) found.add(end);
      ends = fresh.flatMap((end) => attempt(item, run, end));
    }
    return [...found];
  };
}

function both(some: readonly number[], more: readonly number[]): readonly number[] {
  if (some.length === 0) return more;
  if (more.length === 0) return some;
  return [...new Set([...some, ...more])];
}
