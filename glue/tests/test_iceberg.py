"""Iceberg tables, in a lake: one commit changes rows, columns and Strata's properties together, or nothing."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import zlib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from conftest import ENGINE

from strata_glue.arguments.parse import from_mapping
from strata_glue.engine.session import dataset_session
from strata_glue.errors import DatasetError
from strata_glue.fail_points import unwatch, watch
from strata_glue.job import run_job
from strata_glue.store import open_store
from strata_glue.target.iceberg.bounds import records_of
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.lake import LakeMetadata, put_new
from strata_glue.target.iceberg.metadata import roll_back_updates, updated
from strata_glue.target.iceberg.open import open_tables

if ENGINE == "spark" and "STRATA_ICEBERG_JARS" not in os.environ:
    pytest.skip("Spark has no Iceberg of its own (STRATA_ICEBERG_JARS)", allow_module_level=True)

RAW, OUT = "s3://b/raw/", "s3://b/out/d/"
TABLE = {"database": "db", "name": "d"}
TYPES = {"n": "int"}


@pytest.fixture(autouse=True)
def raw(lake):
    days = [datetime.date(2026, 1, 1 + index % 3) for index in range(9)]
    lake.write(RAW, {"a": list(range(9)), "day": days})


def publish(**settings) -> str:
    return json.dumps({"d": {"format": "iceberg", "table": TABLE, **settings}})


def run(lake, dataset, sql="SELECT a, day FROM t", settings=None, **arguments):
    result, events = lake.run(dataset("d", sql, {"t": RAW}), publish=settings or publish(), **arguments)
    return result, events["d"]


def run_number(lake, dataset, number, settings, **arguments):
    sql = "SELECT a, CAST(:n AS INT) AS n FROM t WHERE a >= :n AND a < :n + 3"
    return run(
        lake, dataset, sql, settings, params=json.dumps({"n": number}), param_types=json.dumps(TYPES), **arguments
    )


def tables(lake):
    return open_tables(lake.engine, open_store(str(lake.folder)))


def history(lake, location=OUT):
    return tables(lake).history(IcebergTable("db", "d", location))


def rows(lake, location=OUT, snapshot=None):
    """What a reader of the table sees, as dictionaries."""
    table = IcebergTable("db", "d", location)
    with dataset_session(lake.engine) as session:
        opened = tables(lake)
        number = snapshot or opened.history(table).current.id
        return [row.asDict() for row in opened.read(table, number, session).collect()]


def values(lake, column="a", **more):
    return sorted(row[column] for row in rows(lake, **more))


def newest_metadata(lake, location=OUT):
    """The newest metadata in the folder, read without a catalog."""
    files = (lake.path(location) / "metadata").glob("v*.metadata.json")
    return json.loads(max(files, key=lambda file: int(file.name[1:].split(".")[0])).read_text())


class During:
    """Does something once, at a named step of an attempt."""

    def __init__(self, moment, action):
        self.moment, self.action, self.done = moment, action, False

    def __enter__(self):
        watch(self._step)
        return self

    def __exit__(self, *_):
        unwatch(self._step)

    def _step(self, name):
        if name == self.moment and not self.done:
            self.done = True
            self.action()


def test_first_run_makes_a_table_of_format_2_with_rows_and_properties_in_one_snapshot(lake, dataset):
    result, event = run(lake, dataset, execution="one")
    assert event.get("error") is None
    assert result.status == "SUCCEEDED"
    assert (event["rows"], event["generation"]) == (9, 1)
    metadata = newest_metadata(lake)
    assert metadata["format-version"] == 2 and "format-version" not in metadata["properties"]
    assert {metadata["properties"][f"write.{each}.mode"] for each in ("merge", "delete", "update")} == {"copy-on-write"}
    assert metadata["properties"]["write.parquet.compression-codec"] == "zstd"
    assert len(metadata["snapshots"]) == 1
    summary = metadata["snapshots"][0]["summary"]
    assert summary["strata.execution"] == "one"
    assert summary["strata.generation"] == "1"
    assert set(json.loads(summary["strata.fingerprints"])) == {"sql", "params", "sources", "settings"}
    assert event["snapshot"] == str(metadata["current-snapshot-id"])
    assert values(lake) == list(range(9))
    assert not list((lake.path(OUT) / "_strata").rglob("*.parquet"))


def test_replace_changes_every_row_at_once(lake, dataset):
    run(lake, dataset)
    result, event = run(lake, dataset, "SELECT a + 100 AS a, day FROM t WHERE a < 2")
    assert result.status == "SUCCEEDED"
    assert (event["rows"], event["generation"]) == (2, 2)
    assert values(lake) == [100, 101]


def test_replace_by_no_rows_leaves_an_empty_table(lake, dataset):
    run(lake, dataset)
    _, event = run(lake, dataset, "SELECT a, day FROM t WHERE a < 0")
    assert (event["status"], event["rows"], event["generation"]) == ("SUCCEEDED", 0, 2)
    assert values(lake) == []


def test_first_run_without_rows_makes_an_empty_table(lake, dataset):
    _, event = run(lake, dataset, "SELECT a, day FROM t WHERE a < 0", publish(partition_by=["day"]))
    assert (event["status"], event["rows"], event["generation"]) == ("SUCCEEDED", 0, 1)
    assert values(lake) == []


def test_append_adds_once_an_execution(lake, dataset):
    settings = publish(write="append")
    for execution, number in (("one", 0), ("two", 3), ("one", 0)):
        result, event = run_number(lake, dataset, number, settings, execution=execution)
        assert result.status == "SUCCEEDED"
    assert (event["rows"], event["generation"]) == (6, 2)
    assert values(lake) == [0, 1, 2, 3, 4, 5]
    versions = len(list((lake.path(OUT) / "metadata").glob("v*.json")))
    assert len(newest_metadata(lake)["metadata-log"]) == versions - 1
    # Another pipeline's execution may have the same name.
    _, event = run_number(lake, dataset, 6, settings, execution="one", pipeline="other")
    assert (event["rows"], event["generation"]) == (9, 3)


def test_merge_updates_and_inserts_by_key(lake, dataset):
    settings = publish(write="merge", merge_key=["a"])
    run_number(lake, dataset, 0, settings)
    _, event = run_number(lake, dataset, 2, settings)
    assert event.get("error") is None
    assert (event["rows"], event["generation"]) == (5, 2)
    assert sorted((row["a"], row["n"]) for row in rows(lake)) == [(0, 0), (1, 0), (2, 2), (3, 2), (4, 2)]
    summary = history(lake).current.summary
    assert (summary["strata.generation"], summary["strata.write"]) == ("2", "merge")


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SELECT 1L AS a, day FROM t", "1 value of the merge key (a) is duplicated in the result"),
        ("SELECT a % 2 AS a, day FROM t", "2 values of the merge key (a) are duplicated in the result"),
        ("SELECT nullif(a, 3) AS a, day FROM t", "1 row of the result has NULL in the merge key (a)"),
        ("SELECT CAST(NULL AS BIGINT) AS a, day FROM t", "9 rows of the result have NULL in the merge key (a)"),
    ],
)
def test_merge_refuses_keys_that_do_not_distinguish_rows(lake, dataset, sql, what):
    run(lake, dataset)
    settings = publish(write="merge", merge_key=["a"])
    _, event = run(lake, dataset, sql, settings)
    assert event["error"]["class"] == "MERGE_KEY"
    assert event["error"]["message"] == what
    assert values(lake) == list(range(9))


def test_a_merge_key_may_have_the_name_that_the_job_uses(lake, dataset):
    settings = publish(write="merge", merge_key=["strata_rows"])
    _, event = run(lake, dataset, "SELECT a AS strata_rows, day FROM t", settings)
    assert (event.get("error"), event["rows"]) == (None, 9)


def test_replace_partitions_replaces_those_of_the_result_only(lake, dataset):
    settings = publish(write="replace_partitions", partition_by=["day"])
    run(lake, dataset, settings=settings)
    sql = "SELECT a + 100 AS a, day FROM t WHERE day = DATE'2026-01-02'"
    _, event = run(lake, dataset, sql, settings)
    assert (event["status"], event["rows"]) == ("SUCCEEDED", 9)
    assert values(lake) == [0, 2, 3, 5, 6, 8, 101, 104, 107]


def test_replace_partitions_knows_the_partition_of_null(lake, dataset):
    settings = publish(write="replace_partitions", partition_by=["k"])
    run(lake, dataset, "SELECT a, CASE WHEN a < 3 THEN NULL ELSE a % 2 END AS k FROM t", settings)
    _, event = run(lake, dataset, "SELECT 50L AS a, CAST(NULL AS BIGINT) AS k", settings)
    assert event.get("error") is None
    assert sorted(row["a"] for row in rows(lake)) == [3, 4, 5, 6, 7, 8, 50]


PARTITION_VALUES = [
    ("string", "'a b/c=%ü'", "a b/c=%ü"),
    ("string", "''", ""),
    ("boolean", "true", True),
    ("tinyint", "7", 7),
    ("smallint", "7", 7),
    ("int", "7", 7),
    ("bigint", "7", 7),
    ("decimal(10,2)", "1.50", Decimal("1.50")),
    ("date", "DATE'2026-01-02'", datetime.date(2026, 1, 2)),
    ("timestamp_ntz", "'2026-01-02 03:04:05.678'", datetime.datetime(2026, 1, 2, 3, 4, 5, 678000)),
    ("timestamp", "'2026-01-02 03:04:05.678'", datetime.datetime(2026, 1, 2, 3, 4, 5, 678000)),
]


@pytest.mark.parametrize(("kind", "text", "value"), PARTITION_VALUES)
def test_partition_columns_of_each_type_come_back_as_they_were(lake, dataset, kind, text, value):
    settings = publish(write="replace_partitions", partition_by=["k"])
    for number in (1, 2):  # the second finds the first one's partition
        sql = f"SELECT {number} AS a, CAST({text} AS {kind}) AS k"
        _, event = run(lake, dataset, sql, settings)
        assert event.get("error") is None
    (row,) = rows(lake)
    assert (row["a"], row["k"]) == (2, value)


@pytest.mark.parametrize("write", ["append", "merge", "replace_partitions"])
def test_other_columns_are_refused_where_rows_stay(lake, dataset, write):
    settings = {"write": write, "partition_by": ["day"], "merge_key": ["a"] if write == "merge" else []}
    run(lake, dataset, settings=publish(**settings))
    _, event = run(lake, dataset, "SELECT CAST(a AS STRING) AS a, day, 1 AS c FROM t", publish(**settings))
    assert event["error"]["class"] == "RESULT_COLUMNS"
    assert "`c` is new" in event["error"]["message"]
    assert "`a` is string, not bigint" in event["error"]["message"]
    assert values(lake) == list(range(9))


def test_replace_may_have_other_columns_and_earlier_snapshots_keep_theirs(lake, dataset):
    run(lake, dataset, "SELECT a, day, 'x' AS gone, named_struct('p', a) AS s, array(a) AS l FROM t")
    before = history(lake).current
    sql = "SELECT array(CAST(a AS STRING)) AS l, CAST(a AS STRING) AS a, 1.5D AS c, day FROM t WHERE a < 2"
    _, event = run(lake, dataset, sql)
    assert event.get("error") is None
    names = [(column.name, column.type) for column in history(lake).columns()]
    assert names == [("l", "array<string>"), ("a", "string"), ("c", "double"), ("day", "date")]
    assert sorted((row["a"], row["c"], row["l"]) for row in rows(lake)) == [("0", 1.5, ["0"]), ("1", 1.5, ["1"])]
    assert len(history(lake).published()) == 2
    old = rows(lake, snapshot=before.id)
    assert sorted(row["a"] for row in old) == list(range(9))
    assert {row["gone"] for row in old} == {"x"}


def test_replace_may_be_partitioned_otherwise(lake, dataset):
    run(lake, dataset, settings=publish(partition_by=["day"]))
    _, event = run(lake, dataset, "SELECT a, a % 2 AS k FROM t", publish(partition_by=["k"]))
    if lake.engine.name.startswith("spark 3"):
        assert event["error"]["class"] == "ENGINE_CANNOT"
        assert values(lake) == list(range(9))
        _, event = run(lake, dataset, "SELECT a, a % 2 AS k, day FROM t", publish(partition_by=["k"]))
        assert event.get("error") is None
        assert history(lake).partition_by() == ("k",)
        return
    assert event.get("error") is None
    assert history(lake).partition_by() == ("k",)
    assert values(lake) == list(range(9))
    settings = publish(write="replace_partitions", partition_by=["k"])
    _, event = run(lake, dataset, "SELECT 7L AS a, 1L AS k", settings)
    assert event.get("error") is None
    assert values(lake) == [0, 2, 4, 6, 7, 8]


@pytest.mark.parametrize("again", ["a, a % 2 AS k, day", "a, CAST(a AS STRING) AS k, day", "a, day"])
def test_columns_and_partitions_of_a_failed_replace_are_corrected_by_the_next(lake, dataset, again):
    run(lake, dataset, settings=publish(partition_by=["day"]))

    def fail():
        raise RuntimeError("no more")

    sql = "SELECT a, a % 2 AS k, day FROM t"
    with During("branch written", fail):
        _, event = run(lake, dataset, sql, publish(partition_by=["k"]))
    assert event["error"]["message"] == "no more"
    assert values(lake) == list(range(9))
    assert [column.name for column in history(lake).columns()] == ["a", "day"]
    if "a % 2 AS k" not in again and lake.engine.name.startswith("spark 3"):
        pytest.skip("Iceberg 1.10 cannot drop a column that a partition spec names")
    _, event = run(lake, dataset, f"SELECT {again} FROM t WHERE a < 3", publish(partition_by=["day"]))
    assert event.get("error") is None
    assert values(lake) == [0, 1, 2]
    assert history(lake).declared_columns() == history(lake).columns()
    assert history(lake).partition_by() == ("day",)


def test_other_partitions_are_refused_where_rows_stay(lake, dataset):
    run(lake, dataset, settings=publish(write="append", partition_by=["day"]))
    _, event = run(lake, dataset, settings=publish(write="append"))
    assert event["error"]["class"] == "TARGET_LAYOUT"
    assert "partitioned by day" in event["error"]["message"]


def test_a_failing_expectation_leaves_table_and_folder_as_they_were(lake, dataset):
    run(lake, dataset)
    metadata = newest_metadata(lake)
    settings = publish(expectations=[{"name": "positive", "kind": "expression", "failing": "a > 5"}])
    _, event = run(lake, dataset, settings=settings)
    assert event["error"]["class"] == "EXPECTATIONS_FAILED"
    assert newest_metadata(lake) == metadata
    assert not list((lake.path(OUT) / "_strata").rglob("*.parquet"))


def test_an_error_after_the_commit_takes_no_rows_away(lake, dataset):
    def refuse():
        raise OSError("the disk is full")

    with During("committed", refuse):
        _, event = run(lake, dataset)
    assert event["status"] == "FAILED"
    assert values(lake) == list(range(9))


def test_a_hint_that_cannot_be_written_fails_no_commit(tmp_path):
    (tmp_path / "metadata" / "version-hint.text").mkdir(parents=True)
    assert put_new(tmp_path, 1, {"format-version": 2})
    assert not put_new(tmp_path, 1, {"format-version": 3})
    assert sorted(each.name for each in (tmp_path / "metadata").iterdir()) == ["v1.metadata.json", "version-hint.text"]


def test_a_reader_keeps_its_snapshot_while_a_writer_commits(lake, dataset):
    run(lake, dataset)
    seen = history(lake).current.id
    run(lake, dataset, "SELECT a, day FROM t WHERE a < 1")
    assert values(lake, snapshot=seen) == list(range(9))
    assert values(lake) == [0]


def test_readers_of_one_run_read_one_snapshot_whatever_is_committed_meanwhile(lake, dataset):
    run(lake, dataset)
    reads = {"tables": [{"location": OUT, **TABLE}]}
    readers = [dataset(name, "SELECT count(*) AS n FROM t", {"t": OUT}) for name in ("x", "y")]

    def commit():
        other = from_mapping(
            {
                "group_list": json.dumps([dataset("d", "SELECT 1 AS a, day FROM t", {"t": RAW})]),
                "publish": publish(),
                "execution": "meanwhile",
            }
        )
        events = []
        run_job(other, lake.engine, open_store(str(lake.folder)), events.append)
        assert events[-1]["status"] == "SUCCEEDED"

    with During("written", commit) as during:  # one reader has written, the other may not have begun to read
        result, events = lake.run(*readers, publish=json.dumps({"x": reads}), concurrency="1")
    assert during.done
    assert result.status == "SUCCEEDED"
    assert [lake.read(f"s3://b/out/{name}/")[0]["n"] for name in ("x", "y")] == [9, 9]
    assert events["x"]["rows_in"] == 9
    assert set(values(lake)) == {1}


def test_a_dataset_reads_what_another_of_the_same_stage_has_committed(lake, dataset):
    reads = {"tables": [{"location": OUT, **TABLE}]}
    settings = json.dumps({"d": {"format": "iceberg", "table": TABLE}, "x": reads})
    for sql, expected in (("SELECT a, day FROM t", 9), ("SELECT a, day FROM t WHERE a < 4", 4)):
        writer, reader = dataset("d", sql, {"t": RAW}), dataset("x", "SELECT count(*) AS n FROM t", {"t": OUT})
        result, _ = lake.run(writer, reader, publish=settings, waits_for={"x": ["d"]})
        assert result.status == "SUCCEEDED"
        assert lake.read("s3://b/out/x/")[0]["n"] == expected


def test_declared_columns_of_a_table_are_compared_with_its_snapshot(lake, dataset):
    """The table of another pipeline."""
    run(lake, dataset)

    def read(columns):
        reads = {"tables": [{"location": OUT, **TABLE}], "sources": [{"location": OUT, "columns": [*columns.items()]}]}
        sql = "SELECT max(a) AS a, typeof(max(a)) AS kind FROM t"
        return lake.run(dataset("x", sql, {"t": OUT}), publish=json.dumps({"x": reads}))[1]["x"]

    error = read({"a": "string", "gone": "int", "day": "date"})["error"]
    assert error["class"] == "SOURCE_COLUMNS"
    assert "column `a` is bigint in its Iceberg table (snapshot " in error["message"]
    assert "column `gone`, declared as int, is not in its Iceberg table" in error["message"]
    event = read({"A": "decimal(20,0)", "day": "date"})
    assert event["status"] == "SUCCEEDED", event.get("error")
    assert lake.read("s3://b/out/x/")[0]["kind"] == "decimal(20,0)"


@pytest.mark.skipif(ENGINE != "sail", reason="`strata schemas` runs in Sail's environment")
def test_a_command_compares_declared_columns_of_a_table_without_an_engine(lake, dataset):
    from schemas import schemas

    run(lake, dataset)
    asked = {
        "name": "d",
        "location": OUT,
        "format": "iceberg",
        "declared": [["a", "int"], ["day", "date"], ["gone", "int"]],
    }
    (answer,) = schemas(open_store(str(lake.folder)), [asked])
    where = answer["differences"][0]["where"]
    assert where.startswith("its Iceberg table (snapshot ")
    assert [(each["kind"], each["column"]) for each in answer["differences"]] == [("type", "a"), ("missing", "gone")]
    assert {"name": "a", "type": "bigint"} in answer["columns"]
    (missing,) = schemas(open_store(str(lake.folder)), [{**asked, "location": "s3://b/none/"}])
    assert missing["missing"] and "no Iceberg table at s3://b/none/" in missing["error"]


def test_a_missing_table_is_a_missing_source(lake, dataset):
    reads = json.dumps({"x": {"tables": [{"location": OUT, **TABLE}]}})
    _, events = lake.run(dataset("x", "SELECT * FROM t", {"t": OUT}), publish=reads)
    assert events["x"]["error"]["class"] == "SOURCE_MISSING"


@pytest.mark.skipif(ENGINE != "sail", reason="queries run on Sail")
def test_a_query_names_a_remedy_where_sail_would_misread_the_path_of_the_lake(lake, dataset, tmp_path):
    from query import query

    run(lake, dataset)
    moved = tmp_path / "my lake"
    shutil.copytree(lake.folder, moved)
    for file in moved.rglob("*.metadata.json"):
        file.write_text(file.read_text().replace(str(lake.folder), str(moved)))
    use = {"as": "d", "name": "d", "location": OUT, "format": "iceberg"}
    request = {"sql": "SELECT a FROM d", "uses": [use], "known": ["d"], "limit": None, "asOf": None, "json": False}
    message = query(request, lake.engine, open_store(str(moved)), print)["error"]["message"]
    assert "only letters, digits and `/.=_-` in the path): run it as a dataset with `--engine spark`" in message


def test_an_expectation_may_refer_to_a_table(lake, dataset):
    run(lake, dataset, "SELECT a, day FROM t WHERE a < 8")
    known = "SELECT count(*) AS n FROM `strata_result` AS r LEFT ANTI JOIN `strata_reference_0` AS o ON r.a = o.a"
    check = {
        "name": "known",
        "kind": "references",
        "count": known,
        "sample": known,
        "reads": [{"view": "strata_reference_0", "location": OUT}],
    }
    settings = {"expectations": [check], "tables": [{"location": OUT, **TABLE}]}
    _, events = lake.run(dataset("x", "SELECT a FROM t", {"t": RAW}), publish=json.dumps({"x": settings}))
    assert events["x"]["error"]["message"].endswith("known fails for 1 row")


@pytest.mark.parametrize("write", ["replace", "append", "merge"])
def test_of_two_writers_one_commits(lake, dataset, write):
    run(lake, dataset, "SELECT a, day FROM t WHERE a < 1")
    settings = publish(write=write, merge_key=["a"] if write == "merge" else [])

    def other():
        done, _ = run(lake, dataset, "SELECT a + 100 AS a, day FROM t WHERE a < 2", settings, execution="other")
        assert done.status == "SUCCEEDED"

    with During("committing", other):
        result, event = run(lake, dataset, "SELECT a + 200 AS a, day FROM t WHERE a < 3", settings)
    assert result.status == "FAILED"
    assert event["error"]["class"] == "TARGET_CHANGED"
    assert "execution other" in event["error"]["message"]
    assert values(lake) == ([100, 101] if write == "replace" else [0, 100, 101])
    assert [each.generation for each in history(lake).published()] == [1, 2]
    assert set(newest_metadata(lake)["refs"]) == {"main"}


def test_of_two_first_writers_one_commits(lake, dataset):
    def other():
        done, _ = run(lake, dataset, "SELECT 1 AS b", execution="other")
        assert done.status == "SUCCEEDED"

    with During("committing", other):
        _, event = run(lake, dataset)
    assert event["error"]["class"] == "TARGET_CHANGED"
    assert rows(lake) == [{"b": 1}]


def test_unchanged_inputs_are_skipped_on_request(lake, dataset):
    settings = publish(skip_unchanged=True)
    run(lake, dataset, settings=settings)
    _, event = run(lake, dataset, settings=settings)
    assert (event["status"], event["rows"], event["generation"]) == ("SKIPPED", 9, 1)
    _, event = run(lake, dataset, "SELECT a, day FROM t WHERE a < 3", settings)
    assert (event["status"], event["rows"], event["generation"]) == ("SUCCEEDED", 3, 2)


def test_a_table_is_an_unchanged_input_until_its_snapshot_changes(lake, dataset):
    run(lake, dataset)
    settings = json.dumps({"x": {"skip_unchanged": True, "tables": [{"location": OUT, **TABLE}]}})
    reader = dataset("x", "SELECT a FROM t", {"t": OUT})
    statuses = [lake.run(reader, publish=settings)[1]["x"]["status"] for _ in range(2)]
    run(lake, dataset)
    statuses.append(lake.run(reader, publish=settings)[1]["x"]["status"])
    assert statuses == ["SUCCEEDED", "SKIPPED", "SUCCEEDED"]


def test_orphans_of_killed_attempts_go_with_the_next_commit(lake, dataset):
    run(lake, dataset)
    left: Path = lake.path(OUT) / "_strata" / "attempts" / "killed-000000000000"
    left.mkdir(parents=True)
    (left / "part-0.parquet").write_bytes(b"x")
    run(lake, dataset, "SELECT a, day FROM t WHERE a < 1")
    assert not left.exists()


def test_a_run_without_iceberg_tables_does_not_wait_for_pyiceberg():
    code = (
        "import sys, strata_glue.job, strata_glue.target.recover, strata_glue.target.iceberg.sail; print(*sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert not {"pyiceberg", "pydantic", "fastavro"} & set(done.stdout.split())


def recover(lake, *arguments):
    request = {
        "store": str(lake.folder),
        "targets": [{"dataset": "d", "location": OUT, "table": TABLE}],
        **dict(arguments),
    }
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "strata_glue.target.recover"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    return done.returncode, json.loads(done.stdout.splitlines()[0])


def test_recover_restores_a_generation_with_its_columns_and_partitions(lake, dataset):
    kept = ", day" if lake.engine.name.startswith("spark 3") else ""  # see the test above
    run(lake, dataset, settings=publish(partition_by=["day"]), execution="one")
    run(lake, dataset, f"SELECT 'x' AS b, a{kept} FROM t WHERE a < 2", execution="two")
    code, line = recover(lake, ("to", 1))
    assert (code, line["action"], line["generation"]) == (0, "rolled_back", 1)
    assert values(lake) == list(range(9))
    found = history(lake)
    assert [column.name for column in found.columns()] == ["a", "day"]
    assert found.declared_columns() == found.columns()
    assert found.partition_by() == ("day",)
    # Numbers continue, and the execution that was undone may come again.
    _, event = run(lake, dataset, f"SELECT 'x' AS b, a{kept} FROM t WHERE a < 2", execution="two")
    assert event.get("error") is None
    assert (event["generation"], event["rows"]) == (3, 2)
    assert sorted(row["b"] for row in rows(lake)) == ["x", "x"]


def test_the_engine_restores_a_snapshot_as_recover_does(lake, dataset):
    run(lake, dataset)
    first = history(lake)
    run(lake, dataset, "SELECT 'x' AS a FROM t")
    table = IcebergTable("db", "d", OUT)
    with pytest.raises(DatasetError, match="changed during"):
        tables(lake).roll_back(table, first, first.current.id)
    tables(lake).roll_back(table, history(lake), first.current.id)
    assert values(lake) == list(range(9))
    assert history(lake).declared_columns() == first.columns()


@pytest.mark.parametrize("text", ["{", "null", "[]", "{}", '{"schemas": [], "snapshots": [{}]}', "\udcff"])
def test_invalid_metadata_is_reported_with_its_path_and_not_changed(lake, dataset, text):
    run(lake, dataset)
    broken = lake.path(OUT) / "metadata" / "v2.metadata.json"
    broken.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DatasetError, match=f"^{broken} cannot be read") as error:
        LakeMetadata(open_store(str(lake.folder))).history(IcebergTable("db", "d", OUT))
    assert error.value.kind == "RECORD_BROKEN"
    code, line = recover(lake)
    assert (code, line["action"]) == (1, "failed")
    assert str(broken) in line["message"]


def test_metadata_with_a_damaged_part_is_refused_or_changed_as_a_whole(lake, dataset):
    run(lake, dataset, settings=publish(partition_by=["day"]))
    run(lake, dataset, settings=publish(partition_by=["day"]))
    table, lake_metadata = IcebergTable("db", "d", OUT), LakeMetadata(open_store(str(lake.folder)))
    file = lake_metadata.history(table).file
    whole, answers = json.loads(file.read_text()), Counter()
    damages = [(key, bad) for key in whole for bad in (None, -1, "x", [], {}, [None], {"a": None})]
    for key, bad in [*damages, *((key, "left out") for key in whole)]:
        damaged = {name: value for name, value in {**whole, key: bad}.items() if value != "left out"}
        file.write_text(json.dumps(damaged))
        try:
            history = lake_metadata.history(table)
            updated(
                history.metadata, roll_back_updates(history, history.published()[0].id) if history.published() else []
            )
            answers["changed"] += 1
        except DatasetError as error:
            assert error.kind == "RECORD_BROKEN", (key, bad)
            answers["refused"] += 1
    assert answers["changed"] > 20 and answers["refused"] > 100


@pytest.mark.skipif(ENGINE == "spark", reason="Spark writes every version")
def test_a_table_of_another_format_version_is_left_alone_by_sail_and_not_by_recover(lake, dataset):
    for _ in range(2):
        run(lake, dataset)
    newest = lake.path(OUT) / "metadata" / "v2.metadata.json"
    newest.write_text(json.dumps({**json.loads(newest.read_text()), "format-version": 3, "next-row-id": 9}))
    before = newest.read_bytes()
    _, event = run(lake, dataset, settings=publish(write="append"))
    assert (event["error"]["class"], newest.read_bytes()) == ("ENGINE_CANNOT", before)
    assert event["error"]["message"].startswith("Sail cannot do writes to Iceberg tables of format version 3: run with")
    code, line = recover(lake, ("to", 1))
    assert (code, line["action"], line["generation"]) == (0, "rolled_back", 1)
    assert (newest_metadata(lake)["format-version"], newest_metadata(lake)["next-row-id"]) == (3, 9)


def avro_with(content: bytes, old: str, new: str) -> bytes:
    """An Avro file (deflated, or without a codec) with a text in the place of one that is as long."""
    assert len(old) == len(new)
    deflated, sync = b"deflate" in content[:8192], content[-16:]
    header, *blocks = content.split(sync)
    out = [header]
    for block in blocks[:-1]:
        count, at = number_at(block, 0)
        _, at = number_at(block, at)
        data = zlib.decompress(block[at:], -15) if deflated else block[at:]
        data = data.replace(old.encode(), new.encode())
        if deflated:
            packer = zlib.compressobj(wbits=-15)
            data = packer.compress(data) + packer.flush()
        out.append(long_of(count) + long_of(len(data)) + data)
    return sync.join([*out, b""])


def number_at(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return (value >> 1) ^ -(value & 1), at


def long_of(number: int) -> bytes:
    value, out = number << 1, bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("v1", '"location": "', '"location": "/etc'),
        ("v1", '"properties": {', '"properties": {"write.data.path": "/tmp/elsewhere", '),
        ("v1", '"manifest-list": "', '"manifest-list": "/etc'),
        ("v1", "/b/out/d/", "/../ou/d/"),
        ("list", "/b/out/d/", "/../ou/d/"),
        ("manifest", "/b/out/d/", "/../ou/d/"),
    ],
)
def test_no_file_outside_of_the_lake_is_read_or_written_whatever_metadata_says(lake, dataset, file, old, new):
    run(lake, dataset)
    if file == "v1":
        path = lake.path(OUT) / "metadata" / "v1.metadata.json"
        text = json.dumps(json.loads(path.read_text()))  # with the same blanks on both engines
        assert old in text
        path.write_text(text.replace(old, new))
    else:
        avros = lake.path(OUT).rglob("*.avro")
        path = next(each for each in avros if each.name.startswith("snap-") == (file == "list"))
        changed = avro_with(path.read_bytes(), old, new)
        assert changed != path.read_bytes()
        path.write_bytes(changed)
    for checksum in lake.path(OUT).rglob(".*.crc"):
        checksum.unlink()

    def stored_files():
        return {each: each.read_bytes() for each in lake.path(OUT).rglob("*") if each.is_file()}

    before = stored_files()
    reads = json.dumps({"x": {"tables": [{"location": OUT, **TABLE}]}})
    _, events = lake.run(dataset("x", "SELECT * FROM t", {"t": OUT}), publish=reads)
    _, event = run(lake, dataset, settings=publish(write="merge", merge_key=["a"]))
    for each in (events["x"], event):
        assert (each["status"], each["error"]["class"]) == ("FAILED", "RECORD_BROKEN"), each["error"]
        assert "is not in the lake" in each["error"]["message"]
    assert stored_files() == before


def test_damaged_manifests_are_reported_with_their_path_and_end_no_process(lake, dataset):
    """pyiceberg 0.12's decoder ends the process at some of these: see docs/dependencies.md."""
    settings = publish(write="append", partition_by=["day"])
    for _ in range(2):
        run(lake, dataset, settings=settings)
    random, fields = Random(7), ("manifest_path", "data_file", "file_path")
    answers = Counter()
    for file in lake.path(OUT).rglob("*.avro"):
        whole = file.read_bytes()
        assert all(str(lake.folder) in str(each) for each in records_of(str(file), *fields))
        for _ in range(200):
            content = bytearray(whole[: random.choice([len(whole), random.randrange(len(whole))])])
            for _ in range(random.randrange(1, 5) if len(content) == len(whole) else 0):
                content[random.randrange(len(content) // 2, len(content))] = random.choice([0, 1, 127, 128, 255])
            file.write_bytes(content)
            try:
                records_of(str(file), *fields)
                answers["read"] += 1
            except DatasetError as error:
                assert error.kind == "RECORD_BROKEN"
                assert str(error).startswith(
                    f"{file} cannot be read (it is not a complete Avro file): restore it from a backup"
                )
                answers["refused"] += 1
        file.write_bytes(whole)
    assert answers["read"] and answers["refused"]


@pytest.mark.skipif(ENGINE != "sail", reason="Iceberg in the JVM applies them")
def test_deletes_of_single_rows_by_another_writer_are_refused(lake, dataset):
    import fastavro

    run(lake, dataset)
    file = Path(newest_metadata(lake)["snapshots"][-1]["manifest-list"].removeprefix("file:"))
    with file.open("rb") as stream:
        reader = fastavro.reader(stream)
        manifests = [{**each, "content": 1} for each in reader]
    with file.open("wb") as stream:
        fastavro.writer(stream, reader.writer_schema, manifests)
    with pytest.raises(DatasetError, match=r"Sail cannot do a read of .* another writer deleted single rows") as caught:
        rows(lake)
    assert caught.value.kind == "ENGINE_CANNOT"


def test_recover_reports_the_current_version_and_nothing_where_there_is_none(lake, dataset):
    code, line = recover(lake)
    assert (code, line["action"], line.get("generation")) == (0, "nothing", None)
    run(lake, dataset, execution="one")
    run(lake, dataset, execution="two")
    code, line = recover(lake)
    assert (code, line["action"], line["generation"]) == (0, "nothing", 2)
    assert line["files"] == int(history(lake).current.summary["total-data-files"])


def test_recover_says_which_generations_there_are(lake, dataset):
    run(lake, dataset)
    code, line = recover(lake, ("to", 7))
    assert (code, line["action"]) == (1, "failed")
    assert "generation 7" in line["message"]
    assert line["message"].endswith("existing: 1")


CHILD = """
import json, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from engines import start_engine
from strata_glue.arguments.parse import from_mapping
from strata_glue.errors import DatasetError
from strata_glue.job import run_job
from strata_glue.fail_points import watch
from strata_glue.store import open_store

def end(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

jars = os.environ.get("STRATA_ICEBERG_JARS")
engine = start_engine(sys.argv[4], Path(sys.argv[1]), Path(jars) if jars else None)
watch(end)
run_job(from_mapping(json.loads(sys.stdin.read())), engine, open_store(sys.argv[1]), lambda event: None)
"""


@pytest.mark.skipif(ENGINE == "sail", reason="test_orphans.py does it at each step")
@pytest.mark.parametrize(
    ("write", "moment", "committed"),
    [
        ("replace", "written", False),
        ("replace", "branch written", False),
        ("replace", "committed", True),
        ("append", "branch written", False),
        ("append", "committed", True),
        ("append", "cleaned up", True),
    ],
)
def test_a_killed_run_leaves_the_old_table_or_the_new_one(lake, dataset, moment, committed, write):
    settings = publish(write=write)
    run(lake, dataset, "SELECT a, day FROM t WHERE a < 2", settings)
    # Other columns are the longest way of a commit.
    sql = "SELECT a + 100 AS a, day, 'x' AS c FROM t" if write == "replace" else "SELECT a + 100 AS a, day FROM t"
    arguments = {
        "group_list": json.dumps([dataset("d", sql, {"t": RAW})]),
        "publish": settings,
        "pipeline": "p",
        "execution": "killed",
    }
    engines = str(Path(__file__).parents[2] / "local" / "engine")
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, str(lake.folder), moment, engines, ENGINE],
        input=json.dumps(arguments),
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    new = sorted([*([0, 1] if write == "append" else []), *range(100, 109)])
    assert values(lake) == (new if committed else [0, 1])
    code, line = recover(lake)
    assert (code, line["action"]) == (0, "nothing" if moment == "cleaned up" else "cleaned")
    assert set(newest_metadata(lake)["refs"]) == {"main"}
    assert not list((lake.path(OUT) / "_strata").rglob("*.parquet"))
    # The redrive: what was committed is not committed again.
    _, event = lake.run(*json.loads(arguments["group_list"]), publish=settings, execution="killed")
    assert event["d"].get("error") is None
    assert values(lake) == new
    assert event["d"]["generation"] == 2


def test_recover_removes_metadata_that_was_never_finished(lake, dataset):
    """Of a writer that was killed while it wrote them; no writer runs while `recover` holds the lake."""
    from strata_glue.target.iceberg.target import IcebergTarget

    run(lake, dataset)
    left = lake.path(OUT) / "metadata" / f".{'0' * 32}.tmp"
    theirs = lake.path(OUT) / "metadata" / ".theirs.tmp"
    left.write_text("{")
    theirs.write_text("x")
    table, store = IcebergTable("db", "d", OUT), open_store(str(lake.folder))
    assert IcebergTarget(store, table, None).recover("d").removed == 1
    assert not left.exists() and theirs.exists()
    assert IcebergTarget(store, table, None).recover("d").removed == 0
    left.write_text("{")  # and with the next commit, which takes the number that its writer wanted
    _, event = run(lake, dataset)
    assert event.get("error") is None
    assert theirs.exists()
    assert not left.exists() or ENGINE == "spark"


def test_the_remedy_for_a_broken_parquet_record_works(lake, dataset):
    """`--rebuild` as it is refuses Iceberg tables: the message says what comes before it."""
    from strata_glue.target.parquet.target import ParquetTarget

    parquet = json.dumps({"d": {}})
    run(lake, dataset, settings=parquet)
    record = lake.path(OUT) / "_strata" / "commit.json"
    record.write_text("{")
    for settings in (publish(), publish(write="append")):
        _, event = run(lake, dataset, settings=settings)
        assert event["error"]["class"] == "RECORD_BROKEN"
        message = event["error"]["message"]
        assert (
            "set its `format` to parquet, rebuild the record from the existing files with `strata recover --rebuild d`"
            in message
        )
        assert "replace" not in message
    ParquetTarget(open_store(str(lake.folder)), OUT).rebuild("d", accept=True)
    _, event = run(lake, dataset, settings=publish(write="append"))
    assert "set `write` to replace in its `strata` for one run" in event["error"]["message"]
    run(lake, dataset, settings=publish())
    run(lake, dataset, settings=publish(write="append"))
    assert values(lake) == sorted([*range(9), *range(9)])


@pytest.mark.parametrize("versions", [1, 2])
def test_the_remedy_for_broken_metadata_of_a_lake_works(lake, dataset, versions):
    for _ in range(versions):
        run(lake, dataset, settings=publish(write="append"))
    inside = lake.path(OUT) / "metadata"
    broken = max(inside.glob("v*.json"), key=lambda file: int(file.name[1:].split(".")[0]))
    versions = len(list(inside.glob("v*.json")))
    for text in ("{", "null", "{}"):
        broken.write_text(text)
        _, event = run(lake, dataset, settings=publish(write="append"))
        message = event["error"]["message"]
        assert event["error"]["class"] == "RECORD_BROKEN"
        assert message.startswith(f"{broken} cannot be read (")
        assert message.endswith(
            "the table then has the content before its last commit"
            if versions > 1
            else "the table is then gone, and the next run of its dataset creates one with only its own rows"
        )
        assert "remove it and version-hint.text next to it" in message
    for file in (broken, inside / "version-hint.text"):
        file.unlink()
    remaining = values(lake) if versions > 1 else []
    _, event = run(lake, dataset, settings=publish(write="append"))
    assert event.get("error") is None
    assert values(lake) == sorted([*remaining, *range(9)])
