/** Every S3 request of a real run on Sail, put to the policies of the stage's role. */

import { existsSync } from "node:fs";
import { pythonOf } from "../../setup/python.mjs";
import { motoProblem } from "../moto.ts";
import { defineRun } from "./run.ts";

describe("S3 requests of a run on Sail", () => {
  const python = pythonOf("sail");
  const problem = motoProblem() ?? (existsSync(python) ? undefined : "Sail is not set up");
  if (problem !== undefined) {
    it.skip(`moto and Sail are needed: ${problem}`);
    return;
  }
  defineRun("sail", python, "", { FindMissing: "Sail asks for no key that is missing; S3A does (spark.slow.ts)" });
});
