/**
 * Child process of strata.ts: runs commands that leave nothing in their process.
 *
 * Each is the real command line, cli/main.ts, evaluated again; what it imports is loaded once, which is most of what a
 * command takes of the CPU.
 */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { HOME } from "../../setup/node.mjs";
import { serve } from "../serve.ts";
import type { Outcome } from "./strata.ts";

export interface Asked {
  readonly args: readonly string[];
  readonly cwd: string;
}

const main = pathToFileURL(join(HOME, "cli", "main.ts")).href;

let runs = 0;

async function run({ args, cwd }: Asked): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const own = streams.map((name) => process[name].write);
  for (const name of streams)
    process[name].write = ((text: string | Uint8Array, ...more: unknown[]) => {
      written[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      for (const done of more) if (typeof done === "function") done();
      return true;
    }) as typeof process.stdout.write;
  process.chdir(cwd);
  process.argv = [process.execPath, join(HOME, "bin", "strata.mjs"), ...args];
  process.exitCode = 0;
  try {
    await import(`${main}?run=${++runs}`);
    return { code: Number(process.exitCode), ...written };
  } finally {
    for (const [index, name] of streams.entries()) {
      process[name].write = own[index] as typeof process.stdout.write;
      process[name].removeAllListeners("error");
    }
    process.exitCode = 0;
    process.chdir(HOME);
    process.channel?.ref(); // cli/main.ts lets go of it
  }
}

serve(run);
