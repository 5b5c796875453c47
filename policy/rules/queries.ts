/** Athena: enforced settings, encrypted results, a limit on a query's cost. */

import { type ResourceRule, resourceRule } from "../rule.ts";
import { isSet } from "../unknowns.ts";

const NATIVE = "aws-native:athena:WorkGroup";
const types = ["aws:athena/workgroup:Workgroup", NATIVE];

interface Results {
  readonly expectedBucketOwner?: string;
  readonly encryptionConfiguration?: {
    readonly encryptionOption?: string;
    readonly kmsKey?: string;
    readonly kmsKeyArn?: string;
  };
}

/** Properties that both SDKs' workgroups have; they spell two of them differently. */
interface Workgroup {
  readonly enforce: unknown;
  readonly scanLimit: unknown;
  readonly results: Results;
}

/** Reads each property lazily, so that an unknown one does not hide the others. */
function read(type: string, props: Record<string, unknown>): Workgroup {
  const native = type === NATIVE;
  const raw = ((native ? props.workGroupConfiguration : props.configuration) ?? {}) as Record<string, unknown>;
  return {
    get enforce() {
      return native ? raw.enforceWorkGroupConfiguration : raw.enforceWorkgroupConfiguration;
    },
    get scanLimit() {
      return raw.bytesScannedCutoffPerQuery;
    },
    get results() {
      return (raw.resultConfiguration ?? {}) as Results;
    },
  };
}

const enforced = resourceRule(
  {
    name: "workgroup-enforced",
    says: "Every workgroup enforces its settings on every query",
    covers: ["CKV_AWS_82"],
    level: "mandatory",
    remedy: "set the enforcement of the workgroup's configuration to true",
    types,
  },
  ({ type, props }, say) => {
    if (read(type, props).enforce !== true) say("a query may override the settings");
  },
);

const encrypted = resourceRule(
  {
    name: "workgroup-results-encrypted",
    says: "Every workgroup encrypts results",
    covers: ["CKV_AWS_159"],
    level: "mandatory",
    remedy: "set `encryptionConfiguration` to `SSE_S3`, or to `SSE_KMS` or `CSE_KMS` with a key",
    types,
  },
  ({ type, props }, say) => {
    const { encryptionConfiguration: encryption } = read(type, props).results;
    const option = encryption?.encryptionOption ?? "";
    if (!["SSE_S3", "SSE_KMS", "CSE_KMS"].includes(option)) say("results are not encrypted");
    else if (option !== "SSE_S3" && !isSet(() => encryption?.kmsKey ?? encryption?.kmsKeyArn)) say("no key is named");
  },
);

const owned = resourceRule(
  {
    name: "workgroup-results-owned",
    says: "Every workgroup writes results only to a bucket of the account that it names",
    covers: [],
    level: "mandatory",
    remedy: "set `expectedBucketOwner` to the account's id",
    types,
  },
  ({ type, props }, say) => {
    if (!isSet(() => read(type, props).results.expectedBucketOwner))
      say("results go to any account that owns a bucket with that name");
  },
);

const limited = resourceRule(
  {
    name: "workgroup-scan-limited",
    says: "Every workgroup limits what one query scans",
    covers: [],
    level: "mandatory",
    remedy: "set `bytesScannedCutoffPerQuery` (`strata:scanLimitBytes`)",
    types,
  },
  ({ type, props }, say) => {
    if (!(Number(read(type, props).scanLimit) > 0)) say("a query may scan any amount");
  },
);

const databaseEncrypted = resourceRule(
  {
    name: "athena-database-encrypted",
    says: "A database created through Athena is encrypted",
    covers: ["CKV_AWS_77"],
    level: "mandatory",
    remedy: "set `encryptionConfiguration`, or create a catalog database and leave encryption to the buckets",
    types: ["aws:athena/database:Database"],
  },
  ({ props }, say) => {
    if (!isSet(() => props.encryptionConfiguration?.encryptionOption)) say("the database is not encrypted");
  },
);

export const QUERY_RULES: readonly ResourceRule[] = [enforced, encrypted, owned, limited, databaseEncrypted];
