/** docs/state-machine.md says what AWS confirms of all that a definition uses. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import jsonata from "jsonata";
import { HOME } from "../../setup/node.mjs";
import { WITH_PARAMS } from "../interpreter/inputs.ts";
import { emitLocal, planOf } from "./plans.ts";

const DEFINITIONS = [planOf([["s", ["d"]]]), planOf([["s", ["d"]]], "setup: runtime"), WITH_PARAMS()].map(
  (plan) => emitLocal(plan).definition,
);

/** First cells of the table. */
function listed(): string[] {
  const page = readFileSync(join(HOME, "docs", "state-machine.md"), "utf8");
  const section = /## What AWS confirms\n(.*?)\n## /s.exec(page)?.[1] ?? "";
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ""));
}

/** Keys of states and of their parts, without those that authors, services and variables name. */
function* fieldsOf(value: unknown): Generator<[string, unknown]> {
  if (Array.isArray(value)) for (const each of value) yield* fieldsOf(each);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [key, each] of Object.entries(value)) {
    yield [key, each];
    if (key === "States") for (const state of Object.values(each as object)) yield* fieldsOf(state);
    else if (!["Arguments", "Assign", "Output"].includes(key)) yield* fieldsOf(each);
  }
}

/** Expressions in a definition, as trees. */
function* expressionsOf(value: unknown): Generator<unknown> {
  const text = typeof value === "string" ? /^\{%(.*)%\}$/s.exec(value)?.[1] : undefined;
  if (text !== undefined) yield jsonata(text).ast();
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* expressionsOf(each);
}

function* nodesOf(tree: unknown): Generator<Record<string, unknown>> {
  if (typeof tree !== "object" || tree === null) return;
  if (!Array.isArray(tree)) yield tree as Record<string, unknown>;
  for (const each of Object.values(tree)) yield* nodesOf(each);
}

interface Variable {
  readonly type: string;
  readonly value: string;
}

describe("what AWS confirms", () => {
  const nodes = [...expressionsOf(DEFINITIONS)].flatMap((tree) => [...nodesOf(tree)]);
  const named = (list: unknown) => (list as Variable[]).map(({ value }) => value);
  const own = new Set([
    ...nodes.filter(({ type }) => type === "bind").flatMap(({ lhs }) => named([lhs])),
    ...nodes.filter(({ type }) => type === "lambda").flatMap((lambda) => named(lambda.arguments)),
  ]);

  it("is listed for each function, part of $states, field and service, and for nothing else", async () => {
    const called = nodes
      .filter(({ type }) => type === "function")
      .map(({ procedure }) => (procedure as Variable).value);
    const added = ["hash"];
    const functions: string[] = [];
    for (const name of new Set(called)) {
      const builtIn = (await jsonata(`$exists($${name})`).evaluate({})) as boolean;
      assert.isTrue(builtIn || added.includes(name) || own.has(name), `$${name} is nowhere defined`);
      if (builtIn || added.includes(name)) functions.push(`$${name}`);
    }
    const parts = nodes
      .filter(({ type, steps }) => type === "path" && (steps as Variable[])[0]?.value === "states")
      .map(({ steps }) => `$states.${(steps as Variable[])[1]?.value}`);
    const fields = DEFINITIONS.flatMap((definition) => [...fieldsOf(definition)]);
    const services = fields
      .filter(([key]) => key === "Resource")
      .map(([, arn]) => String(arn).replace(/^arn:aws:states:::/, ""));
    const used = [...functions, ...parts, ...fields.map(([key]) => key), ...services];
    assert.deepEqual([...new Set(listed())].sort(), [...new Set(used)].sort());
    assert.notInclude(functions, "$eval");
  });
});
