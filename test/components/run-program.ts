/**
 * Child process of stack.ts: runs programs on mocks.
 *
 * One process for all of a test file: loading Pulumi's SDKs takes a second, running the program a tenth of one.
 */

import { format } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { serve } from "../serve.ts";
import { recordOptions } from "./options.ts";

/** What a program is run with. */
export interface ProgramRequest {
  readonly root: string;
  readonly stack: string;
  /** Settings by key without namespace. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the stack's last deployment left, which the program asks for by a stack reference. */
  readonly lastOutputs: Readonly<Record<string, unknown>>;
}

const { program } = await import("../../components/program.ts");

async function run({ root, stack, settings, lastOutputs }: ProgramRequest): Promise<object> {
  const resources: { type: string; name: string; inputs: unknown }[] = [];
  const config = Object.entries(settings).map(([key, value]) => [
    `strata:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config));
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type === "pulumi:pulumi:StackReference") return { id: name, state: { outputs: lastOutputs } };
        resources.push({ type, name, inputs });
        const arn = `arn:aws:mock:::${type}/${name}`;
        return {
          id: `${name}-id`,
          state: { ...inputs, arn, keyId: `${name}-id`, name: inputs.name ?? name, bucket: inputs.bucket ?? name },
        };
      },
      call: ({ inputs }) => inputs,
    },
    "strata",
    stack,
    false,
    "organization",
  );
  const options = recordOptions();
  try {
    const outputs = await program(root);
    // Outputs depend on every resource that an execution needs; the rest is waited for by the runtime's own count.
    const resolved = await new Promise((resolve) => pulumi.output(outputs).apply(resolve));
    return { resources, options, outputs: resolved };
  } catch (problem) {
    if (!pulumi.RunError.isInstance(problem)) throw problem;
    return { resources, options, error: problem.message };
  } finally {
    await pulumi.runtime.disconnect();
  }
}

/** What the program logs goes to the console while it runs. */
let log = "";
for (const level of ["log", "info", "warn", "error"] as const)
  console[level] = (...args: unknown[]) => {
    log += `${format(...args)}\n`;
  };

serve(async (request: ProgramRequest) => {
  log = "";
  const result = await run(request);
  return { ...result, log };
});
