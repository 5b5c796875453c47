/** Input of a run's reporter from the root and the command line. */

import type { Plan } from "../compiler/plan/types.ts";
import type { LoadedRoot } from "../loading/load.ts";
import type { ReporterContext } from "../local/report/terminal.ts";
import { dataCommand, datasetCommand } from "./resume.ts";
import { lakeOf } from "./root.ts";
import type { Shared } from "./run-options.ts";

/** The sample's pipeline. */
const SAMPLE = "bookings";

/** Location that `strata data` writes: `BUCKET`, `PREFIX` and `TABLES` of local/sample/generate.py. */
const SAMPLE_TABLES =
  /^s3:\/\/postgres-repo\/raw\/bookings\/(aircrafts_data|airports_data|boarding_passes|bookings|flights|seats|ticket_flights|tickets)\/$/;

/** Other pipelines, locations and commands for the messages of a failed run. */
export function reporterContext(loaded: LoadedRoot, plan: Plan, options: Shared): ReporterContext {
  const own = loaded.pipelines.find(({ name }) => name === plan.pipeline);
  const isSample = loaded.pipelines.some(({ name }) => name === SAMPLE);
  return {
    plan,
    textOf: loaded.textOf,
    ...(own && { placeOfExpectation: own.placeOfExpectation }),
    others: loaded.pipelines.flatMap((each) => (each === own || each.plan === undefined ? [] : [each.plan])),
    lake: lakeOf(options),
    commands: {
      run: (pipeline, dataset) => datasetCommand(pipeline, dataset, { ...options, format: "text" }),
      data: (location) => (isSample && SAMPLE_TABLES.test(location) ? dataCommand(options) : undefined),
    },
  };
}
