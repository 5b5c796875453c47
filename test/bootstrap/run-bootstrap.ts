/** Child process of bootstrap.test.ts: the bootstrap program with mocks, printed as JSON. */

import * as pulumi from "@pulumi/pulumi";
import { recordOptions } from "../components/options.ts";

const [, , config = "{}", home] = process.argv;
const resources: { type: string; name: string; inputs: unknown }[] = [];
pulumi.runtime.setAllConfig(JSON.parse(config) as Record<string, string>);
await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs });
      const arn = `arn:aws:mock:::${type}/${name}`;
      const keyId = type === "aws:kms/key:Key" ? { keyId: "11111111-1111-1111-1111-111111111111" } : {};
      return { id: `${name}-id`, state: { ...inputs, ...keyId, arn, bucket: inputs.bucket ?? name } };
    },
    call: ({ inputs }) => inputs,
  },
  "strata-bootstrap",
  "account",
  false,
  "organization",
);
const options = recordOptions();
const { bootstrap } = await import("../../bootstrap/program.ts");
const result: { resources: unknown; outputs?: unknown; error?: string } = { resources };
try {
  const outputs = await bootstrap(home);
  result.outputs = await new Promise((resolve) => pulumi.output(outputs).apply(resolve));
  await pulumi.runtime.disconnect();
} catch (problem) {
  if (!pulumi.RunError.isInstance(problem)) throw problem;
  result.error = problem.message;
}
process.stdout.write(JSON.stringify({ ...result, options }));
