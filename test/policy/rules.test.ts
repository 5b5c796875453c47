/** Every rule keeps still at what keeps it, speaks at what breaks it, and survives values that are not known yet. */

import { createRequire } from "node:module";
import { assert } from "chai";
import { policiesOf } from "../../policy/pack.ts";
import { RULES } from "../../policy/rules/all.ts";
import { analyze, labelOf, type Resource, UNKNOWN } from "./engine.ts";
import { EXAMPLES } from "./examples/all.ts";
import type { Example } from "./examples/example.ts";

const TODAY = "2026-06-01";

/** What one rule says of an example. */
async function judge(name: string, { resources, stack = "dev" }: Example) {
  const rules = RULES.filter((rule) => rule.name === name);
  return analyze(policiesOf({ rules, waivers: [], today: TODAY }), stack, resources);
}

/** The resource with each leaf of its properties, one at a time, not known. */
function* unknownVariants(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) yield UNKNOWN;
    return;
  }
  yield UNKNOWN;
  for (const [key, inner] of Object.entries(value))
    for (const variant of unknownVariants(inner))
      yield Array.isArray(value)
        ? value.map((each, index) => (String(index) === key ? variant : each))
        : { ...value, [key]: variant };
}

function variantsOf(resource: Resource, others: readonly Resource[]): Resource[] {
  return Object.entries(resource.props).flatMap(([key, value]) =>
    [...unknownVariants(value)].map((variant) => ({
      ...resource,
      props: { ...resource.props, [key]: variant },
      // Pulumi knows what an unknown value depends on: here, on the resource that has the known one as its own.
      dependencies: { [key]: others.filter((each) => each !== resource && owns(each, value)).map(labelOf) },
    })),
  );
}

/** Does the value hold what others name the resource by? */
function owns({ type, props }: Resource, value: unknown): boolean {
  const own = ["bucket", "arn", "url", "keyId"].flatMap((key) => (typeof props[key] === "string" ? [props[key]] : []));
  const text = JSON.stringify(value) ?? "";
  return /:(?:Bucket|Topic|Queue|Key)$/.test(type) && own.some((each) => text.includes(each));
}

describe("policy rules", () => {
  it("have examples of both kinds, each rule, and no others", () => {
    assert.sameMembers(
      Object.keys(EXAMPLES),
      RULES.map(({ name }) => name),
    );
    for (const [name, { keeps, breaks }] of Object.entries(EXAMPLES)) {
      assert.isNotEmpty(keeps, name);
      assert.isNotEmpty(breaks, name);
    }
  });

  it("are named once, in kebab case, and say what they ask for", () => {
    const names = RULES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, says, remedy, covers, types } of RULES) {
      assert.match(name, /^[a-z]+(-[a-z]+)+$/);
      assert.match(says, /^[A-Z].*[^.]$/, name);
      assert.match(remedy, /^[a-z].*[^.]$/, name);
      assert.isNotEmpty(types, name);
      for (const id of covers) assert.match(id, /^(?:AwsSolutions-[A-Z]+\d+|CKV2?_AWS_\d+)$/, name);
    }
  });

  it("judge types that the SDKs have", () => {
    const require = createRequire(import.meta.url);
    const classic = typesOf(require("@pulumi/aws"), RULES, "aws:");
    const native = typesOf(require("@pulumi/aws-native"), RULES, "aws-native:");
    for (const type of RULES.flatMap(({ types }) => types))
      assert.isTrue(type.startsWith("pulumi:providers:") || classic.has(type) || native.has(type), type);
  }).timeout(60_000);

  for (const { name } of RULES) {
    const { keeps, breaks } = EXAMPLES[name] ?? { keeps: [], breaks: [] };
    it(`${name}: keeps still ${keeps.length} times, speaks ${breaks.length} times`, async () => {
      for (const example of keeps) {
        const { violations, postponed } = await judge(name, example);
        assert.deepEqual([violations, postponed], [[], []]);
      }
      for (const example of breaks) {
        const { violations } = await judge(name, example);
        assert.isNotEmpty(violations, JSON.stringify(example));
        for (const { policy, message, urn } of violations) {
          assert.equal(policy, name);
          assert.match(message, /^[^\n]+\. To fix it: [^\n]+\.$/);
          assert.match(urn, /^urn:pulumi:/);
        }
      }
    });

    it(`${name}: blames nothing for what a preview does not know`, async () => {
      for (const { resources, stack = "dev" } of keeps)
        for (const [index, resource] of resources.entries())
          for (const variant of variantsOf(resource, resources)) {
            const changed = resources.map((each, position) => (position === index ? variant : each));
            const { violations } = await judge(name, { resources: changed, stack });
            assert.deepEqual(violations, [], JSON.stringify(variant));
          }
    });
  }
});

/** Types of the classes that the rules name, as the SDK has them. */
function typesOf(sdk: Record<string, Record<string, { __pulumiType?: string }>>, rules: typeof RULES, prefix: string) {
  const wanted = rules.flatMap(({ types }) => types).filter((type) => type.startsWith(prefix));
  return new Set(
    wanted.flatMap((type) => {
      const [, module = "", name = ""] = type.split(":");
      return sdk[module.split("/")[0] ?? ""]?.[name]?.__pulumiType ?? [];
    }),
  );
}
