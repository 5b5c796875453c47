"""Parquet files as rows in memory, and back, with the types that Spark gives them: for contents of few rows."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.engine.spark.footers import columns_of
from strata_glue.engine.spark.types import name_of, type_of
from strata_glue.read.content import Content
from strata_glue.store import Store

_TYPES = frozenset("tinyint smallint int bigint float double boolean string date timestamp".split())
"""Types that are the same in memory and in a file, as decimals are, too."""

_OLDEST_SPARK = 3
"""Spark 2 wrote days before 1582 in another calendar (SPARK-26651); Spark itself moves them when it reads."""


_CODECS = frozenset({"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
"""Codecs that Spark reads wherever it runs."""

BATCH_ROWS = 1024


def fit(columns: dict[str, str]) -> bool:
    """True if rows with these columns are the same in memory and in a file."""
    return all(kind in _TYPES or kind.startswith("decimal(") for kind in columns.values())


class Unfit(Exception):
    """Only an engine can read the file correctly. Carries no value of a row."""


def read_rows(store: Store, content: Content, columns: dict[str, str], most_bytes: int) -> pa.Table:
    """All rows of a content, by one request a file.

    Raises `Unfit` where a file does not have exactly these columns, or the rows are more than `most_bytes` in memory: a
    small file may hold one long text a million times.
    """
    schema = pa.schema([(name, _arrow_type(kind)) for name, kind in columns.items()])
    batches: list[pa.RecordBatch] = []
    size = 0
    for file in content.files:
        stored = store.get(content.location, file.place)
        if stored is None:
            raise Unfit("a file is gone")
        with parquet.ParquetFile(pa.BufferReader(stored.content)) as opened:
            _check(opened.metadata, columns)
            for batch in opened.iter_batches(batch_size=BATCH_ROWS):
                batches.append(batch.cast(schema))
                size += batches[-1].nbytes
                if size > most_bytes:
                    raise Unfit("the rows are large")
    return pa.Table.from_batches(batches, schema)


def to_parquet(rows: pa.Table, compression: str) -> bytes:
    """One file, as Spark writes it: every column may be NULL, and there is no Arrow schema beside Parquet's."""
    buffer = io.BytesIO()
    schema = _utc(pa.schema([field.with_nullable(True) for field in rows.schema]))
    parquet.write_table(
        rows.cast(schema), buffer, compression=compression, store_schema=False, write_statistics=with_statistics(schema)
    )
    return buffer.getvalue()


def with_statistics(schema: pa.Schema) -> list[str]:
    """Columns that get a smallest and a largest value in the file. Arrow leaves NaN out of those of floating-point numbers, so
    that a reader with the filter `x > 5` would skip NaN, which is larger."""
    return [field.name for field in schema if not (pa.types.is_floating(field.type) or pa.types.is_nested(field.type))]


def _utc(schema: pa.Schema) -> pa.Schema:
    """Spark's timestamps are in UTC; some versions of PySpark leave the zone out."""
    return pa.schema([_utc_field(field) for field in schema])


def _check(metadata: parquet.FileMetaData, columns: dict[str, str]) -> None:
    if {each.name: name_of(each.type) for each in columns_of(metadata)} != columns:
        raise Unfit("a file has other columns")  # Spark may refuse them; Arrow would turn texts into numbers
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    if not _CODECS.issuperset(
        group.column(index).compression for group in groups for index in range(group.num_columns)
    ):
        raise Unfit("a file is compressed in another way")
    physical = {metadata.schema.column(index).physical_type for index in range(metadata.num_columns)}
    if "INT96" in physical:
        raise Unfit("a file has timestamps of 96 bits")  # Arrow reads them as nanoseconds, which end in 2262
    notes = metadata.metadata or {}
    version = notes.get(b"org.apache.spark.version", b"4").split(b".")[0]
    if int(version) < _OLDEST_SPARK or any(key.startswith(b"org.apache.spark.legacy") for key in notes):
        raise Unfit("a file has days of another calendar")


def _arrow_type(name: str) -> pa.DataType:
    kind = type_of(name)
    if kind is None or not fit({"": name}):
        raise Unfit("a column has another type")
    return kind


def _utc_field(field: pa.Field) -> pa.Field:
    is_naive = pa.types.is_timestamp(field.type) and field.type.tz not in (None, "UTC")
    return field.with_type(pa.timestamp("us", tz="UTC")) if is_naive else field
