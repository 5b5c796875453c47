/** What the canary's job shows: default input, trust, arguments and locale, log groups. */

import { DescribeLogStreamsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetJobRunCommand } from "@aws-sdk/client-glue";
import type { StackBindings } from "../../compiler/plan/bindings.ts";
import type { Clients } from "../clients.ts";
import { askedForJob, type Ended, jobRunOf } from "./execution.ts";
import { type Finding, failed, held, looking, unknown } from "./finding.ts";

const INPUT = "default input";
const TRUST = "roles";
const ARGUMENTS = "arguments";
const LOGS = "logs";

/** Findings about the one job of the canary. */
export async function judgeJob(clients: Clients, bindings: StackBindings, ended: Ended): Promise<Finding[]> {
  const input = judgeInput(ended);
  const run = jobRunOf(ended);
  if (run === undefined) {
    const help = "fix what is above, then run `strata verify` again";
    return [input, judgeStart(ended), ...[ARGUMENTS, LOGS].map((check) => unknown(check, "no job ran", help))];
  }
  return [
    input,
    ...(await looking(TRUST, () => judgeRun(clients, bindings, run))),
    ...(await looking(LOGS, () => judgeLogs(clients, bindings, run))),
  ];
}

function judgeInput(ended: Ended): Finding {
  return askedForJob(ended)
    ? held(INPUT, "the empty input selects everything")
    : failed(
        INPUT,
        `the execution ended before any job: ${ended.error} ${ended.cause}`.slice(0, 500).trim(),
        "report it with this line: the definition evaluates otherwise on AWS than here",
      );
}

function judgeStart({ error, cause }: Ended): Finding {
  return failed(
    TRUST,
    `no job could be started: ${error} ${cause}`.slice(0, 500).trim(),
    "compare the state machine's role with `strata permissions`, and look for a boundary or a service control policy",
  );
}

/** Glue runs the job as its role, so a run that started shows the trust; how it ended shows the arguments. */
async function judgeRun({ glue }: Clients, { stages }: StackBindings, run: string): Promise<Finding[]> {
  const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: stages[0]?.job ?? "", RunId: run }));
  const { JobRunState: state = "", ErrorMessage: message = "" } = JobRun ?? {};
  if (/assume|trust|not authorized to perform: (?:sts|glue|iam)/i.test(message))
    return [
      failed(
        TRUST,
        message,
        "let glue.amazonaws.com take the job's role; `strata:trustSourceAccount: false` takes the condition on the account out of its trust (docs/deploy.md)",
      ),
      unknown(ARGUMENTS, "the job did not start", "mend its role first"),
    ];
  const trust = held(TRUST, `Glue runs the job as ${stages[0]?.role}`);
  if (state === "SUCCEEDED") return [trust, held(ARGUMENTS, "the job took its arguments, whose digest it checks")];
  return [
    trust,
    failed(
      ARGUMENTS,
      `the job ended ${state}: ${message}`,
      /digest|locale/i.test(message)
        ? "text was changed on its way: report it with this line"
        : "read the job's output log; `strata run --root canary` runs the same here",
    ),
  ];
}

/** Both groups of the job, by the names that the policies allow it. */
async function judgeLogs({ logs }: Clients, { stages }: StackBindings, run: string): Promise<Finding[]> {
  const groups = stages[0]?.logGroups ?? [];
  const found = await Promise.all(groups.map((group) => judgeGroup({ logs }, group, run)));
  return found;
}

async function judgeGroup({ logs }: Pick<Clients, "logs">, group: string, run: string): Promise<Finding> {
  const { logStreams = [] } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: run, limit: 50 }),
  );
  const isOutput = group.endsWith("/output");
  if (logStreams.length === 0 && !isOutput) return unknown(LOGS, `${group} has no stream of this run`, NO_STREAM);
  if (logStreams.length === 0) return failed(LOGS, `${group} has no stream of this run`, NO_STREAM);
  if (!isOutput) return held(LOGS, `${group} has the run's stream`);
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: group,
      logStreamNamePrefix: run,
      filterPattern: '"job_finished"',
      limit: 1,
    }),
  );
  return events.length > 0
    ? held(LOGS, `${group} has the job's events`)
    : failed(LOGS, `${group} has none of the job's events`, NO_STREAM);
}

const NO_STREAM =
  "look in the console under which log group the job run's streams lie, and report the name: the job's rights and the retention are set by it. Under a `strata:rolePath` it may have the path in it, which the job may write, but nobody sets its retention";
