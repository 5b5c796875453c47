/** Buckets in other stacks' settings, which this stack must not use. */

import { type Diagnostic, diagnostic } from "../compiler/diagnostics.ts";
import { bucketBindings, ownBuckets } from "./bindings.ts";
import { topOfStack } from "./raw.ts";
import { knownStacks, readSettings } from "./read.ts";
import type { Settings } from "./schema.ts";

/**
 * A diagnostic for every bucket that another `Pulumi.<stack>.yaml` also names, even if that file has errors.
 *
 * @param except stacks that are not compared
 */
export function bucketsOfOthers(home: string, settings: Settings, except: readonly string[] = []): Diagnostic[] {
  const mine = bucketsOf(settings);
  return knownStacks(home)
    .filter((stack) => stack !== settings.stack && !except.includes(stack))
    .flatMap((stack) => {
      const other = readSettings(home, stack).partial;
      return other === undefined
        ? []
        : bucketsOf(other)
            .filter((bucket) => mine.includes(bucket))
            .map((bucket) => shared(settings, stack, bucket));
    });
}

function bucketsOf(settings: Settings): string[] {
  return [...bucketBindings(settings).map(({ physical }) => physical), ...Object.values(ownBuckets(settings))];
}

function shared(settings: Settings, other: string, bucket: string): Diagnostic {
  return diagnostic({
    code: "D009",
    at: topOfStack(settings.stack),
    message: `the bucket \`${bucket}\` of stack \`${settings.stack}\` is also named by Pulumi.${other}.yaml`,
    help: `give stack \`${settings.stack}\` a separate bucket, so that a run of one stack cannot harm the other`,
  });
}
