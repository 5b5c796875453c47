"""Declared columns of sources: compared with what is there before anything is computed, on a lake and on S3."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import dataset_of

from strata_glue.arguments.parse import from_mapping
from strata_glue.engine.spark.type_text import read_type
from strata_glue.engine.spark.types import name_of
from strata_glue.job import run_job

RAW = "s3://bkt/raw/orders/"
OTHER = "s3://bkt/raw/items/"
TARGET = "s3://bkt/gold/totals/"


def file(**columns: Any) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table(columns), stream)
    return stream.getvalue()


def publish(*sources: tuple[str, dict[str, str]]) -> str:
    declared = [{"location": location, "columns": [*columns.items()]} for location, columns in sources]
    return json.dumps({"totals": {"sources": declared}})


def run(store: Any, engine: Any, sql: str, tables: dict[str, str], settings: str) -> dict[str, Any]:
    """One job; the event of its dataset."""
    events: list[dict[str, Any]] = []
    group = json.dumps([dataset_of("totals", sql, tables, TARGET)])
    values = {"group_list": group, "pipeline": "p", "stage": "s", "execution": "e", "publish": settings}
    run_job(from_mapping(values), engine, store, events.append)
    return next(each for each in events if each["event"] == "dataset_finished")


def test_every_difference_of_every_source_is_one_error_and_nothing_changes(store, engine):
    """The engine is not asked, so that S3 needs none that reaches it."""
    store.put(RAW, "a.parquet", file(id=[1], state=["new"], price=[1.5], late=["x"]))
    store.put(RAW, "b.parquet", file(id=[2], price=["2.5"]))
    store.put(OTHER, "day=x/c.parquet", file(id=[1]))
    store.put(TARGET, "before.parquet", b"content")
    declared = {"ID": "bigint", "status": "string", "price": "double"}
    event = run(
        store,
        engine,
        "SELECT 1 AS one FROM o, i",
        {"o": RAW, "i": OTHER},
        publish((RAW, declared), (OTHER, {"id": "bigint", "day": "date", "no": "int"})),
    )
    assert event["error"] == {
        "class": "SOURCE_COLUMNS",
        "message": f"source table `o` ({RAW}) is not as `sources` in pipeline.yaml declares it: column `price` is string in "
        "b.parquet, and declared as double, which cannot represent every string; column `status`, declared as string, is not "
        "in a.parquet nor in another of the 2 files (is it `state` now?). "
        f"source table `i` ({OTHER}) is not as `sources` in pipeline.yaml declares it: column `day` is in the names of folders, "
        "where `x` is not a valid date, as it is declared: declare it as string, or rename the folder; column `no`, declared "
        "as int, is not in day=x/c.parquet. "
        "Correct `sources` (`strata schemas` compares it with the files, `--write` changes it), or have the files written as "
        "declared",
    }
    assert event["warnings"] == [
        "source table `o`: `sources` of pipeline.yaml does not declare column `state` (string), column `late` (string): "
        "`strata schemas --write` adds what is new"
    ]
    assert [each.path for each in store.list(TARGET)] == ["before.parquet"]


def test_many_differences_are_counted(lake, engine):
    lake.write(RAW, {"id": [1]})
    wanted = {f"c{index}": "int" for index in range(30)}
    lake_store = lake_of(lake)
    message = run(lake_store, engine, "SELECT * FROM o", {"o": RAW}, publish((RAW, wanted)))["error"]["message"]
    assert message.count("column `c") == 10 and "; and 20 more. " in message


def lake_of(lake: Any) -> Any:
    from strata_glue.store import open_store

    return open_store(str(lake.folder))


def test_a_column_of_some_files_is_null_in_others_and_a_new_one_is_reported(lake, dataset):
    lake.write(RAW, {"id": [1]}, "a.parquet")
    lake.write(RAW, {"id": [2], "Status": ["s"], "extra": [1], "later": ["x"]}, "b.parquet")
    settings = json.dumps(
        {"d": {"sources": [{"location": RAW, "columns": [["id", "bigint"], ["status", "string"], ["later", "void"]]}]}}
    )
    result, events = lake.run(
        dataset("d", "SELECT id, status, extra FROM o ORDER BY id", {"o": RAW}, "s3://bkt/gold/d/"), publish=settings
    )
    assert result.status == "SUCCEEDED", events
    assert lake.read("s3://bkt/gold/d/") == [
        {"id": 1, "status": None, "extra": None},
        {"id": 2, "status": "s", "extra": 1},
    ]
    assert events["d"]["warnings"] == [
        "source table `o`: `sources` of pipeline.yaml does not declare column `extra` (bigint), column `later` (string, declared "
        "as void): `strata schemas --write` adds what is new"
    ]


def test_a_table_with_a_record_is_compared_and_seen_as_declared(lake, dataset):
    """The target of another pipeline: its record says what it has, and an empty one is compared, too."""
    lake.run(dataset("w", "SELECT 7 AS n, 1.25BD AS d, array(1) AS l", target=RAW))
    lake.run(
        dataset("e", "SELECT 7 AS n, 'x' AS day WHERE false", target=OTHER), publish='{"e": {"partition_by": ["day"]}}'
    )

    def read(columns: dict[str, str], location: str = RAW) -> dict[str, Any]:
        settings = json.dumps({"d": {"sources": [{"location": location, "columns": [*columns.items()]}]}})
        _, events = lake.run(
            dataset("d", "SELECT n, typeof(n) AS t FROM o", {"o": location}, "s3://bkt/gold/d/"), publish=settings
        )
        return events["d"]

    event = read({"N": "bigint", "d": "decimal(12,3)", "l": "array<integer>"})
    assert event["status"] == "SUCCEEDED" and "warnings" not in event, event
    assert lake.read("s3://bkt/gold/d/") == [{"n": 7, "t": "bigint"}]
    found = read({"n": "string", "gone": "int"})["error"]
    assert found["class"] == "SOURCE_COLUMNS"
    assert "column `n` is int in its commit record (generation 1), and declared as string" in found["message"]
    assert "column `gone`, declared as int, is not in its commit record" in found["message"]
    assert read({"n": "bigint", "day": "string"}, OTHER)["status"] == "SUCCEEDED"
    assert read({"n": "tinyint"}, OTHER)["error"]["class"] == "SOURCE_COLUMNS"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("INT", "int"),
        ("array < decimal( 10 , 2 ) >", "array<decimal(10,2)>"),
        ("map<string,struct<`a b`:int, C :array<long>>>", "map<string,struct<`a b`:int,C:array<bigint>>>"),
        ("struct<`x``y,:<>`:string>", "struct<`x``y,:<>`:string>"),
        ("interval day to second", "interval day to second"),
        ("struct<a:void>", "struct<a:void>"),
        ("varchar(3)", "string"),
        ("array<int, int>", None),
        ("map<int>", None),
        ("struct<a>", None),
        ("struct<>", None),
        ("decimal(99,2)", None),
        ("money", None),
        ("", None),
        ("array<" * 5000 + "int" + ">" * 5000, None),
    ],
)
def test_a_type_is_read_as_it_is_written(text, name):
    kind = read_type(text)
    assert (None if kind is None else name_of(kind)) == name
    assert kind is None or read_type(name) == kind
