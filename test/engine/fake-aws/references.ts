/** What must exist before a resource can, and what may not be deleted while another needs it. */

import { type Properties, plain, type Value } from "./values.ts";

/** A resource of the fake cloud. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly arn: string;
  readonly inputs: Properties;
}

/** Looks through the cloud. */
export type Find = (test: (resource: Stored) => boolean) => Stored | undefined;

const ROLE = "aws:iam/role:Role";
const BUCKET = "aws:s3/bucket:Bucket";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

/** Types whose property is the name, or the ARN, of a resource of another type. */
const NEEDS: readonly (readonly [type: RegExp, property: string, needed: string, by: "name" | "bucket" | "arn"])[] = [
  [/^aws:iam\/rolePolic/, "role", ROLE, "name"],
  [/^aws:iam\/rolePolicyAttachment:/, "policyArn", "aws:iam/policy:Policy", "arn"],
  [/^aws:glue\/job:/, "roleArn", ROLE, "arn"],
  [/^aws:glue\/job:/, "securityConfiguration", "aws:glue/securityConfiguration:SecurityConfiguration", "name"],
  [/^aws:glue\/crawler:/, "role", ROLE, "arn"],
  [/^aws:glue\/crawler:/, "databaseName", "aws:glue/catalogDatabase:CatalogDatabase", "name"],
  [/^aws:glue\/crawler:/, "securityConfiguration", "aws:glue/securityConfiguration:SecurityConfiguration", "name"],
  [/^aws:lambda\/function:/, "role", ROLE, "arn"],
  [/^aws:sfn\/stateMachine:/, "roleArn", ROLE, "arn"],
  [/^aws:s3\/bucket[A-Z]/, "bucket", BUCKET, "bucket"],
  [/^aws:athena\/namedQuery:/, "workgroup", "aws-native:athena:WorkGroup", "name"],
  [/^aws:athena\/namedQuery:/, "database", "aws:glue/catalogDatabase:CatalogDatabase", "name"],
  [/^aws:cloudwatch\/eventTarget:/, "rule", "aws:cloudwatch/eventRule:EventRule", "name"],
  [/^aws:sns\/topicPolicy:/, "arn", "aws:sns/topic:Topic", "arn"],
  [/^aws:sns\/topicSubscription:/, "topic", "aws:sns/topic:Topic", "arn"],
];

/** Services that take a role only if its trust policy names them. */
const SERVICES: Readonly<Record<string, string>> = {
  "aws:glue/job:Job": "glue.amazonaws.com",
  "aws:glue/crawler:Crawler": "glue.amazonaws.com",
  "aws:sfn/stateMachine:StateMachine": "states.amazonaws.com",
  "aws:lambda/function:Function": "lambda.amazonaws.com",
};

/** What the resource refers to and is not there, or does not fit; undefined if all is well. */
export function danglingReference(type: string, inputs: Properties, find: Find): string | undefined {
  for (const [pattern, property, needed, by] of NEEDS) {
    const value = inputs[property];
    if (!pattern.test(type) || value === undefined || isForeign(property, value)) continue;
    const found = find((each) => each.type === needed && keyOf(each, by) === value);
    if (found === undefined) return `${property} \`${value}\` does not exist (no ${needed})`;
    const service = needed === ROLE ? SERVICES[type] : undefined;
    if (service !== undefined && !String(found.inputs.assumeRolePolicy).includes(`"${service}"`))
      return `${property} \`${value}\` cannot be assumed by ${service}`;
  }
  return missingObject(type, inputs, find) ?? missingLogGroup(inputs, find);
}

/** AWS's own managed policies are in no account. */
function isForeign(property: string, value: Value): boolean {
  return property === "policyArn" && String(value).includes("::aws:policy/");
}

function keyOf(resource: Stored, by: "name" | "bucket" | "arn"): Value {
  return by === "arn" ? resource.arn : plain(resource.inputs[by] ?? resource.id);
}

/** The code of jobs and functions is an object that was uploaded before. */
function missingObject(type: string, inputs: Properties, find: Find): string | undefined {
  const command = inputs.command as { scriptLocation?: string } | undefined;
  const addresses = [
    ...(type === "aws:glue/job:Job" ? [command?.scriptLocation] : []),
    ...(type === "aws:lambda/function:Function" && inputs.s3Key ? [`s3://${inputs.s3Bucket}/${inputs.s3Key}`] : []),
  ];
  return addresses
    .filter((address) => address !== undefined)
    .filter((address) => !find((each) => each.type === OBJECT && `s3://${each.id}` === address))
    .map((address) => `\`${address}\` does not exist`)[0];
}

function missingLogGroup(inputs: Properties, find: Find): string | undefined {
  const destination = (inputs.loggingConfiguration as { logDestination?: string } | undefined)?.logDestination;
  if (destination === undefined) return undefined;
  const arn = destination.replace(/:\*$/, "");
  if (arn === destination) return `log destination \`${destination}\` does not end with \`:*\``;
  const isThere = find((each) => each.type === "aws:cloudwatch/logGroup:LogGroup" && each.arn === arn);
  return isThere ? undefined : `log group \`${arn}\` does not exist`;
}

/** Why a resource cannot be deleted; undefined if it can. */
export function deletionConflict(resource: Stored, find: Find): string | undefined {
  if (resource.type === ROLE) {
    const own = find((each) => /^aws:iam\/rolePolic/.test(each.type) && each.inputs.role === resource.inputs.name);
    return own && `DeleteConflict: ${own.id} is still there`;
  }
  if (resource.type === BUCKET && resource.inputs.forceDestroy !== true) {
    const object = find((each) => each.type === OBJECT && each.inputs.bucket === resource.inputs.bucket);
    return object && `BucketNotEmpty: ${object.id} is still there`;
  }
  return undefined;
}

/** Parts of a resource that AWS deletes with it. */
export function isPartOf(resource: Stored, other: Stored): boolean {
  return (
    other.type === BUCKET && resource.type.startsWith("aws:s3/bucket") && resource.inputs.bucket === other.inputs.bucket
  );
}
