/** Additional jars for Spark, pinned by digest, in the user's cache: Iceberg's runtime, S3A for tests, and Spark's own tests; and Java's JSONata. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withSetupLock } from "./lock.mjs";
import { HOME } from "./node.mjs";
import { CACHE, SetupError } from "./stamp.mjs";

/** Maven Central's public address; `STRATA_MAVEN` names a mirror. */
const REPOSITORY = process.env.STRATA_MAVEN ?? "https://repo1.maven.org/maven2/";

/** Shown before a download. */
const SIZES = {
  iceberg: "48 MB",
  "iceberg-3.5": "47 MB",
  "iceberg-aws": "64 MB",
  jsonata: "2.4 MB",
  s3a: "about 15 MB",
  "spark-tests": "47 MB",
};

/**
 * Downloads missing jars of `setup/jars/<name>.txt` (a line: SHA-256, path), and returns their folder. Existing jars are
 * checked again: the folder may come from elsewhere (a CI cache) or be damaged. Throws `SetupError`.
 *
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function ensureJars(name) {
  const jars = readFileSync(join(HOME, "setup", "jars", `${name}.txt`), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/));
  const folder = join(CACHE, "jars", name);
  const isThere = () =>
    existsSync(folder) &&
    readdirSync(folder).length === jars.length &&
    jars.every(([digest, path = ""]) => digestOfFile(join(folder, basename(path))) === digest);
  if (isThere()) return folder;
  return withSetupLock(async () => {
    if (isThere()) return folder;
    const many = jars.length === 1 ? "1 jar" : `${jars.length} jars`;
    process.stderr.write(`setup: downloading ${many} for ${name} (once, ${SIZES[name] ?? "a few MB"}) …\n`);
    const aside = `${folder}.${process.pid}`;
    rmSync(aside, { recursive: true, force: true }); // of a killed process with the same id
    mkdirSync(aside, { recursive: true });
    try {
      for (const [digest = "", path = ""] of jars) {
        writeFileSync(join(aside, basename(path)), await download(path, digest));
      }
      rmSync(folder, { recursive: true, force: true });
      renameSync(aside, folder);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
    return folder;
  });
}

/**
 * @param {string} path
 * @param {string} digest
 * @returns {Promise<Buffer>}
 */
async function download(path, digest) {
  const answer = await fetch(`${REPOSITORY}${path}`).catch((problem) => {
    throw new SetupError(`cannot download ${basename(path)} (${problem.cause?.code ?? problem.message})`);
  });
  if (!answer.ok) throw new SetupError(`cannot download ${basename(path)}: the repository returned ${answer.status}`);
  const body = Buffer.from(await answer.arrayBuffer());
  const found = sha256(body);
  if (found !== digest) throw new SetupError(`${basename(path)} has the wrong digest (SHA-256 ${found})`);
  return body;
}

/** Undefined for a missing file. */
function digestOfFile(path) {
  return existsSync(path) ? sha256(readFileSync(path)) : undefined;
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
