/** Whether Apache Spark 4.1.1 can run here. */

import { existsSync } from "node:fs";
import { javaProblem } from "../../setup/java.mjs";
import { pythonOf } from "../../setup/python.mjs";

/** Undefined if it can, else why not. */
export function sparkProblem(): string | undefined {
  return javaProblem() ?? (existsSync(pythonOf("spark-4.1")) ? undefined : "the environment spark-4.1 is not set up");
}
