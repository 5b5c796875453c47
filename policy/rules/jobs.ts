/** Glue: jobs with a pinned version, a time limit and no secret; the catalog. */

import { type ResourceRule, resourceRule } from "../rule.ts";
import { secretsIn } from "../secrets.ts";

const JOB = "aws:glue/job:Job";

const pinned = resourceRule(
  {
    name: "job-version-pinned",
    says: "Every job names its Glue version",
    covers: [],
    level: "mandatory",
    remedy: "set `glueVersion` to a number such as 6.0; `auto`, or no version, changes Spark under the SQL",
    types: [JOB],
  },
  ({ props }, say) => {
    if (!/^\d+\.\d+$/.test(String(props.glueVersion ?? ""))) say("the Glue version is not pinned");
  },
);

const noRetries = resourceRule(
  {
    name: "job-not-retried-by-glue",
    says: "Glue retries no job: the state machine does, and only errors that a retry can fix",
    covers: [],
    level: "mandatory",
    remedy: "set `maxRetries: 0`",
    types: [JOB],
  },
  ({ props }, say) => {
    if (Number(props.maxRetries ?? 0) !== 0)
      say(`Glue retries ${props.maxRetries} times, in addition to the state machine`);
  },
);

const timeout = resourceRule(
  {
    name: "job-timeout-set",
    says: "Every job has a time limit",
    covers: [],
    level: "mandatory",
    remedy: "set `timeout` in minutes; Glue's default is eight hours",
    types: [JOB],
  },
  ({ props }, say) => {
    if (!(Number(props.timeout) > 0)) say("no time limit is set");
  },
);

const noSecrets = resourceRule(
  {
    name: "job-without-secrets",
    says: "No argument of a job looks like a secret: anyone who may see the job can read them",
    covers: [],
    level: "mandatory",
    remedy: "keep the value in Secrets Manager, and pass its name",
    types: [JOB],
  },
  ({ props }, say) => {
    for (const key of ["defaultArguments", "nonOverridableArguments"])
      for (const found of secretsIn(props[key], key)) say(found);
  },
);

const catalogEncrypted = resourceRule(
  {
    name: "catalog-encrypted",
    says: "A stack that configures the catalog's encryption enables it, for metadata and passwords of connections",
    covers: ["CKV_AWS_94"],
    level: "mandatory",
    remedy: "set `catalogEncryptionMode: SSE-KMS` and `returnConnectionPasswordEncrypted: true`",
    types: ["aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"],
  },
  ({ props }, say) => {
    const settings = props.dataCatalogEncryptionSettings ?? {};
    if (!String(settings.encryptionAtRest?.catalogEncryptionMode ?? "").startsWith("SSE-KMS"))
      say("metadata is not encrypted");
    if (settings.connectionPasswordEncryption?.returnConnectionPasswordEncrypted !== true)
      say("passwords of connections are not encrypted");
  },
);

const connectionWithoutPassword = resourceRule(
  {
    name: "connection-without-password",
    says: "No Glue connection has a password",
    covers: [],
    level: "mandatory",
    remedy: "set `SECRET_ID` to a secret in Secrets Manager instead of `PASSWORD`",
    types: ["aws:glue/connection:Connection"],
  },
  ({ props }, say) => {
    const properties = props.connectionProperties ?? {};
    if (Object.keys(properties).some((key) => /PASSWORD$/.test(key))) say("the connection has a password");
    else for (const found of secretsIn(properties, "connectionProperties")) say(found);
  },
);

export const JOB_RULES: readonly ResourceRule[] = [
  pinned,
  noRetries,
  timeout,
  noSecrets,
  catalogEncrypted,
  connectionWithoutPassword,
];
