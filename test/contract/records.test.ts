/** What the job really writes is what the contract says of it: the commit record, an event, a ledger record and sample. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { assert } from "chai";
import type * as z from "zod";
import { jobArguments } from "../../contract/arguments.ts";
import { commitRecord } from "../../contract/commit.ts";
import { event } from "../../contract/events.ts";
import { ledgerRecord, ledgerSample } from "../../contract/ledger.ts";
import { HOME } from "../../setup/node.mjs";

const SCRIPT = `
import json, sys, tempfile
from dataclasses import replace
from pathlib import Path
from strata_glue.arguments.parse import NAMES
from strata_glue.contract import Dataset, JobArguments, PredicateExpectation, PublishSettings, RowBounds, RowCountExpectation
from strata_glue.engine.failure import Failure
from strata_glue.report.events import Events
from strata_glue.report.finished import Finished, Reporter
from strata_glue.report.ledger import Ledger
from strata_glue.report.work import Work
from strata_glue.target.expectations import Outcome
from strata_glue.contract import Column, Generation, RecordFile
from strata_glue.target.parquet.record import NOTHING
from strata_glue.target.parquet.record_file import to_json

file = RecordFile("part-0-a.parquet", 2, 99, "_strata/attempts/a/x.parquet")
kept = Generation(1, "2026-01-01T00:00:00.000Z", "p/e", (RecordFile("f", 1, 1),), (Column("a", "int"),), ())
record = replace(NOTHING, files=(file,), schema=(Column("a", "int"),), kept=(kept,))
arguments = JobArguments("[]", "p", "s", "e", "0" * 64)
state, events = tempfile.mkdtemp(), []
reporter = Reporter(arguments, "sail 0", Events(events.append, "p", "s", "e"), Ledger(state, None))
rows = Outcome(RowCountExpectation("rows", RowBounds(min=5)), False, None, 2)
null = Outcome(PredicateExpectation("not_null(a)", "not_null", "a IS NULL", "warn"), False, 1)
good = Work(rows=2, rows_written=2, bytes=99, files=1, rows_in=2, generation=2, outcomes=[rows, null], samples={"not_null(a)": ["{}"]}, warnings=["w"], fingerprints={"sql": "x"}, seconds={"commit": 0.1})
dataset = Dataset("d", "SELECT 1", (), "s3://b/d/")
reporter.finished(Finished(dataset, PublishSettings(), "a", "SUCCEEDED", good, 0.5, None))
reporter.finished(Finished(Dataset("e", "SELECT 1", (), None), PublishSettings(), "a", "FAILED", Work(), 0.5, Failure("SQL_FAILED", "no")))
read = lambda kind: [json.loads(path.read_text()) for path in sorted(Path(state, kind).rglob("*.json"))]
print(json.dumps({"record": json.loads(to_json(record)), "events": events, "ledger": read("ledger"), "samples": read("samples"), "names": NAMES}))
`;

function written() {
  const env = { ...process.env, PYTHONPATH: join(HOME, "glue"), PYTHONDONTWRITEBYTECODE: "1" };
  const python = process.env.STRATA_PYTHON ?? "python3";
  const { stdout, stderr, status } = spawnSync(python, ["-c", SCRIPT], { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function fits(schema: z.ZodType, values: readonly unknown[]): void {
  assert.isNotEmpty(values);
  for (const value of values) assert.deepEqual(schema.safeParse(value).error?.issues ?? [], [], JSON.stringify(value));
}

describe("what the job writes", () => {
  let found: ReturnType<typeof written>;
  before(() => {
    found = written();
  });

  it("commit record: every key of the contract, and no other", () => {
    fits(commitRecord.strict(), [found.record]);
  });

  it("events", () => fits(event, found.events));

  it("ledger records and samples", () => {
    fits(ledgerRecord, found.ledger);
    fits(ledgerSample, found.samples);
  });

  it("takes the arguments of the contract, and no other", () => {
    assert.sameMembers(found.names, Object.keys(jobArguments.shape));
  });
});
