import { functionNames } from "../functions/functions.ts";
import { callInSpark, nearestFunction } from "../functions/meant.ts";
import type { WrongCall } from "../parse/sql/calls.ts";
import { wrongCalls } from "./wrong-calls.ts";

/** Q035: functions cannot be defined in a pipeline, so what Spark does not have fails the run. */
export const unknownFunction = wrongCalls("Q035", ({ kind }) => kind !== "arguments", unknownFunctionWords);

/** Message and help for a function that cannot be called. */
export function unknownFunctionWords({ kind, name, inFrom }: WrongCall): readonly [message: string, help: string] {
  if (kind === "qualified") return ["Spark finds no function by a qualified name", `write \`${name}\` alone`];
  if (functionNames(!inFrom).has(name.toLowerCase()))
    return inFrom
      ? [
          `\`${name}\` is not a table function`,
          "call it in an expression; FROM takes tables, and functions such as `range` and `explode`",
        ]
      : [`\`${name}\` is a table function`, `call it in FROM: \`SELECT … FROM ${name}(…)\``];
  const call = callInSpark(name);
  const near = nearestFunction(name, inFrom);
  const help = call ? `write \`${call}\`` : near ? `did you mean \`${near}\`?` : "use a function of Spark SQL";
  return [`Spark SQL has no ${inFrom ? "table " : ""}function \`${name}\``, help];
}
