/** Java 17, for Apache Spark. */

import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Undefined if there is a Java 17 or newer, else the problem. `JAVA_HOME` precedes the PATH. */
export function javaProblem() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
  const result = spawnSync(java, ["-version"], { encoding: "utf8" });
  if (result.error) return "Java not found: install OpenJDK 17 (Debian: apt-get install openjdk-17-jre-headless)";
  const major = Number(/version "(\d+)/.exec(result.stderr)?.[1] ?? 0);
  return major >= 17 ? undefined : `Java ${major} is too old: Spark 4.1 needs Java 17`;
}

/** Path of Spark's Java, with links resolved; undefined if there is none. `JAVA_HOME` precedes the PATH. */
export function javaPath() {
  const home = process.env.JAVA_HOME;
  const folders = home ? [join(home, "bin")] : (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "java")).find((file) => existsSync(file));
  return found === undefined ? undefined : realpathSync(found);
}
