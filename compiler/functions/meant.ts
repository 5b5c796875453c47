/** What the author of a call may mean by a function that Spark does not have. */

import { nearest } from "../nearest.ts";
import { FOREIGN } from "./foreign.ts";
import { functionNames } from "./functions.ts";

/** The function of another database in Spark's words; undefined for a name that none has. */
export function callInSpark(name: string): string | undefined {
  return FOREIGN.get(name.toLowerCase());
}

/** The nearest name of a function of Spark that can be called there, as its author would write it. */
export function nearestFunction(name: string, inFrom: boolean): string | undefined {
  const near = nearest(name.toLowerCase(), functionNames(inFrom));
  return /^[^a-z]*[A-Z][^a-z]*$/.test(name) ? near?.toUpperCase() : near;
}
