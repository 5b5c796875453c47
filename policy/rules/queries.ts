/** Athena: enforced settings, encrypted results, a limit on a query's cost. */

import { rules, type Subject } from "../rule.ts";
import { isSet } from "../unknowns.ts";

/** The settings of either SDK's workgroup, which name some of them differently. */
const settingsOf = (props: Subject["props"]) => props.workGroupConfiguration ?? props.configuration ?? {};

export const QUERY_RULES = rules(
  ["aws:athena/workgroup:Workgroup", "aws-native:athena:WorkGroup"],
  [
    {
      name: "workgroup-enforced",
      says: "Every workgroup enforces its settings on every query",
      covers: ["CKV_AWS_82"],
      remedy: "set the enforcement of the workgroup's configuration to true",
      check: ({ props }) => {
        const settings = settingsOf(props);
        const isEnforced = settings.enforceWorkGroupConfiguration ?? settings.enforceWorkgroupConfiguration;
        return isEnforced !== true && "a query may override the settings";
      },
    },
    {
      name: "workgroup-results-encrypted",
      says: "Every workgroup encrypts results",
      covers: ["CKV_AWS_159"],
      remedy: "set `encryptionConfiguration` to `SSE_S3`, or to `SSE_KMS` or `CSE_KMS` with a key",
      check: ({ props }, say) => {
        const encryption = settingsOf(props).resultConfiguration?.encryptionConfiguration;
        const option = encryption?.encryptionOption ?? "";
        if (!["SSE_S3", "SSE_KMS", "CSE_KMS"].includes(option)) say("results are not encrypted");
        else if (option !== "SSE_S3" && !isSet(() => encryption?.kmsKey ?? encryption?.kmsKeyArn))
          say("no key is named");
      },
    },
    {
      name: "workgroup-results-owned",
      says: "Every workgroup writes results only to a bucket of the account that it names",
      remedy: "set `expectedBucketOwner` to the account's id",
      check: ({ props }) =>
        !isSet(() => settingsOf(props).resultConfiguration?.expectedBucketOwner) &&
        "results go to any account that owns a bucket with that name",
    },
    {
      name: "workgroup-scan-limited",
      says: "Every workgroup limits what one query scans",
      remedy: "set `bytesScannedCutoffPerQuery` (`strata:scanLimitBytes`)",
      check: ({ props }) =>
        !(Number(settingsOf(props).bytesScannedCutoffPerQuery) > 0) && "a query may scan any amount",
    },
    {
      name: "athena-database-encrypted",
      says: "A database created through Athena is encrypted",
      covers: ["CKV_AWS_77"],
      remedy: "set `encryptionConfiguration`, or create a catalog database and leave encryption to the buckets",
      types: ["aws:athena/database:Database"],
      check: ({ props }) =>
        !isSet(() => props.encryptionConfiguration?.encryptionOption) && "the database is not encrypted",
    },
  ],
);
