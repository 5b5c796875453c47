"""Columns: their types, and their names as Spark compares and quotes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from strata_glue.contract import Column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

MOST_DIGITS = 38
"""Of Spark's decimals. Here because the recovery of a stack has no Arrow."""


def quoted(name: str) -> str:
    """A name in backticks, as SQL takes any name."""
    return "`" + name.replace("`", "``") + "`"


def same_but_for_case(names: list[str]) -> tuple[str, str] | None:
    """The first two names that Spark treats as the same."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            return seen[name.lower()], name
        seen[name.lower()] = name
    return None


def unused_name(name: str, names: Iterable[str]) -> str:
    """The name, with as many `_` behind it as make it one that none of `names` is, whatever the case."""
    taken = {each.lower() for each in names}
    while name.lower() in taken:
        name += "_"
    return name


def columns_of(schema: StructType) -> tuple[Column, ...]:
    """A Spark schema's columns, as a commit record has them."""
    return tuple(Column(field.name, field.dataType.simpleString()) for field in schema.fields)


def in_order(frame: DataFrame, names: tuple[str, ...]) -> DataFrame:
    """The rows sorted as a whole, ascending, NULLs first; unsorted without a name. Each file that is written of them then has
    a range of its own, and `resize` keeps that."""
    from pyspark.sql import functions as F

    return frame.sort(*[F.col(quoted(name)) for name in names]) if names else frame
