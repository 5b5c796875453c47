"""Tiny datasets on Spark: their rows go through the driver's memory.

A job for the schema of each source, for the result and for the audit, and the files and folders that its committer
makes, cost many times what so few rows do. Who is tiny is decided by its sources; whatever then is not as expected, a
job computes the dataset after all, so that it is the same content and the same errors either way.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from strata_glue.group import Dataset
from strata_glue.rows import Unfit, read_rows
from strata_glue.settings import PublishSettings
from strata_glue.sources import ResolvedSource, read_frame
from strata_glue.surroundings import Surroundings
from strata_glue.writing import Staging, Written, write_rows

MOST_BYTES = 1024 * 1024
"""Bytes of all sources, at most."""

MOST_ROWS = 10_000
"""Rows of all sources, at most: one task computes all of it, as it would of a single small file."""

MOST_FILES = 16
"""Files of all sources, at most: they are read one after another."""

MOST_RESULT_ROWS = 100_000
"""Rows that are fetched to the driver, at most."""

MOST_RESULT_BYTES = 16 * 1024 * 1024
"""Bytes of a result in memory that is still written from the driver."""

LEAVES = "spark.sql.leafNodeDefaultParallelism"
"""One part of a source's rows, and so one task, instead of one for each core."""

_SEES_MORE = re.compile(r"input_file_|\brange\s*\(", re.IGNORECASE)
"""What sees files, which are not there, or makes many rows out of none."""

_PLAIN = frozenset(
    "ByteType ShortType IntegerType LongType FloatType DoubleType BooleanType StringType BinaryType DateType"
    " TimestampType TimestampNTZType DecimalType".split()
)


@dataclass(frozen=True)
class TinyResult:
    """A result that is in memory."""

    rows: pa.Table
    schema: Any
    """The Spark schema."""
    around: Surroundings

    def write(self, attempt: Staging, settings: PublishSettings) -> Written:
        """Writes it into the attempt's folder, as one file."""
        return write_rows(self.rows, self.schema, attempt, settings)

    def written(self, written: Written, target: str, session: Any) -> Any:
        """The DataFrame over the file, read again."""
        content, store = written.content(target), self.around.store
        columns = {column.name: column.type for column in written.schema}
        try:
            return session.createDataFrame(read_rows(store, content, columns))
        except Exception:  # as in `compute_tiny`; nested columns, to begin with
            return read_frame(content, session, store.engine_path)


def is_tiny(dataset: Dataset, settings: PublishSettings, resolved: list[ResolvedSource], around: Surroundings) -> bool:
    """True if the dataset can be computed from rows in memory: few of them, of plain columns, for one Parquet file."""
    if not around.engine.takes_rows or not resolved or settings.table or settings.partition_by:
        return False
    if sum(each.size for each in resolved) > MOST_BYTES or _SEES_MORE.search(dataset.sql):
        return False
    files = [len(each.content.files) for each in resolved]
    if min(files) == 0 or sum(files) > MOST_FILES or any(around.sources.columns(each) is None for each in resolved):
        return False
    return sum(around.sources.rows(each) or MOST_ROWS for each in resolved) <= MOST_ROWS


def compute_tiny(
    dataset: Dataset, resolved: list[ResolvedSource], around: Surroundings, session: Any
) -> TinyResult | None:
    """The result of a tiny dataset; None where a job is to compute it, which also tells what is wrong."""
    session.conf.set(LEAVES, "1")
    try:
        return _computed(dataset, resolved, around, session)
    except Exception as error:  # PySpark has many classes for the same mistake; messages may hold values of rows
        print(f"{dataset.name}: not computed on the driver ({type(error).__name__})", file=sys.stderr)
        session.conf.unset(LEAVES)
        return None


def _computed(dataset: Dataset, resolved: list[ResolvedSource], around: Surroundings, session: Any) -> TinyResult:
    for each in resolved:
        rows = read_rows(around.store, each.content, around.sources.columns(each) or {})
        view = around.engine.view_name(each.source.table)
        session.createDataFrame(rows).createOrReplaceTempView(view)
    frame = session.sql(dataset.sql, args=around.params) if around.params else session.sql(dataset.sql)
    frame = frame.limit(MOST_RESULT_ROWS + 1)
    schema = frame.schema
    if not all(_is_plain(field.dataType) for field in schema.fields):
        raise Unfit("a column of the result has another type")
    rows = frame.toArrow()
    if rows.num_rows > MOST_RESULT_ROWS or rows.nbytes > MOST_RESULT_BYTES:
        raise Unfit("the result is large")
    return TinyResult(rows, schema, around)


def _is_plain(kind: Any) -> bool:
    """True for types that Arrow carries to Parquet as Spark writes them."""
    name = type(kind).__name__
    if name == "ArrayType":
        return _is_plain(kind.elementType)
    if name == "MapType":
        return _is_plain(kind.keyType) and _is_plain(kind.valueType)
    if name == "StructType":
        return all(_is_plain(field.dataType) for field in kind.fields)
    return name in _PLAIN
