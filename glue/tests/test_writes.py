"""Write modes, partitions, sizes, repeats and skips: the same outcome on every engine."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pyarrow.parquet as parquet
import pytest

from strata_glue.arguments import settings as arguments
from strata_glue.read.content import read_content
from strata_glue.store import open_store

pytestmark = pytest.mark.usefixtures("either_way")

RAW = "s3://b/raw/t/"
OUT = "s3://b/out/d/"
UTC = datetime.timezone.utc
TYPES = {"day": "date"}


@pytest.fixture(autouse=True)
def raw(lake):
    days = [datetime.date(2026, 1, 1 + index % 3) for index in range(9)]
    lake.write(RAW, {"a": list(range(9)), "day": days})


def publish(**settings) -> str:
    return json.dumps({"d": settings})


def record(lake):
    found = read_content(open_store(str(lake.folder)), OUT).record
    assert found is not None
    return found


def run(lake, dataset, sql, tables=None, **arguments):
    result, events = lake.run(dataset("d", sql, tables or {"t": RAW}), **arguments)
    return result, events["d"]


def run_day(lake, dataset, day, **arguments):
    sql = "SELECT a, day FROM t WHERE day = :day"
    return run(lake, dataset, sql, params=json.dumps({"day": day}), param_types=json.dumps(TYPES), **arguments)


def values(lake) -> list[int]:
    """By a plain listing, as Athena would."""
    return sorted(
        row["a"] for file in lake.path(OUT).rglob("part-*.parquet") if "_strata" not in file.parts for row in read(file)
    )


def read(file):
    return parquet.ParquetFile(file).read().to_pylist()


def test_append_adds_once_an_execution(lake, dataset):
    settings = publish(write="append")
    for execution, day in (("one", "2026-01-01"), ("two", "2026-01-02"), ("one", "2026-01-01")):
        result, event = run_day(lake, dataset, day, publish=settings, execution=execution)
        assert result.status == "SUCCEEDED", event
    assert values(lake) == [0, 1, 3, 4, 6, 7]
    assert (event["generation"], event["rows"]) == (2, 6)


def test_a_repeated_execution_is_reported_as_such(lake, dataset):
    for execution, expected in (("one", None), ("one", True), ("two", None)):
        _, event = run_day(lake, dataset, "2026-01-01", execution=execution, state=str(lake.folder / "state"))
        assert (event["status"], event.get("repeated")) == ("SUCCEEDED", expected)
    folder = lake.folder / "state" / "ledger" / "d"
    assert [json.loads(file.read_text()).get("repeated") for file in sorted(folder.iterdir())] == [None, True, None]


def test_append_refuses_other_columns(lake, dataset):
    settings = publish(write="append")
    run(lake, dataset, "SELECT a, day FROM t", publish=settings)
    result, event = run(lake, dataset, "SELECT CAST(a AS STRING) AS a, 1 AS b FROM t", publish=settings)
    assert event["error"]["class"] == "RESULT_COLUMNS"
    for part in ("`day` is missing", "`b` is new", "`a` is string, not bigint"):
        assert part in event["error"]["message"]
    assert len(values(lake)) == 9


def test_append_beside_files_of_another_writer_is_refused(lake, dataset):
    lake.write(OUT, {"a": [1]})
    result, event = run(lake, dataset, "SELECT a FROM t", publish=publish(write="append"))
    assert event["error"]["class"] == "TARGET_LAYOUT"
    assert len(lake.read(OUT)) == 1


def test_replace_partitions_touches_only_those_of_the_result(lake, dataset):
    settings = publish(write="replace_partitions", partition_by=["day"])
    run(lake, dataset, "SELECT a, day FROM t", publish=settings)
    before = {path.name for path in lake.path(OUT).glob("day=*/part-*")}
    result, event = run(lake, dataset, "SELECT a + 100 AS a, day FROM t WHERE day = DATE'2026-01-02'", publish=settings)
    assert result.status == "SUCCEEDED", event
    assert values(lake) == [0, 2, 3, 5, 6, 8, 101, 104, 107]
    folders = sorted(path.name for path in lake.path(OUT).iterdir() if path.name != "_strata")
    assert folders == ["day=2026-01-01", "day=2026-01-02", "day=2026-01-03"]
    assert len(before & {path.name for path in lake.path(OUT).glob("day=*/part-*")}) == len(before) * 2 // 3
    # A result without rows replaces no partition, and is not a mistake.
    result, event = run(lake, dataset, "SELECT a, day FROM t WHERE a < 0", publish=settings)
    assert (result.status, event["rows"]) == ("SUCCEEDED", 9)


def test_a_partitioned_result_without_rows_can_be_read(lake, dataset):
    settings = {"d": {"partition_by": ["day"]}}
    result, events = lake.run(
        dataset("d", "SELECT a, day FROM t WHERE a < 0", {"t": RAW}),
        dataset("reader", "SELECT count(*) AS n, max(day) AS day FROM d", {"d": OUT}),
        publish=json.dumps(settings),
        waits_for={"reader": ["d"]},
    )
    assert result.status == "SUCCEEDED", events
    assert lake.read("s3://b/out/reader/") == [{"n": 0, "day": None}]


def test_other_partitions_than_before_are_refused(lake, dataset):
    run(lake, dataset, "SELECT a, day FROM t", publish=publish(partition_by=["day"]))
    result, event = run(
        lake, dataset, "SELECT a, day FROM t", publish=publish(write="replace_partitions", partition_by=["a"])
    )
    assert event["error"]["class"] == "TARGET_LAYOUT"
    assert values(lake) == list(range(9))


PARTITIONS = {
    "string": ("k STRING", "'a b/c=d%é:\\'\"'", "a b/c=d%é:'\""),
    "number as text": ("k STRING", "'007'", "007"),
    "boolean": ("k BOOLEAN", "true", True),
    "tinyint": ("k TINYINT", "CAST(-5 AS TINYINT)", -5),
    "int": ("k INT", "7", 7),
    "bigint": ("k BIGINT", "CAST(5000000000 AS BIGINT)", 5_000_000_000),
    "date": ("k DATE", "DATE'2026-01-02'", datetime.date(2026, 1, 2)),
    "timestamp": (
        "k TIMESTAMP",
        "TIMESTAMP'2026-01-02 03:04:05.12'",
        datetime.datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC),
    ),
    "decimal": ("k DECIMAL(10,2)", "CAST(1.10 AS DECIMAL(10,2))", Decimal("1.10")),
}


@pytest.mark.parametrize("kind", PARTITIONS)
def test_a_partition_column_keeps_type_value_and_place(lake, dataset, kind):
    """Each type, with a NULL beside it; the column is the first, and is so again for a reader of the target."""
    _, literal, value = PARTITIONS[kind]
    sql = f"SELECT CASE WHEN a < 5 THEN {literal} END AS k, a FROM t"
    result, events = lake.run(
        dataset("d", sql, {"t": RAW}),
        dataset("reader", "SELECT * FROM d", {"d": OUT}),
        publish=publish(partition_by=["k"]),
        waits_for={"reader": ["d"]},
    )
    assert result.status == "SUCCEEDED", events
    assert len(list(lake.path(OUT).glob("k=*"))) == 2
    got = lake.read("s3://b/out/reader/")
    assert list(got[0]) == ["k", "a"]
    assert sorted(row["a"] for row in got) == list(range(9))
    assert {(row["a"] < 5, row["k"]) for row in got} == {(True, value), (False, None)}


@pytest.mark.parametrize(
    ("sql", "columns", "message"),
    [
        ("SELECT a, '' AS k FROM t", ["k"], "an empty text"),
        ("SELECT a, '__HIVE_DEFAULT_PARTITION__' AS k FROM t", ["k"], "__HIVE_DEFAULT_PARTITION__"),
        ("SELECT a, 1.5D AS k FROM t", ["k"], "is double"),
        ("SELECT a, array(1) AS k FROM t", ["k"], "is array"),
        ("SELECT a FROM t", ["k"], "does not have"),
        ("SELECT a FROM t", ["a"], "every column"),
    ],
)
def test_what_cannot_partition_is_refused(lake, dataset, sql, columns, message):
    result, event = run(lake, dataset, sql, publish=publish(partition_by=columns))
    assert event["error"]["class"] == "RESULT_COLUMNS" and message in event["error"]["message"]
    assert not lake.path(OUT).exists() or values(lake) == []


def test_several_partition_columns(lake, dataset):
    sql = "SELECT a, day, a % 2 AS odd FROM t"
    result, event = run(lake, dataset, sql, publish=publish(partition_by=["odd", "day"]))
    assert result.status == "SUCCEEDED", event
    assert len(list(lake.path(OUT).glob("odd=*/day=*"))) == 6


@pytest.mark.parametrize(
    ("compression", "codec"), [("zstd", "ZSTD"), ("snappy", "SNAPPY"), ("gzip", "GZIP"), ("none", "UNCOMPRESSED")]
)
def test_compression(lake, dataset, compression, codec):
    run(lake, dataset, "SELECT a FROM t", publish=publish(compression=compression))
    (file, *_) = lake.path(OUT).glob("part-*")
    assert parquet.read_metadata(file).row_group(0).column(0).compression == codec


def test_small_files_are_merged_and_large_ones_divided(lake, dataset, monkeypatch):
    """Sources of many files make results of many files on Spark; on Sail a partition with many writers does."""
    for index in range(40):
        lake.write("s3://b/raw/many/", {"a": [index], "s": ["x" * 10]}, f"{index:02d}.parquet")
    many = "s3://b/raw/many/"
    lake.write(
        "s3://b/raw/long/",
        {"a": list(range(200_000)), "s": [f"{index * 7919 % 1_000_003}" for index in range(200_000)]},
    )
    lake.run(dataset("d", "SELECT a, s FROM m", {"m": many}))
    assert len(list(lake.path(OUT).glob("part-*"))) <= 8
    assert values(lake) == list(range(40))
    monkeypatch.setattr(arguments, "MIB", 1024)
    lake.run(dataset("d", "SELECT a, s FROM m", {"m": "s3://b/raw/long/"}), publish=publish(file_size_mib=128))
    sizes = [file.stat().st_size for file in lake.path(OUT).glob("part-*")]
    assert len(sizes) >= 4 and max(sizes) < 3 * 128 * 1024
    assert values(lake) == list(range(200_000))


def test_types_survive_a_rewrite(lake, dataset, monkeypatch):
    monkeypatch.setattr(arguments, "MIB", 1024)
    sql = (
        "SELECT a, CAST(1.10 AS DECIMAL(10,2)) AS m, TIMESTAMP'2020-01-01 01:00:00' AS t, DATE'2020-01-01' AS d, "
        "array(1, NULL) AS l, named_struct('x', 1, 'y', 'z') AS s, map('k', 1) AS o, a % 7 AS k FROM n"
    )
    lake.write("s3://b/raw/n/", {"a": list(range(5000))})
    _, event = run(lake, dataset, sql, {"n": "s3://b/raw/n/"}, publish=publish(file_size_mib=4))
    assert event["status"] == "SUCCEEDED", event
    result, events = lake.run(dataset("reader", "SELECT * FROM d WHERE a = 4999", {"d": OUT}))
    assert result.status == "SUCCEEDED", events
    (row,) = lake.read("s3://b/out/reader/")
    moment = datetime.datetime(2020, 1, 1, 1, tzinfo=UTC)
    assert row == {
        **{"a": 4999, "m": Decimal("1.10"), "t": moment, "d": moment.date(), "l": [1, None]},
        **{"s": {"x": 1, "y": "z"}, "o": [("k", 1)], "k": 4999 % 7},
    }


def test_skips_what_is_unchanged_if_asked(lake, dataset):
    settings = publish(skip_unchanged=True, params=[])
    sql = "SELECT a FROM t"
    assert run(lake, dataset, sql, publish=settings)[1]["status"] == "SUCCEEDED"
    _, event = run(lake, dataset, sql, publish=settings, params='{"x": 1}', param_types='{"x": "int"}')
    assert (event["status"], event["rows"], event["generation"]) == ("SKIPPED", 9, 1)
    assert run(lake, dataset, sql + " WHERE a > 0", publish=settings)[1]["status"] == "SUCCEEDED"
    lake.write(RAW, {"a": [1, 2], "day": [None, None]})
    assert run(lake, dataset, sql + " WHERE a > 0", publish=settings)[1]["status"] == "SUCCEEDED"
    changed = publish(skip_unchanged=True, params=[], compression="gzip")
    assert run(lake, dataset, sql + " WHERE a > 0", publish=changed)[1]["status"] == "SUCCEEDED"
    assert run(lake, dataset, sql + " WHERE a > 0", publish=changed)[1]["status"] == "SKIPPED"
    assert run(lake, dataset, sql + " WHERE a > 0")[1]["status"] == "SUCCEEDED"  # off by default


def test_what_expectations_read_counts_as_a_change(lake, dataset):
    lake.write(RAW, {"a": [1]})
    lake.write("s3://b/raw/other/", {"id": [1, 2]})
    fresh = {"name": "f", "kind": "freshness", "newest": "1767225600000000", "within_seconds": 86400, "of": "now"}
    reads = [{"view": "strata_reference_0", "location": "s3://b/raw/other/"}]
    count = "SELECT count(*) AS n FROM strata_result LEFT ANTI JOIN strata_reference_0 ON a = id"
    known = {"name": "r", "kind": "references", "count": count, "sample": "SELECT 1", "reads": reads}
    settings = json.dumps({"d": {"skip_unchanged": True, "params": [], "expectations": [fresh, known]}})

    def run(now: str) -> str:
        types = {"params": json.dumps({"now": now}), "param_types": '{"now": "date"}'}
        return lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}), publish=settings, **types)[1]["d"]["status"]

    assert run("2026-01-01") == "SUCCEEDED"
    assert run("2026-01-01") == "SKIPPED"
    assert run("2026-03-01") == "FAILED", "what was fresh then is not now"
    lake.write("s3://b/raw/other/", {"id": [2]})
    assert run("2026-01-01") == "FAILED", "what was referred to is gone"


def test_what_a_skipped_dataset_feeds_still_runs(lake, dataset):
    group = [
        dataset("d", "SELECT a FROM t", {"t": RAW}),
        dataset("reader", "SELECT count(*) AS n FROM d", {"d": OUT}),
    ]
    both = json.dumps({name: {"skip_unchanged": True, "params": []} for name in ("d", "reader")})
    for expected in (["SUCCEEDED", "SUCCEEDED"], ["SKIPPED", "SKIPPED"]):
        result, events = lake.run(*group, publish=both, waits_for={"reader": ["d"]})
        assert result.status == "SUCCEEDED"
        assert [events[name]["status"] for name in ("d", "reader")] == expected
    lake.write(RAW, {"a": [1]})
    _, events = lake.run(*group, publish=both, waits_for={"reader": ["d"]})
    assert [events[name]["status"] for name in ("d", "reader")] == ["SUCCEEDED", "SUCCEEDED"]
    _, events = lake.run(
        *group, publish=both
    )  # as after a move to stages of their own: nothing it computes has changed
    assert [events[name]["status"] for name in ("d", "reader")] == ["SKIPPED", "SKIPPED"]


def test_its_own_target_is_read_as_last_committed(lake, dataset):
    run(lake, dataset, "SELECT max(a) AS a FROM t")
    lake.write(OUT, {"a": [1000]}, "orphan.parquet")  # not in the record
    sql = "SELECT a FROM d UNION ALL SELECT max(a) + 1 FROM d"
    for _ in range(2):
        result, event = run(lake, dataset, sql, {"d": OUT})
        assert result.status == "SUCCEEDED", event
    assert values(lake) == [8, 9, 10]


def test_keeps_generations(lake, dataset):
    for limit in (1, 2, 3):
        run(lake, dataset, f"SELECT a FROM t WHERE a < {limit}", publish=publish(keep=1))
    assert [each.generation for each in record(lake).kept] == [2]
    assert values(lake) == [0, 1, 2]
