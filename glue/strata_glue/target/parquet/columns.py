"""The columns that a result may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from strata_glue.contract import Column
from strata_glue.engine.spark.columns import MOST_DIGITS, same_but_for_case
from strata_glue.errors import DatasetError
from strata_glue.target.parquet.remedies import REPLACE_ONCE

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType

UNSTORABLE = {
    r"time\(": "Spark's Parquet files do not support times of day: cast it to STRING, or compute seconds",
    "interval": "Parquet supports only intervals of days to seconds or of years and months: compute seconds or minutes",
    "void": "a column with only NULLs has no type: cast it",
    "variant": "Athena cannot read variant: cast it",
}
"""Types that a target cannot hold, by a pattern of their name's start, with the remedy."""


def check_columns(schema: StructType) -> None:
    """Refuses results that Parquet cannot store or Athena cannot read."""
    seen: dict[str, str] = {}
    for field in schema.fields:
        if field.name == "*" and field.dataType.simpleString() == "void":  # Sail's, of `SELECT * … GROUP BY`
            raise DatasetError(
                "MISSING_AGGREGATION",
                "`*` has columns that are neither in GROUP BY nor inside an aggregate function: name the columns",
            )
        if field.name.lower() in seen:
            raise DatasetError(
                "RESULT_COLUMNS",
                f"two columns of the result are called `{field.name}`: rename one (Athena ignores case)",
            )
        seen[field.name.lower()] = field.name
        twice = _same_fields(field.dataType)
        if twice:
            raise DatasetError(
                "RESULT_COLUMNS",
                f"column `{field.name}` has the struct fields `{twice[0]}` and `{twice[1]}`: rename one (Spark and "
                "Athena ignore case)",
            )
        kind = field.dataType.simpleString()
        for start, remedy in UNSTORABLE.items():
            if re.search(rf"(?:^|[:<,]){start}(?!:)", kind):
                raise DatasetError("RESULT_COLUMNS", f"column `{field.name}` is {kind}: {remedy}")
        if any(int(digits) > MOST_DIGITS for digits in re.findall(r"\bdecimal\((\d+)", kind)):
            raise DatasetError(
                "RESULT_COLUMNS", f"column `{field.name}` is {kind}: cast it to at most {MOST_DIGITS} digits"
            )
    if not seen:
        raise DatasetError("RESULT_COLUMNS", "the result has no column")


def _same_fields(kind: DataType) -> tuple[str, str] | None:
    """Two fields of a struct, however deep, that differ by case only."""
    fields = getattr(kind, "fields", [])
    parts = [getattr(kind, name, None) for name in ("elementType", "keyType", "valueType")]
    inside = [field.dataType for field in fields] + [part for part in parts if part is not None]
    found = same_but_for_case([field.name for field in fields])
    return found or next((twice for each in inside if (twice := _same_fields(each))), None)


def check_sort_columns(names: tuple[str, ...], schema: StructType) -> None:
    """Refuses columns that the result does not have, or whose values have no order."""
    types = {field.name: field.dataType.simpleString() for field in schema.fields}
    for name in names:
        if name not in types:
            raise DatasetError(
                "RESULT_COLUMNS", f"`sort_by` names `{name}`, which the result does not have: {', '.join(types)}"
            )
        if re.search(r"(?:^|[:<,])map<", types[name]):
            raise DatasetError(
                "RESULT_COLUMNS", f"column `{name}` is {types[name]}, and maps have no order: remove it from `sort_by`"
            )


def check_same_columns(result: tuple[Column, ...], before: tuple[Column, ...]) -> None:
    """Refuses rows that are added to rows with other columns; the order of columns does not matter."""
    new = {column.name: column.type for column in result}
    old = {column.name: column.type for column in before}
    differences = [
        *(f"`{name}` is missing" for name in old if name not in new),
        *(f"`{name}` is new" for name in new if name not in old),
        *(f"`{name}` is {new[name]}, not {old[name]}" for name in new if name in old and new[name] != old[name]),
    ]
    if differences:
        raise DatasetError(
            "RESULT_COLUMNS",
            f"the result's columns differ from those of the rows that stay in the target: {'; '.join(differences)}; "
            f"keep its columns, or write to another target, or {REPLACE_ONCE}",
        )


def check_same_partitions(target: str, before: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Refuses rows that are added to rows with other partition columns."""
    if before != wanted:
        raise DatasetError(
            "TARGET_LAYOUT",
            f"{target} is partitioned by {', '.join(before) or 'nothing'}, but `partition_by` is "
            f"{', '.join(wanted) or 'nothing'}: write to another target, or {REPLACE_ONCE}",
        )
