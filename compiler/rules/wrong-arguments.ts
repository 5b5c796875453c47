import { functionNames } from "../functions/functions.ts";
import type { WrongCall } from "../parse/sql/calls.ts";
import { type CallWords, wrongCalls } from "./wrong-calls.ts";

/** Q036: functions whose numbers of arguments differ between Spark 3.5 and Spark 4.1 are left to the engine. */
export const wrongArguments = wrongCalls("Q036", ({ kind }) => kind === "arguments", wrongArgumentsWords);

/** Message and help for a wrong number of arguments. */
export function wrongArgumentsWords({ name, inFrom, takes, given }: WrongCall): CallWords {
  const help = functionNames(inFrom).has(name.toLowerCase())
    ? `https://spark.apache.org/docs/latest/api/sql/#${name.toLowerCase()} describes them`
    : "write a unit of time, such as `DAY`, and two values";
  return { message: `\`${name}\` takes ${takes}, not ${given}`, help };
}
