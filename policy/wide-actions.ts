/** Actions that IAM cannot limit to a resource, each with the reason: the only ones allowed on `*`. */

interface Wide {
  readonly actions: readonly string[];
  /** Patterns of ids that a service generates; default: `*`. */
  readonly resources?: readonly string[];
  readonly reason: string;
}

export const WIDE: readonly Wide[] = [
  {
    actions: [
      "logs:CreateLogDelivery",
      "logs:GetLogDelivery",
      "logs:UpdateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
    ],
    reason: "log delivery is configured per account (Step Functions developer guide, Logging)",
  },
  {
    actions: [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries",
    ],
    reason: "segments and sampling have no resource types (Service Authorization Reference, AWS X-Ray)",
  },
  {
    actions: ["cloudwatch:PutMetricData"],
    reason: "metrics have no resource type (Service Authorization Reference, Amazon CloudWatch)",
  },
  {
    actions: ["glue:GetSecurityConfiguration", "glue:GetSecurityConfigurations"],
    reason: "security configurations have no resource type (Service Authorization Reference, AWS Glue)",
  },
  {
    actions: ["lakeformation:GetDataAccess"],
    reason: "Lake Formation decides by its own grants (Service Authorization Reference, AWS Lake Formation)",
  },
  {
    actions: [
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcs",
    ],
    reason: "EC2's Describe actions have no resource types (Service Authorization Reference, Amazon EC2)",
  },
  {
    actions: [
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:CreateTags",
      "ec2:DeleteTags",
      "ec2:DescribeVpcAttribute",
    ],
    resources: ["network-interface/*", "subnet/*", "security-group/*", "vpc/*"],
    reason: "interfaces get their ids when Glue creates them (Glue developer guide, Setting up a VPC for JDBC)",
  },
  {
    actions: [
      "cloudformation:CreateResource",
      "cloudformation:DeleteResource",
      "cloudformation:GetResource",
      "cloudformation:GetResourceRequestStatus",
      "cloudformation:UpdateResource",
    ],
    reason:
      "Cloud Control calls the services with its caller's permissions (Service Authorization Reference, Cloud Control API)",
  },
  {
    actions: ["glue:CreateSecurityConfiguration", "glue:DeleteSecurityConfiguration"],
    reason: "security configurations have no resource type (Service Authorization Reference, AWS Glue)",
  },
  {
    actions: [
      "kms:ListAliases",
      "sns:GetSubscriptionAttributes",
      "sns:Unsubscribe",
      "states:ValidateStateMachineDefinition",
    ],
    reason: "lists, subscriptions and definitions have no resource type (Service Authorization Reference)",
  },
];

/** Is the action allowed on such a wide resource? */
export function mayBeWide(action: string, resource: string): boolean {
  return WIDE.some(
    ({ actions, resources = ["*"] }) =>
      actions.includes(action) &&
      resources.some((each) => resource === each || (each !== "*" && resource.endsWith(`:${each}`))),
  );
}

/**
 * Is a resource too wide: `*`, any service, region, account, bucket or id?
 *
 * A pattern that begins with a literal (`my-bucket/silver/*`, `table/shop_dev/*`) is narrow.
 */
export function isWide(resource: string): boolean {
  const [prefix, partition = "", service = "", region = "", account = "", ...rest] = resource.split(":");
  if (prefix !== "arn" || [partition, service, region, account].some((part) => /[*?]/.test(part))) return true;
  const path = rest.join(":");
  if (service === "s3") return /[*?]/.test(path.split("/")[0] ?? "") || path === "";
  // `job/x`, `log-group:x`: the type, then the id.
  const id = path.replace(/^[a-z][a-zA-Z-]*[:/]/, "");
  return id === "" || /^[*?]/.test(id) || /^\/[*?]/.test(id);
}
