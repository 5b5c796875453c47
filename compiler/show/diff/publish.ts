/** What changed in how a dataset is checked and published: a reviewer must see an expectation go. */

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

type Setting = Exclude<keyof PublishPlan, "expectations">;

/** As the author spells them. */
const NAMES: Readonly<Record<Setting, string>> = {
  write: "write",
  format: "format",
  partitionBy: "partition_by",
  mergeKey: "merge_key",
  fileSizeMib: "file_size_mib",
  compression: "compression",
  keep: "keep",
  skipUnchanged: "skip_unchanged",
};

/** The changes; empty if nothing is published otherwise. */
export function publishChanges(before: PublishPlan, after: PublishPlan): PublishChange[] {
  const settings = (Object.keys(NAMES) as Setting[]).flatMap((key) => {
    const [old, now] = [shown(before[key]), shown(after[key])];
    return old === now ? [] : [`${NAMES[key]}: ${old} → ${now}`];
  });
  const expectations = expectationChanges(before.expectations, after.expectations);
  return [...(settings.length > 0 ? [{ kind: "settings" as const, changed: settings }] : []), ...expectations];
}

/** Settings that differ from the usual ones, as the author spells them; for overviews. */
export function unusualSettings(publish: PublishPlan): string[] {
  return (Object.keys(NAMES) as Setting[]).flatMap((key) =>
    shown(publish[key]) === shown(USUAL_PUBLISH[key]) ? [] : [`${NAMES[key]} ${shown(publish[key])}`],
  );
}

function shown(value: PublishPlan[Setting]): string {
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
