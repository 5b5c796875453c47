/** Waivers: with a reason they count, without one they stop the deployment, and none outlives its use unseen. */

import { assert } from "chai";
import { policiesOf } from "../../policy/pack.ts";
import { RULES } from "../../policy/rules/all.ts";
import { WAIVER_POLICIES } from "../../policy/waiver-policies.ts";
import { analyze, type Resource } from "./engine.ts";

const REASON = "the partner's tool reads no newer version";
const TODAY = "2026-06-01";
const job = (name: string): Resource => ({
  type: "aws:glue/job:Job",
  name,
  props: { glueVersion: "auto", timeout: 60 },
});
const waiver = (more: object = {}) => ({ policy: "job-version-pinned", resource: "bronze", reason: REASON, ...more });

/** Violations as `policy name`, and what the two policies about waivers say. */
async function judge(waivers: unknown, resources = [job("bronze"), job("gold")]) {
  const { violations } = await analyze(policiesOf({ rules: RULES, waivers, today: TODAY }), "dev", resources);
  const about = (name: string) => violations.filter(({ policy }) => policy === name).map(({ message }) => message);
  return {
    broken: violations
      .filter(({ policy }) => !(policy in WAIVER_POLICIES))
      .map(({ policy, urn }) => `${policy} ${urn.split("::").at(-1)}`),
    mistakes: about("waiver-sound"),
    idle: about("waiver-used"),
  };
}

const BOTH = ["job-version-pinned bronze", "job-version-pinned gold"];
const GOLD = ["job-version-pinned gold"];

describe("waivers", () => {
  it("none: everything counts", async () => {
    assert.deepEqual(await judge([]), { broken: BOTH, mistakes: [], idle: [] });
  });

  it("with a reason: that policy of that resource counts no more, and no other", async () => {
    assert.deepEqual(await judge([waiver()]), { broken: GOLD, mistakes: [], idle: [] });
    const { broken } = await judge([waiver()], [{ ...job("bronze"), props: {} }]);
    assert.deepEqual(broken, ["job-timeout-set bronze"]);
  });

  for (const resource of ["bro*", "aws:glue/job:Job::bronze", "*Job::bronze", "urn:pulumi:dev::strata::*::bronze"])
    it(`names a resource by ${resource}`, async () => {
      assert.deepEqual(await judge([waiver({ resource })]), { broken: GOLD, mistakes: [], idle: [] });
    });

  for (const resource of ["bron", "ronze", "aws:glue/crawler:Crawler::bronze", "urn:pulumi:prod::*::bronze", "b.*"])
    it(`does not take ${resource} for bronze`, async () => {
      const { broken, idle } = await judge([waiver({ resource })]);
      assert.deepEqual(broken, BOTH);
      assert.equal(idle.length, 1);
    });

  const MISTAKES: readonly (readonly [string, unknown, RegExp])[] = [
    ["without a reason", [waiver({ reason: undefined })], /waiver 1 of `job-version-pinned` .* has no reason/],
    ["with a reason too short", [waiver({ reason: "because" })], /has no reason of at least 10 characters/],
    ["with a reason of blanks", [waiver({ reason: " ".repeat(20) })], /has no reason/],
    ["of a policy that is not", [waiver({ policy: "job-pinned" })], /names an unknown policy/],
    ["of a policy about waivers", [waiver({ policy: "waiver-sound" })], /names an unknown policy/],
    ["of every resource", [waiver({ resource: "*" })], /names no resource/],
    ["of every type and name", [waiver({ resource: "*::*" })], /names no resource/],
    ["that ends on no day", [waiver({ expires: "2026-02-30" })], /has an invalid `expires`: not a date YYYY-MM-DD/],
    ["with an unknown key", [waiver({ until: "2026-12-31" })], /unknown key `until`/],
    ["that is not an object", ["job-version-pinned"], /waiver 1 is not an object/],
  ];
  for (const [what, waivers, message] of MISTAKES)
    it(`${what}: a mandatory violation, and it does not count`, async () => {
      const { broken, mistakes } = await judge(waivers);
      assert.deepEqual(broken, BOTH);
      assert.equal(mistakes.length, 1);
      assert.match(mistakes[0] ?? "", message);
    });

  it("in a file that is not a list: a mandatory violation", async () => {
    const { broken, mistakes } = await judge({ waivers: [waiver()] });
    assert.deepEqual(broken, BOTH);
    assert.match(mistakes[0] ?? "", /not an array/);
  });

  it("counts on its last day, and no longer", async () => {
    assert.deepEqual(await judge([waiver({ expires: TODAY })]), { broken: GOLD, mistakes: [], idle: [] });
    const { broken, idle } = await judge([waiver({ expires: "2026-05-31" })]);
    assert.deepEqual(broken, BOTH);
    assert.match(idle[0] ?? "", /expired on 2026-05-31/);
  });

  it("is reported when nothing needs it", async () => {
    const { idle } = await judge([waiver()], [{ ...job("bronze"), props: { glueVersion: "6.0", timeout: 60 } }]);
    assert.deepEqual(idle, [
      "the waiver of `job-version-pinned` for `bronze` covers no violation. To fix it: remove it.",
    ]);
  });

  it("covers violations that only the whole stack shows", async () => {
    const topic = { type: "aws:sns/topic:Topic", name: "alerts", props: { kmsMasterKeyId: "k", arn: "arn:t" } };
    const found = await judge([{ policy: "topic-tls-only", resource: "alerts", reason: REASON }], [topic]);
    assert.deepEqual(found, { broken: [], mistakes: [], idle: [] });
  });

  it("mistakes are mandatory, idle ones advisory", () => {
    assert.deepEqual(
      Object.values(WAIVER_POLICIES).map(({ level }) => level),
      ["mandatory", "advisory"],
    );
  });
});
