/** Glue: jobs with a pinned version, a time limit and no secret; the catalog. */

import { rules } from "../rule.ts";
import { secretsIn } from "../secrets.ts";

const JOB = "aws:glue/job:Job";

export const JOB_RULES = rules(JOB, [
  {
    name: "job-version-pinned",
    says: "Every job names its Glue version",
    remedy: "set `glueVersion` to a number such as 6.0; `auto`, or no version, changes Spark under the SQL",
    check: ({ props }) => !/^\d+\.\d+$/.test(String(props.glueVersion ?? "")) && "the Glue version is not pinned",
  },
  {
    name: "job-not-retried-by-glue",
    says: "Glue retries no job: the state machine does, and only errors that a retry can fix",
    remedy: "set `maxRetries: 0`",
    check: ({ props }) =>
      Number(props.maxRetries ?? 0) !== 0 && `Glue retries ${props.maxRetries} times, in addition to the state machine`,
  },
  {
    name: "job-timeout-set",
    says: "Every job has a time limit",
    remedy: "set `timeout` in minutes; Glue's default is eight hours",
    check: ({ props }) => !(Number(props.timeout) > 0) && "no time limit is set",
  },
  {
    name: "job-without-secrets",
    says: "No argument of a job looks like a secret: anyone who may see the job can read them",
    remedy: "keep the value in Secrets Manager, and pass its name",
    check: ({ props }, say) => {
      for (const key of ["defaultArguments", "nonOverridableArguments"])
        for (const found of secretsIn(props[key], key)) say(found);
    },
  },
  {
    name: "catalog-encrypted",
    says: "A stack that configures the catalog's encryption enables it, for metadata and passwords of connections",
    covers: ["CKV_AWS_94"],
    remedy: "set `catalogEncryptionMode: SSE-KMS` and `returnConnectionPasswordEncrypted: true`",
    types: ["aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"],
    check: ({ props }, say) => {
      const settings = props.dataCatalogEncryptionSettings ?? {};
      if (!String(settings.encryptionAtRest?.catalogEncryptionMode ?? "").startsWith("SSE-KMS"))
        say("metadata is not encrypted");
      if (settings.connectionPasswordEncryption?.returnConnectionPasswordEncrypted !== true)
        say("passwords of connections are not encrypted");
    },
  },
  {
    name: "connection-without-password",
    says: "No Glue connection has a password",
    remedy: "set `SECRET_ID` to a secret in Secrets Manager instead of `PASSWORD`",
    types: ["aws:glue/connection:Connection"],
    check: ({ props }, say) => {
      const properties = props.connectionProperties ?? {};
      if (Object.keys(properties).some((key) => /PASSWORD$/.test(key))) say("the connection has a password");
      else for (const found of secretsIn(properties, "connectionProperties")) say(found);
    },
  },
]);
