/** The canary: an additional pipeline of a stack, with which `strata verify` checks assumptions about AWS. */

import type { Settings } from "./schema.ts";

/** Name of the canary's pipeline and of its logical bucket. */
export const CANARY = "strata-canary";

/** The settings with the canary's bucket and pipeline; unchanged if it is off. */
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
