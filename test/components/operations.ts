/** Which requests to AWS a registered resource becomes: the operations of its service's model, and where names differ. */

import type { Registered } from "./stack.ts";

/** A request as `shapes.py` takes it. */
export interface ServiceRequest {
  readonly name: string;
  readonly service: string;
  readonly operation: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Input's name, at any depth → path of the model's members; any other is the member's without regard to case. */
  readonly names: Readonly<Record<string, string>>;
}

interface Operation {
  readonly call: `${string}.${string}`;
  readonly names?: Readonly<Record<string, string>>;
  /** Inputs that it takes; absent: all that no other operation takes and that are not the provider's. */
  readonly takes?: readonly string[];
  /** What the provider adds by itself. */
  readonly adds?: Readonly<Record<string, unknown>>;
}

interface Mapping {
  readonly operations: readonly Operation[];
  /** Inputs that reach no service, with the reason. */
  readonly providers?: Readonly<Record<string, string>>;
}

const one = (call: Operation["call"], names: Operation["names"] = {}, adds: Operation["adds"] = {}): Mapping => ({
  operations: [{ call, names, adds }],
});

const OF_TYPE: Readonly<Record<string, Mapping>> = {
  "aws:glue/job:Job": one("glue.CreateJob", { roleArn: "Role", connections: "Connections.Connections" }),
  "aws:glue/crawler:Crawler": one("glue.CreateCrawler", {
    s3Targets: "Targets.S3Targets",
    securityConfiguration: "CrawlerSecurityConfiguration",
  }),
  "aws:glue/securityConfiguration:SecurityConfiguration": one("glue.CreateSecurityConfiguration"),
  "aws:glue/connection:Connection": one(
    "glue.CreateConnection",
    {
      name: "ConnectionInput.Name",
      connectionType: "ConnectionInput.ConnectionType",
      physicalConnectionRequirements: "ConnectionInput.PhysicalConnectionRequirements",
      securityGroupIdLists: "SecurityGroupIdList",
      connectionProperties: "ConnectionInput.ConnectionProperties",
    },
    { connectionProperties: {} },
  ),
  "aws:glue/catalogDatabase:CatalogDatabase": one("glue.CreateDatabase", {
    name: "DatabaseInput.Name",
    description: "DatabaseInput.Description",
  }),
  "aws:sfn/stateMachine:StateMachine": one("stepfunctions.CreateStateMachine", {
    logDestination: "destinations.cloudWatchLogsLogGroup.logGroupArn",
  }),
  "aws:iam/role:Role": one("iam.CreateRole", { name: "RoleName", assumeRolePolicy: "AssumeRolePolicyDocument" }),
  "aws:iam/rolePolicy:RolePolicy": one("iam.PutRolePolicy", {
    name: "PolicyName",
    role: "RoleName",
    policy: "PolicyDocument",
  }),
  "aws:iam/policy:Policy": one("iam.CreatePolicy", { name: "PolicyName", policy: "PolicyDocument" }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": one("iam.AttachRolePolicy", { role: "RoleName" }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": one("iam.CreateOpenIDConnectProvider", {
    clientIdLists: "ClientIDList",
  }),
  "aws:s3/bucket:Bucket": {
    operations: [{ call: "s3.CreateBucket" }],
    providers: { forceDestroy: "whether destroying it empties it first" },
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": one("s3.PutBucketOwnershipControls", {
    rule: "OwnershipControls.Rules",
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": one(
    "s3.PutPublicAccessBlock",
    Object.fromEntries(
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((name) => [
        name,
        `PublicAccessBlockConfiguration.${name}`,
      ]),
    ),
  ),
  "aws:s3/bucketVersioning:BucketVersioning": one("s3.PutBucketVersioning"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": one(
    "s3.PutBucketEncryption",
    {
      rules: "ServerSideEncryptionConfiguration.Rules",
      blockedEncryptionTypes: "BlockedEncryptionTypes.EncryptionType",
    },
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": one("s3.PutBucketLifecycleConfiguration", {
    rules: "LifecycleConfiguration.Rules",
  }),
  "aws:s3/bucketLogging:BucketLogging": one("s3.PutBucketLogging", {
    targetBucket: "BucketLoggingStatus.LoggingEnabled.TargetBucket",
    targetPrefix: "BucketLoggingStatus.LoggingEnabled.TargetPrefix",
  }),
  "aws:s3/bucketPolicy:BucketPolicy": one("s3.PutBucketPolicy"),
  "aws:s3/bucketObjectv2:BucketObjectv2": one("s3.PutObject", { contentBase64: "Body" }),
  "aws-native:athena:WorkGroup": {
    operations: [
      { call: "athena.CreateWorkGroup", names: { workGroupConfiguration: "Configuration" } },
      { call: "athena.UpdateWorkGroup", names: { name: "WorkGroup" }, takes: ["name", "state"] },
      { call: "athena.DeleteWorkGroup", names: { name: "WorkGroup" }, takes: ["name", "recursiveDeleteOption"] },
    ],
  },
  "aws:athena/namedQuery:NamedQuery": one("athena.CreateNamedQuery", { query: "QueryString" }),
  "aws:cloudwatch/logGroup:LogGroup": {
    operations: [
      { call: "logs.CreateLogGroup", names: { name: "logGroupName" } },
      { call: "logs.PutRetentionPolicy", names: { name: "logGroupName" }, takes: ["name", "retentionInDays"] },
    ],
  },
  "aws:kms/key:Key": {
    operations: [
      { call: "kms.CreateKey" },
      { call: "kms.EnableKeyRotation", takes: [], adds: { keyId: "the key's" } },
      {
        call: "kms.ScheduleKeyDeletion",
        names: { deletionWindowInDays: "PendingWindowInDays" },
        takes: ["deletionWindowInDays"],
        adds: { keyId: "the key's" },
      },
    ],
    providers: { enableKeyRotation: "whether EnableKeyRotation is called" },
  },
  "aws:kms/alias:Alias": one("kms.CreateAlias", { name: "AliasName" }),
  "aws:lambda/function:Function": one("lambda.CreateFunction", {
    name: "FunctionName",
    s3Bucket: "Code.S3Bucket",
    s3Key: "Code.S3Key",
  }),
  "aws:sns/topic:Topic": one("sns.CreateTopic", { kmsMasterKeyId: "Attributes.KmsMasterKeyId" }),
  "aws:sns/topicPolicy:TopicPolicy": one(
    "sns.SetTopicAttributes",
    { arn: "TopicArn", policy: "AttributeValue" },
    { AttributeName: "Policy" },
  ),
  "aws:sns/topicSubscription:TopicSubscription": one("sns.Subscribe", { topic: "TopicArn" }),
  "aws:cloudwatch/eventRule:EventRule": one("events.PutRule"),
  "aws:cloudwatch/eventTarget:EventTarget": one(
    "events.PutTargets",
    { arn: "Targets.Arn", id: "Targets.Id" },
    { id: "made-by-the-provider" },
  ),
};

/** Requests of all resources; throws for a type that has no entry above. Components and providers reach no service. */
export function requestsOf(resources: readonly Registered[]): ServiceRequest[] {
  const real = withRealArns(resources.filter(({ type }) => !/^(strata|pulumi):/.test(type)));
  return real.flatMap((resource) => {
    const mapping = OF_TYPE[resource.type];
    if (mapping === undefined) throw new Error(`operations.ts has no entry for ${resource.type}`);
    return mapping.operations.map((operation) => requestOf(resource, mapping, operation));
  });
}

function requestOf({ type, name, inputs }: Registered, mapping: Mapping, operation: Operation): ServiceRequest {
  const elsewhere = new Set([
    ...Object.keys(mapping.providers ?? {}),
    ...mapping.operations.flatMap(({ takes }) => takes ?? []).filter((input) => input !== "name"),
  ]);
  const takes = operation.takes ?? Object.keys(inputs).filter((input) => !elsewhere.has(input));
  const [service = "", call = ""] = operation.call.split(".");
  return {
    name: `${type} ${name}`,
    service,
    operation: call,
    inputs: {
      ...Object.fromEntries(takes.filter((input) => input in inputs).map((input) => [input, inputs[input]])),
      ...operation.adds,
    },
    names: operation.names ?? {},
  };
}

/** Mocks give ARNs by type and logical name; the services' patterns want theirs. */
function withRealArns(resources: readonly Registered[]): Registered[] {
  const arns = resources
    .map((resource) => [`arn:aws:mock:::${resource.type}/${resource.name}`, realArn(resource)] as const)
    .sort(([a], [b]) => b.length - a.length);
  const text = arns.reduce((sofar, [mock, real]) => sofar.replaceAll(mock, real), JSON.stringify(resources));
  return JSON.parse(text);
}

const HERE = "eu-central-1:111111111111";
const ARN_OF: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "arn:aws:iam::111111111111:role",
  "aws:iam/policy:Policy": "arn:aws:iam::111111111111:policy",
  "aws:cloudwatch/logGroup:LogGroup": `arn:aws:logs:${HERE}:log-group:`,
  "aws:sns/topic:Topic": `arn:aws:sns:${HERE}:`,
  "aws:sfn/stateMachine:StateMachine": `arn:aws:states:${HERE}:stateMachine:`,
};

function realArn({ type, inputs }: Registered): string {
  if (type === "aws:kms/key:Key") return `arn:aws:kms:${HERE}:key/11111111-1111-1111-1111-111111111111`;
  return `${ARN_OF[type]}${inputs.path ?? ""}${inputs.name}`;
}
