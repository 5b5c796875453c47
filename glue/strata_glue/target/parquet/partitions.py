"""Partition folders `column=value`: made by us, not by the engine, so that they are the same on every engine.

The engine partitions by a text that the job computes, under a name of the job's. Engines differ in what they write for NULL (Sail
0.7 loses those rows), for an empty text (Spark makes it NULL) and for special characters; a text that is never NULL and
never empty has none of that. The folders get their final names when the files are moved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa

from strata_glue.engine.spark.columns import quoted, unused_name
from strata_glue.engine.spark.types import name_of, type_of
from strata_glue.errors import DatasetError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""What Hive, Spark and Athena take for NULL in a partition folder."""

_PREFIX = "strata_partition_"
_TYPES = re.compile(r"(string|boolean|tinyint|smallint|int|bigint|date|timestamp|timestamp_ntz|decimal\(\d+,\d+\))")
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\"#%'*/:=?\\{\[\]^]")
"""What Spark escapes in folder names (ExternalCatalogUtils.escapePathName)."""


def check_partition_columns(names: tuple[str, ...], schema: StructType) -> None:
    """Refuses columns that the result does not have, or whose values cannot be written as text without loss."""
    types = {field.name: field.dataType.simpleString() for field in schema.fields}
    for name in names:
        if name not in types:
            raise DatasetError(
                "RESULT_COLUMNS", f"`partition_by` names `{name}`, which the result does not have: {', '.join(types)}"
            )
        if not _TYPES.fullmatch(types[name]):
            raise DatasetError(
                "RESULT_COLUMNS",
                f"column `{name}` is {types[name]}, which cannot be a partition column: cast it, or use another",
            )
    if len(names) >= len(types):
        raise DatasetError(
            "RESULT_COLUMNS", "`partition_by` names every column: the files need at least one other column"
        )


def with_partition_texts(frame: DataFrame, names: tuple[str, ...]) -> tuple[DataFrame, list[str]]:
    """The frame with each partition column replaced by its text, and the texts' names for `partitionBy`."""
    from pyspark.sql import functions as F

    texts = [unused_name(f"{_PREFIX}{index}", frame.columns) for index in range(len(names))]
    rest = [F.col(quoted(name)) for name in frame.columns if name not in names]
    columns = [
        F.coalesce(F.concat(F.lit("v"), F.col(quoted(name)).cast("string")), F.lit("n")).alias(text)
        for name, text in zip(names, texts, strict=True)
    ]
    return frame.select(*rest, *columns), texts


def final_folder(engine_folder: str, names: tuple[str, ...]) -> str:
    """`strata_partition_0=v2026-01-01` → `day=2026-01-01`. Raises `DatasetError` for a value that no folder can hold."""
    parts = engine_folder.split("/")
    if len(parts) != len(names):
        raise DatasetError("RESULT_MISSING", f"the engine wrote an unexpected folder {engine_folder}")
    return "/".join(
        f"{escape(name)}={_folder_value(name, unquote(part.partition('=')[2]))}"
        for name, part in zip(names, parts, strict=True)
    )


def values_of(path: str) -> dict[str, str | None]:
    """Values of the partition folders in a file's path: `a=1/b=x%20y/f.parquet` → `{"a": "1", "b": "x y"}`."""
    pairs = (part.split("=", 1) for part in path.split("/")[:-1] if part)
    return {_unescaped(name): None if value == NULL_PARTITION else _unescaped(value) for name, value in pairs}


def _unescaped(text: str) -> str:
    """Escaped bytes are UTF-8. Where they are not, each is a character, as Spark takes them: two values stay two."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return unquote(text, encoding="latin-1")


def spark_reads_alike(folder: str) -> bool:
    """True if Spark finds the same values in the folder's name. It takes `%C3%9C` for two characters, one a byte."""
    return all(_unescaped(part) == _BYTES.sub(lambda found: chr(int(found[1], 16)), part) for part in folder.split("/"))


_BYTES = re.compile(r"%([0-9A-Fa-f]{2})")


def partition_names(folder: str) -> list[str]:
    """Names of a folder's partition columns, from the outside in."""
    return [_unescaped(part.partition("=")[0]) for part in folder.split("/") if part]


def partition_type(values: Sequence[str | None], declared: str | None) -> pa.DataType:
    """The type of a partition column. The declared one; else whole numbers and days that are written as Spark and
    crawlers write them, and text for all else: `007` and `1e3` are codes.

    Raises `ValueError` for a value that the declared type does not have.
    """
    known = [value for value in values if value is not None]
    if declared is None:
        kinds = ["int", "bigint", "date"] if known else []
        name = next((kind for kind in kinds if all(_is_written(value, kind) for value in known)), "string")
        return type_of(name) or pa.string()
    kind = type_of(declared)
    if kind is None or not _TYPES.fullmatch(name_of(kind)):
        raise ValueError(f"no value is a {declared}, as it is declared: declare it as string")
    strange = next((value for value in known if not _is_a(value, kind)), None)
    if strange is not None:
        raise ValueError(
            f"`{strange}` is not a valid {declared}, as it is declared: declare it as string, or rename the folder"
        )
    return kind


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?)?", re.ASCII)
_LIMITS = {"int": 2**31, "bigint": 2**63}


def _is_written(value: str, kind: str) -> bool:
    """True for the one text that a value of the type has."""
    if kind == "date":
        return _is_a(value, pa.date32()) and len(value) == len("2026-01-31")
    limit = _LIMITS[kind]
    return re.fullmatch(r"0|-?[1-9]\d{0,18}", value, re.ASCII) is not None and -limit <= int(value) < limit


def _is_a(value: str, kind: pa.DataType) -> bool:
    """True for a text that Spark casts to the type."""
    try:
        if pa.types.is_integer(kind):
            limit = 2 ** (kind.bit_width - 1)
            return re.fullmatch(r"[+-]?\d{1,19}", value, re.ASCII) is not None and -limit <= int(value) < limit
        if pa.types.is_boolean(kind):
            return value.lower() in ("true", "false")
        if pa.types.is_date(kind):
            return (
                value.isascii()
                and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
                and bool(date.fromisoformat(value))
            )
        if pa.types.is_decimal(kind):
            if not re.fullmatch(r"[+-]?\d+(\.\d+)?", value, re.ASCII):
                return False
            number = Decimal(value)
            limit = Decimal(10) ** (kind.precision - kind.scale)
            return bool(number == round(number, kind.scale) and abs(number) < limit)
        if pa.types.is_timestamp(kind):
            return _MOMENT.fullmatch(value) is not None and bool(datetime.fromisoformat(value))
        return True
    except (ValueError, ArithmeticError):
        return False


def escape(text: str) -> str:
    """A text as part of a folder's name."""
    return _ESCAPED.sub(lambda found: f"%{ord(found.group()):02X}", text)


def _folder_value(name: str, text: str) -> str:
    if text == "n":
        return NULL_PARTITION
    value = text[1:]
    if value in ("", NULL_PARTITION):
        what = "an empty text" if value == "" else f"the text {NULL_PARTITION}"
        raise DatasetError(
            "RESULT_COLUMNS",
            f"partition column `{name}` holds {what}, which readers would treat as NULL: replace it in the SQL",
        )
    return escape(value)
