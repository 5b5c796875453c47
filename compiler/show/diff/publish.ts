/** What changed in how a dataset is checked and published: a reviewer must see an expectation go. */

import { camel } from "../../../contract/camel.ts";
import { WRITING_KEYS } from "../../../contract/dataset.ts";
import { type ExpectationPlan, type PublishPlan, USUAL_PUBLISH } from "../../plan/types.ts";

/** Settings whose values differ, each as `name: before → after`, and expectations by name. */
export type PublishChange =
  | { readonly kind: "settings"; readonly changed: readonly string[] }
  | {
      readonly kind: "expectations";
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    };

/** The changes; empty if nothing is published otherwise. */
export function publishChanges(before: PublishPlan, after: PublishPlan): PublishChange[] {
  const settings = WRITING_KEYS.flatMap((name) => {
    const [old, now] = [shown(before, name), shown(after, name)];
    return old === now ? [] : [`${name}: ${old} → ${now}`];
  });
  const expectations = expectationChanges(before.expectations, after.expectations);
  return [...(settings.length > 0 ? [{ kind: "settings" as const, changed: settings }] : []), ...expectations];
}

/** Settings that differ from the usual ones, as the author spells them; for overviews. */
export function unusualSettings(publish: PublishPlan): string[] {
  return WRITING_KEYS.flatMap((name) =>
    shown(publish, name) === shown(USUAL_PUBLISH, name) ? [] : [`${name} ${shown(publish, name)}`],
  );
}

function shown(publish: PublishPlan, name: (typeof WRITING_KEYS)[number]): string {
  const value = publish[camel(name)];
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

function expectationChanges(before: readonly ExpectationPlan[], after: readonly ExpectationPlan[]): PublishChange[] {
  const old = new Map(before.map((each) => [each.name, JSON.stringify(each)]));
  const now = new Map(after.map((each) => [each.name, JSON.stringify(each)]));
  const added = [...now.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const changed = [...now].flatMap(([name, text]) => (old.has(name) && old.get(name) !== text ? [name] : []));
  return added.length + removed.length + changed.length === 0
    ? []
    : [{ kind: "expectations", added, removed, changed }];
}
