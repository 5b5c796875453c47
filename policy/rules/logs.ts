/** Retention of log groups. Their keys are in keys.ts. */

import { isProd, rules } from "../rule.ts";

export const LOG_RULES = rules("aws:cloudwatch/logGroup:LogGroup", [
  {
    name: "log-group-retention-set",
    says: "Every log group has a retention",
    covers: ["CKV_AWS_66"],
    remedy: "set `retentionInDays` (`strata:logRetentionDays`); without it logs are kept forever",
    check: ({ props }) => !(Number(props.retentionInDays) > 0) && "logs are kept forever",
  },
  {
    name: "log-group-kept-a-year-in-prod",
    says: "In prod logs are kept for a year",
    covers: ["CKV_AWS_338"],
    level: "advisory",
    remedy: "set `strata:logRetentionDays` to 365 or more",
    check: ({ urn, props }, say) => {
      const days = Number(props.retentionInDays);
      if (isProd({ urn }) && days > 0 && days < 365) say(`logs are kept for ${days} days`);
    },
  },
]);
