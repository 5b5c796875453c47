"""A target that changes its format: never a second table in the same folder, nor a stale one that comes back."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from conftest import ENGINE

from strata_glue.errors import DatasetError
from strata_glue.read.content import read_content
from strata_glue.store import open_store
from strata_glue.target.iceberg import attempt as iceberg_attempt
from strata_glue.target.parquet.record import RETIRED
from strata_glue.target.parquet.record_file import read_record
from strata_glue.target.parquet.target import ParquetTarget

if ENGINE == "spark" and "STRATA_ICEBERG_JARS" not in os.environ:
    pytest.skip("Spark has no Iceberg of its own (STRATA_ICEBERG_JARS)", allow_module_level=True)

RAW, OUT = "s3://b/raw/", "s3://b/out/d/"
ICEBERG = {"format": "iceberg", "table": {"database": "db", "name": "d"}}


@pytest.fixture
def run(lake, dataset):
    """Runs the dataset with settings; returns its last event."""

    def run(values, **settings):
        lake.write(RAW, {"a": values})
        return lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}), publish=json.dumps({"d": settings}))[1]["d"]

    return run


@pytest.mark.parametrize("write", ["append", "replace_partitions", "merge"])
def test_rows_of_the_other_format_are_not_left_out(lake, run, write):
    run([1], write="append")
    event = run([2], **ICEBERG, write=write, merge_key=["a"], partition_by=["a"])
    assert event["error"]["class"] == "TARGET_LAYOUT", event
    assert "has Parquet files of generation 1" in event["error"]["message"]
    assert lake.read(OUT) == [{"a": 1}]
    assert not (lake.path(OUT) / "metadata").exists()


@pytest.mark.parametrize("write", ["replace", "append", "replace_partitions"])
def test_a_table_does_not_become_parquet(lake, run, write):
    assert run([1], **ICEBERG)["status"] == "SUCCEEDED"
    event = run([2], write=write, partition_by=["a"])
    assert event["error"]["class"] == "TARGET_LAYOUT"
    assert "is an Iceberg table" in event["error"]["message"]
    assert not (lake.path(OUT) / "_strata/commit.json").exists()


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_table_replaced_does_not_come_back(lake, run, monkeypatch, killed):
    store = open_store(str(lake.folder))
    run([1])
    if killed:
        with monkeypatch.context() as patch:

            def gone(*_):
                raise OSError("killed")

            patch.setattr(iceberg_attempt, "retire", gone)
            assert run([2], **ICEBERG)["status"] == "SUCCEEDED"
        event = run([3], **ICEBERG, write="append")
        assert event["rows"] == 2, event
    else:
        assert run([2], **ICEBERG)["rows"] == 1
    record = read_record(store, OUT)
    assert record is not None and record.record.write == RETIRED
    for use in (lambda: read_content(store, OUT), lambda: ParquetTarget(store, OUT).recover("d")):
        with pytest.raises(DatasetError, match="became an Iceberg table"):
            use()
    # The table is removed by hand: the content before it cannot be added to, but can be replaced.
    for name in ("metadata", "data", "sail"):
        shutil.rmtree(lake.path(OUT) / name, ignore_errors=True)
    assert run([4], write="append")["error"]["class"] == "TARGET_LAYOUT"
    assert run([5])["status"] == "SUCCEEDED"
    assert run([6], write="append")["rows"] == 2
    assert sorted(row["a"] for row in lake.read(OUT)) == [5, 6]
