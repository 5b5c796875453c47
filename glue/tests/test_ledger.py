"""The ledger and the log: one record an attempt, bounded, with the keys of the events, and no row values."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields

import pytest

from strata_glue.contract import LedgerRecord, Versions
from strata_glue.report.ledger import KEPT_RECORDS, Ledger, safe_name
from strata_glue.store import Store, open_store
from strata_glue.store.local import LocalStore

RAW = "s3://b/raw/t/"


@pytest.fixture(autouse=True)
def raw(request, lake):
    lake.write(RAW, {"a": [1, 2, 3], "b": ["SECRET-1", "SECRET-2", "SECRET-3"]})


def records(lake, name):
    return [json.loads(file.read_text()) for file in sorted((lake.folder / "state" / "ledger" / name).iterdir())]


def test_every_attempt_has_a_record(lake, dataset):
    state = str(lake.folder / "state")
    group = [
        dataset("ok", "SELECT a FROM t", {"t": RAW}),
        dataset("bad", "SELECT nope FROM t", {"t": RAW}),
        dataset("blocked", "SELECT * FROM x", {"x": "s3://b/out/bad/"}),
        dataset("other", "SELECT 1 AS one"),
    ]
    selected = '["ok", "bad", "blocked"]'
    _, events = lake.run(
        *group, waits_for={"blocked": ["bad"]}, state=state, execution="e1", plan="abc", datasets=selected
    )
    (ok,) = records(lake, "ok")
    assert {key: ok[key] for key in ("strata", "pipeline", "stage", "execution", "dataset", "status", "write")} == {
        **{"strata": 1, "pipeline": "p", "stage": "s", "execution": "e1", "dataset": "ok"},
        **{"status": "SUCCEEDED", "write": "replace"},
    }
    assert (ok["rows_in"], ok["rows"], ok["files"], ok["generation"]) == (3, 3, 1, 1)
    assert set(ok["phases"]) == {"read", "write", "commit"} and ok["started"] <= ok["finished"]
    assert set(ok["fingerprints"]) == {"sql", "params", "sources", "settings"}
    assert ok["versions"]["engine"] == lake.engine.name and ok["versions"]["plan"] == "abc"
    for key in ("status", "rows", "bytes", "files", "rows_in", "generation", "seconds", "expectations"):
        assert ok[key] == events["ok"][key]
    (bad,) = records(lake, "bad")
    assert (bad["status"], bad["rows"], bad["error"]) == ("FAILED", None, events["bad"]["error"])
    assert records(lake, "blocked")[0]["status"] == "BLOCKED"
    assert not (lake.folder / "state" / "ledger" / "other").exists()


def test_rows_are_the_targets_and_rows_written_are_the_attempts(lake, dataset, monkeypatch):
    """Also where publishing was stopped, since that is committed."""
    group, settings = dataset("d", "SELECT a FROM t", {"t": RAW}), json.dumps({"d": {"write": "append"}})
    arguments = {"state": str(lake.folder / "state"), "publish": settings}
    keys = ("status", "rows_written", "rows", "files", "generation")

    def reported(**more):
        _, events = lake.run(group, **arguments, **more)
        record = records(lake, "d")[-1]
        assert [record[key] for key in keys] == [events["d"][key] for key in keys]
        return tuple(record[key] for key in keys), record.get("error", {}).get("class")

    def stopped(*_):
        raise OSError("the disk is full")

    assert reported(execution="e1") == (("SUCCEEDED", 3, 3, 1, 1), None)
    monkeypatch.setattr(LocalStore, "swap", stopped)
    assert reported(execution="e2") == (("FAILED", 3, 6, 2, 2), "PUBLISH_INTERRUPTED")
    monkeypatch.undo()
    assert reported(execution="e2") == (("SUCCEEDED", None, 6, 2, 2), None)
    lake.write(RAW, {"x": [1]})
    assert reported(execution="e3")[0] == ("FAILED", None, None, None, None)


def test_a_state_that_cannot_be_written_fails_nothing(lake, dataset):
    (lake.folder / "state").mkdir()
    (lake.folder / "state" / "ledger").write_text("a file where a folder should be")
    result, events = lake.run(dataset("d", "SELECT 1 AS one"), state=str(lake.folder / "state"))
    assert (result.status, events["d"]["status"]) == ("SUCCEEDED", "SUCCEEDED")
    assert [event["name"] for event in lake.events if event["event"] == "ledger_failed"] == ["d"]


def test_a_state_that_is_a_file_fails_nothing(lake, dataset):
    (lake.folder / "state").write_text("a file where a folder should be")
    result, _ = lake.run(dataset("d", "SELECT 1 AS one"), state=str(lake.folder / "state"))
    assert result.status == "SUCCEEDED"
    assert [event["name"] for event in lake.events if event["event"] == "ledger_failed"] == ["d"]


def record(dataset: str, attempt: str) -> LedgerRecord:
    nothing = {each.name: None for each in fields(LedgerRecord) if each.default is MISSING}
    expectations = {"expectations": (), "versions": Versions("", "", "", "")}
    return LedgerRecord(**{**nothing, **expectations, "dataset": dataset, "attempt": attempt})


@pytest.mark.parametrize("year", ["2020", "2999"])
def test_records_are_bounded_in_number_and_a_clock_that_is_behind_costs_none(store: Store, year: str) -> None:
    ledger, folder = Ledger("s3://bkt/state/stage/", store), "s3://bkt/state/stage/ledger/d/"
    others = [f"{year}0101T000000{index:06d}Z-a.json" for index in range(KEPT_RECORDS)]
    for name in others:
        store.put(folder, name, b"{}")
    ledger.write(record("d", "today"))
    names = [file.path for file in store.list(folder)]
    assert len(names) == KEPT_RECORDS
    (own,) = (name for name in names if name.endswith("-today.json"))
    assert names == sorted([own, *others[1:]])


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", "x=1", "é" * 200, "d", "q\"u'o", ""])
def test_a_dataset_of_any_name_stays_inside(tmp_path, name):
    Ledger(str(tmp_path / "state"), open_store(str(tmp_path))).write(record(name, "a"))
    (file,) = (path for path in tmp_path.rglob("*.json"))
    assert file.parent.parent == tmp_path / "state" / "ledger"
    assert all(each.stat().st_mode & 0o077 == 0 for each in (file, *file.parents[:3])), "its owner's only"
    assert "=" not in safe_name(name) and len(safe_name(name).encode()) <= 200


def test_names_stay_apart():
    long = "n" * 300
    assert safe_name(long) != safe_name(long + "x")


def test_no_row_value_reaches_an_event(lake, dataset):
    for sql in ("SELECT CAST(b AS INT) AS i FROM t", "SELECT CAST(b AS DATE) AS i FROM t", "SELECT b FROM t"):
        lake.run(dataset("d", sql, {"t": RAW}), state=str(lake.folder / "state"))
        assert "SECRET" not in json.dumps(lake.events)
    assert "SECRET" not in "".join(file.read_text() for file in (lake.folder / "state").rglob("*.json"))


@pytest.mark.parametrize(
    "expression",
    [
        *(f"CAST(s AS {kind})" for kind in ("INT", "DATE", "TIMESTAMP", "DECIMAL(4,0)", "BOOLEAN", "DOUBLE")),
        *(f"CAST(n AS {kind})" for kind in ("TINYINT", "DECIMAL(3,0)")),
        "CAST(d AS INT)",
        "to_date(s, 'yyyy-MM-dd')",
        "to_number(s, '999')",
        "date_add(DATE'2020-01-01', CAST(d AS INT))",
        "array(1)[n]",
        "raise_error(s)",
        "regexp_extract('a', concat(s, '('), 1)",
        "format_number(n, s)",
    ],
)
def test_no_row_value_reaches_a_message(lake, dataset, expression):
    """A value may hold quotes itself, and engines put some without any."""
    lake.write(RAW, {"s": ["geheim O'Brien"], "n": [4711], "d": [8.25e299]})
    result, events = lake.run(dataset("d", f"SELECT {expression} AS x FROM t", {"t": RAW}))
    assert result.status == "FAILED"
    reported = json.dumps(events["d"]["error"])
    assert not any(value in reported for value in ("geheim", "Brien", "4711", "8.25"))


def test_a_finished_dataset_is_a_metric(lake, dataset):
    _, events = lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    event = events["d"]
    (directive,) = event["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Strata"
    assert event["_aws"]["Timestamp"] > 1_700_000_000_000
    for dimensions in directive["Dimensions"]:
        assert all(isinstance(event[name], str) and event[name] for name in dimensions)
    assert {metric["Name"]: event[metric["Name"]] for metric in directive["Metrics"]}.keys() >= {"rows", "seconds"}
    assert all(isinstance(event[metric["Name"]], (int, float)) for metric in directive["Metrics"])


def test_a_failed_dataset_has_no_metric_without_a_number(lake, dataset):
    _, events = lake.run(dataset("d", "SELECT nope FROM t", {"t": RAW}))
    (directive,) = events["d"]["_aws"]["CloudWatchMetrics"]
    assert all(isinstance(events["d"][metric["Name"]], (int, float)) for metric in directive["Metrics"])
