"""The job on whatever engine this environment has: the same outcome on each."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

RAW = "s3://b/raw/t/"
UTC = datetime.timezone.utc


@pytest.fixture(autouse=True)
def raw(lake):
    lake.write(RAW, {"a": [1, 2, 3], "b": ["x", "y", None]})


def test_writes_the_result_directly_into_the_target(lake, dataset):
    result, events = lake.run(dataset("d", "SELECT a, b FROM t WHERE a > 1", {"t": RAW}))
    assert result.status == "SUCCEEDED"
    assert lake.read("s3://b/out/d/") == [{"a": 2, "b": "y"}, {"a": 3, "b": None}]
    assert (events["d"]["rows"], events["d"]["files"], events["d"]["target"]) == (2, 1, "s3://b/out/d/")
    assert events["d"]["bytes"] == sum(file.stat().st_size for file in lake.path("s3://b/out/d/").glob("*.parquet"))


def test_replaces_the_content_and_leaves_nothing_staged(lake, dataset):
    for limit in (1, 2):
        lake.run(dataset("d", f"SELECT a FROM t WHERE a <= {limit}", {"t": RAW}))
    assert [row["a"] for row in lake.read("s3://b/out/d/")] == [1, 2]
    hidden = [path for path in lake.path("s3://b/out/d/").rglob("*") if not path.name.startswith("part-")]
    assert [path.name for path in hidden] == ["_strata", "commit.json"]


def test_an_empty_result_is_one_file_with_the_schema(lake, dataset):
    sql = "SELECT a, b, CAST(a AS DECIMAL(10,2)) AS d, TIMESTAMP '2020-01-01 00:00:00' AS ts, array(a) AS l FROM t WHERE a > 9"
    result, events = lake.run(dataset("d", sql, {"t": RAW}))
    assert result.status == "SUCCEEDED"
    assert (events["d"]["rows"], events["d"]["files"]) == (0, 1)
    (file,) = lake.path("s3://b/out/d/").glob("*.parquet")
    schema = parquet.read_schema(file)
    assert schema.names == ["a", "b", "d", "ts", "l"]
    assert schema.field("d").type == pa.decimal128(10, 2)
    assert pa.types.is_timestamp(schema.field("ts").type) and schema.field("ts").type.tz == "UTC"


@pytest.mark.parametrize("kind", ["missing", "empty", "hidden only", "not parquet"])
def test_a_source_without_data_fails_the_dataset(lake, dataset, kind):
    source = lake.path("s3://b/raw/s/")
    if kind != "missing":
        source.mkdir(parents=True)
    if kind == "hidden only":
        lake.write("s3://b/raw/s/", {"a": [1]}, "_hidden.parquet")
        lake.write("s3://b/raw/s/sub/", {"a": [1]})
    if kind == "not parquet":
        (source / "part.parquet").write_text("no parquet")
    result, events = lake.run(dataset("d", "SELECT * FROM s", {"s": "s3://b/raw/s/"}), dataset("ok", "SELECT 1 AS one"))
    assert result.error == "1 of 2 datasets failed: d"
    expected = {
        "missing": "SOURCE_MISSING",
        "empty": "SOURCE_MISSING",
        "hidden only": "SOURCE_EMPTY",
        "not parquet": "SOURCE_BROKEN",
    }
    assert events["d"]["error"]["class"] == expected[kind]
    assert "`s`" in events["d"]["error"]["message"]
    assert events["ok"]["status"] == "SUCCEEDED"


def test_a_failure_leaves_the_old_content(lake, dataset):
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}))
    before = sorted(path.name for path in lake.path("s3://b/out/d/").rglob("*"))
    for sql in (
        "SELECT nope FROM t",
        "SELECT a FRM t x y",
        "SELECT a / 0 AS q FROM t",
        "SELECT CAST(b AS INT) AS i FROM t",
    ):
        result, events = lake.run(dataset("d", sql, {"t": RAW}))
        assert (result.status, events["d"]["status"]) == ("FAILED", "FAILED"), sql
        assert "\tat " not in events["d"]["error"]["message"] and "Traceback" not in events["d"]["error"]["message"]
    assert sorted(path.name for path in lake.path("s3://b/out/d/").rglob("*")) == before


def test_a_syntax_error_has_its_position(lake, dataset):
    _, events = lake.run(dataset("d", "SELECT a\nFROM t\nWHERE a = = 1", {"t": RAW}))
    error = events["d"]["error"]
    assert error["line"] == 3
    assert error["frame"].splitlines()[0] == "WHERE a = = 1"


def test_ansi_and_utc_hold_in_every_session(lake, dataset):
    sql = "SELECT CAST(TIMESTAMP '2020-06-01 12:00:00' AS STRING) AS s"
    for name in ("one", "two"):
        lake.run(dataset(name, sql))
        assert lake.read(f"s3://b/out/{name}/") == [{"s": "2020-06-01 12:00:00"}]
    result, _ = lake.run(dataset("overflow", "SELECT CAST('x' AS INT) AS i"))
    assert result.status == "FAILED"


def test_a_dataset_sees_only_its_own_tables(lake, dataset):
    result, events = lake.run(
        dataset("one", "SELECT a FROM t", {"t": RAW}), dataset("two", "SELECT a FROM t", {"other": RAW})
    )
    assert events["one"]["status"] == "SUCCEEDED"
    assert events["two"]["status"] == "FAILED"


def test_readers_wait_for_writers_whatever_their_order(lake, dataset):
    result, _ = lake.run(
        dataset("last", "SELECT c + 1 AS c FROM m", {"m": "s3://b/out/middle/"}),
        dataset("middle", "SELECT count(*) AS c FROM f", {"f": "s3://b/out/first/"}),
        dataset("first", "SELECT a FROM t", {"t": RAW}),
        waits_for={"last": ["middle"], "middle": ["first"]},
    )
    assert result.status == "SUCCEEDED"
    assert lake.read("s3://b/out/last/") == [{"c": 4}]


def test_what_reads_a_failed_dataset_is_blocked_and_the_rest_runs(lake, dataset):
    result, events = lake.run(
        dataset("bad", "SELECT nope FROM t", {"t": RAW}),
        dataset("reader", "SELECT * FROM x", {"x": "s3://b/out/bad/"}),
        dataset("reader_of_reader", "SELECT * FROM x", {"x": "s3://b/out/reader/"}),
        dataset("good", "SELECT a FROM t", {"t": RAW}),
        waits_for={"reader": ["bad"], "reader_of_reader": ["reader"]},
    )
    assert {name: event["status"] for name, event in events.items()} == {
        "bad": "FAILED",
        "reader": "BLOCKED",
        "reader_of_reader": "BLOCKED",
        "good": "SUCCEEDED",
    }
    assert result.error == "3 of 4 datasets failed: bad, reader, reader_of_reader"


def test_a_dataset_may_read_its_own_target(lake, dataset):
    lake.write("s3://b/out/d/", {"a": [10]})
    result, _ = lake.run(dataset("d", "SELECT a + 1 AS a FROM d", {"d": "s3://b/out/d/"}))
    assert result.status == "SUCCEEDED"
    assert lake.read("s3://b/out/d/") == [{"a": 11}]


def test_a_dataset_that_reads_its_own_target_fails_clearly_before_the_first_commit(lake, dataset):
    _, events = lake.run(dataset("d", "SELECT a + 1 AS a FROM d", {"d": "s3://b/out/d/"}))
    error = events["d"]["error"]
    assert error["class"] == "SOURCE_MISSING"
    assert "reads its own target as `d`" in error["message"] and "write the first content" in error["message"]


def test_a_dataset_without_target_is_run_and_counted(lake, dataset):
    result, events = lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}, target=None))
    assert result.status == "SUCCEEDED"
    assert (events["d"]["rows"], events["d"]["files"], events["d"]["target"]) == (3, 0, None)


def test_the_selection_runs_only_what_it_names(lake, dataset):
    group = [dataset(name, "SELECT a FROM t", {"t": RAW}) for name in ("one", "two")]
    _, events = lake.run(*group, datasets='["two", "of another stage"]')
    assert [events[name]["status"] for name in ("one", "two")] == ["NOT_SELECTED", "SUCCEEDED"]
    _, events = lake.run(*group, datasets="null")
    assert [events[name]["status"] for name in ("one", "two")] == ["SUCCEEDED", "SUCCEEDED"]


def test_parameters_reach_the_sql_by_name_and_type(lake, dataset):
    types = {"s": "string", "i": "int", "l": "bigint", "f": "double", "b": "boolean", "d": "date", "t": "timestamp"}
    values = {
        "s": "it's :i",
        "i": "7",
        "l": 2**40,
        "f": 1.5,
        "b": "true",
        "d": "2017-08-15",
        "t": "2017-08-15T15:00:00Z",
    }
    sql = "SELECT :s AS s, :i AS i, :l AS l, :f AS f, :b AS b, :d AS d, :t AS t"
    result, _ = lake.run(dataset("d", sql), params=json.dumps(values), param_types=json.dumps(types))
    assert result.status == "SUCCEEDED", lake.events
    (row,) = lake.read("s3://b/out/d/")
    moment = datetime.datetime(2017, 8, 15, 15, tzinfo=UTC)
    assert row == {"s": "it's :i", "i": 7, "l": 2**40, "f": 1.5, "b": True, "d": moment.date(), "t": moment}


def test_parameters_behind_characters_beyond_16_bits(lake, dataset):
    sql = "SELECT '🚀🚀' AS `名🚀`, :word AS w -- 🚀\nFROM t WHERE a IN (:n) AND '🚀' <> :word LIMIT :n"
    values, types = {"word": "🚀 it's \\ \n", "n": 2}, {"word": "string", "n": "int"}
    result, _ = lake.run(dataset("d", sql, {"t": RAW}), params=json.dumps(values), param_types=json.dumps(types))
    assert result.status == "SUCCEEDED", lake.events
    assert lake.read("s3://b/out/d/") == [{"名🚀": "🚀🚀", "w": "🚀 it's \\ \n"}]


@pytest.mark.parametrize(
    ("values", "types", "message"),
    [
        ('{"x": 1}', "{}", "parameter `x` is not declared"),
        ("{}", '{"x": "int"}', "parameter `x` has no value"),
        ('{"x": "1.5"}', '{"x": "int"}', "`x` is not a valid int"),
        ('{"x": "2147483648"}', '{"x": "int"}', "`x` is not a valid int"),
        ('{"x": "2017-02-30"}', '{"x": "date"}', "`x` is not a valid date"),
        ('{"x": "maybe"}', '{"x": "boolean"}', "`x` is not a valid boolean"),
        ('{"x": null}', '{"x": "date"}', "`x` is not a valid date"),
        ("[1]", "{}", "--params is not a JSON object"),
    ],
)
def test_bad_parameters_stop_the_job_before_any_dataset(lake, dataset, values, types, message):
    result, events = lake.run(dataset("d", "SELECT 1 AS one"), params=values, param_types=types)
    assert result.status == "FAILED" and message in (result.error or "")
    assert events == {}


@pytest.mark.parametrize(
    ("group", "message"),
    [("[", "not JSON"), ("{}", "no"), ('[{"sql_name": "d"}]', "sql_text"), ("[1]", "not an object")],
)
def test_a_broken_group_stops_the_job(lake, group, message):
    from strata_glue.arguments.parse import from_mapping
    from strata_glue.job import run_job
    from strata_glue.store import open_store

    result = run_job(from_mapping({"group_list": group}), lake.engine, open_store(str(lake.folder)), lambda _: None)
    assert result.status == "FAILED" and message in (result.error or "")


def test_a_large_group_comes_from_an_object(lake, dataset):
    text = json.dumps([dataset("d", "SELECT 'é' AS s")])
    lake.path("s3://code/groups").mkdir(parents=True)
    lake.path("s3://code/groups/g.json").write_text(text, encoding="utf-8")
    result, events = lake.run(group_list="s3://code/groups/g.json")
    assert (result.status, events["d"]["rows"]) == ("SUCCEEDED", 1)
    result, _ = lake.run(group_list="s3://code/groups/none.json")
    assert "cannot be read" in (result.error or "")


def test_the_first_line_names_what_failed_in_500_characters(lake, dataset):
    names = [f"{index:03d}{'n' * 197}" for index in range(200)]
    result, events = lake.run(*[dataset(name, "SELECT x FROM s", {"s": "s3://b/none/"}) for name in names])
    assert len(result.error or "") <= 500
    assert (result.error or "").startswith(f"200 of 200 datasets failed: {names[0]}, ")
    assert (result.error or "").endswith("and 198 more")
    assert len(events) == 200


ONLY_SAIL = pytest.mark.skipif(ENGINE != "sail", reason="Spark has no type TIME")


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("SELECT named_struct('a', current_timestamp() - current_timestamp()) AS i", "i"),
        ("SELECT 1 AS x, 2 AS X", "X"),
        ("SELECT NULL AS n", "n"),
        pytest.param("SELECT TIME'12:00:00' AS t", "t", marks=ONLY_SAIL),
        pytest.param("SELECT array(TIME'12:00:00') AS t", "t", marks=ONLY_SAIL),
    ],
)
def test_columns_that_cannot_be_stored_are_refused(lake, dataset, sql, column):
    result, events = lake.run(dataset("d", sql))
    assert result.status == "FAILED"
    assert events["d"]["error"]["class"] == "RESULT_COLUMNS" and f"`{column}`" in events["d"]["error"]["message"]


def test_types_keep_their_values(lake, dataset):
    lake.write(
        "s3://b/raw/types/",
        {
            "m": pa.array([Decimal("1.10")], pa.decimal128(10, 2)),
            "t": pa.array([datetime.datetime(2020, 1, 1, 1, tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
        },
    )
    lake.run(
        dataset("d", "SELECT m, t, array(1, 2) AS l, named_struct('x', 1) AS s FROM r", {"r": "s3://b/raw/types/"})
    )
    assert lake.read("s3://b/out/d/") == [
        {"m": Decimal("1.10"), "t": datetime.datetime(2020, 1, 1, 1, tzinfo=UTC), "l": [1, 2], "s": {"x": 1}}
    ]


def test_strange_names_of_tables_and_folders(lake, dataset):
    target = "s3://b/out/gr ö'ße %20 & co/"
    result, _ = lake.run(
        dataset(
            "q\"uo'te", "SELECT 'a\\'b' AS `sp ace` FROM `my table`", {"my table": RAW}, target, extra={"__proto__": 1}
        )
    )
    assert result.status == "SUCCEEDED", lake.events
    assert len(lake.read(target)) == 3


def test_partition_folders_become_columns(lake, dataset):
    for day in (1, 2):
        lake.write(f"s3://b/raw/part/day={day}/", {"a": [day * 10]})
    result, _ = lake.run(dataset("d", "SELECT a, CAST(day AS INT) AS day FROM p ORDER BY a", {"p": "s3://b/raw/part/"}))
    assert result.status == "SUCCEEDED", lake.events
    assert lake.read("s3://b/out/d/") == [{"a": 10, "day": 1}, {"a": 20, "day": 2}]


def test_events_have_the_documented_keys(lake, dataset):
    lake.run(dataset("d", "SELECT a FROM t", {"t": RAW}), dataset("bad", "SELECT x FROM t", {"t": RAW}))
    common = {"strata", "event", "time", "pipeline", "stage", "execution"}
    keys = {
        "job_started": {"engine", "plan", "datasets"},
        "dataset_started": {"name"},
        "dataset_finished": {
            *("name", "status", "rows", "bytes", "files", "seconds", "target", "expectations"),
            *("rows_in", "rows_written", "generation", "commit_seconds", "failed_expectations", "_aws"),
        },
        "job_finished": {"status", "seconds", "failed", "error"},
    }
    for event in lake.events:
        assert set(event) - {"error"} == (common | keys[event["event"]]) - {"error"}
        assert event["strata"] == 1
        json.dumps(event)
