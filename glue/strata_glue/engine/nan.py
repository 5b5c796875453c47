"""NaN, which in Spark SQL is larger than any number and equal to itself, while files and engines treat it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strata_glue.engine.spark.columns import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType

UNFILTERED = ("spark.sql.parquet.filterPushdown", "false")
"""Spark's reader then skips no row group. Most writers but Spark leave NaN out of a column's largest value, so that
`x > 5` would skip the row groups where only NaN is larger."""


def has_floats(kind: DataType) -> bool:
    """True for a Spark type that is a floating-point number, or holds one."""
    from pyspark.sql.types import ArrayType, DoubleType, FloatType, MapType, StructType

    if isinstance(kind, StructType):
        return any(has_floats(field.dataType) for field in kind.fields)
    if isinstance(kind, ArrayType):
        return has_floats(kind.elementType)
    if isinstance(kind, MapType):
        return has_floats(kind.keyType) or has_floats(kind.valueType)
    return isinstance(kind, (FloatType, DoubleType))


def with_one_nan(frame: DataFrame) -> DataFrame:
    """The frame with one NaN instead of several: Sail treats a negative one, which numpy and C make of 0/0, as
    another value than a positive one, and for less than any number. Inside nested columns they stay."""
    from pyspark.sql import functions as F

    columns = []
    for field in frame.schema.fields:
        column = F.col(quoted(field.name))
        if type(field.dataType).__name__ in ("FloatType", "DoubleType"):
            column = F.when(F.isnan(column), F.lit("NaN").cast(field.dataType)).otherwise(column).alias(field.name)
        columns.append(column)
    return frame.select(*columns) if any(has_floats(field.dataType) for field in frame.schema.fields) else frame
