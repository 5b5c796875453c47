"""Interval columns are written as numbers with a warning; a table's name is found in any case; a column is written in its type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ENGINE, Lake

from strata_glue.engine.intervals import as_numbers
from strata_glue.engine.session import dataset_session
from strata_glue.errors import DatasetError

RAW = "s3://b/raw/flights/"
SQL = """SELECT id, arrival - departure AS planned, INTERVAL '-1-2' YEAR TO MONTH AS age,
  CASE WHEN id = 1 THEN arrival - departure END AS sometimes FROM flights"""


@pytest.fixture(autouse=True)
def raw(lake: Lake) -> None:
    from datetime import datetime, timezone

    begin = datetime(2026, 1, 1, tzinfo=timezone.utc)
    lake.write(
        RAW,
        {
            "id": [1, 2],
            "departure": [begin, begin],
            "arrival": [begin.replace(hour=2), begin.replace(day=3, microsecond=5)],
        },
    )


def test_an_interval_is_written_as_its_number_and_the_run_warns(lake: Lake, dataset: Any) -> None:
    _, events = lake.run(
        dataset("d", SQL, {"flights": RAW}),
        dataset("reader", "SELECT id, planned / 1000000 AS s FROM d", {"d": "s3://b/out/d/"}),
        waits_for={"reader": ["d"]},
    )
    assert events["d"]["status"] == events["reader"]["status"] == "SUCCEEDED", events
    rows = sorted(lake.read("s3://b/out/d/"), key=lambda row: row["id"])
    assert [(row["planned"], row["age"], row["sometimes"]) for row in rows] == [
        (7_200_000_000, -14, 7_200_000_000),
        (172_800_000_005, -14, None),
    ]
    assert sorted(row["s"] for row in lake.read("s3://b/out/reader/")) == [7200.0, 172800.000005]
    planned, age, _ = events["d"]["warnings"]
    assert "`planned`" in planned and "a bigint of microseconds" in planned and "timestampdiff(SECOND, a, b)" in planned
    assert "`age`" in age and "an int of months" in age


def test_an_interval_in_an_iceberg_table_or_inside_a_column_is_refused(lake: Lake, dataset: Any) -> None:
    _, events = lake.run(
        dataset("nested", "SELECT named_struct('a', arrival - departure) AS s FROM flights", {"flights": RAW}),
    )
    assert events["nested"]["error"]["class"] == "RESULT_COLUMNS", events
    with dataset_session(lake.engine) as session, pytest.raises(DatasetError, match="Iceberg cannot hold"):
        as_numbers(session.sql("SELECT INTERVAL 3 DAYS AS i"), kept=False)


def test_a_table_is_found_in_any_case(lake: Lake, dataset: Any) -> None:
    sql = "SELECT f.id FROM FLIGHTS AS f JOIN Flights ON f.id = Flights.id JOIN `flights` AS g ON g.id = f.id"
    _, events = lake.run(
        dataset("d", sql, {"flights": RAW}),
        dataset("e", "SELECT id FROM br_flights", {"BR_FLIGHTS": RAW}),
    )
    assert [events[name]["status"] for name in "de"] == ["SUCCEEDED", "SUCCEEDED"], events


@pytest.mark.skipif(ENGINE != "sail", reason="Spark writes what it says")
def test_a_type_that_sail_does_not_write_is_refused(lake: Lake, dataset: Any) -> None:
    _, events = lake.run(
        dataset("d", "SELECT if(id > 1, id, 0.5) AS v FROM flights", {"flights": RAW}), publish=json.dumps({})
    )
    assert events["d"]["error"]["class"] == "ENGINE_CANNOT", events
    assert "column `v` mixes types" in events["d"]["error"]["message"]
