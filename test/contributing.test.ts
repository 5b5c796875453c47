/** CONTRIBUTING.md names what is there: paths, scripts, suites, and every place of the version. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../setup/node.mjs";
import { SUITES } from "./suites.ts";

const textOf = (path: string) => readFileSync(join(HOME, path), "utf8");
const PAGE = textOf("CONTRIBUTING.md");
const matches = (pattern: RegExp, text = PAGE) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

describe("CONTRIBUTING.md", () => {
  it("names paths that there are", () => {
    const named = [...matches(/`([\w.-]+\/[\w./-]*)`/g), ...matches(/\]\(([^)#]+)[^)]*\)/g)];
    const made = ["node_modules/", ".venv/"];
    assert.deepEqual(
      named.filter((path) => !made.includes(path) && !existsSync(join(HOME, path))),
      [],
    );
    assert.isAbove(named.length, 20);
  });

  it("runs scripts, suites and files of tests that there are", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    assert.includeMembers(Object.keys(scripts), matches(/npm run ([\w:]+)/g));
    const words = matches(/npm test -- (.+)/g).flatMap((line) => line.split(/ {2,}/)[0]?.split(" ") ?? []);
    const values = ["Q004", "spark-4.1"];
    const wrong = words.filter(
      (word) =>
        !word.startsWith("--") &&
        !values.includes(word) &&
        !SUITES.some(({ name }) => name === word) &&
        !existsSync(join(HOME, word)),
    );
    assert.deepEqual(wrong, []);
  });

  it("sets every place of the version in a release: npm's workspaces, and what npm run contract writes", () => {
    const { version, workspaces } = JSON.parse(textOf("package.json")) as { version: string; workspaces: string[] };
    assert.match(PAGE, /^\d\. Set the version: `npm version X\.Y\.Z --workspaces .*`npm run contract`/m);
    const others = ["*lock*", "CHANGELOG.md", "test", "glue/tests"].map((path) => `:!${path}`);
    const found = execFileSync("git", ["grep", "-lF", `"${version}"`, "--", ...others], {
      cwd: HOME,
      encoding: "utf8",
    });
    const packages = ["package.json", ...workspaces.map((folder) => `${folder}/package.json`)];
    assert.sameMembers(found.trim().split("\n"), [...packages, "glue/strata_glue/contract.py"]);
  });
});
