/** Jars of Maven and packages of npm: set-up takes only files with the digest that the repository has. */

import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders } from "../cli/strata.ts";

/** A fake repository and registry: whatever is asked for, it gives these bytes. */
let given = "";
let server: Server;
before(() => {
  server = createServer((_, answer) => answer.end(given));
  return new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(() => server.close());
const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const LISTS = readdirSync(join(HOME, "setup", "jars"));

describe("jars", () => {
  afterEach(removeFolders);

  it("are each pinned by SHA-256, and asked for by path: the list names no server", () => {
    for (const list of LISTS)
      for (const line of readFileSync(join(HOME, "setup", "jars", list), "utf8")
        .trim()
        .split("\n"))
        assert.match(line, /^[0-9a-f]{64} {2}[\w./-]+\.jar$/, list);
  });

  it("of other contents are refused when downloaded, and replaced when found in the cache", async () => {
    const clone = folderOf({});
    cpSync(join(HOME, "setup"), join(clone, "setup"), { recursive: true });
    const digest = createHash("sha256").update("as published").digest("hex");
    writeFileSync(join(clone, "setup", "jars", "fake.txt"), `${digest}  org/fake/fake.jar\n`);
    const ensure = async () => {
      const code = `import { ensureJars } from ${JSON.stringify(join(clone, "setup", "jars.mjs"))};
        console.log(await ensureJars("fake").catch((problem) => problem.message));`;
      const env = { STRATA_MAVEN: address(), STRATA_CACHE: join(clone, "cache") };
      return (await program(process.execPath, ["--input-type=module", "-e", code], { env })).stdout.trim();
    };
    const jar = join(clone, "cache", "jars", "fake", "fake.jar");

    given = "something else";
    assert.match(await ensure(), /^fake\.jar has the wrong digest \(SHA-256 [0-9a-f]{64}\)/);
    given = "as published";
    assert.equal(await ensure(), join(jar, ".."));
    assert.equal(readFileSync(jar, "utf8"), given);
    writeFileSync(jar, "damaged");
    assert.equal(await ensure(), join(jar, ".."));
    assert.equal(readFileSync(jar, "utf8"), given);
  });
});

describe("npm packages", () => {
  afterEach(removeFolders);

  it("of other contents than the lockfile's digest are refused", async () => {
    const clone = folderOf({});
    cpSync(join(HOME, "setup"), join(clone, "setup"), { recursive: true });
    const digest = createHash("sha512").update("as published").digest("base64");
    const manifest = { name: "fake", version: "1.0.0", dependencies: { other: "1.0.0" } };
    const other = { version: "1.0.0", resolved: `${address()}other-1.0.0.tgz`, integrity: `sha512-${digest}` };
    const packages = { "": manifest, "node_modules/other": other };
    const lock = { name: "fake", version: "1.0.0", lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(clone, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(clone, "package-lock.json"), JSON.stringify(lock));
    given = "something else";
    const code = `import { ensureNpm } from ${JSON.stringify(join(clone, "setup", "npm.mjs"))};
      console.log(await ensureNpm().catch((problem) => problem.message));`;
    const env = { STRATA_CACHE: join(clone, "cache"), npm_execpath: undefined, npm_config_fetch_retries: "0" };
    const { stdout } = await program(process.execPath, ["--input-type=module", "-e", code], { env });
    assert.match(stdout, /^npm ci failed \(code EINTEGRITY\)/);
    assert.isFalse(existsSync(join(clone, "node_modules", "other")));
  });
});
