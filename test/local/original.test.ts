/** A pipeline with the mistakes that such pipelines have in public (docs/diagnostics.md), as its author brings it: check and run. */

import { cpSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../../setup/node.mjs";
import { pythonOf } from "../../setup/python.mjs";
import { folderOf, program, removeFolders, strata } from "../cli/strata.ts";

const TABLES = `
import sys, datetime, pathlib, pyarrow as pa, pyarrow.parquet as pq
moment = lambda *clock: datetime.datetime(2017, 8, 1, *clock, tzinfo=datetime.timezone.utc)
for name, columns in {
    "aircrafts": {"aircraft_code": ["319"], "model": ['{"en": "Airbus A319-100"}'], "range": [6700]},
    "airports": {"airport_code": ["DME"], "airport_name": ['{"en": "Domodedovo"}']},
    "flights": {"flight_id": [1], "flight_no": ["PG0001"], "departure_airport": ["DME"], "status": ["Arrived"],
                "scheduled_departure": [moment(6)], "scheduled_arrival": [moment(8, 5)]},
}.items():
    folder = pathlib.Path(sys.argv[1], "air-repo", "raw", name)
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "a.parquet")
`;
/** All that some stage lists, but the one that cannot run. */
const RUNNABLE =
  "bronze_aircrafts,bronze_airports,bronze_flights,dim_aircraft,dim_airport,fact_flight_status,dim_flight_enhanced";

interface Dataset {
  readonly name: string;
  readonly status: string;
  readonly warnings?: readonly string[];
}

describe("a pipeline as people have it, with its mistakes, on Sail", function () {
  this.timeout(120_000);
  let root: string;
  let lake: string;
  const run = (...args: string[]) => strata(["run", "--root", root, "--lake", lake, ...args]);

  before(async () => {
    root = folderOf({});
    cpSync(join(HOME, "test", "fixtures", "original"), root, { recursive: true });
    lake = join(root, "lake");
    const { code, stderr } = await program(pythonOf("sail"), ["-c", TABLES, lake]);
    assert.equal(code, 0, stderr);
  });
  after(removeFolders);

  it("is checked: one error, of the dataset that cannot run, and warnings", async () => {
    const { code, stdout } = await strata(["check", "--root", root, "--format", "json"]);
    assert.equal(code, 1);
    const found = JSON.parse(stdout).diagnostics.map(
      (each: { code: string; severity: string; file: string; line: number }) =>
        `${each.code} ${each.severity} ${each.file.split("/").at(-1)}:${each.line}`,
    );
    assert.sameMembers(found, [
      "C007 warning sql_queries.json:102",
      "Q006 warning dim_aircraft.sql:4",
      "Q056 warning dim_airport.sql:3",
      "C010 warning fact_flight_status_old.sql:1",
      "Q004 error fact_route_status.sql:3",
    ]);
  });

  it("does not run as a whole, and says how the rest does", async () => {
    const { code, stderr } = await run();
    assert.equal(code, 1);
    assert.include(stderr, "run others with --datasets");
    const other = await run("--datasets", "fact_route_status,fact_flight_status");
    assert.equal(other.code, 1, "selecting the dataset does not help");
    assert.include(other.stderr, "error[Q004]");
  });

  it("runs except that dataset; the interval lands as a bigint, with a warning", async () => {
    const { code, stdout, stderr } = await run("--datasets", RUNNABLE, "--format", "json");
    assert.equal(code, 0, stderr);
    assert.include(stderr, "warning[Q004]");
    const result = JSON.parse(stdout);
    const datasets: Dataset[] = result.stages.flatMap((stage: { datasets: Dataset[] }) => stage.datasets);
    assert.deepEqual(
      datasets.filter(({ status }) => status !== "SUCCEEDED").map(({ name, status }) => [name, status]),
      [["fact_route_status", "NOT_SELECTED"]],
    );
    const shown = datasets.flatMap(({ name, warnings = [] }) => warnings.map((each) => `${name}: ${each}`));
    assert.lengthOf(shown, 1, shown.join());
    assert.match(shown[0] ?? "", /^dim_flight_enhanced: .*`scheduled_duration`.* Athena sees a bigint of microseconds/);
    const again = await run("--execution", result.execution);
    assert.equal(again.code, 0, `resumes with its own selection: ${again.stderr}`);
    // What the other mistakes make is as on Spark: the word `range` in each row, and NULL.
    const sql = `SELECT scheduled_duration AS planned, (SELECT max("range") FROM dim_aircraft) AS word,
      (SELECT count(*) - count(airport_name) FROM dim_airport) AS nulls FROM dim_flight_enhanced`;
    const answer = await strata(["query", sql, "--root", root, "--lake", lake]);
    assert.match(answer.stdout, /^ *7500000000 +range +1 *$/m, answer.stderr);
  });
});
