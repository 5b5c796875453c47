/** What the state machine may do: start and stop its jobs, its crawlers, read-setup; deliver logs and traces. */

import type { StackBindings } from "../../plan/bindings.ts";
import { allow, type Statement } from "./document.ts";

/** Statements of the state machine's role. */
export function stateMachineStatements(bindings: StackBindings): Statement[] {
  const arn = (service: string, resource: string) =>
    `arn:${bindings.partition}:${service}:${bindings.region}:${bindings.account}:${resource}`;
  return [
    allow(
      "RunJobs",
      ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
      bindings.stages.map(({ job }) => arn("glue", `job/${job}`)),
    ),
    allow(
      "RunCrawlers",
      ["glue:StartCrawler", "glue:GetCrawler"],
      bindings.crawlers.map(({ name }) => arn("glue", `crawler/${name}`)),
    ),
    allow(
      "ReadSetup",
      ["lambda:InvokeFunction"],
      bindings.readSetup === undefined ? [] : [arn("lambda", `function:${bindings.readSetup}`)],
    ),
    // Log delivery has no resource types (Service Authorization Reference, CloudWatch Logs). The Step Functions guide lists
    // CreateLogStream and PutLogEvents, too; the delivery writes by its own principal, and AWS's CDK grants just these.
    allow(
      "DeliverLogs",
      [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
      ],
      ["*"],
    ),
    // X-Ray's segments have no resource types (Service Authorization Reference, X-Ray).
    allow(
      "Trace",
      ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
      ["*"],
    ),
  ];
}
