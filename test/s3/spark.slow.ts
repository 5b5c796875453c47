/** Every S3 request of a real run on Apache Spark through S3A, as in Glue 6.0, put to the policies of the stage's role. */

import { join } from "node:path";
import { pythonOf } from "../../setup/python.mjs";
import { defineRun } from "./run.ts";

describe("S3 requests of a run on Apache Spark through S3A", () => {
  defineRun("spark", pythonOf("spark-4.1"), join(process.env.STRATA_S3A_JARS ?? "", "*"));
});
