/** Every policy's examples, by its name. */

import type { Examples } from "./example.ts";
import { GRANTS } from "./grants.ts";
import { IDENTITY } from "./identity.ts";
import { OPERATIONS } from "./operations.ts";
import { SERVICES } from "./services.ts";
import { STORAGE } from "./storage.ts";

export const EXAMPLES: Readonly<Record<string, Examples>> = {
  ...IDENTITY,
  ...GRANTS,
  ...STORAGE,
  ...SERVICES,
  ...OPERATIONS,
};
