/** Calls of functions that Spark cannot make: it has no such function, or it takes another number of arguments. */

import { counted, expectedNumber, functionNames, WITH_UNIT } from "../../functions/functions.ts";
import type { NamedExtent } from "./extent.ts";
import {
  extentOf,
  firstOf,
  has,
  isNode,
  nameOf,
  nodesBelow,
  nodesIn,
  nodesOf,
  type SyntaxNode,
  soleOf,
} from "./tree.ts";

/** A call that fails. */
export interface WrongCall extends NamedExtent {
  /** `qualified`: a function of Spark with a database before its name. `arguments`: their number is wrong. */
  readonly kind: "unknown" | "qualified" | "arguments";
  /** Whether it is called in FROM, where other functions are. */
  readonly inFrom: boolean;
  readonly given: number;
  /** How many arguments it takes, in words; empty unless `kind` is `arguments`. */
  readonly takes: string;
}

/** Namespaces that name Spark's own functions; functions in others have a diagnostic of their own (reach.ts). */
const OWN_NAMESPACES = /^(builtin|session)$/i;

/** A column that is named at run time, and a sub-query in brackets. */
const NO_CALL = /^(IDENTIFIER|VALUES)$/;

/** Those of a query, in no order. */
export function wrongCallsOf(query: SyntaxNode): WrongCall[] {
  return [...nodesBelow(query)].flatMap((node) => {
    const call = callOf(node);
    return call === undefined ? [] : (wrongCall(call) ?? []);
  });
}

/** Names of the functions that a query calls, without those in a catalog; in no order. */
export function functionsIn(query: SyntaxNode): NamedExtent[] {
  return [...nodesBelow(query)].flatMap((node) => {
    const [name, ...more] = nodesIn(callOf(node)?.name ?? { rule: "", parts: [] });
    return name === undefined || more.length > 0 ? [] : [{ name: nameOf(name), ...extentOf(name) }];
  });
}

interface Call {
  /** A `qualified`. */
  readonly name: SyntaxNode;
  readonly inFrom: boolean;
  /** Undefined where it is not known: of `f(*)`, of arguments by name. */
  readonly given: number | undefined;
}

function callOf(node: SyntaxNode): Call | undefined {
  if (node.rule === "view") {
    const [name] = nodesOf(node, "qualified");
    return name && { name, inFrom: false, given: nodesOf(node, "expr").length };
  }
  const [name] = node.rule === "call" || node.rule === "source" ? nodesOf(node, "function").flatMap(nodesIn) : [];
  // `IDENTIFIER(…)(…)`.
  if (name?.rule !== "qualified") return undefined;
  const args = nodesIn(node).filter(({ rule }) => rule === "argument" || rule === "tableArgument");
  const isCounted = !has(node, "WITHIN") && args.every(isPlain);
  return { name, inFrom: node.rule === "source", given: isCounted ? args.length : undefined };
}

/** Neither `*`, which may be several, nor `name => value`, which may leave others out. */
function isPlain(argument: SyntaxNode): boolean {
  const value = soleOf(argument);
  return !has(value, "=>") && !has(value, "TABLE") && !(value.rule === "operandValue" && has(value, "*"));
}

function wrongCall({ name: qualified, inFrom, given }: Call): WrongCall | undefined {
  const parts = nodesIn(qualified);
  const last = parts.at(-1);
  if (last === undefined || parts.some((part) => isNode(part.parts[0]))) return undefined;
  const name = nameOf(last);
  const namespace = parts.at(-2);
  const wrong = { name, inFrom, given: given ?? 0, takes: "", ...extentOf(qualified) };
  if (namespace !== undefined)
    return OWN_NAMESPACES.test(nameOf(namespace)) ? { ...wrong, kind: "qualified" } : undefined;
  if (NO_CALL.test(firstOf(last)?.upper ?? "")) return undefined;
  const hasUnit = !inFrom && WITH_UNIT.has(name.toUpperCase());
  if (hasUnit && (given === 3 || given === undefined)) return undefined;
  const isKnown = functionNames(inFrom).has(name.toLowerCase());
  if (!isKnown && !hasUnit) return { ...wrong, kind: "unknown" };
  if (given === undefined) return undefined;
  const takes = isKnown ? expectedNumber(name, inFrom, given) : counted(3);
  return takes === undefined
    ? undefined
    : { ...wrong, kind: "arguments", takes: hasUnit && isKnown ? counted(2, 3) : takes };
}
