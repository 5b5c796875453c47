/** Retention of log groups. Their keys are in keys.ts. */

import { isProd, type ResourceRule, resourceRule } from "../rule.ts";

const types = ["aws:cloudwatch/logGroup:LogGroup"];

const retained = resourceRule(
  {
    name: "log-group-retention-set",
    says: "Every log group has a retention",
    covers: ["CKV_AWS_66"],
    level: "mandatory",
    remedy: "set `retentionInDays` (`strata:logRetentionDays`); without it logs are kept forever",
    types,
  },
  ({ props }, say) => {
    if (!(Number(props.retentionInDays) > 0)) say("logs are kept forever");
  },
);

const retainedForAYear = resourceRule(
  {
    name: "log-group-kept-a-year-in-prod",
    says: "In prod logs are kept for a year",
    covers: ["CKV_AWS_338"],
    level: "advisory",
    remedy: "set `strata:logRetentionDays` to 365 or more",
    types,
  },
  ({ urn, props }, say) => {
    const days = Number(props.retentionInDays);
    if (isProd({ urn }) && days > 0 && days < 365) say(`logs are kept for ${days} days`);
  },
);

export const LOG_RULES: readonly ResourceRule[] = [retained, retainedForAYear];
