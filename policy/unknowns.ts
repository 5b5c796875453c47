/**
 * Values that a preview does not know yet. Reading one throws; a rule decides what that means.
 *
 * Where a rule only asks whether something is set, an unknown value is set. Where it needs the value, it lets the error
 * pass: the engine says that the rule could not be applied, and applies it again once the value is known.
 */

import { type PolicyResource, UnknownValueError } from "@pulumi/policy";

/** Is there a value, known or not? Empty text is none. */
export function isSet(read: () => unknown): boolean {
  try {
    const value = read();
    return value !== undefined && value !== null && value !== "";
  } catch (problem) {
    if (problem instanceof UnknownValueError) return true;
    throw problem;
  }
}

/** Runs checks one after another, so that an unknown value in one does not keep the others from speaking. */
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
 * Does a property of one resource name another? By its value where that is known, else by what Pulumi knows it
 * depends on. Throws where neither tells.
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
  // None is known: whoever wrote the value out may well have meant this resource.
  return depends || identities.some((identity) => target.props[identity] === value);
}

/** The value, or undefined where it is not known. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof UnknownValueError) return undefined;
    throw problem;
  }
}
