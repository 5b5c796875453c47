"""Tiny datasets on Spark: the driver computes them in memory.

The jobs for the schema of each source, for the result and for the audit, and the files and folders of Spark's committer,
cost many times more than so few rows. The sources decide whether a dataset is tiny. Whatever then is not as expected, a job
computes the dataset after all, so that content and errors are the same either way.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from strata_glue.arguments.settings import file_size
from strata_glue.context import RunContext
from strata_glue.contract import Dataset, PublishSettings
from strata_glue.engine.spark.columns import columns_of, in_order, quoted
from strata_glue.read.frames import read_recorded
from strata_glue.read.resolved import ResolvedSource
from strata_glue.read.rows import Unfit, fit, read_rows
from strata_glue.target.attempt import Attempt, Staged
from strata_glue.target.writing import staged_content, write_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

MOST_BYTES = 1024 * 1024
"""Most bytes of all sources."""

MOST_ROWS = 10_000
"""Most rows of all sources: one task computes them, as it would those of one small file."""

MOST_FILES = 16
"""Most files of all sources: they are read one after another."""

MOST_SOURCE_BYTES = 8 * 1024 * 1024
"""Most bytes of a source's rows in memory."""

MOST_RESULT_ROWS = 10_000
"""Most rows that are fetched to the driver: one batch of Spark's (`spark.sql.execution.arrow.maxRecordsPerBatch`)."""

MOST_ROW_BYTES = 1024
"""Most bytes of texts and binaries in one row of a result. With the limits above and 16 datasets at once (semaphore.py) the
driver needs far less memory than it has; a job's rows may have any length."""

LEAVES = "spark.sql.leafNodeDefaultParallelism"
"""Set to 1: one part of a source's rows, and so one task, instead of one for each core."""

EXCLUDED = "spark.sql.optimizer.excludedRules"
AT_ONCE = "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation"
"""The optimizer's rule that computes rows itself: without generated code, but all of them before the first is fetched."""

_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(|[`\w]\s*\(|\|\|")

_NOT_LONGER = frozenset(
    "abs avg bigint boolean bround cast ceil char coalesce count count_if current_date date date_add date_diff date_sub"
    " date_trunc datediff day dayofweek decimal dense_rank double extract first float floor greatest hour if ifnull int"
    " isnull lag last last_day lead least left length lower ltrim max mean median min minute mod month months_between ntile"
    " nullif nvl percentile pmod quarter rank right round row_number rtrim second sign smallint stddev string substr"
    " substring sum timestamp tinyint to_date to_timestamp trim trunc try_cast try_divide try_sum upper varchar variance"
    " weekofyear year"
    " all and any as by case distinct else except exists filter from having in intersect is join like not on or over"
    " partition select set sets then union using values when where with within".split()
)
"""Names that may precede a parenthesis in SQL whose values are never longer than those of its rows: functions, types, keywords."""

_SEES_MORE = re.compile(r"input_file_|\brange\s*\(", re.IGNORECASE)
"""Functions that need files, which do not exist here, or that make many rows of none."""

_PLAIN = frozenset(
    "ByteType ShortType IntegerType LongType FloatType DoubleType BooleanType BinaryType DateType TimestampType"
    " TimestampNTZType DecimalType".split()
)


@dataclass(frozen=True)
class TinyResult:
    """A result in memory."""

    rows: pa.Table
    schema: StructType
    """The Spark schema."""
    context: RunContext

    def write(self, attempt: Attempt, settings: PublishSettings) -> Staged:
        """Writes it into the attempt's folder as one file, which the audit reads into the driver's memory again."""
        files, schema, store = (write_rows(self.rows, attempt, settings),), columns_of(self.schema), self.context.store
        content = staged_content(attempt, files, schema)

        def read(session: SparkSession) -> DataFrame:
            columns = {column.name: column.type for column in schema}
            try:
                return session.createDataFrame(read_rows(store, content, columns, MOST_SOURCE_BYTES))
            except Exception:  # as in `compute_tiny`; binary columns, to begin with
                return read_recorded(content, session, store.engine_path)

        return Staged(files, schema, (), read)


def is_tiny(dataset: Dataset, settings: PublishSettings, resolved: list[ResolvedSource], context: RunContext) -> bool:
    """True if the dataset can be computed from rows in memory: few of them, of plain columns, for one Parquet file.

    A job computes what has a source without rows: the optimizer would drop all that it is joined with, mistakes included.
    """
    if not context.engine.takes_rows or not resolved or settings.table or settings.partition_by:
        return False
    if sum(each.size for each in resolved) > MOST_BYTES or _SEES_MORE.search(dataset.sql):
        return False
    if sum(len(each.content.files) for each in resolved) > MOST_FILES:
        return False
    if any(each.columns is None or not fit(each.columns) for each in resolved):
        return False
    rows = [each.rows or 0 for each in resolved]
    return min(rows) > 0 and sum(rows) <= MOST_ROWS


def compute_tiny(
    dataset: Dataset,
    settings: PublishSettings,
    resolved: list[ResolvedSource],
    context: RunContext,
    session: SparkSession,
) -> TinyResult | None:
    """The result of a tiny dataset; None if a job must compute it, which also reports what is wrong."""
    session.conf.set(LEAVES, "1")
    if not stays_short(dataset.sql):
        session.conf.set(EXCLUDED, AT_ONCE)
    try:
        result = _computed(dataset, settings, resolved, context, session)
        if result.rows.nbytes > file_size(settings):
            raise Unfit("the result is more than one file")
        return result
    except Exception as error:  # PySpark has many classes for the same mistake; messages may hold values of rows
        print(f"{dataset.name}: not computed on the driver ({type(error).__name__})", file=sys.stderr)
        return None
    finally:
        session.conf.unset(LEAVES)
        session.conf.unset(EXCLUDED)


def _computed(
    dataset: Dataset,
    settings: PublishSettings,
    resolved: list[ResolvedSource],
    context: RunContext,
    session: SparkSession,
) -> TinyResult:
    for each in resolved:
        columns = each.columns or {}
        rows = read_rows(context.store, each.content, columns, MOST_SOURCE_BYTES)
        view = context.engine.view_name(each.source.table)
        session.createDataFrame(rows).createOrReplaceTempView(view)
    frame = in_order(context.query(dataset, session), settings.sort_by)
    schema = frame.schema
    if not all(_is_plain(field.dataType) for field in schema.fields):
        raise Unfit("a column of the result has another type")
    rows = _bounded(frame, schema).limit(MOST_RESULT_ROWS + 1).toArrow()
    if rows.num_rows > MOST_RESULT_ROWS:
        raise Unfit("the result has many rows")
    return TinyResult(rows, schema, context)


def stays_short(sql: str) -> bool:
    """True if no expression can make a longer value than its operands, as `repeat` and `||` can."""
    return all(match[1] is not None and match[1].lower() in _NOT_LONGER for match in _CALLED.finditer(sql))


def _bounded(frame: DataFrame, schema: StructType) -> DataFrame:
    """The frame, in which a long row fails before it is fetched."""
    long = [field.name for field in schema.fields if type(field.dataType).__name__ in ("StringType", "BinaryType")]
    if not long:
        return frame
    size = " + ".join(f"coalesce(octet_length({quoted(name)}), 0)" for name in long)
    return frame.where(f"CASE WHEN {size} > {MOST_ROW_BYTES} THEN raise_error('a long row') ELSE true END")


def _is_plain(kind: DataType) -> bool:
    """True for types that Arrow writes to Parquet as Spark does, and whose size the limit of a row bounds. A text with a
    collation is more than its bytes; nested columns may have any size."""
    from pyspark.sql.types import StringType

    return type(kind).__name__ in _PLAIN or (type(kind) is StringType and kind == StringType())
