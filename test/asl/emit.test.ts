/** The emitted document: its shape, its limits, its names. */

import { spawnSync } from "node:child_process";
import aslValidator from "asl-validator";
import { assert } from "chai";
import { HARD_DEFINITION_LIMIT, MAX_DEFINITION_BYTES } from "../../compiler/emit/asl/emit.ts";
import { gateName } from "../../compiler/emit/asl/stage-states.ts";
import type { ChoiceState, State, States, TaskState } from "../../compiler/emit/asl/types.ts";
import { asciiJson, sha256 } from "../../compiler/emit/job/encoding.ts";
import { groupsOf } from "../../compiler/emit/job/groups.ts";
import { MAX_INLINE_GROUP_BYTES } from "../../compiler/emit/job/payloads.ts";
import { bind } from "../../compiler/plan/bind.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { compileFiles } from "../compiler/files.ts";
import { emitLocal, planOf } from "./plans.ts";

/** Fields that a state of each type may have: the documented subset (docs/state-machine.md). */
const SUBSET: Record<State["Type"], readonly string[]> = {
  Task: [
    ...[
      "Type",
      "Comment",
      "Resource",
      "TimeoutSeconds",
      "Arguments",
      "Assign",
      "Output",
      "Retry",
      "Catch",
      "Next",
      "End",
    ],
  ],
  Pass: ["Type", "Comment", "Assign", "Output", "Next", "End"],
  Choice: ["Type", "Comment", "Choices", "Default"],
  Wait: ["Type", "Seconds", "Next", "End"],
  Map: ["Type", "Comment", "Items", "ItemProcessor", "Output", "Next", "End"],
  Fail: ["Type", "Error", "Cause"],
  Succeed: ["Type"],
};

/** Fields of the parts of states: the rest of the subset. */
const PARTS: Record<string, readonly string[]> = {
  Choices: ["Condition", "Next"],
  Retry: ["ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"],
  Catch: ["ErrorEquals", "Assign", "Next"],
};

function argumentsOf(task: TaskState): Record<string, string> {
  return (task.Arguments as { Arguments: Record<string, string> }).Arguments;
}

function* everyState(states: States): Generator<[string, State]> {
  for (const [name, state] of Object.entries(states)) {
    yield [name, state];
    if (state.Type === "Map") yield* everyState(state.ItemProcessor.States);
  }
}

const STRANGE = [
  'st"age',
  "a\\b",
  "sp ace",
  "{}",
  "$.x",
  "États 😀",
  "10",
  "9",
  "__proto__",
  "x".repeat(200),
  "A",
  "a",
  "it's",
  "--group_list",
];

const PLANS = {
  "one stage": planOf([["only", ["d"]]]),
  "twelve stages": planOf(Array.from({ length: 12 }, (_, index) => [`stage ${index}`, [`d${index}`]] as const)),
  "strange names": planOf(STRANGE.map((name) => [name, [`d ${name}`]] as const)),
  "500 datasets": planOf([["wide", Array.from({ length: 500 }, (_, index) => `dataset_${index}`)]]),
  "parameters and no crawler": planOf(
    [["s", ["d"]]],
    'crawlers: {}\nparams: { day: { type: date, default: "2017-08-15" }, n: { type: int } }',
    "SELECT :day AS day, :n AS n",
  ),
  "an empty stage": planOf([
    ["s", ["d"]],
    ["none", []],
  ]),
  "groups at run time": planOf([["s", ["d"]]], "setup: runtime"),
};

describe("the definition", () => {
  for (const [name, plan] of Object.entries(PLANS)) {
    describe(name, () => {
      const emission = emitLocal(plan);
      const states = [...everyState(emission.definition.States)];

      it("is valid by asl-validator", () => {
        const { isValid, errorsText } = aslValidator(JSON.parse(emission.text), { checkArn: true, checkPaths: true });
        assert.isTrue(isValid, isValid ? "" : errorsText("\n"));
      });

      it("stays in the documented subset, and each state goes on or ends", () => {
        for (const [state, value] of states) {
          assert.includeMembers([...SUBSET[value.Type]], Object.keys(value), state);
          for (const [part, fields] of Object.entries(PARTS))
            for (const each of (value as unknown as Record<string, object[]>)[part] ?? [])
              assert.includeMembers([...fields], Object.keys(each), `${state}: ${part}`);
          if (["Task", "Pass", "Wait", "Map"].includes(value.Type))
            assert.isTrue("Next" in value !== "End" in value, state);
        }
      });

      it("has unique names of at most 80 characters, and one Fail state, behind bad input", () => {
        const names = states.map(([state]) => state);
        assert.equal(new Set(names).size, names.length);
        for (const each of names) assert.isAtMost(each.length, 80);
        assert.deepEqual(
          states.filter(([, { Type }]) => Type === "Fail").map(([state]) => state),
          ["Strata: bad input"],
        );
      });

      it("runs the stages in order, each with a limit above its job's and retries for throttling and concurrency only", () => {
        // In the order that the gates lead through, which is not the order of an object's keys.
        const jobs = plan.stages.map((_, index): [string, TaskState] => {
          const task = emission.bindings.stages[index]?.state ?? "";
          const gate = emission.definition.States[gateName(task)] as ChoiceState;
          assert.equal(gate.Choices[0]?.Next, task, "the Task has the stage's name");
          return [task, emission.definition.States[task] as TaskState];
        });
        const stage = (task: TaskState) => decodeURIComponent(argumentsOf(task)["--stage"] ?? "");
        assert.deepEqual(
          jobs.map(([, task]) => stage(task)),
          plan.stages.map((each) => each.name),
        );
        for (const [index, [, task]] of jobs.entries()) {
          assert.isAbove(task.TimeoutSeconds, (emission.bindings.stages[index]?.timeoutMinutes ?? 0) * 60);
          const errors = task.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
          assert.sameMembers(errors, [
            "Glue.ConcurrentRunsExceededException",
            "Glue.ResourceNumberLimitExceededException",
            "Glue.ThrottlingException",
            "Glue.AWSGlueException",
          ]);
          for (const retrier of task.Retry) assert.deepInclude(retrier, { JitterStrategy: "FULL" });
          assert.isUndefined(task.Catch, "an error ends the execution, so that it can be redriven");
        }
      });

      it("gives jobs ASCII only, with a digest of every constant", () => {
        const tasks = states.flatMap(([, state]) =>
          state.Type === "Task" && state.Resource.endsWith("startJobRun.sync") ? [argumentsOf(state)] : [],
        );
        assert.lengthOf(tasks, plan.stages.length);
        for (const args of tasks) {
          assert.match(JSON.stringify(args), /^[\x20-\x7e]*$/);
          const digests = JSON.parse(args["--digests"] ?? "") as Record<string, string>;
          const constants = Object.keys(args).filter((key) => !args[key]?.startsWith("{%"));
          assert.sameMembers(
            constants.filter((key) => !["--digests", "--arguments_version", "--written_by"].includes(key)),
            Object.keys(digests).map((key) => `--${key}`),
          );
          for (const [key, digest] of Object.entries(digests)) assert.equal(digest, sha256(args[`--${key}`] ?? ""));
          for (const [key, value] of Object.entries(args))
            assert.notMatch(String(value), /^-/, `${key} could be taken for the name of an argument`);
        }
      });

      it("is the same bytes twice", () => {
        assert.equal(emitLocal(plan).text, emission.text);
      });
    });
  }

  it("of the sample is what the plan says", async () => {
    const { pipelines } = await loadRoot(HOME);
    const plan = pipelines.find(({ name }) => name === "bookings")?.plan;
    if (plan === undefined) throw new Error("bookings compiles");
    const { groups, definition } = emitLocal(plan);
    assert.deepEqual(
      groups.map(({ inlined }) => inlined),
      [true, true, true, true],
    );
    assert.isAtMost(Object.keys(definition.States).length, 16);
    // Two states before the first gate: one reads the input, one checks it.
    const reader = definition.States[definition.StartAt] as { Next: string };
    const check = definition.States[reader.Next] as ChoiceState;
    assert.equal(check.Choices[0]?.Next, gateName("bronze_stage"));
    const text = JSON.stringify(definition);
    for (const { json } of groups) assert.include(text, JSON.stringify(json));
  });
});

describe("limits of the definition", () => {
  const sized = (bytes: number, filler: string) => {
    const bare = Buffer.byteLength(groupsOf(planOf([["s", ["d"]]], "", "SELECT 1 AS one --"))[0]?.json ?? "");
    const size = Buffer.byteLength(asciiJson(filler));
    const count = Math.floor((bytes - bare) / size);
    const rest = bytes - bare - count * size;
    return planOf([["s", ["d"]]], "", `SELECT 1 AS one --${filler.repeat(count)}${"x".repeat(rest)}`);
  };
  /** Whether Linux takes a text as one argument of a process. */
  const fits = (argument: string) => spawnSync(process.execPath, ["-e", "", argument]).error === undefined;

  for (const filler of ["x", "😀"]) {
    it(`a group is inlined up to ${MAX_INLINE_GROUP_BYTES} bytes, escaped (filled with ${filler}): what Linux takes`, () => {
      const at = emitLocal(sized(MAX_INLINE_GROUP_BYTES, filler));
      const inlined = at.groups[0]?.json ?? "";
      assert.equal(Buffer.byteLength(inlined), MAX_INLINE_GROUP_BYTES);
      assert.isTrue(at.groups[0]?.inlined);
      assert.isEmpty(at.objects);
      assert.include(at.text, JSON.stringify(inlined));
      const above = emitLocal(sized(MAX_INLINE_GROUP_BYTES + 1, filler));
      assert.isFalse(above.groups[0]?.inlined);
      assert.deepEqual(above.objects, [{ key: above.groups[0]?.key ?? "", body: above.groups[0]?.json ?? "" }]);
      assert.include(above.text, `s3://strata-code/${above.groups[0]?.key}`);
      if (process.platform === "linux") assert.deepEqual([fits(inlined), fits(`${inlined} `)], [true, false]);
    });
  }

  it("a group that is too large for a Task's input, where quotes count double, is an object", () => {
    const at = emitLocal(planOf([["s", ["d"]]], "", `SELECT 1 AS one --${'"'.repeat(60_000)}`));
    assert.isBelow(Buffer.byteLength(at.groups[0]?.json ?? ""), MAX_INLINE_GROUP_BYTES);
    assert.isFalse(at.groups[0]?.inlined);
  });

  it(`the largest groups become objects until the whole has at most ${MAX_DEFINITION_BYTES} bytes`, () => {
    const plan = planOf(
      Array.from({ length: 12 }, (_, index) => [`s${index}`, [`d${index}`]] as const),
      "",
      `SELECT 1 AS one -- ${"x".repeat(100_000)}`,
    );
    const { text, groups, diagnostics } = emitLocal(plan);
    assert.isAtMost(Buffer.byteLength(text), MAX_DEFINITION_BYTES);
    const objects = groups.filter(({ inlined }) => !inlined).length;
    assert.isAbove(objects, 0);
    assert.isBelow(objects, 12, "no more than needed");
    assert.isAbove(Buffer.byteLength(text) + 100_000, MAX_DEFINITION_BYTES, "one more inlined would be too large");
    assert.isEmpty(diagnostics);
  });

  it("L003: what Step Functions would not take is a diagnostic", () => {
    const plan = planOf([["s", Array.from({ length: 3000 }, (_, index) => `${"n".repeat(190)}${index}`)]]);
    const { text, diagnostics } = emitLocal(plan);
    assert.isAbove(text.length, HARD_DEFINITION_LIMIT);
    assert.deepInclude(diagnostics[0], { code: "L003", file: "pipelines/p/etl_stages.json" });
  });
});

describe("groups", () => {
  it("lose and alter nothing: order, numbers, unknown keys", async () => {
    const config =
      '{ "sql_name":"d",  "sql_file" : "q.sql", "tables":[{"table_name":"t","s3_path":"s3://raw/t/","k":[1.0, 1e3]}],\n"n":12345678901234567890,"__proto__":{"10":1,"9":-0.0},"s":"\\u00e9 \\/", "s3_target":"s3://lake/gold/d/" }';
    const sql = 'SELECT "q" AS a, x FROM t\r\n';
    const { pipelines } = compileFiles({
      "pipelines/p/etl_stages.json": '{"10":["d"]}',
      "pipelines/p/sql_queries.json": `{"d":${config}}`,
      "sql/q.sql": sql,
    });
    const plan = pipelines[0]?.plan;
    if (plan === undefined) throw new Error("compiles");
    const compact =
      '{"sql_name":"d","sql_file":"q.sql","tables":[{"table_name":"t","s3_path":"s3://raw/t/","k":[1.0,1e3]}],"n":12345678901234567890,"__proto__":{"10":1,"9":-0.0},"s":"\\u00e9 \\/","s3_target":"s3://lake/gold/d/"';
    const text = `,"sql_text":${JSON.stringify(sql)}}`;
    assert.deepEqual(groupsOf(plan), [{ stage: "10", json: `[${compact}${text}]` }]);
    const mapped = compact
      .replace("s3://raw/t/", "s3://acme-raw/t/")
      .replace("s3://lake/gold/d/", "s3://acme-lake/gold/d/");
    const buckets = [
      { logical: "raw", physical: "acme-raw" },
      { logical: "lake", physical: "acme-lake" },
    ];
    assert.deepEqual(groupsOf(bind(plan, { buckets, databases: [] })), [{ stage: "10", json: `[${mapped}${text}]` }]);
  });
});
