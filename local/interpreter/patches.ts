/**
 * Where `aws-local-stepfunctions` 3.0.0 differs from Step Functions, and what is put there instead.
 *
 * The library (MIT) is pinned; its source is patched while it is loaded, each place exactly once. A release that moves
 * one of them does not run half patched: loading it fails. What the emitted definitions need of them, test/interpreter/ holds.
 */

/** One place: `find` stands in the source exactly once. */
export interface Patch {
  readonly gap: string;
  readonly find: string;
  readonly replace: string;
}

export const LIBRARY_VERSION = "3.0.0";

export const PATCHES: readonly Patch[] = [
  {
    gap: "every `\\` is removed from the text that an intrinsic answers",
    find: `    if (typeof result === "string") {
      result = result.replaceAll("\\\\", "");
    }
    return result;`,
    replace: "    return result;",
  },
  {
    gap: "`States.ArrayGetItem` answers null for an index that is out of range",
    find: "    return array[index] ?? null;",
    replace:
      '    if (!(index in array)) {\n      const error = new RuntimeError("States.ArrayGetItem: there is no item " + index);\n      error.name = "States.IntrinsicFailure";\n      throw error;\n    }\n    return array[index];',
  },
  {
    gap: "`States.Base64Encode` encodes Latin-1, and refuses any other character",
    find: "    return btoa(str);",
    replace: '    return Buffer.from(str, "utf8").toString("base64");',
  },
  {
    gap: "`States.Hash` answers a wrong SHA-256 for long texts",
    find: "        return sha256.getDigest(str);",
    replace: '        return process.getBuiltinModule("node:crypto").createHash("sha256").update(str).digest("hex");',
  },
  {
    gap: "`States.JsonMerge` changes its first argument",
    find: "    return Object.assign(obj1, obj2);",
    replace: "    return Object.fromEntries([...Object.entries(obj1), ...Object.entries(obj2)]);",
  },
  {
    gap: "a Pass ignores a Result that is false, 0, null or an empty text, and hands out the definition's own object",
    find: `    if (this.stateDefinition.Result) {
      return this.buildExecutionResult(this.stateDefinition.Result);
    }`,
    replace: `    if (this.stateDefinition.Result !== void 0) {
      return this.buildExecutionResult(cloneJSON(this.stateDefinition.Result));
    }`,
  },
  {
    gap: "a path that ends in nothing is an error where it should be an empty list",
    find: "  for (const Constraint of constraints) {\n    const constraintObject = new Constraint(pathExpression);",
    replace:
      '  if (evaluation === void 0 && pathExpression.includes("[*]")) evaluation = [];\n  for (const Constraint of constraints) {\n    const constraintObject = new Constraint(pathExpression);',
  },
  {
    gap: "`IsNull: false` and `IsPresent: false` never match",
    find: "      return IsPresentTrue && varValue !== void 0;",
    replace: "      return IsPresentTrue === (varValue !== void 0);",
  },
  {
    gap: "`IsNull: false` never matches",
    find: "      return isNullTrue && varValue === null;",
    replace: "      return isNullTrue === (varValue === null);",
  },
  {
    gap: "`$$.Execution.Input` inside a Map or Parallel is the branch's input",
    find: "        Input: input,\n        StartTime:",
    replace: "        Input: options.runOptions?.context?.Execution?.Input ?? input,\n        StartTime:",
  },
  {
    gap: "an abort while a retry waits starts the handler again",
    find: "        await sleep(waitTimeBeforeRetry, options.abortSignal);",
    replace:
      "        await sleep(waitTimeBeforeRetry, options.abortSignal);\n        if (options.abortSignal.aborted) throw new ExecutionAbortedError();",
  },
  {
    gap: "a Task without a handler calls AWS with whatever credentials there are",
    find: "      new LambdaClient(options.awsConfig).invokeFunction(state.Resource, input)",
    replace: '      Promise.reject(new Error("no handler for this Task"))',
  },
  {
    gap: "the AWS SDK is loaded for that call",
    find: 'import { LambdaClient as AWSLambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";\nimport { fromCognitoIdentityPool } from "@aws-sdk/credential-providers";',
    replace: "",
  },
  {
    gap: "a time limit beyond 24.8 days fires at once",
    find: "    return timeout * 1e3;",
    replace: "    return Math.min(timeout * 1e3, 2147483647);",
  },
];

/** The source with every patch; throws if one does not fit exactly once. */
export function patch(source: string): string {
  return PATCHES.reduce((text, { gap, find, replace }) => {
    const places = text.split(find).length - 1;
    if (places !== 1)
      throw new Error(`aws-local-stepfunctions is not ${LIBRARY_VERSION}: ${places} places for "${gap}"`);
    return text.replace(find, () => replace);
  }, source);
}
