"""`sort_by`: the rows of every written file are in order, and its row groups say so, on every engine."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

RAW = "s3://b/raw/t/"
OUT = "s3://b/out/d/"
ROWS = 400_000
PRIME = 1_000_003


@pytest.fixture
def many(lake):
    """Four files of rows in no order; every tenth `a` is NULL."""
    for part in range(4):
        numbers = range(part, ROWS, 4)
        a = [None if each % 10 == 0 else each * 7919 % PRIME for each in numbers]
        text = [sha256(b"%d" % each).hexdigest()[:48] for each in numbers]
        lake.write(RAW, {"a": a, "k": [each % 3 for each in numbers], "s": text}, f"{part}.parquet")


def run(lake, dataset, sql: str, **settings: Any) -> dict[str, Any]:
    _, events = lake.run(dataset("d", sql, {"t": RAW}), publish=json.dumps({"d": settings}))
    return events["d"]


def files(lake) -> list[Path]:
    """The target's files by name, as a reader lists them."""
    return sorted(each for each in lake.path(OUT).rglob("part-*.parquet") if "_strata" not in each.parts)


def column(file: Path, name: str) -> list[Any]:
    return parquet.ParquetFile(file).read([name])[name].to_pylist()


def nulls_first(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda each: (each is not None, each or 0))


def ranges(file: Path, name: str) -> list[tuple[Any, Any]]:
    """Least and largest value of each row group with values, as a reader that skips row groups sees them."""
    metadata = parquet.read_metadata(file)
    index = metadata.schema.to_arrow_schema().get_field_index(name)
    found = [metadata.row_group(each).column(index).statistics for each in range(metadata.num_row_groups)]
    return [(each.min, each.max) for each in found if each is not None and each.has_min_max]


@pytest.mark.usefixtures("many")
def test_files_and_their_row_groups_have_ranges_of_their_own(lake, dataset):
    event = run(lake, dataset, "SELECT s, a FROM t", sort_by=["a"], file_size_mib=1)
    assert (event["status"], event["rows"]) == ("SUCCEEDED", ROWS)
    found = files(lake)
    values = [column(each, "a") for each in found]
    together = [value for each in values for value in each]
    assert together == nulls_first(together), "in order within each file, and from one to the next"
    groups = [each for file in found for each in ranges(file, "a")]
    assert len(found) > 1 and len(groups) > 2 * len(found), "several files of several row groups"
    assert all(before[1] <= after[0] for before, after in zip(groups, groups[1:], strict=False))
    wanted = [least for least, most in groups if least <= 500_000 <= most]
    assert len(wanted) == 1, "a reader that looks for one value skips all others"


@pytest.mark.usefixtures("many")
def test_each_partition_is_sorted(lake, dataset):
    """A partition column in `sort_by` is the same in all rows of a file: it changes nothing."""
    sql = "SELECT k, a, s FROM t WHERE a IS NULL OR a % 100 < 2"
    event = run(lake, dataset, sql, partition_by=["k"], sort_by=["k", "a", "s"])
    assert event["status"] == "SUCCEEDED", event
    by_folder: dict[str, list[tuple[Any, Any]]] = {}
    for each in files(lake):
        rows = zip(column(each, "a"), column(each, "s"), strict=True)
        by_folder.setdefault(each.parent.name, []).extend(rows)
    assert sorted(by_folder) == ["k=0", "k=1", "k=2"]
    for rows in by_folder.values():
        assert rows == sorted(rows, key=lambda row: (row[0] is not None, row[0] or 0, row[1]))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("settings", [{"write": "append"}, {"write": "replace_partitions", "partition_by": ["k"]}])
def test_rows_that_are_added_are_sorted_by_themselves(lake, dataset, settings):
    for start in (50, 0):
        lake.write(RAW, {"a": [start + each * 7 % 20 for each in range(20)], "k": [start + 20] * 20})
        event = run(lake, dataset, "SELECT a, k FROM t", sort_by=["a"], **settings)
        assert event["status"] == "SUCCEEDED", event
    assert sorted(column(each, "a") for each in files(lake)) == [list(range(20)), list(range(50, 70))]


VALUES = {
    "text": ["ä", None, "b", "a", "B", ""],
    "double": [1.5, None, float("nan"), -1.0, float("inf"), 0.0],
    "flag": [True, None, False, True, False, None],
    "nested": [
        {"x": 2, "y": "a"},
        None,
        {"x": 1, "y": "b"},
        {"x": 1, "y": "a"},
        {"x": None, "y": "z"},
        {"x": 3, "y": ""},
    ],
    "list": [[2], None, [1, 2], [1], [], [1, None]],
}
IN_ORDER = {
    "text": [None, "", "B", "a", "b", "ä"],
    "double": [None, -1.0, 0.0, 1.5, float("inf"), float("nan")],
    "flag": [None, None, False, False, True, True],
    "nested": [
        None,
        {"x": None, "y": "z"},
        {"x": 1, "y": "a"},
        {"x": 1, "y": "b"},
        {"x": 2, "y": "a"},
        {"x": 3, "y": ""},
    ],
    "list": [None, [], [1], [1, None], [1, 2], [2]],
}


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("name", VALUES)
def test_every_type_is_sorted_as_spark_sorts_it(lake, dataset, name):
    lake.write(RAW, {"v": VALUES[name]})
    assert run(lake, dataset, "SELECT v AS `a b` FROM t", sort_by=["a b"])["status"] == "SUCCEEDED"
    (file,) = files(lake)
    assert repr(column(file, "a b")) == repr(IN_ORDER[name])


def test_the_order_of_the_names_counts(lake, dataset):
    lake.write(RAW, {"a": [1, 2, 1, 2], "b": ["y", "x", "x", "y"]})
    for names, expected in ((["a", "b"], ["x", "y", "x", "y"]), (["b", "a"], ["x", "x", "y", "y"])):
        run(lake, dataset, "SELECT a, b FROM t", sort_by=names)
        assert column(files(lake)[0], "b") == expected


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("more", [{}, {"format": "iceberg", "table": {"database": "d", "name": "t"}}])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("b", "`sort_by` names `b`, which the result does not have: a, m"),
        ("A", "`sort_by` names `A`, which the result does not have: a, m"),
        ("m", "column `m` is array<map<string,int>>, and maps have no order: remove it from `sort_by`"),
    ],
)
def test_a_column_that_cannot_be_sorted_by(lake, dataset, name, message, more):
    lake.write(RAW, {"a": [1]})
    event = run(lake, dataset, "SELECT a, array(map('x', 1)) AS m FROM t", sort_by=[name], **more)
    found = event["error"]
    assert (event["status"], found["class"], found["message"]) == ("FAILED", "RESULT_COLUMNS", message)
    assert not files(lake)


@pytest.mark.parametrize("partition_by", [[], ["k"]])
def test_columns_may_have_the_names_that_the_job_uses(lake, dataset, partition_by):
    lake.write(RAW, {"a": [2, 1], "b": ["x", "y"]})
    sql = "SELECT a, b AS STRATA_FILE, b AS strata_partition_0, 1 AS k FROM t"
    run(lake, dataset, sql, sort_by=["a"], partition_by=partition_by)
    (file,) = files(lake)
    assert parquet.ParquetFile(file).read(["a", "STRATA_FILE", "strata_partition_0"]).to_pylist() == [
        {"a": number, "STRATA_FILE": text, "strata_partition_0": text} for number, text in ((1, "y"), (2, "x"))
    ]


def test_no_row(lake, dataset):
    lake.write(RAW, {"a": [1], "k": [1]})
    for settings in ({}, {"partition_by": ["k"]}):
        event = run(lake, dataset, "SELECT a, k FROM t WHERE a > 1", sort_by=["a"], **settings)
        assert (event["status"], event["rows"]) == ("SUCCEEDED", 0), event


def test_another_order_is_a_change(lake, dataset):
    lake.write(RAW, {"a": [2, 1], "b": [1, 2]})
    same = {"skip_unchanged": True, "params": []}
    found = [run(lake, dataset, "SELECT a, b FROM t", sort_by=by, **same)["status"] for by in (["a"], ["a"], ["b"])]
    assert found == ["SUCCEEDED", "SKIPPED", "SUCCEEDED"]
