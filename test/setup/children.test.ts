/** Programs that set-up starts: what they see of the environment, and that they end with it. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { environmentFor } from "../../setup/environment.mjs";
import { HOME } from "../../setup/node.mjs";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { isAlive, until } from "../processes.ts";

const PLANTED = {
  GITHUB_TOKEN: "s",
  ACTIONS_RUNTIME_TOKEN: "s",
  AZURE_CLIENT_SECRET: "s",
  AWS_SECRET_ACCESS_KEY: "s",
  PULUMI_ACCESS_TOKEN: "s",
  MISE_GITHUB_TOKEN: "s",
  NPM_TOKEN: "n",
  PIP_INDEX_URL: "p",
  GOPROXY: "g",
  https_proxy: "w",
};

describe("programs that we start", () => {
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, PLANTED));
  afterEach(() => {
    for (const name of Object.keys(PLANTED)) delete process.env[name];
    Object.assign(process.env, before);
    removeFolders();
  });

  const seen = (...args: Parameters<typeof environmentFor>) => {
    const environment = environmentFor(...args);
    assert.equal(environment.PATH, process.env.PATH);
    return Object.keys(PLANTED).filter((name) => environment[name] === PLANTED[name as keyof typeof PLANTED]);
  };

  it("see no secret of anybody else, and each tool its own settings", () => {
    assert.deepEqual(seen(), []);
    assert.deepEqual(seen("pip"), ["PIP_INDEX_URL", "https_proxy"]);
    assert.deepEqual(seen("npm"), ["NPM_TOKEN", "https_proxy"]);
    assert.deepEqual(seen("go"), ["GOPROXY", "https_proxy"]);
    assert.deepEqual(seen("aws"), ["AWS_SECRET_ACCESS_KEY", "https_proxy"]);
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const)
    it(`end with us, by ${signal} too, whatever they started`, async () => {
      const folder = folderOf({});
      const pids = join(folder, "pids");
      // The inner one waits for the end of its standard input, as a Python that set-up starts does.
      const shell = `sleep 300 & echo "$$ $!" > '${pids}.new'; mv '${pids}.new' '${pids}'; cat; kill -9 -$$`;
      const script = `import { runCaptured } from ${JSON.stringify(join(HOME, "setup", "spawn.mjs"))};
        await runCaptured("sh", ["-c", ${JSON.stringify(shell)}]);`;
      const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
      const ended = new Promise((resolve) => parent.on("close", resolve));
      await until(() => existsSync(pids));
      const started = readFileSync(pids, "utf8").trim().split(" ").map(Number);
      assert.lengthOf(started.filter(isAlive), 2);
      parent.kill(signal);
      await ended;
      await until(() => !started.some(isAlive));
    });
});
