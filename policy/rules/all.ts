/** Every rule of the pack, in the order of docs/policies.md. */

import type { Rule } from "../rule.ts";
import { FUNCTION_RULES } from "./functions.ts";
import { GRANT_RULES } from "./grants.ts";
import { IDENTITY_RULES } from "./identity.ts";
import { JOB_RULES } from "./jobs.ts";
import { ENCRYPTION_RULES, KEY_RULES } from "./keys.ts";
import { LOG_RULES } from "./logs.ts";
import { MESSAGE_RULES } from "./messages.ts";
import { QUERY_RULES } from "./queries.ts";
import { STACK_RULES } from "./stack-wide.ts";
import { STATE_MACHINE_RULES } from "./state-machine.ts";
import { STORAGE_RULES } from "./storage.ts";
import { TRANSPORT_RULES } from "./transport.ts";

export const RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...GRANT_RULES,
  ...STORAGE_RULES,
  ...TRANSPORT_RULES,
  ...KEY_RULES,
  ...ENCRYPTION_RULES,
  ...JOB_RULES,
  ...STATE_MACHINE_RULES,
  ...QUERY_RULES,
  ...MESSAGE_RULES,
  ...LOG_RULES,
  ...FUNCTION_RULES,
  ...STACK_RULES,
];
