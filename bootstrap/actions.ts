/** Actions by kind of resource, as the providers call them (create, read, update, delete, tag). */

/** Administration of a key; none of them encrypts or decrypts. */
export const ADMINISTER_KEY = [
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateKeyDescription",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:UpdateAlias",
];

/** Reads of settings: the requests of a refresh, except `s3:ListBucket`. Never objects of data. */
export const READ = {
  byName: {
    Roles: [
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListRolePolicies",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRoleTags",
    ],
    Policies: ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions", "iam:ListPolicyTags"],
    Buckets: [
      "s3:GetAccelerateConfiguration",
      "s3:GetBucketAcl",
      "s3:GetBucketCORS",
      "s3:GetBucketLocation",
      "s3:GetBucketLogging",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketOwnershipControls",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketRequestPayment",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
    ],
    Objects: ["s3:GetObject", "s3:GetObjectTagging"],
    Jobs: ["glue:GetCrawler", "glue:GetJob", "glue:GetTags"],
    Connections: ["glue:GetConnection"],
    Databases: ["glue:GetDatabase"],
    StateMachines: ["states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource"],
    LogGroups: ["logs:ListTagsForResource"],
    Workgroups: [
      "athena:GetNamedQuery",
      "athena:GetWorkGroup",
      "athena:ListNamedQueries",
      "athena:ListTagsForResource",
    ],
    Topics: ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"],
    Rules: ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
    Functions: [
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConfiguration",
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
    ],
  },
  keys: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
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
  Policies: ["iam:CreatePolicy", "iam:TagPolicy"],
  Jobs: ["glue:CreateJob", "glue:TagResource"],
  StateMachines: ["states:CreateStateMachine", "states:TagResource"],
  LogGroups: ["logs:CreateLogGroup", "logs:TagResource"],
  Workgroups: ["athena:CreateWorkGroup", "athena:TagResource"],
  Topics: ["sns:CreateTopic", "sns:TagResource"],
  Rules: ["events:PutRule", "events:TagResource"],
  Functions: ["lambda:CreateFunction", "lambda:TagResource"],
};

/** Changing resources of services with tag conditions. */
export const CHANGE: Record<keyof typeof MAKE, string[]> = {
  Policies: [
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
  ],
  // Crawlers, too.
  Jobs: [
    "glue:DeleteCrawler",
    "glue:UpdateCrawler",
    "glue:DeleteJob",
    "glue:UpdateJob",
    "glue:TagResource",
    "glue:UntagResource",
  ],
  StateMachines: [
    "states:DeleteStateMachine",
    "states:TagResource",
    "states:UntagResource",
    "states:UpdateStateMachine",
  ],
  LogGroups: [
    "logs:AssociateKmsKey",
    "logs:DeleteLogGroup",
    "logs:DisassociateKmsKey",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
  ],
  Workgroups: [
    "athena:CreateNamedQuery",
    "athena:DeleteNamedQuery",
    "athena:DeleteWorkGroup",
    "athena:TagResource",
    "athena:UntagResource",
    "athena:UpdateNamedQuery",
    "athena:UpdateWorkGroup",
  ],
  Topics: ["sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource"],
  Rules: [
    "events:DeleteRule",
    // Also changes a rule, and then without tags.
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "events:TagResource",
    "events:UntagResource",
  ],
  Functions: [
    "lambda:DeleteFunction",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
  ],
};

/** Changing the stack's roles; their creation and permissions are limited (bootstrap/changes.ts). */
export const CHANGE_ROLES = [
  "iam:DeleteRole",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
];

/** Creating and changing resources of services without tag conditions. */
export const CHANGE_NAMED = {
  Buckets: [
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    // For a HEAD of the bucket, which a refresh sends; no narrower action allows it.
    "s3:ListBucket",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
  ],
  Objects: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"],
  Databases: ["glue:CreateDatabase", "glue:DeleteDatabase", "glue:UpdateDatabase"],
  // Also required on the catalog, which has no tags.
  Connections: ["glue:CreateConnection", "glue:DeleteConnection", "glue:TagResource", "glue:UpdateConnection"],
};
