"""What changed in a dataset's sources since its last run that succeeded, by the ledger, on a lake and on S3."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
from test_ledger import record
from test_source_columns import file

from strata_glue.arguments.parse import from_mapping
from strata_glue.contract import SourceChange, SourceColumns
from strata_glue.job import run_job
from strata_glue.report.ledger import Ledger
from strata_glue.report.source_changes import changes
from strata_glue.store.local import LocalStore

RAW = "s3://b/raw/orders/"
NEW = [
    {"table": "orders_raw", "column": "status", "before": "string"},
    {"table": "orders_raw", "column": "unit_price", "before": "double", "now": "string"},
    {"table": "orders_raw", "column": "state", "now": "string"},
]


def records(lake: Any, name: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((lake.folder / "state" / "ledger" / name).iterdir())]


def test_a_run_and_its_failures_report_what_changed_since_the_last_good_one(lake, dataset, monkeypatch):
    state = str(lake.folder / "state")

    def run(sql: str, **arguments: str) -> dict[str, Any]:
        group = [
            dataset("d", sql, {"orders_raw": RAW}),
            dataset("after", "SELECT * FROM d", {"d": "s3://b/out/d/"}),
        ]
        _, events = lake.run(*group, waits_for={"after": ["d"]}, state=state, **arguments)
        assert all("source_changes" not in events[name] for name in ("after",)), (
            "the pipeline's own tables are not reported"
        )
        found = events["d"]
        assert records(lake, "d")[-1].get("source_changes") == found.get("source_changes")
        return found

    old = "SELECT id, status, unit_price FROM orders_raw"
    lake.write(RAW, {"id": [1], "status": ["a"], "unit_price": [1.5]})
    assert "source_changes" not in run(old), "of a first run"
    before = records(lake, "d")[-1]["sources"]
    assert before == [
        {
            "table": "orders_raw",
            "location": RAW,
            "columns": [["id", "bigint"], ["status", "string"], ["unit_price", "double"]],
        }
    ]
    assert "source_changes" not in run(old), "of an unchanged source"

    lake.write(RAW, {"ID": [1], "unit_price": ["1.5"], "state": ["a"]})
    for _ in range(2):  # each failure says it, until the dataset has succeeded
        event = run(old)
        assert (event["status"], event["source_changes"]) == ("FAILED", NEW)
        assert records(lake, "d")[-1]["sources"] == before
    declared = {"d": {"sources": [{"location": RAW, "columns": [["status", "string"], ["unit_price", "double"]]}]}}
    event = run(old, publish=json.dumps(declared))
    assert (event["error"]["class"], event["source_changes"]) == ("SOURCE_COLUMNS", NEW)

    event = run("SELECT id, state, unit_price FROM orders_raw", execution="again")
    assert (event["status"], event["source_changes"]) == ("SUCCEEDED", NEW)
    after = records(lake, "d")[-1]["sources"]
    assert after[0]["columns"] == [["ID", "bigint"], ["unit_price", "string"], ["state", "string"]]
    event = run("SELECT id, state, unit_price FROM orders_raw", execution="again")
    assert event["repeated"] and "source_changes" not in event
    assert records(lake, "d")[-1]["sources"] == after, "an attempt that reads nothing keeps what is known"
    assert "sources" not in records(lake, "after")[-1]

    lake.write(RAW, {"id": [1]})
    monkeypatch.setattr(LocalStore, "swap", stopped)
    event = run("SELECT id FROM orders_raw")
    assert event["error"]["class"] == "PUBLISH_INTERRUPTED" and len(event["source_changes"]) == 2
    monkeypatch.undo()
    assert "source_changes" not in run("SELECT id FROM orders_raw"), "its rows were committed"


def stopped(*_: Any) -> None:
    raise OSError("the disk is full")


def test_folders_that_get_another_type_are_a_change(lake, dataset):
    state = str(lake.folder / "state")
    group = dataset("d", "SELECT hour, n FROM t", {"t": RAW})
    found = []
    for folder in ("hour=7", "hour=08"):
        lake.write(f"{RAW}{folder}/", {"n": [1]})
        found.append(lake.run(group, state=state)[1]["d"].get("source_changes"))
    assert found == [None, [{"table": "t", "column": "hour", "before": "int", "now": "string"}]]


def test_records_that_cannot_be_read_fail_nothing(lake, dataset, monkeypatch):
    state = lake.folder / "state"
    lake.write(RAW, {"id": [1]})
    group = dataset("d", "SELECT * FROM t", {"t": RAW})
    others = [
        "",
        "[]",
        "[" * 10_000,
        '{"sources": 1}',
        '{"sources": [{"table": "t"}]}',
        '{"strata": 2, "sources": {"t": "x"}}',
        '{"sources": [{"table": "t", "location": "s3://b/", "columns": [["gone", "int"]], "later": 1}]}',
    ]
    for text in others:
        (state / "ledger" / "d").mkdir(parents=True, exist_ok=True)
        (state / "ledger" / "d" / "99991231T000000000000Z-a.json").write_text(text)
        event = lake.run(group, state=str(state))[1]["d"]
        assert event["status"] == "SUCCEEDED" and "source_changes" not in event, text
        assert not [each for each in lake.events if each["event"] == "ledger_failed"]

    def refused(*_: Any) -> None:
        raise PermissionError(13, "Permission denied", "record.json")

    monkeypatch.setattr(Ledger, "sources", refused)
    count = len(records_of(state))
    event = lake.run(group, state=str(state))[1]["d"]
    assert event["status"] == "SUCCEEDED" and "source_changes" not in event
    (failed,) = [each for each in lake.events if each["event"] == "ledger_failed"]
    assert failed["message"] == "record.json: Permission denied"
    assert len(records_of(state)) == count + 1, "its own record is written"


def records_of(state: Any) -> list[Any]:
    return [*(state / "ledger" / "d").iterdir()]


def test_a_record_on_s3_is_compared(store, engine):
    raw, state = "s3://bkt/raw/t/", "s3://bkt/state/"
    store.put(raw, "a.parquet", file(id=pa.array([1]), extra=["x"]))
    columns = (("id", "int"), ("gone", "date"))
    group = json.dumps(
        [
            {
                **{"sql_name": "d", "sql_file": "d.sql", "sql_text": "SELECT 1 AS one", "s3_target": "s3://bkt/out/"},
                "tables": [{"table_name": "t", "s3_path": raw}],
            }
        ]
    )
    declared = {"d": {"sources": [{"location": raw, "columns": columns}]}}
    values = {"group_list": group, "pipeline": "p", "stage": "s", "execution": "e", "state": state}
    ledger = Ledger(state, store)
    kept = (SourceColumns("t", raw, columns),)
    ledger.write(replace(record("d", "first"), sources=kept))
    events: list[dict[str, Any]] = []
    run_job(from_mapping({**values, "publish": json.dumps(declared)}), engine, store, events.append)
    event = next(each for each in events if each["event"] == "dataset_finished")
    assert event["error"]["class"] == "SOURCE_COLUMNS"
    assert event["source_changes"] == [
        {"table": "t", "column": "id", "before": "int", "now": "bigint"},
        {"table": "t", "column": "gone", "before": "date"},
        {"table": "t", "column": "extra", "now": "string"},
    ]
    files = ledger.files("d")
    assert len(files) == 2 and ledger.sources("d", files[-1]) == kept


def test_tables_and_columns_are_matched_as_spark_does():
    before = (SourceColumns("T", "s3://b/t/", (("A", "int"),)), SourceColumns("gone", "s3://b/g/", (("x", "int"),)))
    now = (SourceColumns("t", "s3://b/u/", (("a", "bigint"),)), SourceColumns("new", "s3://b/n/", (("x", "int"),)))
    assert changes(before, now) == (SourceChange("t", "A", "int", "bigint"),)
