/** Set-up as a newcomer meets it: what is missing is one line with the remedy, and `npm test` ends by itself. */

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { thisProcess } from "../../setup/processes.mjs";
import { digestOf, setupProblem, stamp } from "../../setup/stamp.mjs";
import { folderOf, program, removeFolders } from "../cli/strata.ts";
import { SUITES } from "../suites.ts";

const GENERATED = new Set(["node_modules", ".venv", ".strata", ".git"]);

/** A clone without anything installed. */
function clone(): string {
  const folder = folderOf({});
  cpSync(HOME, folder, { recursive: true, filter: (path) => !GENERATED.has(basename(path)) });
  return folder;
}

/** The clone's npm packages: a link to this project's. */
function withPackages(folder: string): string {
  symlinkSync(join(HOME, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** A PATH with the named programs of this machine only. */
function pathWith(...names: string[]): string {
  const folder = folderOf({});
  for (const name of names) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    if (found !== "") symlinkSync(found, join(folder, name));
  }
  return folder;
}

const RUN = join("setup", "run.mjs");
const clean = { npm_execpath: undefined, STRATA_BASE_PYTHON: undefined, STRATA_PYTHON: undefined };

describe("set-up", function () {
  this.timeout(120_000);
  afterEach(removeFolders);

  it("says in one line that npm is missing", async () => {
    const { code, stdout, stderr } = await program(process.execPath, [RUN, "start"], {
      cwd: clone(),
      env: { ...clean, PATH: pathWith("sh") },
    });
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr.trim().split("\n").at(-1), "setup: npm not found: install Node 20 or newer with npm");
  });

  it("says in one line that Python is missing, once the npm packages are there", async () => {
    const { code, stderr } = await program(process.execPath, [RUN, "start"], {
      cwd: withPackages(clone()),
      env: { ...clean, PATH: pathWith("sh") },
    });
    assert.equal(code, 1);
    assert.match(
      stderr.trim().split("\n").at(-1) ?? "",
      /Python 3\.10 to 3\.14 not found: install it \(Debian: apt-get install python3 python3-venv/,
    );
    assert.notInclude(stderr, "    at ");
  });

  it("counts a Python that is too old, or newer than the packages, as missing", async () => {
    for (const minor of [9, 15]) {
      const { code, stderr } = await program(process.execPath, [RUN, "start"], {
        cwd: withPackages(clone()),
        env: { ...clean, STRATA_BASE_PYTHON: otherPython(minor) },
      });
      assert.equal(code, 1);
      assert.include(stderr, "Python 3.10 to 3.14 not found");
    }
  });

  it("says in one line that files cannot be written, and leaves no lock behind", async () => {
    const folder = withPackages(clone());
    const { code, stderr } = await program(
      "sh",
      ["-c", `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`, process.execPath, RUN, "start"],
      { cwd: folder, env: clean },
    );
    assert.equal(code, 1);
    assert.match(stderr, /exceeds the size limit|File too large|EFBIG/);
    assert.notInclude(stderr, "    at ");
    assert.notInclude(stderr, "Traceback");
    assert.isFalse(existsSync(join(folder, ".strata", "setup.lock")));
  });

  it("names an unknown command, and the known ones", async () => {
    const { code, stderr } = await program(process.execPath, [RUN, "strat"], { cwd: clone() });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "setup: unknown command `strat`; known: start, test, chaos, bench, truth, bench:compile, bench:job, functions, contract, lock:python\n",
    );
  });

  it("takes over from a set-up that was killed, with or without its name in the lock", async () => {
    const mine = thisProcess();
    const elsewhere = { ...mine, host: "another container" };
    // Also: its number is now another process's; a process on another host, with a lock older than an hour; an older Strata's.
    for (const owner of [{ ...mine, pid: deadProcess() }, { ...mine, began: "before" }, elsewhere, mine.pid, ""]) {
      const folder = clone();
      const lock = join(folder, ".strata", "setup.lock");
      mkdirSync(dirname(lock));
      writeFileSync(lock, owner === "" ? "" : JSON.stringify(owner));
      utimesSync(lock, 1, 1);
      const work = `import("./setup/lock.mjs").then((m) => m.withSetupLock(async () => console.log("in")))`;
      const { stdout } = await program(process.execPath, ["-e", work], { cwd: folder });
      assert.equal(stdout, "in\n");
      assert.isFalse(existsSync(lock));
    }
  });

  it("lets one of two set-ups wait for the other", async () => {
    const folder = clone();
    const work = `import("./setup/lock.mjs").then((m) => m.withSetupLock(async () => {
      console.log("in"); await new Promise((done) => setTimeout(done, 300)); console.log("out"); }))`;
    const shell = `"$0" -e "$1" & "$0" -e "$1" & wait`;
    const { stdout } = await program("sh", ["-c", shell, process.execPath, work], { cwd: folder });
    assert.equal(stdout, "in\nout\nin\nout\n");
  });

  it("is done again only when the lockfile changes", () => {
    const folder = folderOf({ "package-lock.json": "1" });
    const digest = () => digestOf([join(folder, "package-lock.json")], "linux");
    const before = digest();
    stamp(join(folder, "stamps", "npm"), before);
    assert.equal(digest(), before);
    writeFileSync(join(folder, "package-lock.json"), "2");
    assert.notEqual(digest(), before);
  });

  it("shows a bug of set-up as a bug", () => {
    assert.isUndefined(setupProblem(new TypeError("x is not a function")));
    assert.isUndefined(setupProblem(undefined));
  });
});

describe("a clone", function () {
  this.timeout(60_000);
  after(removeFolders);

  it("may have any name: `*`, `?`, `#` and `%` in its path are never a pattern or a part of a URL", async () => {
    const folder = join(folderOf({}), "a*b? #1 50%20[c]");
    renameSync(withPackages(clone()), folder);
    const check = await program(process.execPath, [join(folder, "bin", "strata.mjs"), "check"], { cwd: folder });
    assert.deepEqual([check.code, check.stderr], [0, ""]);
    const module = JSON.stringify(pathToFileURL(join(folder, "lambdas", "read-setup", "bundle.ts")).href);
    const code = `const { bundleReadSetup } = await import(${module}); console.log((await bundleReadSetup()).length);`;
    const bundle = await program(process.execPath, ["--input-type=module", "-e", code]);
    assert.match(bundle.stdout, /^\d{6}\n$/, bundle.stderr);
  });
});

describe("npm start", function () {
  this.timeout(180_000);
  after(removeFolders);

  it("makes data, runs, answers a first query and says where to go on; the second time it uses the data", async () => {
    const folder = withPackages(clone());
    symlinkSync(join(HOME, ".venv"), join(folder, ".venv"));
    const first = await program(process.execPath, [RUN, "start"], { cwd: folder });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^Sample data: /);
    assert.match(first.stdout, /fact_detailed_flight_status +SUCCEEDED +1,313/);
    assert.match(first.stdout, /Departures by airport\n[^\n]+\n[- ]+\nDME +127\nSVO +118\n/);
    assert.match(first.stdout, /\nWhere to look next\n/);
    assert.match(first.stdout, /\nEngine: sail [^\n]+\n$/, "the last line names the engine");
    assert.lengthOf(first.stdout.match(/Engine: /g) ?? [], 1);
    // README shows a part of it; seconds and sizes depend on the machine.
    const timeless = (text: string) =>
      text
        .replace(/ +/g, " ")
        .replace(/[\d.]+ s$/gm, "")
        .replace(/ [\d.,]+ [KM]iB [\d.]+$/gm, "");
    const readme = readFileSync(join(HOME, "README.md"), "utf8");
    const shown = /^ {4}stage (?:.|\n)*?^ {4}Engine: .*$/m.exec(readme)?.[0] ?? "";
    assert.isNotEmpty(shown);
    const printed = timeless(first.stderr + first.stdout).split("\n");
    for (const line of timeless(shown.replace(/^ {4}/gm, "")).split("\n"))
      if (line !== "…") assert.include(printed, line);
    const second = await program(process.execPath, [RUN, "start"], { cwd: folder });
    assert.equal(second.code, 0, second.stderr);
    assert.notInclude(second.stdout, "Sample data: ");
  });
});

describe("npm test", function () {
  this.timeout(180_000);
  afterEach(removeFolders);

  it("ends by itself, its last line being `N passed, N failed`; without Java it says what is skipped, and the remedy", async () => {
    const { code, stdout } = await program(process.execPath, [join(HOME, RUN), "test", "job-spark", "lint"], {
      env: { JAVA_HOME: folderOf({}) },
    });
    assert.equal(code, 0, stdout);
    const why = "Java not found: install OpenJDK 17 (Debian: apt-get install openjdk-17-jre-headless)";
    assert.include(stdout, `\n== job-spark: skipped: ${why}\n`);
    assert.match(
      stdout,
      /\njob-spark +0 passed +0 failed +1 skipped +0\.0 s +0\.0 s CPU {2}Java not found: install OpenJDK 17 /,
    );
    const lint = Number(/\nlint +1 passed .* ([\d.]+) s CPU\n/.exec(stdout)?.[1]);
    assert.isAbove(lint, 0.05, "what biome took, which a shell and Node wait for");
    const minutes = (lint / 60).toFixed(1);
    const cost = `CPU: ${minutes} min, of that ${minutes} min in what \`npm test\` runs (bound: 8.0 min)`;
    assert.isTrue(stdout.endsWith(`\n\n1 skipped\n\n${cost}\n\n1 passed, 0 failed\n`), stdout.slice(-300));
  });

  it("has whole runs on each engine; `--all` has each of its suites or all of what that is a part of", () => {
    const quick = SUITES.filter(({ slow }) => !slow);
    assert.includeMembers(
      quick.map(({ name }) => name),
      ["job-sail", "job-spark"],
    );
    const parts = quick.filter(({ part }) => part).map(({ name }) => name);
    assert.deepEqual(parts, ["job-spark"]);
    assert.isTrue(SUITES.some(({ name, slow, part }) => name === "job-spark-4.1" && slow && !part));
  });

  it("refuses an unknown suite", async () => {
    const { code, stderr } = await program(process.execPath, [join(HOME, RUN), "test", "lnt"]);
    assert.equal(code, 2);
    assert.match(stderr, /^no suite or file lnt; known suites: types, lint, /);
  });
});

/** A program that answers as another Python 3 would. */
function otherPython(minor: number): string {
  const folder = folderOf({ python: `#!/bin/sh\necho 3 ${minor}\n` });
  spawnSync("chmod", ["+x", join(folder, "python")]);
  return join(folder, "python");
}

/** The id of a process that has ended. */
function deadProcess(): number {
  return spawnSync("true").pid;
}
