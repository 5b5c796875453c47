/** Alerts about executions that did not succeed: an EventBridge rule, an encrypted topic, e-mail addresses. */

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { textOf } from "../compiler/emit/permissions/document.ts";
import { topicPolicy } from "../compiler/emit/permissions/resource-policies.ts";
import type { StackBindings } from "../compiler/plan/bindings.ts";
import { nameFor } from "../settings/names.ts";
import { child, type StackContext } from "./context.ts";

export interface AlertsArgs {
  readonly context: StackContext;
  readonly bindings: StackBindings;
  readonly stateMachineArn: pulumi.Output<string>;
}

/** An event rule also matches what a Catch cannot: time-outs and aborts of the whole execution. */
export class Alerts extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("strata:aws:Alerts", name, {}, opts);
    const { context, bindings } = args;
    const { failureRule, failureTopic } = bindings;
    const arn = `arn:${bindings.partition}:sns:${bindings.region}:${bindings.account}:${failureTopic}`;
    const topic = new aws.sns.Topic(
      name,
      { name: failureTopic, kmsMasterKeyId: context.keys.operations },
      child(this, context),
    );
    const mayPublish = new aws.sns.TopicPolicy(
      name,
      { arn: topic.arn, policy: textOf(topicPolicy(arn)) },
      child(this, context),
    );
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        name: failureRule,
        description: "executions that failed, timed out or were aborted",
        eventPattern: args.stateMachineArn.apply((arn) => JSON.stringify(pattern(arn))),
      },
      child(this, context),
    );
    new aws.cloudwatch.EventTarget(
      name,
      { rule: rule.name, arn: topic.arn },
      child(this, context, { dependsOn: [mayPublish] }),
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
