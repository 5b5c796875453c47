"""Interval columns of a result: written as the numbers that Spark stores for them, the same on every engine.

Spark writes microseconds as INT64, or months as INT32, and metadata that only Spark reads. Athena, and every dataset that
reads the target, sees the number: so the result has the number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strata_glue.engine.spark.columns import quoted
from strata_glue.errors import DatasetError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_MICROSECONDS = "unix_micros(TIMESTAMP'1970-01-01 00:00:00' + {0})"
_MONTHS = "CAST((year(DATE'1970-01-01' + {0}) - 1970) * 12 + month(DATE'1970-01-01' + {0}) - 1 AS INT)"


def as_numbers(frame: DataFrame, kept: bool) -> tuple[DataFrame, list[str]]:
    """The frame with numbers for intervals, and a warning a column. Raises `DatasetError` where they are not `kept`."""
    columns, warnings = [], []
    for field in frame.schema.fields:
        kind, name = field.dataType.simpleString(), quoted(field.name)
        months = kind in ("interval year", "interval month", "interval year to month")
        if not kind.startswith("interval ") or (kind == "interval"):
            columns.append(name)
            continue
        if not kept:
            raise DatasetError(
                "RESULT_COLUMNS",
                f"column `{field.name}` is {kind}, which Iceberg cannot hold: compute a number, for example "
                f"{'months_between(b, a)' if months else 'timestampdiff(SECOND, a, b)'}",
            )
        columns.append(f"{(_MONTHS if months else _MICROSECONDS).format(name)} AS {name}")
        what = "an int of months" if months else "a bigint of microseconds"
        better = "months_between(b, a)" if months else "timestampdiff(SECOND, a, b)"
        warnings.append(
            f"column `{field.name}` is {kind}: Athena sees {what}; write {better} AS {field.name}_"
            f"{'months' if months else 'seconds'} instead of b - a, so that the name says the unit"
        )
    names = [field.name.lower() for field in frame.schema.fields]
    if not warnings or len(set(names)) < len(names):  # columns with the same name are refused later
        return frame, warnings
    return frame.selectExpr(*columns), warnings
