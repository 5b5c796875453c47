/**
 * What the fake refuses before it creates or changes anything: inputs that the SDK does not know or that are missing,
 * names and ARNs that AWS does not take, documents that are not JSON or too large.
 */

import { resourceType } from "./sdk-types.ts";
import { hasUnknown, type Properties, UNKNOWN, type Value } from "./values.ts";

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Names as the services' API references give them. */
const NAMES: Readonly<Record<string, RegExp>> = {
  "aws:iam/role:Role": /^[\w+=,.@-]{1,64}$/,
  "aws:iam/policy:Policy": /^[\w+=,.@-]{1,128}$/,
  "aws:glue/job:Job": /^[\w.-]{1,255}$/,
  "aws:glue/crawler:Crawler": /^[\w.-]{1,255}$/,
  "aws:glue/catalogDatabase:CatalogDatabase": /^[a-z0-9_]{1,255}$/,
  "aws:glue/securityConfiguration:SecurityConfiguration": /^[\w.-]{1,255}$/,
  "aws:sfn/stateMachine:StateMachine": /^[0-9A-Za-z_-]{1,80}$/,
  "aws:cloudwatch/logGroup:LogGroup": /^[\w./#-]{1,512}$/,
  "aws:cloudwatch/eventRule:EventRule": /^[\w.-]{1,64}$/,
  "aws:sns/topic:Topic": /^[\w-]{1,256}$/,
  "aws:lambda/function:Function": /^[\w-]{1,64}$/,
  "aws:kms/alias:Alias": /^alias\/(?!aws\/)[\w/-]{1,250}$/,
  "aws-native:athena:WorkGroup": /^[\w.-]{1,128}$/,
};
const BUCKET = /^(?!xn--|sthree-)(?!.*-s3alias$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ARN = /^arn:(aws|aws-cn|aws-us-gov):[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+/s;

/** Properties that hold a JSON object as text, and how many characters they may have without white space. */
const DOCUMENTS: Readonly<Record<string, (type: string) => number>> = {
  policy: (type) => POLICY_SIZES[type] ?? 30_720,
  assumeRolePolicy: () => 2_048,
  definition: () => 1_048_576,
  eventPattern: () => 2_048,
  configuration: () => 131_072,
};
const POLICY_SIZES: Readonly<Record<string, number>> = {
  "aws:iam/rolePolicy:RolePolicy": 10_240,
  "aws:iam/policy:Policy": 6_144,
  "aws:kms/key:Key": 32_768,
  "aws:s3/bucketPolicy:BucketPolicy": 20_480,
};

/** Everything that is wrong with the inputs of a resource; secrets' marks are to be taken off before. */
export function failuresOf(type: string, inputs: Properties): Failure[] {
  return [
    ...shapeFailures(type, inputs),
    ...Object.entries(inputs).flatMap(([property, value]) => {
      const reason = hasUnknown(value) ? undefined : valueFailure(type, property, value);
      return reason === undefined ? [] : [{ property, reason }];
    }),
  ];
}

/** What the SDK's own declarations say against the inputs. */
function shapeFailures(type: string, inputs: Properties): Failure[] {
  const declared = resourceType(type);
  if (declared === undefined) return [{ property: "", reason: `there is no resource type ${type}` }];
  const missing = [...declared.inputs].flatMap(([property, { required }]) =>
    required && inputs[property] === undefined ? [{ property, reason: "missing required property" }] : [],
  );
  const wrong = Object.entries(inputs).flatMap(([property, value]): Failure[] => {
    const input = declared.inputs.get(property);
    if (input === undefined) return [{ property, reason: "no such property" }];
    if (value === UNKNOWN || input.type === undefined || typeof value === input.type) return [];
    return [{ property, reason: `expected ${input.type}, got ${typeof value}` }];
  });
  return [...missing, ...wrong];
}

function valueFailure(type: string, property: string, value: Value): string | undefined {
  if (typeof value !== "string") return undefined;
  const name = property === "name" ? NAMES[type] : undefined;
  if (name !== undefined && !name.test(value)) return `\`${value}\` is not a valid name of a ${type}: ${name}`;
  if (property === "bucket" && !BUCKET.test(value)) return `\`${value}\` is not a valid bucket name`;
  if (/(^a|A)rn$/.test(property) && !ARN.test(value)) return `\`${value}\` is not an ARN`;
  const size = DOCUMENTS[property];
  return size === undefined ? undefined : documentFailure(value, size(type));
}

function documentFailure(text: string, most: number): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (problem) {
    return `is not JSON: ${(problem as Error).message}`;
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) return "is not a JSON object";
  const characters = text.replace(/\s/g, "").length;
  return characters > most ? `has ${characters} characters, more than ${most}` : undefined;
}
