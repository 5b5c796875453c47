/** Who may take a role: one service, on behalf of this account only, unless the stack leaves that out for Glue. */

import type { StackBindings } from "../../plan/bindings.ts";
import type { PolicyDocument } from "./document.ts";

/**
 * A trust policy.
 *
 * @param service for example `glue.amazonaws.com`
 * @param sourceArn the caller's ARN, for services that are known to send it (Step Functions); Glue is not known to do
 *   so in every region, and Lambda sends it only with the function's ARN, which needs the role first
 */
export function trustPolicy(service: string, bindings: StackBindings, sourceArn?: string): PolicyDocument {
  const asksForAccount = bindings.trustSourceAccount || service !== "glue.amazonaws.com";
  const arn = sourceArn === undefined ? {} : { ArnLike: { "aws:SourceArn": sourceArn } };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Assume",
        Effect: "Allow",
        Principal: { Service: service },
        Action: ["sts:AssumeRole"],
        ...(asksForAccount && { Condition: { StringEquals: { "aws:SourceAccount": bindings.account }, ...arn } }),
      },
    ],
  };
}
