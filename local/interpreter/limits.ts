/** Step Functions' limits of data ("Quotas related to state machine executions", "Passing data between states with variables"). */

import { ServiceError } from "./service-error.ts";

/** Largest input or output of a state, largest variable, and most that one state assigns, in bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Most that an execution's variables have together, in bytes of UTF-8. */
export const MAX_VARIABLES_BYTES = 10 * 1024 * 1024;

/** Throws `States.DataLimitExceeded`. */
export function refuseLarge(value: unknown, what: string, most = MAX_PAYLOAD_BYTES): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? "", "utf8");
  if (bytes > most) throw new ServiceError("States.DataLimitExceeded", `${what} has ${bytes} bytes, more than ${most}`);
}

/** Throws `States.DataLimitExceeded`. `assigned`: by this state; `all`: what there is then. */
export function refuseLargeVariables(assigned: object, all: object, state: string): void {
  const values = Object.values(assigned);
  if (values.length === 0) return;
  refuseLarge(values, `what state ${state} assigns`);
  refuseLarge(Object.values(all), `the variables after state ${state}`, MAX_VARIABLES_BYTES);
}
