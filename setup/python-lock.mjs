/**
 * `npm run lock:python`: writes `setup/python/NAME.txt` from `NAME.in`, for every supported Python and platform.
 *
 * A lock has all direct and transitive packages with version, marker and the SHA-256 of each published file. Locked
 * versions stay; `-- --upgrade` takes the newest that NAME.in allows. Names after it limit the update to those files.
 */

import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentFor } from "./environment.mjs";
import { pythonsOf } from "./interpreters.mjs";
import { HOME } from "./node.mjs";
import { lockOf } from "./pip.mjs";
import { ensurePython } from "./python.mjs";
import { runCaptured } from "./spawn.mjs";
import { CACHE, SetupError, setupProblem } from "./stamp.mjs";

const FOLDER = join(HOME, "setup", "python");

/** Layers on top of others: they must not require other versions. */
const ON_TOP_OF = { test: ["sail", "spark-4.1", "spark-3.5"] };

/** Platforms that must have wheels, by uv's names. */
const MACHINES = [
  "x86_64-manylinux_2_28",
  "aarch64-manylinux_2_28",
  "aarch64-apple-darwin",
  "x86_64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

async function main(args) {
  const all = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".in"))
    .map((file) => file.slice(0, -3));
  const names = args.filter((arg) => arg !== "--upgrade");
  for (const name of names)
    if (!all.includes(name)) throw new SetupError(`no setup/python/${name}.in; known: ${all.join(", ")}`);
  const python = await ensurePython("lock");
  // Layers on top come last: they keep to the others' versions.
  const order = (names.length > 0 ? names : all).sort((a, b) => Number(a in ON_TOP_OF) - Number(b in ON_TOP_OF));
  const scratch = mkdtempSync(join(tmpdir(), "strata-lock-"));
  try {
    for (const name of order) {
      const options = ["--only-binary", ":all:", ...sourcesOf(name).flatMap((source) => ["--no-binary", source])];
      const file = join(scratch, `${name}.txt`);
      await compile(python, name, file, options, args.includes("--upgrade"));
      await checkWheels(python, name, file, options, scratch);
      copyFileSync(file, lockOf(name));
      process.stdout.write(`setup/python/${name}.txt\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Packages that are published as source only. */
function sourcesOf(name) {
  const text = readFileSync(join(FOLDER, `${name}.in`), "utf8");
  return [...text.matchAll(/^--no-binary (\S+)$/gm)].map(([, source]) => source);
}

/** Writes the lock to `file`. uv prefers the versions in the existing file. */
async function compile(python, name, file, options, upgrade) {
  if (!upgrade && existsSync(lockOf(name))) copyFileSync(lockOf(name), file);
  await uv(python, [
    ...["pip", "compile", "--universal", "--python-version", pythonsOf(name).oldest.join(".")],
    ...["--generate-hashes", "--no-header", "--no-emit-index-url", "--annotation-style", "line", ...options],
    ...(ON_TOP_OF[name] ?? []).flatMap((base) => ["--constraints", `${base}.txt`]),
    ...["--output-file", file, `${name}.in`],
  ]);
  // Order matters to pip: `:all:` resets earlier options.
  const header = [
    `# Written by \`npm run lock:python\` from ${name}.in: change that file, not this one.`,
    "--only-binary :all:",
    ...sourcesOf(name).map((source) => `--no-binary ${source}`),
  ];
  writeFileSync(file, `${header.join("\n")}\n\n${readFileSync(file, "utf8").trimStart()}`);
}

/** Throws `SetupError` if a supported Python on a supported platform would find no file. */
async function checkWheels(python, name, file, options, scratch) {
  const { oldest, newest } = pythonsOf(name);
  for (let minor = oldest[1]; minor <= newest[1]; minor++)
    await Promise.all(
      MACHINES.map((machine) =>
        uv(python, [
          ...["pip", "install", "--dry-run", "--no-deps", "--require-hashes", "--target", join(scratch, "nothing")],
          ...["--python-version", `${oldest[0]}.${minor}`, "--python-platform", machine, ...options, "-r", file],
        ]),
      ),
    );
}

async function uv(python, args) {
  const env = { ...environmentFor("pip"), UV_CACHE_DIR: join(CACHE, "uv"), UV_NO_CONFIG: "1" };
  const { code, output } = await runCaptured(python, ["-m", "uv", "--quiet", "--directory", FOLDER, ...args], env);
  if (code !== 0) throw new SetupError(`uv ${args.join(" ")}\n${output.trim()}`);
}

try {
  await main(process.argv.slice(2));
} catch (problem) {
  const line = setupProblem(problem);
  if (line === undefined) throw problem;
  process.stderr.write(`lock:python: ${line}\n`);
  process.exitCode = 1;
}
