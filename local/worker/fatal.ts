/** The message of a Python process that cannot work at all. */

import { UserError } from "../user-error.ts";

/** As it comes, in JSON (glue/strata_glue/store/folder.py). */
export interface Fatal {
  readonly message: string;
  readonly help?: string;
  readonly busy?: boolean;
}

/** Another command has the lake. */
export class LakeBusy extends UserError {}

export function fatalError({ message, help, busy }: Fatal): UserError {
  return busy === true ? new LakeBusy(message, help) : new UserError(message, help);
}
