/** The pack as Pulumi starts it: its runner, the folder `policy`, and the analyzer's protocol over gRPC. */

import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { assert } from "chai";
import { RULES } from "../../policy/rules/all.ts";
import { WAIVER_POLICIES } from "../../policy/waiver-policies.ts";
import { HOME } from "../../setup/node.mjs";
import { UNKNOWN } from "./engine.ts";

const require = createRequire(import.meta.url);
const messages = require("@pulumi/pulumi/proto/analyzer_pb");
const services = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");

interface Diagnostic {
  readonly policyname: string;
  readonly message: string;
  readonly enforcementlevel: number;
  readonly urn: string;
}

const ADVISORY = 0;
const MANDATORY = 1;

describe("the policy pack, started", function () {
  this.timeout(180_000);
  let pack: ChildProcess;
  let client: Record<string, (request: unknown, answer: (error: unknown, response: never) => void) => void>;

  before(async () => {
    // As `pulumi-analyzer-policy` does: in the pack's folder, with the engine's address and the runtime's options.
    const runner = join(HOME, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    pack = spawn(process.execPath, [runner, "127.0.0.1:0", ".", "-typescript=false"], { cwd: join(HOME, "policy") });
    const port = await new Promise<string>((resolve, reject) => {
      let printed = "";
      pack.stdout?.on("data", (chunk) => {
        printed += chunk;
        if (/^\d+\n/.test(printed)) resolve(printed.trim());
      });
      let problems = "";
      pack.stderr?.on("data", (chunk) => (problems += chunk));
      pack.on("close", (code) => reject(new Error(`the pack ended with ${code}: ${problems}`)));
    });
    client = new services.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });

  after(() => {
    (client as unknown as grpc.Client | undefined)?.close();
    pack?.kill();
  });

  function ask<T>(method: string, request: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      client[method]?.(request, (error, response: { toObject(): T }) =>
        error ? reject(error as Error) : resolve(response.toObject()),
      );
    });
  }

  const resource = (Request: new () => never, type: string, props: object) => {
    const request = new Request() as unknown as Record<string, (value: unknown) => void>;
    request.setType?.(type);
    request.setName?.("example");
    request.setUrn?.(`urn:pulumi:dev::strata::${type}::example`);
    request.setProperties?.(Struct.fromJavaScript(props));
    request.setOptions?.(new messages.AnalyzerResourceOptions());
    return request;
  };

  const analyze = async (type: string, props: object) =>
    (await ask<{ diagnosticsList: Diagnostic[] }>("analyze", resource(messages.AnalyzeRequest, type, props)))
      .diagnosticsList;

  it("names every policy with its level, and a description that holds its ids", async () => {
    const info = await ask<{ name: string; version: string; policiesList: Record<string, unknown>[] }>(
      "getAnalyzerInfo",
      new Empty(),
    );
    assert.equal(info.name, "strata");
    const listed = info.policiesList.map(({ name, enforcementlevel }) => [name, enforcementlevel]);
    const known = [
      ...RULES.map(({ name, level }) => [name, level]),
      ...Object.entries(WAIVER_POLICIES).map(([name, { level }]) => [name, level]),
    ];
    assert.deepEqual(
      listed,
      known.map(([name, level]) => [name, level === "mandatory" ? MANDATORY : ADVISORY]),
    );
    for (const { name, covers } of RULES)
      for (const id of covers)
        assert.include(String(info.policiesList.find((each) => each.name === name)?.description), id);
  });

  it("stops a key that is not rotated, and lets one pass that is", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const [found, ...more] = await analyze("aws:kms/key:Key", { policy, enableKeyRotation: false });
    assert.deepEqual(more, []);
    assert.deepInclude(found, { policyname: "key-rotated", enforcementlevel: MANDATORY });
    assert.match(found?.message ?? "", /the key is not rotated\. To fix it: set `enableKeyRotation: true`\./);
    assert.deepEqual(await analyze("aws:kms/key:Key", { policy, enableKeyRotation: true }), []);
  });

  it("says what it cannot determine in a preview, and stops nothing for it", async () => {
    const found = await analyze("aws:kms/key:Key", { policy: UNKNOWN, enableKeyRotation: true });
    assert.isNotEmpty(found);
    for (const { enforcementlevel, message } of found) {
      assert.equal(enforcementlevel, ADVISORY);
      assert.match(message, /can't be known during preview/);
    }
  });

  it("stops a bucket that the stack leaves bare", async () => {
    const request = new messages.AnalyzeStackRequest();
    request.addResources(resource(messages.AnalyzerResource, "aws:s3/bucket:Bucket", { bucket: "lake" }));
    const { diagnosticsList } = await ask<{ diagnosticsList: Diagnostic[] }>("analyzeStack", request);
    const broken = diagnosticsList.filter(({ enforcementlevel }) => enforcementlevel === MANDATORY);
    assert.includeMembers(
      broken.map(({ policyname }) => policyname),
      ["bucket-blocks-public-access", "bucket-tls-only", "bucket-encrypted"],
    );
    for (const { urn } of broken) assert.equal(urn, "urn:pulumi:dev::strata::aws:s3/bucket:Bucket::example");
  });
});
