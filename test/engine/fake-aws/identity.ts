/** Ids and ARNs that look as the real ones do, by type. */

import { createHash } from "node:crypto";
import type { Properties } from "./values.ts";

/** Where a resource lives. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A part of the ARN after `arn:partition:`; `$` and `@` stand for region and account. */
const ARNS: Readonly<Record<string, (name: string, unique: string) => string>> = {
  "aws:iam/role:Role": (name) => `iam::@:role/${name}`,
  "aws:iam/policy:Policy": (name) => `iam::@:policy/${name}`,
  "aws:s3/bucket:Bucket": (name) => `s3:::${name}`,
  "aws:s3/bucketObjectv2:BucketObjectv2": (name) => `s3:::${name}`,
  "aws:kms/key:Key": (_, unique) => `kms:$:@:key/${unique}`,
  "aws:kms/alias:Alias": (name) => `kms:$:@:${name}`,
  "aws:glue/job:Job": (name) => `glue:$:@:job/${name}`,
  "aws:glue/crawler:Crawler": (name) => `glue:$:@:crawler/${name}`,
  "aws:glue/catalogDatabase:CatalogDatabase": (name) => `glue:$:@:database/${name}`,
  "aws:cloudwatch/logGroup:LogGroup": (name) => `logs:$:@:log-group:${name}`,
  "aws:cloudwatch/eventRule:EventRule": (name) => `events:$:@:rule/${name}`,
  "aws:cloudwatch/eventTarget:EventTarget": (name) => `events:$:@:target/${name}`,
  "aws:sfn/stateMachine:StateMachine": (name) => `states:$:@:stateMachine:${name}`,
  "aws:sns/topic:Topic": (name) => `sns:$:@:${name}`,
  "aws:sqs/queue:Queue": (name) => `sqs:$:@:${name}`,
  "aws:lambda/function:Function": (name) => `lambda:$:@:function:${name}`,
  "aws-native:athena:WorkGroup": (name) => `athena:$:@:workgroup/${name}`,
};

/** Types whose id is not their name. */
const IDS: Readonly<Record<string, (inputs: Properties, arn: string, unique: string, at: Account) => string>> = {
  "aws:sfn/stateMachine:StateMachine": (_, arn) => arn,
  "aws:sns/topic:Topic": (_, arn) => arn,
  "aws:iam/policy:Policy": (_, arn) => arn,
  "aws:sns/topicPolicy:TopicPolicy": ({ arn }) => String(arn),
  "aws:sns/topicSubscription:TopicSubscription": ({ topic }, _, unique) => `${topic}:${unique}`,
  "aws:iam/rolePolicy:RolePolicy": ({ role, name }) => `${role}:${name}`,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ role, policyArn }) => `${role}/${policyArn}`,
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ bucket, key }) => `${bucket}/${key}`,
  "aws:glue/catalogDatabase:CatalogDatabase": ({ name }, _, __, { account }) => `${account}:${name}`,
  "aws:cloudwatch/eventTarget:EventTarget": ({ rule, targetId }, _, unique) => `${rule}-${targetId ?? unique}`,
  "aws:athena/namedQuery:NamedQuery": (_, __, unique) => unique,
};

export interface Identity {
  readonly id: string;
  readonly arn: string;
}

/** The same resource gets the same identity; `salt` distinguishes those that have no name of their own. */
export function identityOf(type: string, inputs: Properties, at: Account, salt: string): Identity {
  const unique = uuid(`${type}\0${at.account}\0${salt}`);
  const label = String(
    type === "aws:s3/bucketObjectv2:BucketObjectv2"
      ? `${inputs.bucket}/${inputs.key}`
      : (inputs.name ?? inputs.bucket ?? unique),
  );
  const [, module = "", name = ""] = type.split(":");
  const tail =
    ARNS[type]?.(label, unique) ??
    `${module.split("/")[0]}:$:@:${name.charAt(0).toLowerCase()}${name.slice(1)}/${label}`;
  const arn = `arn:${at.partition}:${tail.replace("$", at.region).replace("@", at.account)}`;
  return { arn, id: IDS[type]?.(inputs, arn, unique, at) ?? label };
}

function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
