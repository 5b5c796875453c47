/** Findings about the canary's job: default input, trust, arguments and locale, log groups. */

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
    const help = "fix the failures above, then run `strata verify` again";
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
        "report it with this line: the definition evaluates differently on AWS",
      );
}

function judgeStart({ error, cause }: Ended): Finding {
  return failed(
    TRUST,
    `no job could be started: ${error} ${cause}`.slice(0, 500).trim(),
    "compare the state machine's role with `strata permissions`, and look for a boundary or a service control policy",
  );
}

/** Glue assumes the job's role, so a run that started shows the trust; its result shows the arguments. */
async function judgeRun({ glue }: Clients, { stages }: StackBindings, run: string): Promise<Finding[]> {
  const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: stages[0]?.job ?? "", RunId: run }));
  const { JobRunState: state = "", ErrorMessage: message = "" } = JobRun ?? {};
  if (/assume|trust|not authorized to perform: (?:sts|glue|iam)/i.test(message))
    return [
      failed(
        TRUST,
        message,
        "allow glue.amazonaws.com to assume the job's role; `strata:trustSourceAccount: false` removes the account condition from its trust policy (docs/deploy.md)",
      ),
      unknown(ARGUMENTS, "the job did not start", "fix its role first"),
    ];
  const trust = held(TRUST, `Glue runs the job as ${stages[0]?.role}`);
  if (state === "SUCCEEDED") return [trust, held(ARGUMENTS, "the job accepted its arguments and their digests")];
  return [
    trust,
    failed(
      ARGUMENTS,
      `the job ended with ${state}: ${message}`,
      /digest|locale/i.test(message)
        ? "text was changed in transit: report it with this line"
        : "read the job's output log; `strata run --root canary` runs the same job locally",
    ),
  ];
}

/** Both log groups of the job, by the names in its policies. */
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
  "find the log group of the job run's streams in the console, and report its name: the job's permissions and the retention depend on it. Under a `strata:rolePath` the name may contain the path; the job may write that group, but it has no retention";
