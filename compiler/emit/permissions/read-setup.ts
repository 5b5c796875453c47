/** What read-setup may do: read the pipelines' files, write group objects, write its logs. */

import type { StackBindings } from "../../plan/bindings.ts";
import { allow, type Statement } from "./document.ts";
import { bucketArn, dnsSuffix, objectsArn } from "./locations.ts";

/** Statements of read-setup's role. */
export function readSetupStatements(bindings: StackBindings, logGroup: string): Statement[] {
  const { partition, codeBucket, groupPrefix, operationsKey, region } = bindings;
  const below = (prefix: string) => objectsArn({ bucket: codeBucket, prefix }, partition);
  // S3 for the objects, Lambda for the function's own environment.
  const services = ["s3", "lambda"].map((service) => `${service}.${region}.${dnsSuffix(partition)}`);
  const viaThem = { StringEquals: { "kms:ViaService": services } };
  return [
    allow("ReadFiles", ["s3:GetObject"], [below("pipelines/"), below("sql/")]),
    allow("ListFiles", ["s3:ListBucket"], [bucketArn(codeBucket, partition)], {
      StringLike: { "s3:prefix": ["pipelines/*", "sql/*", `${groupPrefix}*`] },
    }),
    // A group that is not there yet must be found missing; see `listing`.
    allow("FindMissing", ["s3:ListBucket"], [bucketArn(codeBucket, partition)], { Null: { "s3:prefix": "true" } }),
    allow("WriteGroups", ["s3:GetObject", "s3:PutObject"], [below(groupPrefix)]),
    allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], operationsKey ? [operationsKey] : [], viaThem),
    // X-Ray's segments have no resource types (Service Authorization Reference, X-Ray).
    allow("Trace", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]),
    allow(
      "WriteLogs",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      [`arn:${partition}:logs:${region}:${bindings.account}:log-group:${logGroup}:*`],
    ),
  ];
}
