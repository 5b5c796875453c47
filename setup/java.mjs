/** Java 17, for Apache Spark. */

import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Undefined if a Java 17 (or newer) answers, else why not. `JAVA_HOME` counts before the PATH. */
export function javaProblem() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
  const result = spawnSync(java, ["-version"], { encoding: "utf8" });
  if (result.error) return "no Java is found: install OpenJDK 17 (Debian: apt-get install openjdk-17-jre-headless)";
  const major = Number(/version "(\d+)/.exec(result.stderr)?.[1] ?? 0);
  return major >= 17 ? undefined : `Java ${major} is too old: Spark 4.1 needs Java 17`;
}

/** Where the Java that Spark would start really lies; undefined where there is none. `JAVA_HOME` counts before the PATH. */
export function javaPath() {
  const home = process.env.JAVA_HOME;
  const folders = home ? [join(home, "bin")] : (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "java")).find((file) => existsSync(file));
  return found === undefined ? undefined : realpathSync(found);
}
