/** `npm run chaos [-- --runs 300 --seed N --store local,s3]`: sets up what is missing, then runs chaos.py. */

import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { ensurePython } from "../../setup/python.mjs";
import { runForeground } from "../../setup/spawn.mjs";

const python = await ensurePython("sail", ["sail", "test"]);
process.env.STRATA_MOTO_PYTHON = await ensurePython("moto");
process.exitCode = await runForeground(python, [join(HOME, "test", "chaos", "chaos.py"), ...process.argv.slice(2)]);
