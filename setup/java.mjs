/** Java 17, for Apache Spark. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Undefined if a Java 17 (or newer) answers, else why not. `JAVA_HOME` counts before the PATH. */
export function javaProblem() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
  const result = spawnSync(java, ["-version"], { encoding: "utf8" });
  if (result.error) return "no Java is found: install OpenJDK 17 (Debian: apt-get install openjdk-17-jre-headless)";
  const major = Number(/version "(\d+)/.exec(result.stderr)?.[1] ?? 0);
  return major >= 17 ? undefined : `Java ${major} is too old: Spark 4.1 needs Java 17`;
}
