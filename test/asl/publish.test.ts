/** How publish arguments are passed: in the definition, as objects, or by read-setup's result; never as an empty one. */

import aslValidator from "asl-validator";
import { assert } from "chai";
import { MAX_DEFINITION_BYTES } from "../../compiler/emit/asl/emit.ts";
import type { TaskState } from "../../compiler/emit/asl/types.ts";
import { MAX_INLINE_PUBLISH_BYTES, MAX_INLINE_TASK_BYTES } from "../../compiler/emit/job/payloads.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { execute } from "../interpreter/run.ts";
import { emitLocal, expectationOf, planOf, publishing } from "./plans.ts";

/** Step Functions' quota of a Task's input or output, in bytes. */
const PAYLOAD = 262_144;

type Arguments = Record<string, string>;

/** Arguments of the job of each stage, as the definition has them. */
function argumentsOf(plan: Plan): Arguments[] {
  const { definition, bindings } = emitLocal(plan);
  return bindings.stages.map(
    ({ state }) => ((definition.States[state] as TaskState).Arguments as { Arguments: Arguments }).Arguments,
  );
}

/** A plan of one dataset whose publish argument has exactly so many bytes. */
function sized(bytes: number, sql = "SELECT 1 AS one"): Plan {
  const of = (count: number) =>
    publishing(planOf([["s", ["d"]]], "", sql), { d: { expectations: [expectationOf(count)] } });
  const bare = Buffer.byteLength(emitLocal(of(0)).publish[0]?.json ?? "");
  return of(bytes - bare);
}

describe("publish arguments", () => {
  it("are left out where a stage has nothing but defaults", () => {
    const plan = publishing(
      planOf([
        ["one", ["a", "b"]],
        ["two", ["c"]],
      ]),
      { b: { keep: 3 } },
    );
    const [one, two] = argumentsOf(plan);
    assert.equal(one?.["--publish"], '{"b":{"keep":3}}');
    assert.doesNotHaveAnyKeys(two, ["--publish", "--publish.$"]);
    assert.deepEqual(
      emitLocal(plan).publish.map(({ stage, inlined }) => [stage, inlined]),
      [["one", true]],
    );
  });

  it(`are inlined up to ${MAX_INLINE_PUBLISH_BYTES} bytes of UTF-8, and objects beyond`, () => {
    const at = emitLocal(sized(MAX_INLINE_PUBLISH_BYTES));
    assert.equal(Buffer.byteLength(at.publish[0]?.json ?? ""), MAX_INLINE_PUBLISH_BYTES);
    assert.isTrue(at.publish[0]?.inlined);
    assert.isEmpty(at.objects);
    const above = emitLocal(sized(MAX_INLINE_PUBLISH_BYTES + 1));
    const [argument] = above.publish;
    assert.deepEqual(above.objects, [{ key: argument?.key ?? "", body: argument?.json ?? "" }]);
    assert.match(argument?.key ?? "", /^groups\/p\/[0-9a-f]{64}\.json$/);
    assert.equal(
      argumentsOf(sized(MAX_INLINE_PUBLISH_BYTES + 1))[0]?.["--publish"],
      `s3://strata-code/${argument?.key}`,
    );
  });

  it("keep a Task's input below its limit: of a large group and a large argument the larger one is an object", () => {
    // Quotes count double in a Task's input, where the group is a string of JSON.
    const plan = sized(60_000, `SELECT 1 AS one --${'"'.repeat(60_000)}`);
    const { groups, publish } = emitLocal(plan);
    assert.deepEqual(
      [groups[0]?.inlined, publish[0]?.inlined],
      [false, true],
      `${groups[0]?.json.length} and ${publish[0]?.json.length} bytes`,
    );
    const input = JSON.stringify(argumentsOf(plan)[0]);
    assert.isAtMost(Buffer.byteLength(input), MAX_INLINE_TASK_BYTES);
  });

  it("and groups: the largest of both become objects until the definition fits, and no Task has too large an input", () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`);
    const plan = publishing(
      planOf(
        names.map((name, index) => [`s${index}`, [name]] as const),
        "",
        `SELECT 1 AS one -- ${"x".repeat(50_000)}`,
      ),
      Object.fromEntries(names.map((name, index) => [name, { expectations: [expectationOf(40_000 + 2000 * index)] }])),
    );
    const { text, groups, publish, objects, diagnostics } = emitLocal(plan);
    assert.isAtMost(Buffer.byteLength(text), MAX_DEFINITION_BYTES);
    assert.isEmpty(diagnostics);
    const all = [...groups, ...publish];
    const size = ({ json }: { json: string }) => Buffer.byteLength(json);
    const inlined = all.filter((each) => each.inlined).map(size);
    const asObjects = all.filter((each) => !each.inlined).map(size);
    assert.isAbove(inlined.length, 0);
    assert.isAtLeast(Math.min(...asObjects), Math.max(...inlined), "the largest ones first");
    assert.isAbove(Buffer.byteLength(text) + Math.max(...inlined), MAX_DEFINITION_BYTES, "no more than needed");
    assert.sameMembers(
      objects.map(({ body }) => body),
      all.filter((each) => !each.inlined).map(({ json }) => json),
    );
    for (const each of argumentsOf(plan)) assert.isBelow(Buffer.byteLength(JSON.stringify(each)), PAYLOAD * 0.76);
  });

  it("of `setup: runtime` are what read-setup answered, valid for asl-validator and ours", async () => {
    const plan = planOf(
      [
        ["s", ["d"]],
        ["t", ["e"]],
      ],
      "setup: runtime",
    );
    const { isValid } = aslValidator(JSON.parse(emitLocal(plan).text), { checkArn: true, checkPaths: true });
    assert.isTrue(isValid);
    const answer = { groups: ["s3://code/g0", "s3://code/g1"], publish: ["{}", "s3://code/p1"] };
    const { outcome, jobs } = await execute(plan, {}, { invokeLambda: async () => ({ Payload: answer }) });
    assert.equal(outcome.status, "SUCCEEDED");
    assert.deepEqual(
      jobs.map(({ args }) => [args["--group_list"], args["--publish"]]),
      [
        ["s3://code/g0", "{}"],
        ["s3://code/g1", "s3://code/p1"],
      ],
    );
  });

  it("reach the job unchanged through the interpreter, backslashes and quotes too", async () => {
    const failing = "NOT (`a\\\"b` RLIKE '^\\\\d+$' OR `ü` = 'it''s {}')";
    const plan = publishing(planOf([["s", ["d"]]]), {
      d: { expectations: [{ ...expectationOf(0), kind: "expression", failing }] },
    });
    const { jobs } = await execute(plan, {});
    assert.equal(JSON.parse(jobs[0]?.args["--publish"] ?? "").d.expectations[0].failing, failing);
  });
});
