/** `npm run chaos [-- --runs 300 --seed N --store local,s3]`: sets up what is missing, then runs chaos.py. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";

const python = await ensurePython("sail", ["sail", "test"]);
const env = { ...process.env, STRATA_MOTO_PYTHON: await ensurePython("moto") };
const args = [join(HOME, "test", "chaos", "chaos.py"), ...process.argv.slice(2)];
process.exitCode = spawnSync(python, args, { stdio: "inherit", env }).status ?? 1;
