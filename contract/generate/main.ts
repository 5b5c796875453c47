/** `npm run contract`: writes what is made of the contract. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generated } from "./all.ts";

const HOME = join(import.meta.dirname, "..", "..");

for (const [path, text] of generated()) {
  mkdirSync(dirname(join(HOME, path)), { recursive: true });
  writeFileSync(join(HOME, path), text);
}
