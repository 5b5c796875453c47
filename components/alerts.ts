/** Who hears of executions that did not succeed: an EventBridge rule, an encrypted topic, e-mail addresses. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bindings } from "../compiler/bindings.ts";
import type { Plan } from "../compiler/plan.ts";
import { nameFor } from "../settings/names.ts";
import { child, type StackContext } from "./context.ts";

export interface AlertsArgs {
  readonly context: StackContext;
  readonly plan: Plan;
  readonly bindings: Bindings;
  readonly stateMachineArn: pulumi.Output<string>;
}

/** A rule sees what a Catch inside the machine cannot: time-outs and aborts of the whole execution. */
export class Alerts extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:Alerts", name, {}, opts);
    const { context, plan, bindings } = args;
    const label = (kind: "rule" | "topic") => nameFor(kind, plan.pipeline, bindings.stack, "failures");
    const ruleArn = `arn:${bindings.partition}:events:${bindings.region}:${bindings.account}:rule/${label("rule")}`;
    const topicArn = `arn:${bindings.partition}:sns:${bindings.region}:${bindings.account}:${label("topic")}`;
    const key = new aws.kms.Key(
      name,
      {
        description: `Strata: alerts of pipeline ${plan.pipeline}`.slice(0, 8192),
        enableKeyRotation: true,
        policy: JSON.stringify(keyPolicy(bindings, ruleArn)),
      },
      child(this, context),
    );
    const topic = new aws.sns.Topic(name, { name: label("topic"), kmsMasterKeyId: key.arn }, child(this, context));
    const topicPolicy = new aws.sns.TopicPolicy(
      name,
      { arn: topic.arn, policy: JSON.stringify(publishPolicy(topicArn, ruleArn)) },
      child(this, context),
    );
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        name: label("rule"),
        description: "executions that failed, timed out or were aborted",
        eventPattern: args.stateMachineArn.apply((arn) => JSON.stringify(pattern(arn))),
      },
      child(this, context),
    );
    new aws.cloudwatch.EventTarget(
      name,
      { rule: rule.name, arn: topic.arn },
      child(this, context, { dependsOn: [topicPolicy] }),
    );
    for (const email of context.settings.alertEmails) {
      new aws.sns.TopicSubscription(
        `${name}/${nameFor("logical", email)}`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        child(this, context),
      );
    }
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

function pattern(stateMachineArn: string): object {
  return {
    source: ["aws.states"],
    "detail-type": ["Step Functions Execution Status Change"],
    detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: [stateMachineArn] },
  };
}

/** EventBridge cannot use AWS's own key of SNS, so the topic has one that lets it. */
function keyPolicy(bindings: Bindings, ruleArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Owner",
        Effect: "Allow",
        Principal: { AWS: `arn:${bindings.partition}:iam::${bindings.account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": bindings.account }, ArnEquals: { "aws:SourceArn": ruleArn } },
      },
    ],
  };
}

function publishPolicy(topicArn: string, ruleArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
      },
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
