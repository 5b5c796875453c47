"""`sort_by` of Iceberg tables: the files of every write mode are sorted, on every engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

from strata_glue.store import open_store
from strata_glue.target.iceberg.bounds import path_of, records_of
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.lake import LakeMetadata

if ENGINE == "spark" and "STRATA_ICEBERG_JARS" not in os.environ:
    pytest.skip("Spark has no Iceberg of its own (STRATA_ICEBERG_JARS)", allow_module_level=True)

RAW, OUT = "s3://b/raw/", "s3://b/out/d/"
TABLE = IcebergTable("db", "d", OUT)
SQL = "SELECT a, k, s FROM t"


def rows(start: int, number: int = 2000) -> dict[str, list[Any]]:
    order = [(each * 7919 + 13) % number for each in range(number)]
    return {
        "a": [None if each % 100 == 0 else start + each for each in order],
        "k": [each % 2 for each in order],
        "s": [f"{each:05}" for each in order],
    }


def run(lake, dataset, sql: str = SQL, **settings: Any) -> dict[str, Any]:
    """The dataset's last event, of a run that succeeds."""
    settings = {"format": "iceberg", "table": {"database": "db", "name": "d"}, **settings}
    _, events = lake.run(dataset("d", sql, {"t": RAW}), publish=json.dumps({"d": settings}))
    assert events["d"]["status"] == "SUCCEEDED", events["d"].get("error")
    return events["d"]


def history(lake):
    found = LakeMetadata(open_store(str(lake.folder))).history(TABLE)
    assert found is not None
    return found


def files(lake) -> dict[str, list[Path]]:
    """Data files of the current snapshot that its commit added, and those that it has."""
    found: dict[str, list[Path]] = {"added": [], "current": []}
    now = history(lake)
    snapshot = next(each for each in now.metadata["snapshots"] if each["snapshot-id"] == now.current.id)
    for manifest in records_of(snapshot["manifest-list"], "manifest_path", "added_snapshot_id"):
        for each in records_of(manifest["manifest_path"], "status", "data_file", "file_path"):
            is_new = each["status"] == 1 and manifest["added_snapshot_id"] == now.current.id
            kinds = [] if each["status"] == 2 else ["added", "current"] if is_new else ["current"]
            for kind in kinds:
                found[kind].append(Path(path_of(each["data_file"]["file_path"])))
    return found


def column(file: Path, name: str) -> list[Any]:
    return parquet.ParquetFile(file).read([name])[name].to_pylist()


def assert_sorted(lake, name: str) -> None:
    added = files(lake)["added"]
    assert added
    for each in added:
        values = column(each, name)
        assert values == sorted(values, key=lambda value: (value is not None, value if value is not None else 0)), each


MODES = {
    "append": {"write": "append"},
    "merge": {"write": "merge", "merge_key": ["s"]},
    "replace_partitions": {"write": "replace_partitions", "partition_by": ["k"]},
    "partitions": {"partition_by": ["k"]},
    "replace": {},
}


@pytest.mark.parametrize("mode", MODES)
def test_every_run_sorts_what_it_writes(lake, dataset, mode):
    for start, number in ((0, 2000), (5000, 1000)):
        lake.write(RAW, rows(start, number))
        run(lake, dataset, sort_by=["a"], **MODES[mode])
        assert_sorted(lake, "a")
    whole = sorted(value or 0 for each in files(lake)["current"] for value in column(each, "a"))
    kept = {"append": list(range(2000)), "merge": list(range(1000, 2000))}.get(mode, [])
    assert whole == sorted(each if each % 100 else 0 for each in (*kept, *range(5000, 6000)))


def test_another_order_and_other_columns(lake, dataset):
    lake.write(RAW, rows(0))
    run(lake, dataset, sort_by=["a"])
    run(lake, dataset, sort_by=["s", "a"])
    assert_sorted(lake, "s")
    # A new column and one of another type; then none of them is left.
    run(lake, dataset, "SELECT CAST(a AS STRING) AS a, s, s AS n FROM t", sort_by=["n", "a"])
    assert_sorted(lake, "n")
    run(lake, dataset, "SELECT CAST(a AS STRING) AS x, s FROM t", sort_by=["x"])
    assert_sorted(lake, "x")
    run(lake, dataset, "SELECT s FROM t")
    run(lake, dataset, "SELECT s FROM t", write="append", sort_by=["s"])
    assert_sorted(lake, "s")
    assert history(lake).metadata["default-sort-order-id"] == 0, "a column in it could never be dropped"
