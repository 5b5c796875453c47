/**
 * Preloaded into the command line (`node --import`): its worker is the one that takes a test's settings
 * (worker_with_settings.py), and it gets them although a worker's environment is filtered.
 */

import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";

const worker = join(HOME, "local", "engine", "worker.py");
const wished = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("STRATA_TEST_")));
const spawn = childProcess.spawn as (command: string, args: string[], options: { env?: object }) => unknown;

childProcess.spawn = ((command: string, args: string[], options: { env?: object }) =>
  Array.isArray(args) && args[0] === worker
    ? spawn(command, [join(HOME, "test", "local", "worker_with_settings.py"), ...args.slice(1)], {
        ...options,
        env: { ...options.env, ...wished },
      })
    : spawn(command, args, options)) as typeof childProcess.spawn;
syncBuiltinESMExports();
