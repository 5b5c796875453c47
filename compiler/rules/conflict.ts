/** Conflicts of two targets, of one pipeline or of two. */

import type { Target } from "../resolve/types.ts";
import type { RuleFinding } from "./rule.ts";

/** Targets of one key: each with the first of them. */
export function pairsBy(
  targets: readonly Target[],
  keyOf: (target: Target) => string,
): [later: Target, first: Target][] {
  const first = new Map<string, Target>();
  return targets.flatMap((each): [Target, Target][] => {
    const earlier = first.get(keyOf(each));
    first.set(keyOf(each), earlier ?? each);
    return earlier ? [[each, earlier]] : [];
  });
}

/** The message of a conflict, which stops both pipelines. */
export function conflict(
  one: Target,
  other: Target,
  say: (one: string, other: string) => { readonly message: string; readonly note: string; readonly help: string },
): Omit<RuleFinding, "code"> {
  const { message, note, help } = say(nameOf(one, other), nameOf(other, one));
  return {
    pipelines: [...new Set([one.pipeline, other.pipeline])],
    dataset: one,
    at: one.target.at,
    message,
    help,
    notes: [{ place: other.target.at, message: note }],
  };
}

function nameOf(each: Target, other: Target): string {
  const name = `dataset \`${each.name.value}\``;
  return each.pipeline === other.pipeline ? name : `${name} of pipeline \`${each.pipeline.name}\``;
}
