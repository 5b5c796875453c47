/**
 * What can stand behind a part of the grammar. An end behind which nothing of the grammar can continue with the next token leads nowhere,
 * so that most parts have one end to try.
 */

import { FIRSTS, firstOf } from "./first-sets.ts";
import type { Part } from "./notation.ts";
import { END, type TokenType } from "./token-types.ts";

/** What follows a part inside of its rule: terminals; with `isLast`, what follows the rule as well. */
export interface Context {
  readonly rule: string;
  readonly terminals: ReadonlySet<string>;
  readonly isLast: boolean;
}

/** Of a whole rule. */
export function contextOf(rule: string): Context {
  return { rule, terminals: new Set(), isLast: true };
}

/** In front of another part. */
export function inFront(of: Part, context: Context): Context {
  const first = firstOf(of, FIRSTS);
  const isEmpty = first.has("");
  const terminals = new Set([...first, ...(isEmpty ? context.terminals : [])]);
  terminals.delete("");
  return { rule: context.rule, terminals, isLast: isEmpty && context.isLast };
}

/** Of a part that may come again. */
export function repeated(part: Part, context: Context): Context {
  const { terminals } = inFront(part, context);
  return { ...context, terminals: new Set([...terminals, ...context.terminals]) };
}

/** Where rules are used, by their names. */
const uses: { readonly of: string; readonly context: Context }[] = [];

/** Notes that a rule is used. */
export function use(of: string, context: Context): void {
  uses.push({ of, context });
}

const hasAny = (terminals: ReadonlySet<string>, type: TokenType) =>
  [...type.terminals].some((terminal) => terminals.has(terminal));

/** The rules that a type of token can follow, by its index. */
const followed: (ReadonlySet<string> | undefined)[] = [];

function rulesBefore(type: TokenType): ReadonlySet<string> {
  const known = followed[type.index];
  if (known !== undefined) return known;
  const found = new Set(uses.flatMap(({ of, context }) => (hasAny(context.terminals, type) ? [of] : [])));
  if (type === END) found.add("query");
  // The set grows while it is read.
  for (const rule of found)
    for (const { of, context } of uses) if (context.isLast && context.rule === rule) found.add(of);
  followed[type.index] = found;
  return found;
}

/** True for a type of token that can follow a part; found out once a type. */
export function followerOf({ rule, terminals, isLast }: Context): (type: TokenType) => boolean {
  const known: (boolean | undefined)[] = [];
  return (type) => {
    known[type.index] ??= hasAny(terminals, type) || (isLast && rulesBefore(type).has(rule));
    return known[type.index] === true;
  };
}
