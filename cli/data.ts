/** `strata data`: the sample's raw tables. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { workerEnvironment } from "../local/worker/worker.ts";
import { HOME } from "../setup/node.mjs";
import { ensurePython } from "../setup/python.mjs";
import { EXIT } from "./exit.ts";
import { announce, lakeOf, type RootOptions, rootOf } from "./root.ts";

/** Writes the raw tables of `bookings` into a lake. The generator prints its own summary and errors. */
export async function data(options: RootOptions & { readonly scale: string }): Promise<number> {
  if (options.lake === undefined) announce(rootOf(options));
  return generate(options.scale, lakeOf(options));
}

/** Runs the generator; returns its exit code. */
export async function generate(scale: string, lake: string): Promise<number> {
  const python = await ensurePython("sail");
  const child = spawn(python, [join(HOME, "local", "sample", "generate.py"), `--scale=${scale}`, `--lake=${lake}`], {
    // Its standard input closes when this process ends, even by SIGKILL.
    stdio: ["pipe", "ignore", "inherit"],
    env: { ...workerEnvironment(HOME), PYTHONDONTWRITEBYTECODE: "1", STRATA_PARENT_ON_STDIN: "1" },
  });
  const stop = () => child.kill("SIGTERM");
  process.once("disconnect", stop);
  process.once("SIGTERM", stop);
  const ignore = () => {};
  process.on("SIGINT", ignore);
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => resolve(status ?? (signal === "SIGINT" ? EXIT.cancelled : EXIT.failed)));
  });
  process.off("SIGINT", ignore);
  process.off("SIGTERM", stop);
  process.off("disconnect", stop);
  return code;
}
