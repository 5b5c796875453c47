/** One moto server for tests: a stand-in for AWS that checks requests and keeps state in memory. It proves the requests, not AWS. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonOf } from "../setup/python.mjs";

export interface Moto {
  readonly url: string;
  readonly stop: () => void;
}

/** Undefined if moto can run here, else why not. */
export function motoProblem(): string | undefined {
  return existsSync(pythonOf("moto")) ? undefined : "the environment moto is not set up";
}

/** Moto for `before`; where it cannot run, the tests are skipped and say why. */
export async function motoOrSkip(context: Mocha.Context): Promise<Moto> {
  const problem = motoProblem();
  if (problem !== undefined) {
    process.stdout.write(`    skipped: ${problem}\n`);
    context.skip();
  }
  return startMoto();
}

/** Starts a server on a free port and waits until it listens. */
export async function startMoto(): Promise<Moto> {
  const server = spawn(pythonOf("moto"), [fileURLToPath(new URL("moto_server.py", import.meta.url))], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
  });
  const stop = () => server.kill("SIGKILL");
  process.once("exit", stop);
  for await (const url of createInterface(server.stdout)) return { url, stop };
  throw new Error("moto does not start");
}
