/** Child process of stack.ts: the program with mocks, printed as JSON. */

import * as pulumi from "@pulumi/pulumi";
import { recordOptions } from "./options.ts";

/** `lastOutputs`: what the stack's last deployment left, which the program asks for by a stack reference. */
const [, , root = "", stack = "", settings = "{}", lastOutputs = "{}"] = process.argv;
const resources: { type: string; name: string; inputs: unknown }[] = [];
const config = Object.entries(JSON.parse(settings) as Record<string, unknown>).map(([key, value]) => [
  `strata:${key}`,
  typeof value === "string" ? value : JSON.stringify(value),
]);
pulumi.runtime.setAllConfig(Object.fromEntries(config));
await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs }) => {
      if (type === "pulumi:pulumi:StackReference") return { id: name, state: { outputs: JSON.parse(lastOutputs) } };
      resources.push({ type, name, inputs });
      const arn = `arn:aws:mock:::${type}/${name}`;
      return { id: `${name}-id`, state: { ...inputs, arn, name: inputs.name ?? name, bucket: inputs.bucket ?? name } };
    },
    call: ({ inputs }) => inputs,
  },
  "strata",
  stack,
  false,
  "organization",
);
const options = recordOptions();
const { program } = await import("../../components/program.ts");
const result: { resources: unknown; outputs?: unknown; error?: string } = { resources };
try {
  const outputs = await program(root);
  // Outputs depend on every resource that an execution needs; the rest is waited for by the runtime's own count.
  result.outputs = await new Promise((resolve) => pulumi.output(outputs).apply(resolve));
  await pulumi.runtime.disconnect();
} catch (problem) {
  if (!pulumi.RunError.isInstance(problem)) throw problem;
  result.error = problem.message;
}
process.stdout.write(JSON.stringify({ ...result, options }));
