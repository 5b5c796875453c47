"""Expectations: on exactly the attempt's files, before anything is committed; the same outcome on every engine."""

from __future__ import annotations

import datetime
import json

import pytest

RAW = "s3://b/raw/t/"
OUT = "s3://b/out/d/"

NOT_NULL = {"name": "not_null(b)", "kind": "not_null", "failing": "`b` IS NULL"}
ACCEPTED = {"name": "accepted", "kind": "accepted_values", "failing": "`b` IS NOT NULL AND `b` NOT IN ('x')"}
POSITIVE = {"name": "positive", "kind": "expression", "failing": "NOT (a > 1)"}
UNIQUE = {
    "name": "unique(a)",
    "kind": "unique",
    "quick": "SELECT 1 AS n",
    "count": "SELECT coalesce(sum(n - 1), 0) AS n FROM (SELECT count(*) AS n FROM `strata_result` WHERE `a` IS NOT NULL GROUP BY `a` HAVING count(*) > 1)",
    "sample": "SELECT `a`, count(*) AS rows FROM `strata_result` WHERE `a` IS NOT NULL GROUP BY `a` HAVING count(*) > 1",
}
REFERENCES = {
    "name": "references(a)",
    "kind": "references",
    "count": "SELECT count(*) AS n FROM `strata_result` AS r LEFT ANTI JOIN `strata_reference_0` AS o ON r.`a` = o.`id` WHERE r.`a` IS NOT NULL",
    "sample": "SELECT r.* FROM `strata_result` AS r LEFT ANTI JOIN `strata_reference_0` AS o ON r.`a` = o.`id` WHERE r.`a` IS NOT NULL",
    "reads": [{"view": "strata_reference_0", "location": "s3://b/out/other/"}],
}
FRESH = {
    "name": "freshness(at)",
    "kind": "freshness",
    "newest": "unix_micros(max(CAST(`at` AS TIMESTAMP)))",
    "within_seconds": 86400,
    "of": "now",
}


@pytest.fixture(autouse=True)
def raw(lake):
    at = [datetime.datetime(2026, 1, 1, 12)] * 4
    lake.write(RAW, {"a": [1, 2, 3, 3], "b": ["x", "y", None, "SECRET"], "at": at})


@pytest.fixture
def check(lake, dataset):
    """Runs `d` with expectations; returns the result, the event and outcomes by name."""

    def run(*expectations, sql="SELECT a, b, at FROM t", more=(), **arguments):
        settings = {
            "d": {
                "expectations": [{"severity": "error", **each} for each in expectations],
                "waits_for": [each["sql_name"] for each in more],
            }
        }
        given = {"publish": json.dumps(settings), "state": str(lake.folder / "state"), **arguments}
        result, events = lake.run(dataset("d", sql, {"t": RAW}), *more, **given)
        return result, events["d"], {each["name"]: each for each in events["d"]["expectations"]}

    return run


@pytest.mark.parametrize(
    ("expectation", "failing"),
    [(NOT_NULL, 1), (ACCEPTED, 2), (POSITIVE, 1), (UNIQUE, 1)],
    ids=lambda each: str(each)[:30],
)
def test_a_failed_one_blocks_the_commit_and_names_no_value(lake, check, expectation, failing):
    lake.write(OUT, {"a": [0]})
    result, event, outcomes = check(expectation)
    assert (event["status"], event["error"]["class"]) == ("FAILED", "EXPECTATIONS_FAILED")
    assert f"{expectation['name']} fails for {failing} row" in event["error"]["message"]
    outcome = outcomes[expectation["name"]]
    assert (outcome["status"], outcome["failing"], outcome["severity"]) == ("FAILED", failing, "error")
    assert lake.read(OUT) == [{"a": 0}]
    assert not (lake.path(OUT) / "_strata").exists()
    assert "SECRET" not in json.dumps(lake.events)
    sample = json.loads((lake.folder / "state" / outcome["sample"]).read_text())
    assert len(sample["rows"][expectation["name"]]) == failing


def test_those_that_hold_pass_in_one_go(lake, check):
    result, event, outcomes = check(
        {**NOT_NULL, "failing": "`a` IS NULL"},
        {**POSITIVE, "failing": "NOT (a > 0)"},
        {**UNIQUE, "count": UNIQUE["count"].replace("`a`", "`b`")},
        {"name": "rows", "kind": "row_count", "rows": {"min": 4, "max": 4}},
    )
    assert result.status == "SUCCEEDED", event
    assert {each["status"] for each in outcomes.values()} == {"PASSED"}
    assert event["failed_expectations"] == 0
    assert len(lake.read(OUT)) == 4


def test_a_warning_is_reported_and_commits(lake, check):
    result, event, outcomes = check({**NOT_NULL, "severity": "warn"}, {**POSITIVE, "severity": "warn"})
    assert (result.status, event["status"], event["failed_expectations"]) == ("SUCCEEDED", "SUCCEEDED", 2)
    assert outcomes["not_null(b)"]["failing"] == 1
    assert len(lake.read(OUT)) == 4


def test_nulls_pass_where_sql_lets_them(check):
    result, event, _ = check({**POSITIVE, "failing": "NOT (b <> 'never')"})
    assert result.status == "SUCCEEDED", event


@pytest.mark.parametrize(
    ("rows", "ok"),
    [({"min": 5}, False), ({"max": 3}, False), ({"min": 4}, True), ({"change": 0.5}, True), ({"change": 0.2}, True)],
)
def test_row_count(check, rows, ok):
    result, event, outcomes = check({"name": "rows", "kind": "row_count", "rows": rows})
    assert (result.status == "SUCCEEDED") is ok
    assert outcomes["rows"]["observed"] == 4


def test_row_count_against_the_last_run(lake, check):
    change = {"name": "rows", "kind": "row_count", "rows": {"change": 0.25}}
    assert check(change)[0].status == "SUCCEEDED"
    assert check(change, sql="SELECT a, b, at FROM t WHERE a > 1")[0].status == "SUCCEEDED"
    result, event, outcomes = check(change, sql="SELECT a, b, at FROM t WHERE a > 2")
    assert result.status == "FAILED"
    reason = "2 rows, fell by 33 % from 3 in the last run (allowed: 25 %)"
    assert event["error"]["message"].endswith(f"rows fails: {reason}")
    reported = {key: outcomes["rows"][key] for key in ("observed", "before", "allowed", "reason")}
    assert reported == {"observed": 2, "before": 3, "allowed": {"change": 0.25}, "reason": reason}
    assert len(lake.read(OUT)) == 3


@pytest.mark.parametrize(("now", "ok"), [("2026-01-02T12:00:00Z", True), ("2026-01-02T12:00:01Z", False)])
def test_freshness_of_a_parameter(check, now, ok):
    arguments = {"params": json.dumps({"now": now}), "param_types": '{"now": "timestamp"}'}
    result, event, outcomes = check(FRESH, **arguments)
    assert (result.status == "SUCCEEDED") is ok, event
    assert outcomes["freshness(at)"]["observed"] == 86400 + (not ok)
    assert outcomes["freshness(at)"]["allowed"] == {"seconds": 86400}
    reason = "the newest row is 1 day 1 second older than parameter `now` (allowed: 1 day)"
    assert outcomes["freshness(at)"].get("reason") == (None if ok else reason)


def test_freshness_of_the_clock_and_of_nothing(check):
    clock = {**FRESH, "of": None}
    assert check(clock)[0].status == "FAILED"
    assert check({**clock, "within_seconds": 10**10})[0].status == "SUCCEEDED"
    assert check({**clock, "within_seconds": 10**10}, sql="SELECT * FROM t WHERE a < 0")[0].status == "FAILED"


def test_freshness_of_a_parameter_without_a_value_is_never_of_the_clock(check):
    _, event, _ = check({**FRESH, "of": "missing"})
    assert event["error"]["class"] == "EXPECTATION_BROKEN"
    assert "`missing`" in event["error"]["message"]


def test_references_wait_for_what_they_read(lake, dataset, check):
    other = dataset("other", "SELECT a AS id FROM t WHERE a < 3", {"t": RAW})
    result, event, outcomes = check(REFERENCES, more=[other])
    assert outcomes["references(a)"]["failing"] == 2
    sample = json.loads((lake.folder / "state" / outcomes["references(a)"]["sample"]).read_text())
    assert [json.loads(row)["a"] for row in sample["rows"]["references(a)"]] == [3, 3]
    result, event, _ = check(REFERENCES, more=[dataset("other", "SELECT a AS id FROM t", {"t": RAW})])
    assert result.status == "SUCCEEDED", event


def test_a_reference_to_what_failed_blocks(dataset, check):
    result, event, _ = check(REFERENCES, more=[dataset("other", "SELECT nope AS id FROM t", {"t": RAW})])
    assert event["status"] == "BLOCKED"


def test_one_that_cannot_be_computed_fails_and_says_which(lake, check):
    result, event, _ = check({**NOT_NULL, "failing": "`nope` IS NULL"})
    assert event["error"]["class"] == "EXPECTATION_BROKEN"
    assert "not_null(b)" in event["error"]["message"] and "nope" in event["error"]["message"]


BROKEN_ROWS = {"name": "broken rows", "kind": "expression", "failing": "CAST(b AS INT) > 1"}
BROKEN_COUNT = {
    "name": "broken count",
    "kind": "unique",
    "quick": "SELECT count(nope) AS n FROM `strata_result`",
    "count": "",
    "sample": "",
}


def test_of_several_only_the_one_that_cannot_be_computed_is_named(lake, check):
    given = {"params": '{"now": "2026-01-01"}', "param_types": '{"now": "date"}'}
    _, event, _ = check(NOT_NULL, BROKEN_ROWS, FRESH, **given)
    assert event["error"]["class"] == "EXPECTATION_BROKEN"
    message = event["error"]["message"]
    assert message.startswith("broken rows cannot be computed") and "not_null" not in message
    assert "SECRET" not in message
    assert lake.read(OUT) == []


def test_all_that_cannot_be_computed_are_named(lake, check):
    _, event, _ = check(BROKEN_ROWS, NOT_NULL, BROKEN_COUNT)
    assert event["error"]["class"] == "EXPECTATION_BROKEN"
    for each in (BROKEN_ROWS, BROKEN_COUNT):
        assert f"{each['name']} cannot be computed" in event["error"]["message"]
    assert lake.read(OUT) == []


@pytest.mark.parametrize("severity", ["error", "warn"])
def test_a_reference_to_a_table_that_is_not_there(lake, check, capsys, severity):
    _, event, outcomes = check({**REFERENCES, "severity": severity}, POSITIVE | {"severity": "warn"})
    if severity == "error":
        assert (event["status"], event["error"]["class"]) == ("FAILED", "SOURCE_MISSING")
        assert lake.read(OUT) == []
        return
    assert event["status"] == "SUCCEEDED"
    assert [(each["status"], each["failing"]) for each in outcomes.values()] == [("FAILED", None), ("FAILED", 1)]
    assert "references(a) cannot be computed" in capsys.readouterr().err
    reason = outcomes["references(a)"]["reason"]
    assert reason.startswith("it cannot be computed: source table `other` does not exist") and "strata_" not in reason


def test_a_reference_is_reported_by_the_name_that_the_author_knows(lake, check):
    lake.write("s3://b/out/other/", {"idd": [1, 2]})
    _, event, _ = check(REFERENCES)
    assert event["error"]["message"].startswith(
        "references(a) cannot be computed: there is no column `o.id`: did you mean `idd`?"
    )
    lake.write("s3://b/out/other/", {"id": [["a"]]})
    _, event, _ = check(REFERENCES)
    assert event["error"]["message"].startswith("references(a) cannot be computed: ")
    assert "strata_" not in event["error"]["message"]


def test_a_warning_that_cannot_be_computed_has_failed_and_blocks_nothing(lake, check, capsys):
    broken = [{**each, "severity": "warn"} for each in (BROKEN_ROWS, BROKEN_COUNT)]
    _, event, outcomes = check(*broken, {**POSITIVE, "severity": "warn"})
    assert (event["status"], event["failed_expectations"]) == ("SUCCEEDED", 3)
    assert [outcomes[each["name"]]["status"] for each in broken] == ["FAILED", "FAILED"]
    assert [outcomes[each["name"]]["failing"] for each in broken] == [None, None]
    assert outcomes["positive"]["failing"] == 1
    assert len(lake.read(OUT)) == 4
    assert outcomes["broken rows"]["reason"].startswith("it cannot be computed: a value cannot be cast to INT")
    assert outcomes["broken count"]["reason"].startswith("it cannot be computed: there is no column `nope`")
    assert "SECRET" not in json.dumps(event)
    log = capsys.readouterr().err
    assert "broken rows cannot be computed" in log and "broken count cannot be computed" in log
    assert "SECRET" not in log


def test_partition_columns_are_columns(lake, dataset):
    settings = {"d": {"partition_by": ["b"], "expectations": [{"severity": "error", **NOT_NULL}]}}
    result, events = lake.run(dataset("d", "SELECT a, b FROM t", {"t": RAW}), publish=json.dumps(settings))
    assert events["d"]["expectations"][0]["failing"] == 1
    settings["d"]["expectations"][0]["severity"] = "warn"
    result, _ = lake.run(dataset("d", "SELECT a, b FROM t", {"t": RAW}), publish=json.dumps(settings))
    assert result.status == "SUCCEEDED"


def test_an_empty_result_is_checked_too(check):
    result, event, outcomes = check(NOT_NULL, UNIQUE, sql="SELECT * FROM t WHERE a < 0")
    assert result.status == "SUCCEEDED", event
    assert [each["failing"] for each in outcomes.values()] == [0, 0]


def test_samples_are_bounded(lake, check):
    lake.write(RAW, {"a": list(range(1000)), "b": ["z" * 10_000] * 1000, "at": [datetime.datetime(2026, 1, 1)] * 1000})
    _, _, outcomes = check(ACCEPTED)
    sample = json.loads((lake.folder / "state" / outcomes["accepted"]["sample"]).read_text())["rows"]["accepted"]
    assert len(sample) == 20 and all(len(row) <= 4000 for row in sample)
    assert outcomes["accepted"]["failing"] == 1000
