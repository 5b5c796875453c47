"""Tiny datasets on Spark 4: the same content as a job makes, or a job makes it."""

from __future__ import annotations

import datetime
import json
import threading
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import TAKES_ROWS

from strata_glue import dataset as datasets
from strata_glue import tiny
from strata_glue.fail_points import unwatch, watch
from strata_glue.semaphore import Semaphore

RAW = "s3://b/raw/t/"
OUT = "s3://b/out/d/"
UTC = datetime.timezone.utc
AT = datetime.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

needs_rows = pytest.mark.skipif(not TAKES_ROWS, reason="this engine is given files only")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Datasets that were tried in memory, and whether that gave a result."""
    seen = []

    def spy(dataset: Any, *others: Any) -> Any:
        result = tiny.compute_tiny(dataset, *others)
        seen.append((dataset.name, result is not None))
        return result

    monkeypatch.setattr(datasets, "compute_tiny", spy)
    return seen


PLAIN = {
    "yes": pa.array([True, None]),
    "tiny": pa.array([1, None], pa.int8()),
    "small": pa.array([1, None], pa.int16()),
    "whole": pa.array([1, 2], pa.int32()),
    "long": pa.array([5_000_000_000, None]),
    "single": pa.array([1.5, float("nan")], pa.float32()),
    "double": pa.array([-0.0, None]),
    "text": pa.array(["ä 'b'", ""]),
    "coded": pa.array(["x", None]).dictionary_encode(),
    "day": pa.array([datetime.date(1, 1, 1), datetime.date(9999, 12, 31)]),
    "at": pa.array([AT, datetime.datetime(1, 1, 1, tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
    "at_ms": pa.array([AT, None], pa.timestamp("ms", tz="Europe/Berlin")),
    "money": pa.array([Decimal("1.25"), None], pa.decimal128(10, 2)),
    "large money": pa.array([Decimal("1"), None], pa.decimal128(38, 0)),
}

QUERIES = {
    "as they are": "SELECT * FROM t",
    "no row": "SELECT * FROM t WHERE false",
    "made": "SELECT CAST(whole AS TINYINT) AS a, CAST(text AS BINARY) AS b, TIMESTAMP_NTZ'2026-01-02 03:04:05' AS c,"
    " current_timezone() AS d, date_trunc('DAY', at) AS e, money * 3 AS f, CAST(NULL AS DATE) AS g FROM t",
    "grouped": "SELECT yes, count(*) AS n, sum(money) AS m, max(at) AS at FROM t GROUP BY yes ORDER BY n, yes",
    "joined": "SELECT a.whole, b.text FROM t AS a JOIN t AS b ON a.whole < b.whole",
    "ranked": "SELECT whole, row_number() OVER (ORDER BY whole DESC) AS place FROM t",
    "ordered": "SELECT whole FROM t ORDER BY whole DESC LIMIT 1",
}


@needs_rows
@pytest.mark.parametrize("compression", ["zstd", "none"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_content_is_what_a_job_makes(lake, engine, dataset, computed, monkeypatch, query, compression):
    lake.write(RAW, PLAIN)
    publish = json.dumps({name: {"compression": compression} for name in ("memory", "job")})
    result, _ = lake.run(dataset("memory", QUERIES[query], {"t": RAW}), publish=publish)
    assert (result.status, computed) == ("SUCCEEDED", [("memory", True)])
    monkeypatch.setattr(engine, "takes_rows", False)
    lake.run(dataset("job", QUERIES[query], {"t": RAW}), publish=publish)
    memory, job = (content(lake, engine, f"s3://b/out/{name}/") for name in ("memory", "job"))
    expected = {"UNCOMPRESSED" if compression == "none" else "ZSTD"}
    assert memory.pop("codecs") <= expected >= job.pop("codecs")
    assert memory == job
    assert memory["rows"] != [0] or query == "no row"


def content(lake, engine, location: str) -> dict[str, Any]:
    """What readers see of a target: Spark itself, and the job's reader by the record."""
    record = json.loads((lake.path(location) / "_strata" / "commit.json").read_text())
    frame = engine.new_session().read.parquet(str(lake.path(location)))
    files = list(lake.path(location).glob("*.parquet"))
    metadata = [parquet.read_metadata(file) for file in files]
    return {
        "columns": record["schema"],
        "rows": [each["rows"] for each in record["files"]],
        "spark": frame.schema.simpleString(),
        "nullable": frame.schema.json(),
        "values": sorted(row["v"] for row in frame.selectExpr("to_json(struct(*)) AS v").collect()),
        "fields": [str(one.schema.column(n).logical_type) for one in metadata[:1] for n in range(one.num_columns)],
        "codecs": {one.row_group(g).column(0).compression for one in metadata for g in range(one.num_row_groups)},
    }


@needs_rows
@pytest.mark.parametrize(
    ("sql", "settings"),
    [
        ("SELECT a, input_file_name() AS f FROM t", {}),
        ("SELECT a, id FROM t CROSS JOIN range(5)", {}),
        ("SELECT 1 AS a", {}),
        ("SELECT a FROM t UNION ALL SELECT a FROM none", {}),
        ("SELECT a, b FROM t", {"partition_by": ["b"]}),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_query_or_setting_that_needs_more_than_rows_is_not_tiny(lake, dataset, computed, sql, settings):
    lake.write(RAW, {"a": [1], "b": ["x"]})
    lake.write("s3://b/raw/none/", {"a": pa.array([], pa.int64())})
    places = {"t": RAW, "none": "s3://b/raw/none/"}
    tables = {name: place for name, place in places.items() if f"FROM {name}" in sql}
    result, _ = lake.run(dataset("d", sql, tables), publish=json.dumps({"d": settings}))
    assert (result.status, computed) == ("SUCCEEDED", [])
    if " AS f " in sql:
        assert lake.read(OUT)[0]["f"].endswith("part.parquet")


@needs_rows
@pytest.mark.parametrize("more", [0, 1])
def test_few_rows_of_all_sources_are_tiny(lake, dataset, computed, more):
    lake.write(RAW, {"a": list(range(tiny.MOST_ROWS - 10))})
    lake.write("s3://b/raw/u/", {"a": list(range(10 + more))})
    lake.run(dataset("d", "SELECT * FROM t UNION ALL SELECT * FROM u", {"t": RAW, "u": "s3://b/raw/u/"}))
    assert computed == ([] if more else [("d", True)])
    assert len(lake.read(OUT)) == tiny.MOST_ROWS + more


@needs_rows
def test_few_bytes_and_files_are_tiny(lake, dataset, computed, monkeypatch):
    lake.write(RAW, {"a": [1]})
    lake.write(RAW, {"a": [2]}, "other.parquet")
    monkeypatch.setattr(tiny, "MOST_FILES", 1)
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    monkeypatch.undo()
    monkeypatch.setattr(tiny, "MOST_BYTES", 100)
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    assert computed == []
    assert sorted(row["a"] for row in lake.read(OUT)) == [1, 2]


def spark_2(folder) -> None:
    """As Spark 2 wrote it: without its calendar, which Spark 3 takes from the version."""
    table = pa.table({"day": [datetime.date(1500, 1, 1)]}).replace_schema_metadata(
        {"org.apache.spark.version": "2.4.8"}
    )
    with parquet.ParquetWriter(folder / "part.parquet", table.schema, store_schema=False) as writer:
        writer.add_key_value_metadata({"org.apache.spark.version": "2.4.8"})
        writer.write_table(table)


def other_type(folder) -> None:
    parquet.write_table(pa.table({"day": [1]}), folder / "a.parquet")
    parquet.write_table(pa.table({"day": pa.array([2], pa.int32())}), folder / "b.parquet")


def ninety_six_bits(folder) -> None:
    table = pa.table({"day": pa.array([AT], pa.timestamp("us"))})
    parquet.write_table(table, folder / "part.parquet", use_deprecated_int96_timestamps=True, store_schema=False)


@needs_rows
@pytest.mark.parametrize("write", [spark_2, other_type, ninety_six_bits])
def test_files_that_only_an_engine_reads_are_left_to_it(lake, engine, dataset, computed, write):
    lake.path(RAW).mkdir(parents=True)
    write(lake.path(RAW))
    expected = sorted(map(repr, engine.new_session().read.parquet(str(lake.path(RAW))).collect()))
    result, _ = lake.run(dataset("d", "SELECT day FROM t", {"t": RAW}))
    assert result.status == "SUCCEEDED"
    assert ("d", True) not in computed
    assert sorted(map(repr, engine.new_session().read.parquet(str(lake.path(OUT))).collect())) == expected


@needs_rows
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nope FROM t",
        "SELECT CAST(b AS INT) AS a FROM t",
        "SELECT a\nFROM t\nWHERE a / (a - a) > 1",
        "SELECT a, a FROM t",
        "SELECT NULL AS a FROM t",
        "SELECT FROM FROM t",
    ],
)
def test_a_mistake_is_reported_as_a_job_reports_it(lake, engine, dataset, computed, monkeypatch, capfd, sql):
    lake.write(RAW, {"a": [1, 2], "b": ["SECRET", "x"]})
    lake.write(OUT, {"a": [0]})
    _, first = lake.run(dataset("d", sql, {"t": RAW}))
    said = [line for line in capfd.readouterr().err.splitlines() if "SECRET" in line]
    assert all("SparkNumberFormatException" in line for line in said)  # Java's own log of the job that failed
    monkeypatch.setattr(engine, "takes_rows", False)
    _, second = lake.run(dataset("d", sql, {"t": RAW}))
    assert first["d"]["status"] == "FAILED"
    assert first["d"]["error"] == second["d"]["error"]
    assert [name for name, _ in computed] == ["d"]
    assert lake.read(OUT) == [{"a": 0}]


@needs_rows
@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT a, explode(sequence(1, 101)) AS n FROM t", 10_100),
        ("SELECT a, repeat('x', 1025) AS n FROM t", 100),
        ("SELECT a, repeat('x', 600) AS n, CAST(repeat('x', 600) AS BINARY) AS m FROM t", 100),
        ("SELECT a, sequence(1, 10) AS n FROM t", 100),
        ("SELECT a, b COLLATE UTF8_LCASE AS n FROM t", 100),
        ("SELECT a, array(b COLLATE UTF8_LCASE) AS n FROM t", 100),
    ],
)
def test_what_may_be_large_or_is_not_plain_is_left_to_a_job(lake, dataset, computed, sql, rows):
    lake.write(RAW, {"a": list(range(100)), "b": ["x"] * 100})
    _, events = lake.run(dataset("d", sql, {"t": RAW}))
    assert computed == [("d", False)]
    assert (events["d"]["status"], events["d"]["rows"], len(lake.read(OUT))) == ("SUCCEEDED", rows, rows)


@needs_rows
def test_texts_of_any_length_may_be_between(lake, dataset, computed):
    """Held before: the optimizer made all of them at once, Java had no memory left, and the run hung."""
    lake.write(RAW, {"a": list(range(10_000))})
    sql = "SELECT sum(length(r)) AS n FROM (SELECT repeat(CAST(a AS STRING), 20000) AS r FROM t)"
    lake.run(dataset("d", sql, {"t": RAW}))
    assert computed == [("d", True)]
    assert lake.read(OUT) == [{"n": 20_000 * sum(len(str(a)) for a in range(10_000))}]


@pytest.mark.parametrize(
    ("sql", "short"),
    [
        ("SELECT upper(a) AS a, COUNT (*) AS n FROM t WHERE b IN (1, 2) GROUP BY upper(a)", True),
        ("WITH x AS (SELECT CAST(a AS DECIMAL(9, 2)) AS a FROM t) SELECT * FROM x JOIN (SELECT 1) USING (a)", True),
        ("SELECT repeat(a, 100) FROM t", False),
        ("SELECT Lpad (a, 100000) FROM t", False),
        ("SELECT a || a AS a FROM t", False),
        ("SELECT upper(concat(a, a)) FROM t", False),
        ("SELECT `repeat`(a, 9) FROM t", False),
    ],
)
def test_only_what_cannot_grow_is_computed_at_once(sql, short):
    assert tiny.stays_short(sql) == short


@needs_rows
def test_a_small_file_of_much_text_is_left_to_a_job(lake, dataset, computed):
    lake.write(RAW, {"a": ["x" * 40_000] * 1000})
    lake.run(dataset("d", "SELECT length(a) AS n FROM t", {"t": RAW}))
    assert computed == [("d", False)]
    assert len(lake.read(OUT)) == 1000


@needs_rows
def test_what_spark_cannot_unpack_is_reported_whatever_the_size(lake, dataset, computed):
    lake.path(RAW).mkdir(parents=True)
    parquet.write_table(pa.table({"a": [1]}), lake.path(RAW) / "part.parquet", compression="brotli")
    _, events = lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    assert (computed, events["d"]["status"]) == ([("d", False)], "FAILED")


@needs_rows
def test_a_wanted_file_size_is_left_to_a_job(lake, dataset, computed):
    lake.write(RAW, {"a": list(range(10_000))})
    sql = "SELECT a, repeat('x', 1000) AS b FROM t"
    lake.run(dataset("d", sql, {"t": RAW}), publish=json.dumps({"d": {"file_size_mib": 1}}))
    assert computed == [("d", False)]
    assert len(lake.read(OUT)) == 10_000


@needs_rows
def test_an_outdated_note_of_spark_is_ignored(lake, engine, dataset, computed):
    frame = engine.new_session().createDataFrame(pa.table({"v": pa.array([0.5, 1], pa.float32())}))
    frame.coalesce(1).write.parquet(str(lake.path(RAW)))
    (file,) = lake.path(RAW).glob("*.parquet")
    edited = parquet.read_table(file).set_column(0, "v", pa.array([0.1, 16777217.0]))
    assert b"org.apache.spark.sql.parquet.row.metadata" in edited.schema.metadata
    parquet.write_table(edited, file)
    _, events = lake.run(dataset("d", "SELECT v FROM t", {"t": RAW}))
    assert (computed, events["d"]["status"]) == ([("d", True)], "SUCCEEDED")
    assert [row["v"] for row in lake.read(OUT)] == [0.1, 16777217.0], "what is stored counts, on every engine"


@needs_rows
def test_its_own_target_and_a_record_of_it_are_read(lake, dataset, computed):
    lake.write(RAW, {"a": [1]})
    lake.run(dataset("d", "SELECT a, CAST(1.5 AS DECIMAL(9,1)) AS m FROM t", {"t": RAW}))
    own = dataset("d", "SELECT a + 1 AS a, m FROM d UNION ALL SELECT a, m FROM d", {"d": OUT})
    lake.run(own)
    lake.run(own)
    assert computed == [("d", True)] * 3
    assert sorted(row["a"] for row in lake.read(OUT)) == [1, 2, 2, 3]


@needs_rows
def test_expectations_look_at_the_file_that_was_written(lake, dataset, computed):
    lake.write(RAW, {"a": [1]})
    settings = {"expectations": [{"name": "one", "kind": "expression", "severity": "error", "failing": "a <> 1"}]}

    def change(step: str) -> None:
        if step == "written":
            (file,) = lake.path(OUT).glob("_strata/attempts/*/*.parquet")
            parquet.write_table(pa.table({"a": [7]}), file)

    watch(change)
    try:
        _, events = lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}), publish=json.dumps({"d": settings}))
    finally:
        unwatch(change)
    assert computed == [("d", True)]
    assert events["d"]["error"]["class"] == "EXPECTATIONS_FAILED"


@needs_rows
@pytest.mark.parametrize("given", ["", "2"])
def test_more_tiny_ones_at_once_unless_a_number_is_given(lake, engine, dataset, monkeypatch, given):
    monkeypatch.setattr(engine, "parallelism", 2)
    lake.write(RAW, {"a": [1]})
    inside, most, lock = 0, 0, threading.Lock()
    meeting = threading.Barrier(2 if given else 5)

    def count(step: str) -> None:
        nonlocal inside, most
        with lock:
            inside += (step == "written") - (step == "cleaned up")
            most = max(most, inside)
        if step == "written":
            meeting.wait(60)

    watch(count)
    try:
        group = [dataset(f"d{index}", "SELECT a FROM t", {"t": RAW}) for index in range(10)]
        result, _ = lake.run(*group, concurrency=given)
    finally:
        unwatch(count)
    assert result.status == "SUCCEEDED"
    assert most == 2 if given else most >= 5


def test_tiny_ones_take_no_slot_from_others():
    semaphore, inside, leave = Semaphore(2, 4), [], threading.Event()

    def stay(name: str, size: int, tiny: bool) -> None:
        with semaphore.slot(size, tiny):
            inside.append(name)
            leave.wait(60)

    def enter(name: str, size: int = 0, tiny: bool = False, comes: bool = True) -> None:
        thread = threading.Thread(target=stay, args=(name, size, tiny), daemon=True)
        thread.start()
        thread.join(0.3 if not comes else 0.05)
        threads.append(thread)

    threads: list[threading.Thread] = []
    enter("tiny 1", tiny=True)
    enter("tiny 2", tiny=True)
    enter("job 1")
    enter("job 2")
    enter("job 3", comes=False)
    assert sorted(inside) == ["job 1", "job 2", "tiny 1", "tiny 2"]
    leave.set()
    for thread in threads:
        thread.join(60)
    assert len(inside) == 5


@pytest.mark.skipif(TAKES_ROWS, reason="the other engines")
def test_other_engines_are_given_files(lake, engine, dataset, computed):
    lake.write(RAW, {"a": [1]})
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    assert not engine.takes_rows
    assert computed == []
