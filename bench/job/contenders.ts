/** Who runs in `npm run bench:job`, each as one whole process, from a lake with nothing but the raw tables. */

import { join } from "node:path";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { type Measured, measure } from "../measure.ts";

/** One way to build the same tables. */
export interface Contender {
  readonly name: string;
  readonly run: (lake: string) => Promise<Measured>;
}

const STRATA = join(HOME, "node_modules", ".bin", "strata");
const here = (...path: string[]) => join(HOME, "bench", "job", ...path);

/** Contenders for `bookings`; `groups` is a file with what `strata groups` prints. */
export function contenders(groups: string): Record<"baseline" | "sail" | "spark" | "floor", Contender> {
  const ours = (engine: "sail" | "spark") => (lake: string) =>
    measure(STRATA, ["run", "bookings", "--engine", engine, "--lake", lake, "--format", "json"]);
  return {
    baseline: {
      name: "plain job, Spark 4.1.1",
      run: (lake) => measure(pythonOf("spark-4.1"), [here("baseline.py"), lake, groups]),
    },
    sail: { name: "strata run, Sail", run: ours("sail") },
    spark: { name: "strata run, Spark 4.1.1", run: ours("spark") },
    floor: {
      name: "DuckDB, nothing but the SQL",
      run: (lake) => measure(process.execPath, [here("floor.ts"), lake, groups]),
    },
  };
}

/**
 * Contenders for a group of tiny datasets, all on Spark; ours through the job itself, as `strata run` starts it.
 *
 * `s3`: where the data is not in the lake: an endpoint, the environment to reach it, and a folder for what engines keep
 * beside data.
 */
export function tinyContenders(
  groups: string,
  s3?: { readonly endpoint: string; readonly env: NodeJS.ProcessEnv; readonly scratch: string },
): Record<"baseline" | "single" | "concurrent", Contender> {
  const python = (program: string, ...args: string[]) =>
    measure(pythonOf("spark-4.1"), [here(program), ...args], s3?.env);
  const ours = (lake: string, places: string) =>
    python("run_groups.py", "spark", s3?.scratch ?? lake, groups, places, s3?.endpoint ?? "");
  return {
    baseline: {
      name: "plain job",
      run: (lake) => python("baseline.py", s3 === undefined ? lake : "s3://", groups),
    },
    single: { name: "ours, one after another", run: (lake) => ours(lake, "1") },
    concurrent: { name: "ours", run: (lake) => ours(lake, "") },
  };
}
