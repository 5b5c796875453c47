/** Actions by kind of resource, as the providers call them (create, read, update, delete, tag). */

/** Operations of a service, separated by white space, as actions. */
const of = (service: string, operations: string) =>
  operations
    .trim()
    .split(/\s+/)
    .map((operation) => `${service}:${operation}`);

/** Administration of a key; none of them encrypts or decrypts. */
export const ADMINISTER_KEY = of(
  "kms",
  `DescribeKey DisableKey EnableKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy
   ScheduleKeyDeletion CancelKeyDeletion TagResource UntagResource UpdateKeyDescription
   CreateAlias DeleteAlias UpdateAlias`,
);

/** Reads of settings: the requests of a refresh, except `s3:ListBucket`. Never objects of data. */
export const READ = {
  byName: {
    Roles: of(
      "iam",
      "GetRole GetRolePolicy ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole ListRoleTags",
    ),
    Policies: of("iam", "GetPolicy GetPolicyVersion ListPolicyVersions ListPolicyTags"),
    Buckets: of(
      "s3",
      `GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
       GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock
       GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
       GetLifecycleConfiguration GetReplicationConfiguration`,
    ),
    Objects: of("s3", "GetObject GetObjectTagging"),
    Jobs: of("glue", "GetCrawler GetJob GetTags"),
    Connections: of("glue", "GetConnection"),
    Databases: of("glue", "GetDatabase"),
    StateMachines: of("states", "DescribeStateMachine ListStateMachineVersions ListTagsForResource"),
    LogGroups: of("logs", "ListTagsForResource"),
    Workgroups: of("athena", "GetNamedQuery GetWorkGroup ListNamedQueries ListTagsForResource"),
    Topics: of("sns", "GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource"),
    Rules: of("events", "DescribeRule ListTagsForResource ListTargetsByRule"),
    Functions: of(
      "lambda",
      "GetFunction GetFunctionCodeSigningConfig GetFunctionConfiguration ListTags ListVersionsByFunction",
    ),
  },
  keys: of("kms", "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags"),
  everywhere: [
    "cloudformation:GetResource",
    "glue:GetSecurityConfiguration",
    "kms:ListAliases",
    "logs:DescribeLogGroups",
    "sns:GetSubscriptionAttributes",
  ],
};

/** Creating resources of services with tag conditions. Creating one with tags also requires the action that tags. */
export const MAKE = {
  Policies: of("iam", "CreatePolicy TagPolicy"),
  Jobs: of("glue", "CreateJob TagResource"),
  StateMachines: of("states", "CreateStateMachine TagResource"),
  LogGroups: of("logs", "CreateLogGroup TagResource"),
  Workgroups: of("athena", "CreateWorkGroup TagResource"),
  Topics: of("sns", "CreateTopic TagResource"),
  Rules: of("events", "PutRule TagResource"),
  Functions: of("lambda", "CreateFunction TagResource"),
};

/** Changing resources of services with tag conditions. */
export const CHANGE: Record<keyof typeof MAKE, string[]> = {
  Policies: of("iam", "CreatePolicyVersion DeletePolicy DeletePolicyVersion TagPolicy UntagPolicy"),
  // Crawlers, too.
  Jobs: of("glue", "DeleteCrawler UpdateCrawler DeleteJob UpdateJob TagResource UntagResource"),
  StateMachines: of("states", "DeleteStateMachine TagResource UntagResource UpdateStateMachine"),
  LogGroups: of(
    "logs",
    "AssociateKmsKey DeleteLogGroup DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
  ),
  Workgroups: of(
    "athena",
    `CreateNamedQuery DeleteNamedQuery DeleteWorkGroup TagResource UntagResource UpdateNamedQuery UpdateWorkGroup`,
  ),
  Topics: of("sns", "DeleteTopic SetTopicAttributes Subscribe TagResource UntagResource"),
  // PutRule also changes a rule, and then without tags.
  Rules: of("events", "DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource"),
  Functions: of("lambda", "DeleteFunction TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration"),
};

/** Changing the stack's roles; their creation and permissions are limited (bootstrap/changes.ts). */
export const CHANGE_ROLES = of(
  "iam",
  "DeleteRole DeleteRolePolicy DetachRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
);

/** Creating and changing resources of services without tag conditions. */
export const CHANGE_NAMED = {
  // ListBucket is for a HEAD of the bucket, which a refresh sends; no narrower action allows it.
  Buckets: of(
    "s3",
    `CreateBucket DeleteBucket DeleteBucketPolicy ListBucket PutBucketLogging PutBucketOwnershipControls
     PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration
     PutLifecycleConfiguration`,
  ),
  Objects: of("s3", "DeleteObject DeleteObjectVersion PutObject PutObjectTagging"),
  Databases: of("glue", "CreateDatabase DeleteDatabase UpdateDatabase"),
  // Also required on the catalog, which has no tags.
  Connections: of("glue", "CreateConnection DeleteConnection TagResource UpdateConnection"),
};
