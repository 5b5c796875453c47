/** `strata verify`: runs a stack's canary on AWS and checks each assumption about AWS. */

import { DescribeStateMachineCommand } from "@aws-sdk/client-sfn";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { StackBindings } from "../../compiler/plan/bindings.ts";
import type { Clients } from "../clients.ts";
import { judgeAlerts } from "./alerts.ts";
import { judgeCatalog } from "./catalog.ts";
import { runOnce, type Waiting } from "./execution.ts";
import { type Finding, failed, held, reasonOf } from "./finding.ts";
import { judgeJob } from "./job.ts";

export interface VerifyOptions {
  readonly clients: Clients;
  readonly bindings: StackBindings;
  /** The definition that a deployment would write now, as JSON text. */
  readonly definition: string;
  readonly waiting: Waiting;
}

/** All findings, from general to specific; the later ones only if the current canary is deployed. */
export async function verify({ clients, bindings, definition, waiting }: VerifyOptions): Promise<Finding[]> {
  const account = await judgeAccount(clients, bindings);
  if (account.status !== "held") return [account];
  const { partition, region, stateMachine } = bindings;
  const arn = `arn:${partition}:states:${region}:${bindings.account}:stateMachine:${stateMachine}`;
  const machine = await judgeMachine(clients, arn, definition);
  if (machine.status !== "held") return [account, machine];
  const ended = await runOnce(clients, arn, waiting);
  const findings = [account, machine, ...(await judgeJob(clients, bindings, ended))];
  findings.push(
    ended.status === "SUCCEEDED"
      ? held("execution", `${ended.arn} succeeded`)
      : failed(
          "execution",
          `${ended.arn} ended ${ended.status}: ${ended.error} ${ended.cause}`.slice(0, 600).trim(),
          ended.status === "RUNNING"
            ? "wait for it in the console, then run `strata verify` again"
            : "fix the failures above",
        ),
  );
  findings.push(...(await judgeCatalog(clients, bindings, waiting)));
  findings.push(...(await judgeAlerts(clients, bindings, arn)));
  return findings;
}

async function judgeAccount({ sts }: Clients, { account }: StackBindings): Promise<Finding> {
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    return Account === account
      ? held("account", account)
      : failed(
          "account",
          `your credentials belong to account ${Account}, the stack is in ${account}`,
          "choose a profile: AWS_PROFILE=…",
        );
  } catch (problem) {
    return failed("account", reasonOf(problem), "log in: `aws sso login`, or set AWS_PROFILE or the keys of a role");
  }
}

async function judgeMachine({ sfn }: Clients, stateMachineArn: string, definition: string): Promise<Finding> {
  const deploy = "set `strata:canary: true` in the stack's settings, then `pulumi up`";
  try {
    const { definition: deployed = "" } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return JSON.stringify(JSON.parse(deployed)) === JSON.stringify(JSON.parse(definition))
      ? held("definition", "the deployed definition is current")
      : failed("definition", "the deployed definition differs from this commit's", "run `pulumi up` from this commit");
  } catch (problem) {
    return failed("definition", `${stateMachineArn} cannot be read: ${reasonOf(problem)}`, deploy);
  }
}
