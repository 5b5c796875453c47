/**
 * `strata verify` against moto, with recorded answers where moto has none.
 *
 * Step Functions' answers are made in the shape of a history that AWS recorded for `glue:startJobRun.sync`: moto runs no such
 * job. This proves what verify asks and what it makes of the answers, not that AWS gives them.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateDatabaseCommand,
  CreateJobCommand,
  CreateTableCommand,
  GlueClient,
  StartJobRunCommand,
} from "@aws-sdk/client-glue";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { assert } from "chai";
import { findingsText } from "../../cli/verify.ts";
import { emitAsl } from "../../compiler/emit/asl/emit.ts";
import type { StackBindings } from "../../compiler/plan/bindings.ts";
import { type Clients, clientsFor } from "../../deployed/clients.ts";
import { CANARY_ROW } from "../../deployed/verify/catalog.ts";
import type { Finding } from "../../deployed/verify/finding.ts";
import { verify } from "../../deployed/verify/verify.ts";
import { CANARY_ROOT } from "../../loading/stack.ts";
import { folderOf, removeFolders, SHOP, strata } from "../cli/strata.ts";
import { settingsFrom, subjectOf } from "../iam/subjects.ts";
import { type Moto, motoOrSkip } from "../moto.ts";

/** moto's account. */
const ACCOUNT = "123456789012";
const SETTINGS = { allowedAccountIds: [ACCOUNT], buckets: {}, canary: true, region: "us-east-1" };

interface Recorded {
  readonly status?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly events: readonly Partial<HistoryEvent>[];
  readonly definition?: string;
}

describe("strata verify", function () {
  this.timeout(120_000);
  let moto: Moto;
  let bindings: StackBindings;
  let definition = "";
  let run = "";
  const environment = { ...process.env };

  before(async function () {
    moto = await motoOrSkip(this);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_REGION: "us-east-1",
    });
    const subject = await subjectOf(CANARY_ROOT, settingsFrom("dev", SETTINGS));
    bindings = subject.bindings;
    definition = emitAsl(subject.plan, bindings).text;
    run = await deploy(bindings);
  });
  after(() => {
    moto?.stop();
    for (const key of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
      if (environment[key] === undefined) delete process.env[key];
      else process.env[key] = environment[key];
  });
  afterEach(removeFolders);

  const machine = () => `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:${bindings.stateMachine}`;

  /** All that the canary's stack has, except its state machine. Returns the id of the job's run. */
  async function deploy({ database, failureRule, failureTopic, stages }: StackBindings): Promise<string> {
    const at = { region: "us-east-1" };
    const { logs, glue, sns, events } = {
      logs: new CloudWatchLogsClient(at),
      glue: new GlueClient(at),
      sns: new SNSClient(at),
      events: new EventBridgeClient(at),
    };
    const [stage] = stages;
    const role = `arn:aws:iam::${ACCOUNT}:role/${stage?.role}`;
    await glue.send(new CreateJobCommand({ Name: stage?.job, Role: role, Command: { Name: "glueetl" } }));
    const { JobRunId = "" } = await glue.send(new StartJobRunCommand({ JobName: stage?.job }));
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
    const Columns = Object.keys(CANARY_ROW).map((Name) => ({ Name, Type: "string" }));
    await glue.send(
      new CreateTableCommand({
        DatabaseName: database,
        TableInput: { Name: "canary_text", StorageDescriptor: { Columns } },
      }),
    );
    for (const logGroupName of stage?.logGroups ?? []) {
      await logs.send(new CreateLogGroupCommand({ logGroupName }));
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: JobRunId }));
      const event = { message: '{"event":"job_finished"}', timestamp: Date.now() };
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: JobRunId, logEvents: [event] }));
    }
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: failureTopic }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "on-call@acme.example" }));
    const pattern = JSON.stringify({ detail: { stateMachineArn: [machine()] } });
    await events.send(new PutRuleCommand({ Name: failureRule, EventPattern: pattern, State: "ENABLED" }));
    await events.send(new PutTargetsCommand({ Rule: failureRule, Targets: [{ Id: "topic", Arn: TopicArn }] }));
    return JobRunId;
  }

  const scheduled = {
    taskScheduledEventDetails: {
      resource: "startJobRun.sync",
      resourceType: "glue",
      region: "us-east-1",
      parameters: "{}",
    },
  };
  const submitted = (id: string) => ({
    taskSubmittedEventDetails: {
      resource: "startJobRun.sync",
      resourceType: "glue",
      output: JSON.stringify({ JobRunId: id, SdkHttpMetadata: { HttpStatusCode: 200 } }),
    },
  });

  /** moto's clients, with recorded answers of Step Functions, Athena, and of what else a case says. */
  function clients(recorded: Recorded, row = Object.values(CANARY_ROW), more: Partial<Clients> = {}): Clients {
    let polls = 0;
    const answers: Record<string, () => unknown> = {
      DescribeStateMachineCommand: () => ({ definition: recorded.definition ?? definition }),
      StartExecutionCommand: () => ({ executionArn: `${machine().replace("stateMachine", "execution")}:verify-1` }),
      // Running at the first look: the wait is for a condition.
      DescribeExecutionCommand: () => ({
        status: polls++ === 0 ? "RUNNING" : (recorded.status ?? "SUCCEEDED"),
        error: recorded.error,
        cause: recorded.cause,
      }),
      GetExecutionHistoryCommand: () => ({ events: recorded.events }),
      StartQueryExecutionCommand: () => ({ QueryExecutionId: "q" }),
      GetQueryExecutionCommand: () => ({ QueryExecution: { Status: { State: "SUCCEEDED" } } }),
      GetQueryResultsCommand: () => ({
        ResultSet: {
          Rows: [Object.keys(CANARY_ROW), row].map((cells) => ({
            Data: cells.map((VarCharValue) => ({ VarCharValue })),
          })),
        },
      }),
    };
    const answer = { send: async (command: object) => answers[command.constructor.name]?.() } as never;
    return { ...clientsFor("us-east-1"), sfn: answer, athena: answer, ...more };
  }

  const look = (which: Clients): Promise<Finding[]> =>
    verify({
      clients: which,
      bindings,
      definition,
      waiting: { pause: async () => {}, now: () => 0, longest: 1000, onProgress: () => {} },
    });
  const lines = (findings: readonly Finding[]) => findings.map(({ check, status }) => `${check}: ${status}`);

  it("says line by line what held", async () => {
    const findings = await look(clients({ events: [scheduled, submitted(run)] }));
    assert.deepEqual(lines(findings), [
      "account: held",
      "definition: held",
      "default input: held",
      "roles: held",
      "arguments: held",
      "logs: held",
      "logs: held",
      "execution: held",
      "catalog: held",
      "text: held",
      "text: held",
      "alert rule: held",
      // moto confirms subscriptions at once.
      "alert subscribers: held",
    ]);
    assert.match(findingsText(findings), /^ok {7}account {12}123456789012$/m);
  });

  it("sees text that lost its characters", async () => {
    const found = await look(
      clients({ events: [scheduled, submitted(run)] }, ["? \" ' $ \\ ?? ?", CANARY_ROW.from_parameter ?? ""]),
    );
    const text = found.filter(({ check }) => check === "text");
    assert.deepEqual(lines(text), ["text: failed", "text: held"]);
    assert.match(text[0]?.message ?? "", /^from_sql is `\? " ' \$ \\ \?\? \?`, and `é/);
  });

  it("sees an input that the definition does not take on AWS", async () => {
    const recorded = { status: "FAILED", error: "Strata.InvalidInput", cause: "unknown key", events: [] };
    const found = await look(clients(recorded));
    assert.includeMembers(lines(found), [
      "default input: failed",
      "roles: failed",
      "arguments: unknown",
      "execution: failed",
    ]);
    assert.include(found.find(({ check }) => check === "default input")?.message, "Strata.InvalidInput unknown key");
  });

  it("sees a role that Glue may not take, and arguments that the job refused", async () => {
    const glue = (ErrorMessage: string) =>
      ({
        send: async (command: { constructor: { name: string } }) =>
          command.constructor.name === "GetJobRunCommand"
            ? { JobRun: { JobRunState: "FAILED", ErrorMessage } }
            : { Table: { StorageDescriptor: { Columns: [] } } },
      }) as never;
    const events = [scheduled, submitted(run)];
    const trust = await look(
      clients({ status: "FAILED", events }, [], {
        glue: glue("Role x should be given assume role permissions for Glue Service."),
      }),
    );
    assert.includeMembers(lines(trust), ["roles: failed", "arguments: unknown", "catalog: failed"]);
    const locale = await look(
      clients({ status: "FAILED", events }, [], {
        glue: glue("--group_list has another digest: the locale changed it"),
      }),
    );
    assert.includeMembers(lines(locale), ["roles: held", "arguments: failed"]);
    assert.include(locale.find(({ check }) => check === "arguments")?.help, "changed in transit");
  });

  it("sees logs and rules that are not where they should be", async () => {
    const elsewhere = await look(clients({ events: [scheduled, submitted("jr_other")] }));
    assert.includeMembers(lines(elsewhere), ["roles: unknown", "logs: failed", "logs: unknown"]);
    const events = {
      send: async (command: { constructor: { name: string } }) =>
        command.constructor.name === "DescribeRuleCommand" ? { State: "DISABLED" } : { Targets: [] },
    } as never;
    assert.include(lines(await look(clients({ events: [] }, [], { events }))), "alert rule: failed");
  });

  it("stops before it starts anything where the account, the canary or the definition is another", async () => {
    const stranger = { ...bindings, account: "111111111111" };
    const foreign = await verify({
      clients: clients({ events: [] }),
      bindings: stranger,
      definition,
      waiting: { pause: async () => {}, now: () => 0, longest: 1, onProgress: () => {} },
    });
    assert.deepEqual(lines(foreign), ["account: failed"]);
    assert.deepEqual(lines(await look(clients({ events: [], definition: "{}" }))), [
      "account: held",
      "definition: failed",
    ]);
    // moto has no state machine of that name.
    const missing = await look({ ...clients({ events: [] }), sfn: clientsFor("us-east-1").sfn });
    assert.deepEqual(lines(missing), ["account: held", "definition: failed"]);
    assert.include(missing[1]?.help, "strata:canary: true");
  });

  it("gives up when there is no more time, and says that the execution goes on", async () => {
    let now = 0;
    const found = await verify({
      clients: clients({ status: "RUNNING", events: [scheduled] }),
      bindings,
      definition,
      waiting: {
        pause: async () => {
          now += 600;
        },
        now: () => now,
        longest: 1000,
        onProgress: () => {},
      },
    });
    assert.include(found.find(({ check }) => check === "execution")?.message, "ended RUNNING");
  });

  it("asks for a stack with a canary, and for credentials, in one line each", async () => {
    const root = folderOf({
      ...SHOP,
      "Pulumi.yaml": "name: strata\n",
      "Pulumi.dev.yaml": `config:\n  strata:region: us-east-1\n  strata:allowedAccountIds: ["${ACCOUNT}"]\n  strata:buckets: { lake: {} }\n`,
    });
    const without = await strata(["verify", "--stack", "dev", "--root", root]);
    assert.equal(without.code, 1);
    assert.match(
      without.stderr,
      /^strata: stack `dev` has no canary\n {2}help: set `strata:canary: true` in Pulumi.dev.yaml/,
    );
    assert.equal((await strata(["verify", "--root", root])).code, 2);
    // Nothing hidden: what the canary would be is shown like any pipeline, where the stack deploys it.
    const hidden = await strata(["asl", "strata-canary", "--stack", "dev", "--root", root]);
    assert.match(hidden.stderr, /there is no pipeline `strata-canary`/);
    writeFileSync(
      join(root, "Pulumi.dev.yaml"),
      `${readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")}  strata:canary: true\n`,
    );
    const shown = await strata(["asl", "strata-canary", "--stack", "dev", "--root", root]);
    assert.include(JSON.parse(shown.stdout).Comment, "strata-canary");
    assert.include(
      (await strata(["permissions", "strata-canary", "--stack", "dev", "--root", root])).stdout,
      "strata-canary-dev",
    );
    // Without a name the root's own pipeline is still the only one.
    assert.include(JSON.parse((await strata(["asl", "--stack", "dev", "--root", root])).stdout).Comment, "shop");
  });
});
