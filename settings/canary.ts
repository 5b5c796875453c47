/** The canary: one more pipeline of a stack, by which `strata verify` shows that AWS does what was assumed of it. */

import type { Settings } from "./schema.ts";

/** Name of the canary's pipeline and of its logical bucket. */
export const CANARY = "strata-canary";

/** The settings with the canary's bucket, and its pipeline among those that are named; unchanged where it is off. */
export function withCanary(settings: Settings): Settings {
  if (!settings.canary) return settings;
  const { buckets, pipelines } = settings;
  const isMapped = buckets.some(({ logical }) => logical === CANARY);
  return {
    ...settings,
    buckets: isMapped ? buckets : [...buckets, { logical: CANARY, name: undefined, existing: false, key: undefined }],
    pipelines: pipelines.length === 0 ? pipelines : [...pipelines, CANARY],
  };
}
