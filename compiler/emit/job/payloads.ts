/** The payloads of a stage, its large arguments: constants of the definition, or objects named by their hash (the claim-check pattern). */

import type { PhysicalPlan } from "../../plan/bind.ts";
import type { Bindings } from "../../plan/bindings.ts";
import { asciiJson, sha256 } from "./encoding.ts";
import { groupsOf } from "./groups.ts";
import { NOTHING_TO_PUBLISH, publishOf } from "./publish.ts";

/**
 * Largest encoded group, in bytes, that is a constant of the definition: Linux takes one argument of a process with
 * at most 131,072 bytes, its closing zero counted (execve(2), MAX_ARG_STRLEN).
 */
export const MAX_INLINE_GROUP_BYTES = 131_071;

/** Largest encoded publish argument, in bytes, that is a constant of the definition. */
export const MAX_INLINE_PUBLISH_BYTES = 65_536;

/**
 * Most that a stage's two constants may have together as strings of JSON, which is how a Task gets them. Step Functions
 * takes 262,144 bytes as a Task's input ("Quotas related to state machine executions"); the rest is for parameters and the
 * selection, which have up to 40,000 bytes each when they are encoded. The larger one becomes an object.
 */
export const MAX_INLINE_TASK_BYTES = 180_000;

/** A large argument of a stage, and the key of the object that it may be offloaded to. */
export interface Payload {
  readonly stage: string;
  /** In ASCII. */
  readonly json: string;
  readonly key: string;
}

/** Payloads of all stages, in their order; both lists are empty with `setup: runtime`, where read-setup returns them. */
export interface Payloads {
  readonly groups: readonly Payload[];
  readonly publish: readonly Payload[];
}

/** The payloads of a plan that are known with the definition. */
export function payloadsOf(plan: PhysicalPlan, names: Pick<Bindings, "groupPrefix">): Payloads {
  return plan.setup === "runtime" ? { groups: [], publish: [] } : allPayloadsOf(plan, names);
}

/** The payloads of a plan; with `setup: runtime` read-setup makes them. */
export function allPayloadsOf(plan: PhysicalPlan, { groupPrefix }: Pick<Bindings, "groupPrefix">): Payloads {
  const keyed = ({ stage, json }: { stage: string; json: string }): Payload => {
    const ascii = asciiJson(json);
    // Named by its hash, so an existing one is correct.
    return { stage, json: ascii, key: `${groupPrefix}${sha256(ascii)}.json` };
  };
  return { groups: groupsOf(plan).map(keyed), publish: publishOf(plan).map(keyed) };
}

/** Payloads that are offloaded whatever the definition's size. */
export function tooLargeToInline({ groups, publish }: Payloads): Set<Payload> {
  const objects = new Set([
    ...groups.filter(({ json }) => bytesOf(json) > MAX_INLINE_GROUP_BYTES),
    ...publish.filter(({ json }) => bytesOf(json) > MAX_INLINE_PUBLISH_BYTES),
  ]);
  for (const [index, group] of groups.entries()) {
    const inlined = [group, ...publish.slice(index, index + 1)].filter(
      (each) => !isNothing(each) && !objects.has(each),
    );
    const together = inlined.reduce((sum, { json }) => sum + bytesOf(JSON.stringify(json)), 0);
    // Without the larger one the other fits: it then has at most 131,071 bytes as a string of JSON.
    if (together > MAX_INLINE_TASK_BYTES) objects.add(bySize(inlined)[0] ?? group);
  }
  return objects;
}

/** The largest first. */
export function bySize(all: readonly Payload[]): Payload[] {
  return [...all].sort((a, b) => bytesOf(b.json) - bytesOf(a.json));
}

/** A stage with nothing but defaults has no publish argument. */
export function isNothing({ json }: Payload): boolean {
  return json === NOTHING_TO_PUBLISH;
}

/** Bytes of UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
