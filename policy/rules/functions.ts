/** Lambda functions: a supported runtime, traces, no secrets, no public access. */

import { isProd, rules } from "../rule.ts";
import { secretsIn } from "../secrets.ts";
import { isSet } from "../unknowns.ts";

const FUNCTION = "aws:lambda/function:Function";

/** Runtimes that AWS does not deprecate before 2027 (Lambda developer guide, "Lambda runtimes"). */
const RUNTIMES = [
  "nodejs22.x",
  "nodejs24.x",
  "python3.11",
  "python3.12",
  "python3.13",
  "python3.14",
  "java17",
  "java21",
  "java25",
  "dotnet10",
  "ruby3.4",
  "provided.al2023",
];

export const FUNCTION_RULES = rules(FUNCTION, [
  {
    name: "function-runtime-supported",
    says: "Every function has a runtime that AWS keeps patching",
    covers: ["AwsSolutions-L1", "CKV_AWS_363"],
    remedy: `choose one of ${RUNTIMES.join(", ")}`,
    check: ({ props }, say) => {
      // An image contains its own runtime.
      if (props.packageType === "Image") return;
      if (!RUNTIMES.includes(String(props.runtime))) say(`the runtime \`${props.runtime}\` is deprecated or unknown`);
    },
  },
  {
    name: "function-traced",
    says: "Every function sends traces to X-Ray",
    covers: ["CKV_AWS_50"],
    remedy: "set `tracingConfig: { mode: Active }`, and allow its role to write segments",
    check: ({ props }) => props.tracingConfig?.mode !== "Active" && "nothing is traced",
  },
  {
    name: "function-without-secrets",
    says: "No variable of a function's environment looks like a secret",
    covers: ["CKV_AWS_45"],
    remedy: "keep the value in Secrets Manager, and pass its ARN",
    check: ({ props }, say) => {
      for (const found of secretsIn(props.environment?.variables, "environment")) say(found);
    },
  },
  {
    name: "function-concurrency-reserved-in-prod",
    says: "In prod a function has reserved concurrency, so that it neither exhausts the account's nor lacks it",
    covers: ["CKV_AWS_115"],
    level: "advisory",
    remedy: "set `reservedConcurrentExecutions`",
    check: ({ urn, props }) =>
      isProd({ urn }) && !(Number(props.reservedConcurrentExecutions ?? -1) >= 0) && "no concurrency is reserved",
  },
  {
    name: "function-not-public",
    says: "No permission lets everyone call a function, nor a service on anyone's behalf",
    covers: ["CKV_AWS_301", "CKV_AWS_364"],
    remedy: "name the caller, and for a service `sourceArn` or `sourceAccount`",
    types: ["aws:lambda/permission:Permission"],
    check: ({ props }, say) => {
      const principal = String(props.principal);
      if (principal === "*") say("everyone may call the function");
      else if (
        /\.amazonaws\.com(?:\.cn)?$/.test(principal) &&
        !isSet(() => props.sourceArn) &&
        !isSet(() => props.sourceAccount)
      )
        say(`\`${principal}\` may call the function for anyone`);
    },
  },
  {
    name: "function-url-signed",
    says: "A function's URL takes signed requests only",
    covers: ["CKV_AWS_258"],
    remedy: "set `authorizationType: AWS_IAM`",
    types: ["aws:lambda/functionUrl:FunctionUrl"],
    check: ({ props }) => props.authorizationType !== "AWS_IAM" && "anyone who knows the URL may call the function",
  },
]);
