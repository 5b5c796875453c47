"""Columns of files that others wrote: the types that Spark 4.1 gives them, the same on every engine, or one message."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as parquet
import pyspark
import pytest
from conftest import ENGINE

from strata_glue.engine.session import dataset_session
from strata_glue.engine.spark.footers import ARROW_SCHEMA, SPARK_SCHEMA, Footers, Unreadable, columns_of
from strata_glue.engine.spark.types import name_of

AT = datetime(2020, 1, 31, 8, 30, 0, 123000)
UTC = AT.replace(tzinfo=timezone.utc)
STRUCT = pa.struct([("Id", pa.uint32()), ("at", pa.timestamp("ms"))])
CODES = pa.array(["a"]).dictionary_encode()


def bare(values: Any, **options: Any) -> Any:
    """A column that is written without Arrow's note, or with other options of the writer."""
    return values, {"store_schema": False, **options}


INT96 = {"use_deprecated_int96_timestamps": True}

TYPES: dict[str, tuple[Any, str, Any]] = {
    # name: (column, type, value)
    "bool": (pa.array([True]), "boolean", True),
    "int8": (pa.array([-1], pa.int8()), "tinyint", -1),
    "int16": (pa.array([-1], pa.int16()), "smallint", -1),
    "int32": (pa.array([-1], pa.int32()), "int", -1),
    "int64": (pa.array([-1]), "bigint", -1),
    "uint8": (pa.array([255], pa.uint8()), "smallint", 255),
    "uint16": (pa.array([65535], pa.uint16()), "int", 65535),
    "uint32": (pa.array([2**32 - 1], pa.uint32()), "bigint", 2**32 - 1),
    "uint32 bare": (bare(pa.array([2**32 - 1], pa.uint32())), "bigint", 2**32 - 1),
    "uint64": (pa.array([2**64 - 1], pa.uint64()), "decimal(20,0)", Decimal(2**64 - 1)),
    "float": (pa.array([1.5], pa.float32()), "float", 1.5),
    "double": (pa.array([1.5]), "double", 1.5),
    "decimal": (pa.array([Decimal("1.25")], pa.decimal128(5, 2)), "decimal(5,2)", Decimal("1.25")),
    "decimal wide": (pa.array([Decimal("1.25")], pa.decimal128(38, 18)), "decimal(38,18)", Decimal("1.25")),
    "decimal of 256 bits": (pa.array([Decimal("1.25")], pa.decimal256(38, 2)), "decimal(38,2)", Decimal("1.25")),
    "decimal in an integer": (
        bare(pa.array([Decimal("1.25")], pa.decimal128(5, 2)), store_decimal_as_integer=True),
        "decimal(5,2)",
        Decimal("1.25"),
    ),
    "string": (pa.array(["ü"]), "string", "ü"),
    "large string": (pa.array(["ü"], pa.large_string()), "string", "ü"),
    "string view": (pa.array(["ü"], pa.string_view()), "string", "ü"),
    "json": (pa.array(['{"a":1}'], pa.json_()), "string", '{"a":1}'),
    "binary": (pa.array([b"\xff"]), "binary", b"\xff"),
    "large binary": (pa.array([b"\xff"], pa.large_binary()), "binary", b"\xff"),
    "binary view": (pa.array([b"\xff"], pa.binary_view()), "binary", b"\xff"),
    "fixed binary": (pa.array([b"\xff12"], pa.binary(3)), "binary", b"\xff12"),
    "date": (pa.array([date(1500, 3, 1)]), "date", date(1500, 3, 1)),
    "date of 64 bits": (pa.array([date(1500, 3, 1)], pa.date64()), "date", date(1500, 3, 1)),
    "timestamp ms": (pa.array([AT], pa.timestamp("ms", "UTC")), "timestamp", UTC),
    "timestamp us": (pa.array([AT], pa.timestamp("us", "Europe/Berlin")), "timestamp", UTC),
    "local ms": (pa.array([AT], pa.timestamp("ms")), "timestamp_ntz", AT),
    "local us": (bare(pa.array([AT], pa.timestamp("us"))), "timestamp_ntz", AT),
    "seconds": (pa.array([AT.replace(microsecond=0)], pa.timestamp("s")), "timestamp_ntz", AT.replace(microsecond=0)),
    "int96": ((pa.array([AT], pa.timestamp("us")), INT96), "timestamp", UTC),
    "int96 bare": (bare(pa.array([AT], pa.timestamp("us")), **INT96), "timestamp", UTC),
    "int96 with a zone": ((pa.array([AT], pa.timestamp("us", "UTC")), INT96), "timestamp", UTC),
    "int96 of old and far days": (
        (pa.array([datetime(1, 1, 1), datetime(9999, 12, 31)], pa.timestamp("us")), INT96),
        "timestamp",
        None,
    ),
    "categories": (CODES, "string", "a"),
    "categories of numbers": (pa.array([7]).dictionary_encode(), "bigint", 7),
    "categories of large strings": (pa.array(["a"], pa.large_string()).dictionary_encode(), "string", "a"),
    "duration s": (pa.array([timedelta(seconds=-5)], pa.duration("s")), "bigint", -5),
    "duration ms": (pa.array([timedelta(seconds=-5)], pa.duration("ms")), "bigint", -5000),
    "duration us": (pa.array([timedelta(seconds=-5)], pa.duration("us")), "bigint", -5_000_000),
    "list": (pa.array([[1, None]], pa.list_(pa.uint16())), "array<int>", [1, None]),
    "list of categories": (pa.ListArray.from_arrays([0, 1], CODES), "array<string>", ["a"]),
    "large list": (pa.array([["a"]], pa.large_list(pa.large_string())), "array<string>", ["a"]),
    "fixed list": (pa.array([[1, 2]], pa.list_(pa.int32(), 2)), "array<int>", [1, 2]),
    "list of int96": ((pa.array([[AT]], pa.list_(pa.timestamp("us"))), INT96), "array<timestamp>", [UTC]),
    "struct": (
        pa.array([{"Id": 2**32 - 1, "at": AT}], STRUCT),
        "struct<Id:bigint,at:timestamp_ntz>",
        {"Id": 2**32 - 1, "at": AT},
    ),
    "map": (
        pa.array([[("k", {"Id": 7, "at": None}), ("l", None)]], pa.map_(pa.string(), STRUCT)),
        "map<string,struct<Id:bigint,at:timestamp_ntz>>",
        [("k", {"Id": 7, "at": None}), ("l", None)],
    ),
}

REFUSED: dict[str, tuple[Any, str]] = {
    # name: (column, what its message says)
    "nanoseconds": (pa.array([AT], pa.timestamp("ns")), "column `v` of f.parquet is a timestamp of nanoseconds"),
    "instants of nanoseconds": (pa.array([AT], pa.timestamp("ns", "UTC")), "coerce_timestamps='us'"),
    "nanoseconds inside": (pa.array([[{"a": AT}]], pa.list_(pa.struct([("a", pa.timestamp("ns"))]))), "`v.element.a`"),
    "time ms": (pa.array([time(8)], pa.time32("ms")), "a time of day (TIME(MILLIS))"),
    "time us": (pa.array([time(8)], pa.time64("us")), "write it as text, or as a number of seconds"),
    "time ns": (pa.array([time(8)], pa.time64("ns")), "a time of day (TIME(NANOS))"),
    "uuid": (pa.array([UUID(int=5).bytes], pa.uuid()), "a UUID, which Spark does not support: write it as text"),
    "half float": (pa.array([1.5], pa.float16()), "a float of 16 bits"),
    "long decimal": (pa.array([Decimal("1.5")], pa.decimal256(50, 2)), "at most 38 digits"),
}
"""What Spark 4.1 refuses."""

OURS: dict[str, tuple[Any, str]] = {
    "fields by case": (pa.array([{"Name": 1, "name": 2}]), "the fields `Name` and `name`"),
}
"""What Spark refuses when a query reads it."""


def written(column: Any) -> tuple[Any, dict[str, Any]]:
    return column if isinstance(column, tuple) else (column, {})


def put(lake: Any, location: str, column: Any) -> Any:
    values, options = written(column)
    lake.path(location).mkdir(parents=True, exist_ok=True)
    file = lake.path(location) / "f.parquet"
    parquet.write_table(pa.table({"v": values}), file, **options)
    return file


def place(name: str) -> str:
    return f"s3://b/raw/{name.replace(' ', '_')}/"


def test_every_type_is_the_one_that_spark_gives_it(lake, dataset):
    """One job: each file is read, written, and has the type and the value."""
    for name, (column, _, _) in TYPES.items():
        put(lake, place(name), column)
    group = [dataset(name.replace(" ", "_"), "SELECT v FROM t", {"t": place(name)}) for name in TYPES]
    _, events = lake.run(*group)
    found = {}
    for name, (column, _, value) in TYPES.items():
        event = events[name.replace(" ", "_")]
        found[name] = event.get("error")
        if event["status"] != "SUCCEEDED":
            continue
        target = lake.path(event["target"])
        record = json.loads((target / "_strata" / "commit.json").read_text())
        rows = [row["v"] for file in target.glob("*.parquet") for row in parquet.ParquetFile(file).read().to_pylist()]
        expected = (
            [value]
            if value is not None
            else [each.replace(tzinfo=timezone.utc) for each in written(column)[0].to_pylist()]
        )
        found[name] = (record["schema"][0]["type"], rows if rows != expected else "as expected")
    assert found == {name: (kind, "as expected") for name, (_, kind, _) in TYPES.items()}


def test_what_spark_does_not_read_is_one_message_on_every_engine(lake, dataset):
    refused = {**REFUSED, **OURS}
    for name, (column, _) in refused.items():
        put(lake, place(name), column)
    group = [dataset(name.replace(" ", "_"), "SELECT 1 AS a FROM tab", {"tab": place(name)}) for name in refused]
    _, events = lake.run(*group)
    for name, (_, text) in refused.items():
        error = events[name.replace(" ", "_")]["error"]
        assert error["class"] == "SOURCE_BROKEN", name
        assert "source table `tab`" in error["message"] and "f.parquet" in error["message"], error
        assert text in error["message"], error


@pytest.mark.skipif(ENGINE != "spark", reason="it is Spark that is asked")
def test_spark_itself_agrees(engine, lake):
    """The tables above are measured: Spark's own inference finds the same types, and refuses the same files."""
    is_4 = pyspark.__version__.startswith("4")
    with dataset_session(engine) as session:
        for name, (column, kind, _) in TYPES.items():
            file = put(lake, place(name), column)
            found = session.read.parquet(str(file)).schema.fields[0].dataType.simpleString()
            assert (name, found) == (name, kind)
        for name, (column, _) in REFUSED.items():
            file = put(lake, place(name), column)
            if is_4:
                with pytest.raises(Exception, match=r"(?i)illegal|unsupported|exceeds"):
                    session.read.parquet(str(file)).schema  # noqa: B018


TEXT = bytes.fromhex("250218017625004c1c000000")
"""An optional column `v` of BYTE_ARRAY with ConvertedType UTF8 and LogicalType STRING, as a footer has it."""


@pytest.mark.parametrize(
    ("name", "converted", "logical", "kind"),
    [("ENUM", 4, 4, "string"), ("JSON", 19, 12, "string"), ("BSON", 20, 13, "binary")],
)
def test_annotations_that_arrow_does_not_write(lake, dataset, name, converted, logical, kind):
    file = put(lake, place(name), bare(pa.array(["x"])))
    content = file.read_bytes()
    assert content.count(TEXT) == 1
    changed = TEXT[:6] + bytes([converted * 2]) + b"\x4c" + bytes([logical << 4 | 0xC]) + TEXT[9:]
    file.write_bytes(content.replace(TEXT, changed))
    assert name_of(columns_of(parquet.read_metadata(file))[0].type) == kind
    _, events = lake.run(dataset("d", "SELECT v FROM t", {"t": place(name)}))
    (row,) = lake.read("s3://b/out/d/")
    assert row == {"v": "x" if kind == "string" else b"x"}


def test_a_column_of_nulls_only_is_void(lake, dataset):
    put(lake, place("void"), pa.nulls(1))
    _, events = lake.run(
        dataset("used", "SELECT v FROM t", {"t": place("void")}),
        dataset("cast", "SELECT CAST(v AS INT) AS v FROM t", {"t": place("void")}),
    )
    assert "is void" in events["used"]["error"]["message"]
    assert lake.read("s3://b/out/cast/") == [{"v": None}]


def test_what_only_one_engine_reads_is_reported(lake, dataset):
    """A number that Arrow notes as nanoseconds of a duration, and Spark's own types."""
    put(lake, place("nanos"), pa.array([timedelta(seconds=1)], pa.duration("ns")))
    note = {"fields": [{"name": "v", "type": "interval day to second", "nullable": True, "metadata": {}}]}
    table = pa.table({"v": [1_000_000]}).replace_schema_metadata({SPARK_SCHEMA: json.dumps(note)})
    lake.path(place("interval")).mkdir(parents=True)
    parquet.write_table(table, lake.path(place("interval")) / "f.parquet")
    _, events = lake.run(
        dataset("nanos", "SELECT v FROM t", {"t": place("nanos")}),
        dataset("interval", "SELECT CAST(v AS STRING) AS v FROM t", {"t": place("interval")}),
    )
    if ENGINE == "spark":
        assert lake.read("s3://b/out/nanos/") == [{"v": 1_000_000_000}]
        assert "00:00:01" in lake.read("s3://b/out/interval/")[0]["v"]
        return
    for name, what in [("nanos", "duration[ns]"), ("interval", "interval day to second")]:
        error = events[name]["error"]
        assert error["class"] == "ENGINE_CANNOT"
        assert f"`v` of type {what}" in error["message"] and "--engine spark" in error["message"], error


@pytest.mark.parametrize(
    "note", [b"{", b'{"fields": 1}', b'{"fields": [{"name": "v", "type": {"type": "array"}, "metadata": {}}]}']
)
def test_a_note_of_sparks_without_information_is_ignored(tmp_path, note):
    table = pa.table({"v": [1]}).replace_schema_metadata({SPARK_SCHEMA: note})
    parquet.write_table(table, tmp_path / "f.parquet")
    assert name_of(columns_of(parquet.read_metadata(tmp_path / "f.parquet"))[0].type) == "bigint"


def test_a_note_of_arrows_that_cannot_be_read_is_left(lake, dataset):
    table = pa.table({"v": ["x"]}).replace_schema_metadata({ARROW_SCHEMA: base64.b64encode(b"not a schema")})
    lake.path(place("note")).mkdir(parents=True)
    parquet.write_table(table, lake.path(place("note")) / "f.parquet", store_schema=False)
    result, events = lake.run(dataset("d", "SELECT v FROM t", {"t": place("note")}))
    assert result.status == "SUCCEEDED", events
    assert lake.read("s3://b/out/d/") == [{"v": "x"}]


def test_files_alike_are_looked_at_once(tmp_path):
    """Ten thousand files of one writer: the schema of one is worked out, the others are compared with it."""
    for index, column in enumerate([pa.array([1]), pa.array([2]), CODES]):
        parquet.write_table(pa.table({"v": column}), tmp_path / f"{index}.parquet")
    footers = Footers()
    one, two, three = (footers.columns_of(parquet.read_metadata(tmp_path / f"{index}.parquet")) for index in range(3))
    assert one is two
    assert three is not one


def test_an_unreadable_column_has_its_name_type_and_remedy(tmp_path):
    parquet.write_table(pa.table({"at": pa.array([AT], pa.timestamp("ns"))}), tmp_path / "f.parquet")
    with pytest.raises(Unreadable) as raised:
        columns_of(parquet.read_metadata(tmp_path / "f.parquet"))
    assert (raised.value.column, raised.value.remedy[:8]) == ("at", "write it")
    assert "NANOS" in raised.value.kind
