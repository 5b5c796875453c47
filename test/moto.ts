/** One moto server for tests: a stand-in for AWS that checks requests and keeps state in memory. It proves the requests, not AWS. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { pythonOf } from "../setup/python.mjs";

export interface Moto {
  readonly url: string;
  readonly stop: () => void;
}

/** Undefined if moto can run here, else why not. */
export function motoProblem(): string | undefined {
  return existsSync(pythonOf("moto")) ? undefined : "the environment moto is not set up";
}

/** Starts a server on a free port and waits until it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server: ChildProcess = spawn(pythonOf("moto"), ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
    env: { ...process.env, MOTO_PORT: String(port), AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => server.kill("SIGKILL");
  process.once("exit", stop);
  for (let left = 300; left > 0; left -= 1) {
    if (
      await fetch(`${url}/moto-api/`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  stop();
  throw new Error("moto does not answer");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
