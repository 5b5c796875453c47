/** Names the user of a lake that is in use. */

import { UserError } from "../user-error.ts";
import { LakeBusy } from "../worker/fatal.ts";
import { Executions } from "./executions.ts";

/** The problem; for a lake in use, with the execution that runs there, if one other than `own` is known. */
export async function namingUser(problem: unknown, state: string, own?: string): Promise<unknown> {
  if (!(problem instanceof LakeBusy)) return problem;
  const [by] = (await new Executions(state).running()).filter(({ execution }) => execution !== own);
  return by === undefined
    ? problem
    : new UserError(`${problem.message}: execution \`${by.execution}\` (process ${by.process.pid})`, problem.help);
}
