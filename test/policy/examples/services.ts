/** Examples of the rules in policy/rules/jobs.ts, keys.ts, state-machine.ts and queries.ts. */

import { BY_S3, bucketWith } from "./buckets.ts";
import { document, type Examples, one, stackOf } from "./example.ts";

const KEY = "aws:kms/key:Key";
const JOB = "aws:glue/job:Job";
const CRAWLER = "aws:glue/crawler:Crawler";
const SECURITY = "aws:glue/securityConfiguration:SecurityConfiguration";
const MACHINE = "aws:sfn/stateMachine:StateMachine";
const CATALOG = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";
const CONNECTION = "aws:glue/connection:Connection";
const NATIVE = "aws-native:athena:WorkGroup";
const CLASSIC = "aws:athena/workgroup:Workgroup";

/** With a bucket under KMS, and with one under S3's keys. */
const underKms = (type: string, props: Record<string, unknown>) => stackOf([{ type, props }, ...bucketWith()]);
const underS3 = (type: string, props: Record<string, unknown>) =>
  stackOf([{ type, props }, ...bucketWith({ ServerSideEncryptionConfiguration: BY_S3 })]);

const arn = "arn:aws:kms:eu-central-1:111111111111:key/k";
const encryption = {
  cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: arn },
  jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: arn },
  s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: arn },
};
const security = (changes: object) => one(SECURITY, { encryptionConfiguration: { ...encryption, ...changes } });

const definition = (flow: object) => one(MACHINE, { definition: JSON.stringify(flow) });
const END = { Type: "Succeed" };
const withArguments = (group: string) =>
  definition({
    StartAt: "a",
    States: { a: { Type: "Task", Arguments: { Arguments: { "--group_list": group } }, End: true } },
  });

const RESULTS = { expectedBucketOwner: "111111111111", encryptionConfiguration: { encryptionOption: "SSE_S3" } };
const native = (changes: object) =>
  one(NATIVE, {
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      bytesScannedCutoffPerQuery: 10_485_760,
      resultConfiguration: RESULTS,
      ...changes,
    },
  });
const classic = (changes: object) =>
  one(CLASSIC, {
    configuration: {
      enforceWorkgroupConfiguration: true,
      bytesScannedCutoffPerQuery: 10_485_760,
      resultConfiguration: RESULTS,
      ...changes,
    },
  });
const results = (changes: object) => ({ resultConfiguration: { ...RESULTS, ...changes } });

export const SERVICES: Record<string, Examples> = {
  "key-rotated": {
    keeps: [one(KEY, { enableKeyRotation: true }), one(KEY, { customerMasterKeySpec: "RSA_4096" })],
    breaks: [one(KEY, {}), one(KEY, { enableKeyRotation: false })],
  },
  "key-enabled": { keeps: [one(KEY, {}), one(KEY, { isEnabled: true })], breaks: [one(KEY, { isEnabled: false })] },
  "key-policy-defined": {
    keeps: [
      one(KEY, { policy: document() }),
      stackOf([
        { type: KEY, props: { keyId: "k" } },
        { type: "aws:kms/keyPolicy:KeyPolicy", props: { keyId: "k" } },
      ]),
    ],
    breaks: [one(KEY, {})],
  },
  "job-has-security-configuration": {
    keeps: [
      underKms(JOB, { securityConfiguration: "s" }),
      underKms(CRAWLER, { securityConfiguration: "s" }),
      underS3(JOB, {}),
    ],
    breaks: [underKms(JOB, {}), underKms(CRAWLER, {})],
  },
  "security-configuration-encrypts": {
    keeps: [security({}), security({ s3Encryption: { s3EncryptionMode: "SSE-S3" } })],
    breaks: [
      one(SECURITY, {}),
      security({ cloudwatchEncryption: { cloudwatchEncryptionMode: "DISABLED" } }),
      security({ cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS" } }),
      security({ jobBookmarksEncryption: { jobBookmarksEncryptionMode: "DISABLED" } }),
      security({ s3Encryption: { s3EncryptionMode: "DISABLED" } }),
      security({ s3Encryption: { s3EncryptionMode: "SSE-KMS" } }),
    ],
  },
  "log-group-encrypted": {
    keeps: [
      underKms("aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: arn }),
      underS3("aws:cloudwatch/logGroup:LogGroup", {}),
    ],
    breaks: [underKms("aws:cloudwatch/logGroup:LogGroup", {})],
  },
  "function-environment-encrypted": {
    keeps: [
      underKms("aws:lambda/function:Function", { environment: { variables: { A: "b" } }, kmsKeyArn: arn }),
      underKms("aws:lambda/function:Function", {}),
      underS3("aws:lambda/function:Function", { environment: { variables: { A: "b" } } }),
    ],
    breaks: [underKms("aws:lambda/function:Function", { environment: { variables: { A: "b" } } })],
  },
  "job-version-pinned": {
    keeps: [one(JOB, { glueVersion: "6.0" })],
    breaks: [one(JOB, {}), one(JOB, { glueVersion: "auto" })],
  },
  "job-not-retried-by-glue": {
    keeps: [one(JOB, { maxRetries: 0 }), one(JOB, {})],
    breaks: [one(JOB, { maxRetries: 1 })],
  },
  "job-timeout-set": { keeps: [one(JOB, { timeout: 60 })], breaks: [one(JOB, {}), one(JOB, { timeout: 0 })] },
  "job-without-secrets": {
    keeps: [one(JOB, { defaultArguments: { "--conf": "spark.sql.session.timeZone=UTC", "--secret_arn": "arn:x" } })],
    breaks: [
      one(JOB, { defaultArguments: { "--db_password": "hunter2" } }),
      one(JOB, { defaultArguments: { "--jdbc": "jdbc:postgresql://db/x?user=a&password=hunter2" } }),
      one(JOB, { nonOverridableArguments: { "--key": `AKIA${"A".repeat(16)}` } }),
    ],
  },
  "catalog-encrypted": {
    keeps: [
      one(CATALOG, {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: { catalogEncryptionMode: "SSE-KMS" },
          connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true },
        },
      }),
    ],
    breaks: [
      one(CATALOG, {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: { catalogEncryptionMode: "DISABLED" },
          connectionPasswordEncryption: { returnConnectionPasswordEncrypted: false },
        },
      }),
    ],
  },
  "connection-without-password": {
    keeps: [
      one(CONNECTION, { connectionType: "NETWORK" }),
      one(CONNECTION, { connectionProperties: { SECRET_ID: "s" } }),
    ],
    breaks: [
      one(CONNECTION, { connectionProperties: { USERNAME: "a", PASSWORD: "b" } }),
      one(CONNECTION, { connectionProperties: { JDBC_CONNECTION_URL: "jdbc:mysql://a:hunter2@db/x" } }),
    ],
  },
  "state-machine-logged": {
    keeps: [one(MACHINE, { loggingConfiguration: { level: "ALL", logDestination: "arn:x:*" } })],
    breaks: [
      one(MACHINE, {}),
      one(MACHINE, { loggingConfiguration: { level: "ERROR", logDestination: "arn:x:*" } }),
      one(MACHINE, { loggingConfiguration: { level: "ALL" } }),
    ],
  },
  "state-machine-traced": {
    keeps: [one(MACHINE, { tracingConfiguration: { enabled: true } })],
    breaks: [one(MACHINE, {}), one(MACHINE, { tracingConfiguration: { enabled: false } })],
  },
  "state-machine-data-not-logged": {
    keeps: [one(MACHINE, { loggingConfiguration: { level: "ALL", includeExecutionData: false } })],
    breaks: [one(MACHINE, { loggingConfiguration: { level: "ALL", includeExecutionData: true } })],
  },
  "state-machine-definition-sound": {
    keeps: [
      definition({
        StartAt: "a",
        States: {
          a: { Type: "Choice", Choices: [{ Next: "b" }], Default: "c" },
          b: { Type: "Map", ItemProcessor: { StartAt: "x", States: { x: END } }, Catch: [{ Next: "c" }], Next: "c" },
          c: { Type: "Parallel", Branches: [{ StartAt: "y", States: { y: END } }], End: true },
        },
      }),
    ],
    breaks: [
      one(MACHINE, {}),
      one(MACHINE, { definition: "{" }),
      definition({ StartAt: "a" }),
      definition({ StartAt: "b", States: { a: END } }),
      definition({ StartAt: "a", States: { a: { Type: "Pass", Next: "gone" } } }),
      definition({ StartAt: "a", States: { a: END, lonely: END } }),
      definition({ StartAt: "a", States: { a: { Type: "Parallel", Branches: [{ StartAt: "x", States: {} }] } } }),
    ],
  },
  "state-machine-without-secrets": {
    keeps: [
      withArguments('[{"sql_text":"SELECT password, token FROM users WHERE users.password = t.password"}]'),
      withArguments("$.password"),
    ],
    breaks: [
      withArguments(`[{"sql_text":"SELECT '${"AKIA"}${"B".repeat(16)}'"}]`),
      withArguments(JSON.stringify([{ sql_text: "SELECT * FROM u WHERE password = 'correct-horse'" }])),
      withArguments(JSON.stringify([{ options: { password: "x" } }])),
      withArguments("-----BEGIN RSA PRIVATE KEY-----"),
    ],
  },
  "workgroup-enforced": {
    keeps: [native({}), classic({})],
    breaks: [
      native({ enforceWorkGroupConfiguration: false }),
      classic({ enforceWorkgroupConfiguration: undefined }),
      one(CLASSIC, {}),
    ],
  },
  "workgroup-results-encrypted": {
    keeps: [
      native({}),
      classic(results({ encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: arn } })),
      native(results({ encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKey: arn } })),
    ],
    breaks: [
      native(results({ encryptionConfiguration: undefined })),
      classic(results({ encryptionConfiguration: { encryptionOption: "SSE_KMS" } })),
    ],
  },
  "workgroup-results-owned": {
    keeps: [native({}), classic({})],
    breaks: [native(results({ expectedBucketOwner: undefined })), one(CLASSIC, {})],
  },
  "workgroup-scan-limited": {
    keeps: [native({}), classic({})],
    breaks: [native({ bytesScannedCutoffPerQuery: undefined }), classic({ bytesScannedCutoffPerQuery: 0 })],
  },
  "athena-database-encrypted": {
    keeps: [one("aws:athena/database:Database", { encryptionConfiguration: { encryptionOption: "SSE_S3" } })],
    breaks: [one("aws:athena/database:Database", {})],
  },
};
