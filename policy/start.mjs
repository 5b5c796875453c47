/**
 * Where Pulumi enters the pack: package.json's `main`.
 *
 * Pulumi's runner of policy packs puts ts-node before every `.ts` file that it requires, whatever PulumiPolicy.yaml says.
 * From here on Node loads modules, and reads TypeScript by itself.
 */

import "./index.ts";
