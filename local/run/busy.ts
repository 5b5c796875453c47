/** Who has a lake that is in use. */

import { UserError } from "../user-error.ts";
import { LakeBusy } from "../worker/fatal.ts";
import { Executions } from "./executions.ts";

/** The problem itself; of a lake in use it names the execution that runs there, where one is known beside `own`. */
export async function namingUser(problem: unknown, state: string, own?: string): Promise<unknown> {
  if (!(problem instanceof LakeBusy)) return problem;
  const [by] = (await new Executions(state).running()).filter(({ execution }) => execution !== own);
  return by === undefined
    ? problem
    : new UserError(`${problem.message}: execution \`${by.execution}\` (process ${by.process.pid})`, problem.help);
}
