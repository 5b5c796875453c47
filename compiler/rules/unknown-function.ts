import { functionNames } from "../functions/functions.ts";
import { callInSpark, nearestFunction } from "../functions/meant.ts";
import type { WrongCall } from "../parse/sql/calls.ts";
import { type CallWords, wrongCalls } from "./wrong-calls.ts";

/** Q035: functions cannot be defined in a pipeline, so what Spark does not have fails the run. */
export const unknownFunction = wrongCalls("Q035", ({ kind }) => kind !== "arguments", unknownFunctionWords);

/** Message and help for a function that cannot be called. */
export function unknownFunctionWords({ kind, name, inFrom }: WrongCall): CallWords {
  if (kind === "qualified")
    return { message: "Spark finds no function by a qualified name", help: `write \`${name}\` alone`, meant: name };
  if (functionNames(!inFrom).has(name.toLowerCase())) return elsewhere(name, inFrom);
  const message = `Spark SQL has no ${inFrom ? "table " : ""}function \`${name}\``;
  const call = callInSpark(name);
  if (call !== undefined) return { message, help: `write \`${call}\`` };
  const meant = nearestFunction(name, inFrom);
  return { message, help: meant ? `did you mean \`${meant}\`?` : "use a function of Spark SQL", meant };
}

function elsewhere(name: string, inFrom: boolean): CallWords {
  return inFrom
    ? {
        message: `\`${name}\` is not a table function`,
        help: "call it in an expression; FROM takes tables, and functions such as `range` and `explode`",
      }
    : { message: `\`${name}\` is a table function`, help: `call it in FROM: \`SELECT … FROM ${name}(…)\`` };
}
