/** Python packages: what the lock files hold, and that pip takes nothing else. */

import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { strToU8, zipSync } from "fflate";
import { pythonsOf } from "../../setup/interpreters.mjs";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders } from "../cli/strata.ts";

const FOLDER = join(HOME, "setup", "python");
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".in"))
  .map((file) => file.slice(0, -3))
  .sort();
const linesOf = (file: string) =>
  readFileSync(join(FOLDER, file), "utf8")
    .replaceAll("\\\n", "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** As PEP 503 compares names. */
const canonical = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");

/** Name and version, without extras and marker. */
const pinOf = (line: string) => {
  const [, name = "", version = ""] = /^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)(?:\s|;|$)/.exec(line) ?? [];
  return `${canonical(name)}==${version}`;
};

describe("lock files of Python packages", () => {
  it("are there for each file of requirements, and for no other", () => {
    const locks = readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
    assert.sameMembers(
      locks,
      NAMES.map((name) => `${name}.txt`),
    );
    assert.includeMembers(NAMES, ["sail", "test", "spark-4.1", "spark-3.5", "build"]);
  });

  for (const name of NAMES)
    it(`${name}.txt has hashes in every line, and what ${name}.in asks for in that version`, () => {
      const asked = linesOf(`${name}.in`);
      const sources = asked.filter((line) => line.startsWith("--"));
      const [only, ...rest] = linesOf(`${name}.txt`);
      // pip takes `:all:` for the word that takes back earlier ones.
      assert.equal(only, "--only-binary :all:");
      assert.deepEqual(rest.slice(0, sources.length), sources, "options, and no address of an index among them");
      const pins = rest.slice(sources.length);
      assert.deepEqual(
        pins.filter((line) => !/^[\w.-]+==[\w.]+( ; [^@]+?)?( +--hash=sha256:[0-9a-f]{64})+$/.test(line)),
        [],
      );
      const locked = pins.map(pinOf);
      for (const line of asked.filter((each) => !each.startsWith("--"))) assert.include(locked, pinOf(line));
      for (const source of sources)
        assert.include(
          locked.map((pin) => pin.split("==")[0]),
          source.split(" ")[1],
        );
    });

  it("hold all that their packages need, on each Python and machine that we support", async function () {
    this.timeout(120_000);
    const layers = { sail: "sail+test", "spark-4.1": "spark-4.1+test", "spark-3.5": "spark-3.5+test" };
    const environments = NAMES.flatMap((name) => {
      const lib = join(HOME, ".venv", name, "lib");
      const version = existsSync(lib) ? readdirSync(lib).find((each) => each.startsWith("python")) : undefined;
      if (version === undefined) return []; // not made here
      const { oldest, newest } = pythonsOf(name);
      const site = join(lib, version, "site-packages");
      return [[name, oldest[1], newest[1], site, layers[name as keyof typeof layers] ?? name].join(":")];
    });
    const script = join(HOME, "test", "setup", "locks.py");
    const { stdout, stderr } = await program(pythonOf("sail"), [script, FOLDER, ...environments]);
    assert.equal(stderr, "");
    const [seen = "", ...problems] = stdout.trim().split("\n");
    assert.deepEqual(problems, []);
    assert.isAbove(Number.parseInt(seen, 10), 30, "packages whose needs are known");
  });
});

/** A wheel that holds nothing: a fake. */
function wheel(name: string, needs: readonly string[] = []): Uint8Array {
  const info = `${name}-1.0.dist-info`;
  const metadata = ["Metadata-Version: 2.1", `Name: ${name}`, "Version: 1.0"];
  return zipSync({
    [`${name}.py`]: strToU8("x = 1\n"),
    [`${info}/METADATA`]: strToU8([...metadata, ...needs.map((need) => `Requires-Dist: ${need}`), ""].join("\n")),
    [`${info}/WHEEL`]: strToU8("Wheel-Version: 1.0\nGenerator: fake\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    [`${info}/RECORD`]: strToU8(`${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`),
  });
}

const hashOf = (file: Uint8Array) => `--hash=sha256:${createHash("sha256").update(file).digest("hex")}`;

/**
 * Has set-up install a lock from a fake index, a folder of files, into a folder of its own: no index of the network, and
 * not into one of the project's environments.
 */
async function install(lock: string, files: Readonly<Record<string, Uint8Array>>) {
  const clone = folderOf({});
  cpSync(join(HOME, "setup"), join(clone, "setup"), { recursive: true });
  const index = folderOf(files);
  const target = join(clone, "installed");
  mkdirSync(target);
  const path = join(clone, "setup", "python", "fake.txt");
  writeFileSync(path, `--only-binary :all:\n${lock}\n`);
  const code = `import { installLock } from ${JSON.stringify(join(clone, "setup", "pip.mjs"))};
    await installLock(...process.argv.slice(1)).catch((problem) => console.log(problem.message));`;
  const env = { PIP_FIND_LINKS: index, PIP_NO_INDEX: "1", PIP_TARGET: target, STRATA_CACHE: join(clone, "cache") };
  const run = await program(process.execPath, ["--input-type=module", "-e", code, pythonOf("sail"), path], { env });
  assert.equal(run.stderr, "");
  return { said: run.stdout, installed: readdirSync(target).filter((file) => file.endsWith(".py")) };
}

describe("installation of Python packages", function () {
  this.timeout(120_000);
  afterEach(removeFolders);

  it("takes the files that the lock has the hash of, and nothing that the lock does not name", async () => {
    const file = wheel("strata_fake", ["strata_other"]);
    const index = {
      "strata_fake-1.0-py3-none-any.whl": file,
      "strata_other-1.0-py3-none-any.whl": wheel("strata_other"),
    };
    const { said, installed } = await install(`strata_fake==1.0 ${hashOf(file)}`, index);
    assert.deepEqual({ said, installed }, { said: "", installed: ["strata_fake.py"] });
  });

  it("refuses a file with another hash: it names the package, the file's hash, the lock, and what to do", async () => {
    const other = wheel("strata_fake", ["anything"]);
    const lock = `strata_fake==1.0 ${hashOf(wheel("strata_fake"))}`;
    const { said, installed } = await install(lock, { "strata_fake-1.0-py3-none-any.whl": other });
    const digest = hashOf(other).replace("--hash=sha256:", "");
    assert.equal(
      said.trim(),
      `strata_fake==1.0 has a hash that ${join("setup", "python", "fake.txt")} does not list (SHA-256 ${digest}); ` +
        "it was not installed. Check where pip gets packages (PIP_INDEX_URL, PIP_FIND_LINKS, " +
        "`pip config list`): it must serve the published file",
    );
    assert.deepEqual(installed, []);
  });

  it("refuses a line without a hash, and a package that is not there", async () => {
    const file = wheel("strata_fake");
    const index = { "strata_fake-1.0-py3-none-any.whl": file };
    const without = await install("strata_fake==1.0", index);
    assert.match(without.said, /^pip could not install setup.python.fake\.txt \(ERROR: Hashes are required/);
    const missing = await install(`strata_other==1.0 ${hashOf(file)}`, index);
    assert.match(missing.said, /strata_other==1\.0.*: check the network, and whether docs\/dependencies\.md lists/);
    assert.deepEqual([...without.installed, ...missing.installed], []);
  });

  it("takes no source package but the named ones, and builds those by tools that are locked, too", async () => {
    const index = { "strata_fake-1.0.tar.gz": new Uint8Array() };
    const lock = `strata_fake==1.0 ${hashOf(new Uint8Array())}`;
    const unnamed = await install(lock, index);
    assert.match(unnamed.said, /^pip could not install setup.python.fake\.txt \(ERROR: Could not find a version/);
    // This index has no setuptools: that is looked for first, in its own lock.
    const named = await install(`--no-binary strata_fake\n${lock}`, index);
    assert.match(named.said, /^pip could not install setup.python.build\.txt \(ERROR: Could not find .*setuptools==/);
  });
});
