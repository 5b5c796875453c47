"""A schema out of a footer is the one that the engine would infer, or none."""

from __future__ import annotations

import datetime
import decimal

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

from strata_glue.footers import SPARK_SCHEMA, ddl, plain_columns
from strata_glue.session import dataset_session

AT = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)
PLAIN = {
    "a`b c": pa.array([1], pa.int32()),
    "tiny": pa.array([1], pa.int8()),
    "small": pa.array([1], pa.int16()),
    "long": pa.array([1], pa.int64()),
    "text": pa.array(["x"]),
    "large": pa.array(["x"], pa.large_string()),
    "coded": pa.array(["x"]).dictionary_encode(),
    "yes": pa.array([True]),
    "float": pa.array([1.0], pa.float32()),
    "double": pa.array([1.0]),
    "day": pa.array([AT.date()]),
    "at": pa.array([AT], pa.timestamp("us", tz="UTC")),
    "at_ms": pa.array([AT], pa.timestamp("ms", tz="Europe/Berlin")),
    "money": pa.array([decimal.Decimal("1.25")], pa.decimal128(10, 2)),
}
OTHERS = {
    "nested": pa.array([{"a": 1}]),
    "list": pa.array([[1]]),
    "unsigned": pa.array([1], pa.uint32()),
    "local": pa.array([AT.replace(tzinfo=None)], pa.timestamp("us")),
    "nanos": pa.array([AT], pa.timestamp("ns", tz="UTC")),
    "bytes": pa.array([b"x"]),
    "time": pa.array([datetime.time(1)]),
}


def write(folder, columns):
    parquet.write_table(pa.table(columns), folder / "f.parquet")
    return schema_of(folder / "f.parquet")


def schema_of(file):
    columns = plain_columns(parquet.read_metadata(file))
    return None if columns is None else ddl(columns)


needs_spark = pytest.mark.skipif(ENGINE != "spark", reason="Sail reads footers itself")


@needs_spark
def test_plain_types_are_those_that_the_engine_infers(engine, tmp_path):
    given_ddl = write(tmp_path, PLAIN)
    with dataset_session(engine) as session:
        inferred = session.read.parquet(str(tmp_path / "f.parquet"))
        given = session.read.schema(given_ddl).parquet(str(tmp_path / "f.parquet"))
        assert given.schema.simpleString() == inferred.schema.simpleString()
        assert given.collect() == inferred.collect()


@needs_spark
def test_what_the_engine_wrote_is_what_it_infers(engine, tmp_path):
    sql = (
        "SELECT 1 AS a, CAST(2 AS TINYINT) AS b, 'x' AS c, DATE'2026-01-01' AS d, CAST(1 AS DECIMAL(5,1)) AS e, 1L AS f"
    )
    with dataset_session(engine) as session:
        session.sql(sql).write.mode("append").parquet(str(tmp_path / "out"))
        file = next(each for each in (tmp_path / "out").glob("*.parquet"))
        ddl = schema_of(file)
        inferred = session.read.parquet(str(file)).schema.simpleString()
        assert session.read.schema(ddl).parquet(str(file)).schema.simpleString() == inferred


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_left_to_the_engine(tmp_path, name):
    assert write(tmp_path, {"a": pa.array([1]), name: OTHERS[name]}) is None


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b'{"fields": [{"name": "a", "type": "string", "metadata": {"__CHAR_VARCHAR_TYPE_STRING": "char(3)"}}]}',
        b'{"fields": [{"name": "a", "type": {"type": "array"}, "metadata": {}}]}',
        b'{"fields": [{"name": "a", "type": "variant", "metadata": {}}]}',
    ],
)
def test_what_spark_noted_beside_plain_types_is_left_to_it(tmp_path, text):
    table = pa.table({"a": ["x"]}).replace_schema_metadata({SPARK_SCHEMA: text})
    parquet.write_table(table, tmp_path / "f.parquet")
    assert schema_of(tmp_path / "f.parquet") is None


def test_names_that_differ_by_case_only_are_left_to_the_engine(tmp_path):
    assert write(tmp_path, {"a": [1], "A": [2]}) is None
