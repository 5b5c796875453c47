/** How a stage's large arguments travel: as constants of the definition, or as objects called by their content. */

import { createHash } from "node:crypto";
import type { Bindings } from "../bindings.ts";
import { groupsOf } from "../groups.ts";
import type { Plan } from "../plan.ts";
import { NOTHING_TO_PUBLISH, publishOf } from "../publish.ts";

/** Largest group, in bytes of UTF-8, that is a constant of the definition (design: Limits). */
export const MAX_INLINE_GROUP_BYTES = 131_072;

/** Largest publish argument, in bytes of UTF-8, that is a constant of the definition. */
export const MAX_INLINE_PUBLISH_BYTES = 65_536;

/**
 * Most that a stage's two constants may have together as strings of JSON, which is how a Task gets them: three quarters of
 * the 262,144 bytes that Step Functions takes as a Task's input ("Quotas related to state machine executions"); the rest is
 * for parameters and the selection. The larger one becomes an object.
 */
export const MAX_INLINE_TASK_BYTES = 196_608;

/** An argument of a stage, and the key of the object that it may travel as. */
export interface Cargo {
  readonly stage: string;
  readonly json: string;
  readonly key: string;
}

/** Arguments of all stages, in their order; both lists are empty with `setup: runtime`, where read-setup answers them. */
export interface Freight {
  readonly groups: readonly Cargo[];
  readonly publish: readonly Cargo[];
}

/** The arguments of a plan. */
export function freightOf(plan: Plan, bindings: Bindings): Freight {
  if (plan.setup === "runtime") return { groups: [], publish: [] };
  const keyed = (each: { stage: string; json: string }) => ({ ...each, key: objectKey(each.json, bindings) });
  return {
    groups: groupsOf(plan, bindings.buckets).map(keyed),
    publish: publishOf(plan, bindings).map(keyed),
  };
}

/** Key of the object that a text travels as: called by its content, so one that is there is right. */
export function objectKey(json: string, { groupPrefix }: Pick<Bindings, "groupPrefix">): string {
  return `${groupPrefix}${createHash("sha256").update(json).digest("hex")}.json`;
}

/** Those that are objects whatever the definition's size. */
export function tooLargeToInline({ groups, publish }: Freight): Set<Cargo> {
  const objects = new Set([
    ...groups.filter(({ json }) => bytesOf(json) > MAX_INLINE_GROUP_BYTES),
    ...publish.filter(({ json }) => bytesOf(json) > MAX_INLINE_PUBLISH_BYTES),
  ]);
  for (const [index, group] of groups.entries()) {
    const beside = publish[index];
    if (beside === undefined || isNothing(beside) || objects.has(group) || objects.has(beside)) continue;
    const together = bytesOf(JSON.stringify(group.json)) + bytesOf(JSON.stringify(beside.json));
    if (together > MAX_INLINE_TASK_BYTES) objects.add(bySize([group, beside])[0] ?? group);
  }
  return objects;
}

/** The largest first. */
export function bySize(all: readonly Cargo[]): Cargo[] {
  return [...all].sort((a, b) => bytesOf(b.json) - bytesOf(a.json));
}

/** A stage with nothing but defaults has no publish argument. */
export function isNothing({ json }: Cargo): boolean {
  return json === NOTHING_TO_PUBLISH;
}

/** Bytes of UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
