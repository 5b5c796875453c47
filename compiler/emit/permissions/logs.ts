/** What a job or crawler may do to write its logs. */

import type { StackBindings } from "../../plan/bindings.ts";
import { allow, type Statement } from "./document.ts";

/**
 * Statements for log groups by name.
 *
 * CreateLogGroup of groups that are there: AWS's own role for Glue has it, and a logger may call it first.
 * AssociateKmsKey: without it a job with a security configuration logs nothing (Glue guide, continuous logging).
 */
export function logStatements(groups: readonly string[], bindings: StackBindings): Statement[] {
  const { partition, region, account, securityConfiguration } = bindings;
  return [
    // GetSecurityConfiguration has no resource types (Service Authorization Reference, AWS Glue).
    allow("ReadSecurity", ["glue:GetSecurityConfiguration"], securityConfiguration ? ["*"] : []),
    allow(
      "WriteLogs",
      [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        ...(securityConfiguration ? ["logs:AssociateKmsKey"] : []),
      ],
      groups.flatMap((group) => {
        const arn = `arn:${partition}:logs:${region}:${account}:log-group:${group}`;
        return [arn, `${arn}:*`];
      }),
    ),
  ];
}
