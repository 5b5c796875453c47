/** Which states of the state machine a change adds, removes or alters; pure. */

import { compareText } from "../../diagnostics.ts";
import type { StateMachine } from "../../emit/asl/types.ts";
import { sha256 } from "../../emit/job/encoding.ts";
import type { Plan } from "../../plan/types.ts";

/** Names of states, sorted. */
export interface StateChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** A definition and the plan that it was emitted from. */
export interface Emitted {
  readonly plan: Plan;
  readonly definition: StateMachine;
}

/** Compares two definitions; undefined: there is none on that side. */
export function diffStates(before: Emitted | undefined, after: Emitted | undefined): StateChanges {
  const [old, now] = [textsOf(before), textsOf(after)];
  return {
    added: [...now.keys()].filter((name) => !old.has(name)).sort(compareText),
    removed: [...old.keys()].filter((name) => !now.has(name)).sort(compareText),
    changed: [...now]
      .filter(([name, text]) => old.has(name) && old.get(name) !== text)
      .map(([name]) => name)
      .sort(compareText),
  };
}

/** Every job gets the plan's digest, which any change changes: a state with nothing else new is the same state. */
function textsOf(emitted: Emitted | undefined): Map<string, string> {
  const states = Object.entries(emitted?.definition.States ?? {});
  const digest = emitted?.plan.digest ?? "";
  // As it is, and as it is sealed among the arguments' digests.
  const without = (text: string) => text.replaceAll(digest, "").replaceAll(sha256(digest), "");
  return new Map(states.map(([name, state]) => [name, without(JSON.stringify(state))]));
}
