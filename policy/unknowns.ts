/**
 * Values that are unknown in a preview. Reading one throws; a rule decides what that means.
 *
 * A rule that only requires a value to be set treats an unknown value as set. A rule that needs the value lets the error
 * propagate: the engine reports that the rule could not be applied, and applies it again once the value is known.
 */

import { type PolicyResource, UnknownValueError } from "@pulumi/policy";

/** Is there a value, known or not? Empty text counts as absent. */
export function isSet(read: () => unknown): boolean {
  try {
    const value = read();
    return value !== undefined && value !== null && value !== "";
  } catch (problem) {
    if (problem instanceof UnknownValueError) return true;
    throw problem;
  }
}

/** Runs checks in order; an unknown value in one does not stop the others. */
export function eachOf(...checks: readonly (() => void)[]): void {
  let unknown: UnknownValueError | undefined;
  for (const check of checks) {
    try {
      check();
    } catch (problem) {
      if (!(problem instanceof UnknownValueError)) throw problem;
      unknown ??= problem;
    }
  }
  if (unknown !== undefined) throw unknown;
}

/**
 * Does a property of one resource name another? Decided by its value if known, else by Pulumi's property dependencies.
 * Throws if neither decides.
 *
 * @param identities properties of the target that may be named, for example `["bucket", "id"]`
 */
export function refersTo(
  from: PolicyResource,
  property: string,
  target: PolicyResource,
  identities: readonly string[],
): boolean {
  const depends = (from.propertyDependencies[property] ?? []).some(({ urn }) => urn === target.urn);
  const value = ifKnown(() => from.props[property]);
  if (typeof value !== "string") return depends;
  const known = identities
    .map((identity) => ifKnown(() => target.props[identity]))
    .filter((each) => each !== undefined);
  if (known.length > 0) return known.includes(value);
  // No identity is known: a literal value may name this resource.
  return depends || identities.some((identity) => target.props[identity] === value);
}

/** The value, or undefined if it is not known. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof UnknownValueError) return undefined;
    throw problem;
  }
}
