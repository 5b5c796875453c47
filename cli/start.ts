/** `strata start` (`npm start`): sample data, a run, a first query, next steps. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Plan, stagedDatasets } from "../compiler/plan/types.ts";
import { query } from "../local/catalog/query.ts";
import { folderOf } from "../local/lake-path.ts";
import { generate } from "./data.ts";
import { EXIT, usageError } from "./exit.ts";
import { withReader } from "./query.ts";
import { cancelled } from "./resume.ts";
import { choose, lakeOf, load, planOf, type RootOptions, rootOf } from "./root.ts";
import { execute } from "./run.ts";

const SAMPLE = "bookings";
const FIRST_QUERY = "departures_by_airport";

const NEXT = `
Where to look next
  npx --no strata query "SELECT * FROM fact_bookings LIMIT 5"   any table, with SQL
  npx --no strata run --from fact_stage                        only what is needed, again
  npx --no strata check                                        mistakes, before anything runs
  npx --no strata asl                                          the state machine that ran, and that is deployed
  pipelines/bookings, sql/bookings                             the pipeline's files: change one and run again
  README.md                                                    add a dataset, bring a pipeline, deploy it`;

/** The tour. */
export async function start(options: RootOptions): Promise<number> {
  const root = rootOf(options);
  const lake = lakeOf({ root });
  if (!existsSync(join(root, "pipelines", SAMPLE)))
    throw usageError(
      `\`${root}\` has no pipeline \`${SAMPLE}\`, which \`strata start\` runs`,
      "run `npm start` in a clone of Strata; `strata run` runs a pipeline of this root",
    );
  const loaded = await load({ root });
  const plan = planOf(loaded, choose(loaded, SAMPLE));
  if (!hasSources(plan, lake)) {
    process.stdout.write("Sample data: the airline's raw tables, a fiftieth of their size\n");
    const code = await generate("small", lake);
    if (code !== 0) return code;
    process.stdout.write("\n");
  }
  const { result, resume } = await execute(
    plan,
    {},
    { root, engine: "sail", format: "text", namesEngine: false },
    loaded,
  );
  if (result.status === "CANCELLED") throw cancelled(result, resume);
  if (result.status !== "SUCCEEDED") return EXIT.failed;
  const first = plan.queries.find(({ name }) => name === FIRST_QUERY);
  if (first !== undefined) {
    process.stdout.write("\nDepartures by airport\n");
    const asked = { lake, database: plan.pipeline, sql: first.sql, format: "text" } as const;
    process.stdout.write((await withReader(lake, (worker) => query(asked, worker))).text);
  }
  process.stdout.write(`${NEXT}\n\nEngine: ${result.engine}\n`);
  return EXIT.ok;
}

/** Each table is written atomically, but an interrupted generator has written only some of them. */
function hasSources(plan: Plan, lake: string): boolean {
  const sources = stagedDatasets(plan).flatMap(({ reads }) => reads.filter(({ writer }) => writer === undefined));
  return sources.every(({ location }) => existsSync(folderOf(lake, location)));
}
