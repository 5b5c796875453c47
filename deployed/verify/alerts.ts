/** Alerts about a failed execution: the rule, its topic, the subscribers. */

import { DescribeRuleCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import type { StackBindings } from "../../compiler/plan/bindings.ts";
import type { Clients } from "../clients.ts";
import { type Finding, failed, held, looking, unknown } from "./finding.ts";

const RULE = "alert rule";
const SUBSCRIBERS = "alert subscribers";

/** Findings about the canary's alerts, which are configured like every pipeline's. */
export async function judgeAlerts(
  clients: Clients,
  bindings: StackBindings,
  stateMachineArn: string,
): Promise<Finding[]> {
  return [
    ...(await looking(RULE, () => judgeRule(clients, bindings, stateMachineArn))),
    ...(await looking(SUBSCRIBERS, () => judgeSubscribers(clients, bindings))),
  ];
}

async function judgeRule({ events }: Clients, bindings: StackBindings, machine: string): Promise<Finding> {
  const { failureRule: Name } = bindings;
  const { State, EventPattern = "" } = await events.send(new DescribeRuleCommand({ Name }));
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
  const update = "run `pulumi up --refresh`: it was changed outside of Pulumi";
  if (State !== "ENABLED") return failed(RULE, `${Name} is ${State}`, update);
  if (!EventPattern.includes(machine)) return failed(RULE, `${Name} does not match ${machine}`, update);
  if (!Targets.some(({ Arn }) => Arn === topicOf(bindings)))
    return failed(RULE, `${Name} does not notify ${topicOf(bindings)}`, update);
  return held(RULE, `${Name} is enabled and notifies ${bindings.failureTopic}`);
}

async function judgeSubscribers({ sns }: Clients, bindings: StackBindings): Promise<Finding> {
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicOf(bindings) }));
  // SNS returns this instead of an ARN until the subscriber has confirmed (SNS API reference, Subscribe).
  const pending = Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === "PendingConfirmation");
  if (Subscriptions.length === 0)
    return unknown(SUBSCRIBERS, "the topic has no subscriber", "set `strata:alertEmails`, or subscribe to the topic");
  if (pending.length > 0)
    return unknown(
      SUBSCRIBERS,
      `not confirmed: ${pending.map(({ Endpoint }) => Endpoint).join(", ")}`,
      "open the link in SNS's e-mail",
    );
  return held(SUBSCRIBERS, `${Subscriptions.length} confirmed`);
}

function topicOf({ partition, region, account, failureTopic }: StackBindings): string {
  return `arn:${partition}:sns:${region}:${account}:${failureTopic}`;
}
