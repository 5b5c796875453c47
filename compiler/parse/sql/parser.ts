/**
 * The parser: the syntax tree of a query by Spark's grammar, or the token at which it stops being one.
 *
 * A part of the grammar returns every place where it can end, so no order of alternatives matters; a place is left out where the next token
 * cannot follow the part, unless it is the last one, which says how far the text was read. Words that begin a part of a query are
 * not names (names.ts marks those that are), so that a part that is left out is missed, where Spark would take the next word for a name;
 * every other word may be one, as in Spark. Each rule is tried once a place, and nothing is tried that cannot begin with the token there.
 */

import { both, FEW, largest, NOWHERE, START } from "./ends.ts";
import { DEEP, FIRSTS, firstOf, GRAMMAR_RULES } from "./first-sets.ts";
import { type Context, contextOf, followerOf, inFront, repeated, use } from "./follow-sets.ts";
import { STRUCTURE } from "./grammar.ts";
import type { Token } from "./lexer.ts";
import type { Part } from "./notation.ts";
import { END, type TokenType, typeOf } from "./token-types.ts";
import type { SyntaxNode } from "./tree.ts";

/** One text in work. */
interface Run {
  readonly tokens: readonly Token[];
  /** Of each token, and of the end, what it can be. */
  readonly types: readonly TokenType[];
  /** Of each token whether it begins where the one before ends. */
  readonly glued: readonly boolean[];
  /** Of each token the one end behind it. */
  readonly behind: readonly (readonly number[])[];
  /** By rule and place: what was answered, as an index into `answers`; 0 for nothing yet. */
  readonly known: Int32Array;
  readonly answers: (readonly number[])[];
  /** The last token that something else was expected of. */
  furthest: number;
  /** The word or sign without which a part that began cannot go on, at the furthest such place. */
  missing: { readonly at: number; readonly text: string } | undefined;
}

/** A part of the grammar, ready to be tried at a token. */
interface Match {
  /** Of a single word or sign. */
  readonly text: string | undefined;
  readonly ends: (run: Run, at: number) => readonly number[];
  /** Adds the tree of the tokens from `at` to one of its ends; of several trees the one that the grammar names first. */
  readonly tree: (run: Run, at: number, end: number, parts: Parts) => void;
  /** True where it can begin with such a token, or be nothing. */
  readonly canBegin: (type: TokenType) => boolean;
}

/** Parts of a node that is being built. */
type Parts = (SyntaxNode | Token)[];

/** Where tokens stop being a query. */
export interface Refusal {
  /** Index of the token that the grammar stops at, the number of tokens for the end. */
  readonly at: number;
  /** The word or sign that must be there; undefined where several could be. */
  readonly expected: string | undefined;
}

/** Parses the tokens of one query. Undefined where the text is nested too deeply to say. */
export function parseTokens(tokens: readonly Token[]): SyntaxNode | Refusal | undefined {
  const types = [...tokens.map((_, at) => typeOf(tokens, at)), END];
  const run: Run = {
    tokens,
    types,
    glued: tokens.map(({ start }, at) => tokens[at - 1]?.end === start),
    behind: types.map((_, at) => [at + 1]),
    known: new Int32Array(DEEP.length * types.length),
    answers: [NOWHERE],
    furthest: 0,
    missing: undefined,
  };
  try {
    if (!QUERY.ends(run, 0).includes(tokens.length)) return refusalOf(run);
    const parts: Parts = [];
    QUERY.tree(run, 0, tokens.length, parts);
    return parts[0] as SyntaxNode;
  } catch (problem) {
    if (problem instanceof RangeError) return undefined;
    throw problem;
  }
}

function refusalOf({ furthest, missing }: Run): Refusal {
  return { at: furthest, expected: missing?.at === furthest ? missing.text : undefined };
}

const INDEXES = new Map([...GRAMMAR_RULES.keys()].map((name, index) => [name, index]));
const RULES: readonly Match[] = [...GRAMMAR_RULES].map(([name, part]) => compile(part, contextOf(name)));
const QUERY = ruleMatcher("query", contextOf("query"));

function compile(part: Part, context: Context): Match {
  const first = firstOf(part, FIRSTS);
  const known: boolean[] = [];
  const canBegin = (type: TokenType): boolean => {
    known[type.index] ??= first.has("") || [...type.terminals].some((terminal) => terminal && first.has(terminal));
    return known[type.index] === true;
  };
  const text = part.kind === "word" || part.kind === "sign" ? part.text : undefined;
  return { text, canBegin, ...matcherOf(part, context, canBegin) };
}

type Matcher = Pick<Match, "ends" | "tree">;

function matcherOf(part: Part, context: Context, canBegin: Match["canBegin"]): Matcher {
  if (part.kind === "rule") return ruleMatcher(part.text, context);
  if (part.kind === "sequence") return sequenceMatcher(compileAll(part.parts, context));
  if (part.kind === "choice") return choiceMatcher(part.parts.map((each) => compile(each, context)));
  if (part.kind === "optional") return optionalMatcher(compile(part.part, context), followerOf(context));
  if (part.kind === "any") return anyMatcher(compile(part.part, repeated(part.part, context)), followerOf(context));
  if (part.kind === "some") return sequenceMatcher(compileAll([part.part, { kind: "any", part: part.part }], context));
  if (part.kind === "list") {
    const more: Part = { kind: "sequence", parts: [{ kind: "sign", text: "," }, part.part] };
    return sequenceMatcher(compileAll([part.part, { kind: "any", part: more }], context));
  }
  const isGlued = "isGlued" in part && part.isGlued;
  return {
    ends: (run, at) =>
      canBegin(run.types[at] ?? END) && (!isGlued || run.glued[at])
        ? (run.behind[at] as readonly number[])
        : nowhere(run, at),
    tree: (run, at, _, parts) => parts.push(run.tokens[at] as Token),
  };
}

/** The items of a sequence, each in front of those behind it. */
function compileAll(parts: readonly Part[], context: Context): Match[] {
  let behind = context;
  const items = parts.toReversed().map((part) => {
    const item = compile(part, behind);
    behind = inFront(part, behind);
    return item;
  });
  return items.reverse();
}

/** Ends that the next token can follow, and the last one. */
function viable(ends: readonly number[], run: Run, canFollow: Match["canBegin"]): readonly number[] {
  if (ends.length < 2) return ends;
  const last = largest(ends);
  const able = ends.filter((end) => end === last || canFollow(run.types[end] ?? END));
  return able.length === 1 ? oneEnd(run, last) : able;
}

function nowhere(run: Run, at: number): readonly number[] {
  if (at > run.furthest) run.furthest = at;
  return NOWHERE;
}

/** Tries a part where it can begin at all. */
const attempt = (match: Match, run: Run, at: number) =>
  match.canBegin(run.types[at] ?? END) ? match.ends(run, at) : nowhere(run, at);

/** A rule that can contain itself remembers what it answered; the others are done sooner than remembered. */
function ruleMatcher(name: string, context: Context): Matcher {
  use(name, context);
  const index = INDEXES.get(name) ?? 0;
  const row = DEEP.indexOf(name);
  const rule = () => RULES[index] as Match;
  return {
    ends(run, at) {
      if (row < 0) return rule().ends(run, at);
      const place = row * run.types.length + at;
      const known = run.known[place] as number;
      if (known > 0) return run.answers[known] as readonly number[];
      const ends = rule().ends(run, at);
      run.known[place] = run.answers.push(ends) - 1;
      return ends;
    },
    tree(run, at, end, parts) {
      const own: Parts = [];
      parts.push({ rule: name, parts: own });
      rule().tree(run, at, end, own);
    },
  };
}

function sequenceMatcher(items: readonly Match[]): Matcher {
  return {
    ends(run, at) {
      let ends = oneEnd(run, at);
      for (const item of items) {
        const starts = ends;
        ends = endsBehind(item, run, starts);
        if (ends.length > 0) continue;
        const last = largest(starts);
        if (item.text !== undefined && last > at) miss(run, item.text, last);
        return ends;
      }
      return ends;
    },
    tree(run, at, end, parts) {
      const bounds = boundsOf(items, run, at, end);
      for (let index = 0; index < items.length; index += 1)
        (items[index] as Match).tree(run, bounds[index] as number, bounds[index + 1] as number, parts);
    },
  };
}

/** Where the items of a sequence begin that ends at `end`, and the end. */
function boundsOf(items: readonly Match[], run: Run, at: number, end: number): number[] {
  const starts: (readonly number[])[] = [oneEnd(run, at)];
  let isClear = true;
  for (let index = 0; index + 1 < items.length; index += 1) {
    const ends = endsBehind(items[index] as Match, run, starts[index] as readonly number[]);
    if (ends.length !== 1) isClear = false;
    starts.push(ends);
  }
  if (isClear) return [...starts.map(([only]) => only as number), end];
  const bounds = [end];
  for (let index = items.length - 1; index >= 0; index -= 1)
    bounds.push(lastStart(items[index] as Match, run, starts[index] as readonly number[], bounds.at(-1) as number));
  return bounds.reverse();
}

/** One place. */
function oneEnd({ behind }: Run, at: number): readonly number[] {
  return at > 0 ? (behind[at - 1] as readonly number[]) : START;
}

/** Behind a name there may be other signs than the bracket of a call. */
function miss(run: Run, text: string, at: number): void {
  const before = run.tokens[at - 1];
  const isSure = text === "(" ? STRUCTURE.has(before?.upper ?? "") : !/^([.,=-]|TRANSFORM)/.test(text);
  if (isSure && at > (run.missing?.at ?? 0)) run.missing = { at, text };
}

/** Where an item can end that begins at one of some places. */
function endsBehind(item: Match, run: Run, starts: readonly number[]): readonly number[] {
  if (starts.length === 1) return attempt(item, run, starts[0] as number);
  if (starts.length > FEW) return [...new Set(starts.flatMap((start) => attempt(item, run, start)))];
  return starts.reduce((ends, start) => both(ends, attempt(item, run, start)), NOWHERE);
}

/** The last of some places from which an item reaches an end: what is in front of it takes all it can, as in `sum(a)`. */
function lastStart(item: Match, run: Run, starts: readonly number[], end: number): number {
  const able = starts.length === 1 ? starts : starts.filter((start) => attempt(item, run, start).includes(end));
  return largest(able);
}

/** Which alternatives can begin with a type of token is found out once. */
function choiceMatcher(items: readonly Match[]): Matcher {
  const able: (readonly Match[])[] = [];
  const ableAt = (run: Run, at: number) => {
    const type = run.types[at] ?? END;
    able[type.index] ??= items.filter(({ canBegin }) => canBegin(type));
    return able[type.index] as readonly Match[];
  };
  return {
    ends(run, at) {
      const some = ableAt(run, at);
      if (some.length < items.length) nowhere(run, at);
      let ends = NOWHERE;
      for (const item of some) ends = both(ends, item.ends(run, at));
      return ends;
    },
    tree: (run, at, end, parts) =>
      ableAt(run, at)
        .find((item) => item.ends(run, at).includes(end))
        ?.tree(run, at, end, parts),
  };
}

function optionalMatcher(item: Match, canFollow: Match["canBegin"]): Matcher {
  return {
    ends(run, at) {
      const ends = attempt(item, run, at);
      if (ends.length === 0) return oneEnd(run, at);
      return ends.includes(at) || !canFollow(run.types[at] ?? END) ? ends : [...ends, at];
    },
    tree(run, at, end, parts) {
      if (end > at) item.tree(run, at, end, parts);
    },
  };
}

function anyMatcher(item: Match, canFollow: Match["canBegin"]): Matcher {
  /** Every end, and where the last item before it begins. */
  const steps = (run: Run, at: number): Map<number, number> => {
    const found = new Map([[at, at]]);
    // The map grows while it is read.
    for (const start of found.keys())
      for (const end of attempt(item, run, start)) if (!found.has(end)) found.set(end, start);
    return found;
  };
  return {
    ends: (run, at) =>
      attempt(item, run, at).length === 0 ? oneEnd(run, at) : viable([...steps(run, at).keys()], run, canFollow),
    tree(run, at, end, parts) {
      if (end === at) return;
      const found = steps(run, at);
      const bounds = [end];
      for (let to = end; to > at; ) {
        to = found.get(to) ?? at;
        bounds.push(to);
      }
      for (let index = bounds.length - 1; index > 0; index -= 1)
        item.tree(run, bounds[index] as number, bounds[index - 1] as number, parts);
    },
  };
}
