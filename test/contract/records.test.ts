/** What the job really writes is what the contract says of it: the commit record, an event, a ledger record and sample. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { assert } from "chai";
import type * as z from "zod";
import { jobArguments } from "../../contract/arguments.ts";
import { commitRecord } from "../../contract/commit.ts";
import { event } from "../../contract/events.ts";
import { ledgerRecord, ledgerSample } from "../../contract/ledger.ts";
import { publish } from "../../contract/publish.ts";
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
from strata_glue.contract import Column, Generation, RecordFile, SourceColumns
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
good = Work(rows=2, rows_written=2, bytes=99, files=1, rows_in=2, generation=2, outcomes=[rows, null], samples={"not_null(a)": ["{}"]}, warnings=["w"], fingerprints={"sql": "x"}, seconds={"commit": 0.1}, sources=[SourceColumns("t", "s3://b/t/", (("a", "int"),))])
dataset = Dataset("d", "SELECT 1", (), "s3://b/d/")
reporter.finished(Finished(dataset, PublishSettings(), "a", good, 0.5, None))
changed = replace(good, sources=[SourceColumns("t", "s3://b/t/", (("b", "int"),))])
reporter.finished(Finished(dataset, PublishSettings(), "b", changed, 0.5, None))
reporter.finished(Finished(Dataset("e", "SELECT 1", (), None), PublishSettings(), "a", Work("FAILED"), 0.5, Failure("SQL_FAILED", "no")))
read = lambda kind: [json.loads(path.read_text()) for path in sorted(Path(state, kind).rglob("*.json"))]
print(json.dumps({"record": json.loads(to_json(record)), "events": events, "ledger": read("ledger"), "samples": read("samples"), "names": NAMES}))
`;

/** Values of every kind, one of which is right at most places. */
const ANY = [null, true, 0, -1, 1.5, 2 ** 53, "", "x", [], ["a"], [1], {}, { a: "b" }, { a: 1 }];

/** A value with one of its parts replaced or left out, for every part that is not computed from others. */
function* mutations(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (!Array.isArray(value) && "strata" in value && ["rows", "bytes"].includes(key)) continue;
    const having = (other: unknown) =>
      Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    for (const other of [...ANY, ...mutations(part)]) yield having(other);
    if (!Array.isArray(value)) yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  }
}

/** Settings with every key. */
const SETTINGS = {
  write: "merge",
  format: "iceberg",
  partition_by: ["k"],
  merge_key: ["a"],
  sort_by: ["a"],
  file_size_mib: 64,
  compression: "gzip",
  keep: 3,
  skip_unchanged: true,
  waits_for: ["x"],
  params: ["p"],
  table: { database: "d", name: "t" },
  tables: [{ location: "s3://b/t/", database: "d", name: "t" }],
  qualified_names: { sql: "0", changes: [{ start: 3, end: 5, text: "`db.t`" }] },
  sources: [{ location: "s3://b/s/", columns: [["a", "int"]] }],
  expectations: [
    { name: "p", kind: "expression", severity: "warn", failing: "a" },
    { name: "u", kind: "unique", count: "c", quick: "q", sample: "s" },
    { name: "r", kind: "references", count: "c", sample: "s", reads: [{ view: "v", location: "s3://b/x/" }] },
    { name: "n", kind: "row_count", rows: { min: 1, max: 2, change: 0.5 } },
    { name: "f", kind: "freshness", newest: "n", within_seconds: 60, of: "p" },
  ],
};

const READ = `
import json, sys
from strata_glue.contract import PublishSettings
from strata_glue.errors import DatasetError
from strata_glue.payload import PayloadError, read
from strata_glue.target.parquet.record_file import from_json
def is_read(line):
    value = json.loads(line)
    try:
        return bool(from_json(line.encode(), "s3://b/d/") if "strata" in value else read(PublishSettings, value))
    except (DatasetError, PayloadError):
        return False
print(json.dumps([is_read(line) for line in sys.stdin.read().split("\\n")]))
`;

function written() {
  return python(SCRIPT);
}

function python(script: string, input = "") {
  const env = { ...process.env, PYTHONPATH: join(HOME, "glue"), PYTHONDONTWRITEBYTECODE: "1" };
  const command = process.env.STRATA_PYTHON ?? "python3";
  const { stdout, stderr, status } = spawnSync(command, ["-c", script], { env, input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function fits(schema: z.ZodType, values: readonly unknown[]): void {
  assert.isNotEmpty(values);
  for (const value of values) assert.deepEqual(schema.safeParse(value).error?.issues ?? [], [], JSON.stringify(value));
}

describe("what the job writes and reads", () => {
  let found: ReturnType<typeof written>;
  before(() => {
    found = written();
  });

  it("commit record: every key of the contract, and no other", () => {
    fits(commitRecord.strict(), [found.record]);
  });

  it("commit record: the job reads what the contract takes, and nothing else", () => {
    const texts = [...mutations(found.record)].map((each) => JSON.stringify(each));
    const read = python(READ, texts.join("\n"));
    assert.deepEqual(
      texts.filter((_, index) => read[index]),
      texts.filter((text) => commitRecord.safeParse(JSON.parse(text)).success),
    );
  });

  it("events", () => fits(event, found.events));

  it("ledger records and samples", () => {
    fits(ledgerRecord, found.ledger);
    fits(ledgerSample, found.samples);
  });

  it("takes the settings of the contract, and no other", () => {
    assert.sameMembers(Object.keys(SETTINGS), Object.keys(publish.shape));
    // Null is as a key that is not there; rules of names are the compiler's.
    const texts = [...mutations(SETTINGS)].map((each) => JSON.stringify(each)).filter((text) => !text.includes("null"));
    const read = python(READ, texts.join("\n"));
    const isRight = (text: string) =>
      (publish.safeParse(JSON.parse(text)).error?.issues ?? []).every(({ code }) => code === "custom");
    assert.deepEqual(
      texts.filter((_, index) => read[index]),
      texts.filter(isRight),
    );
  });

  it("takes the arguments of the contract, and no other", () => {
    assert.sameMembers(found.names, Object.keys(jobArguments.shape));
  });
});
