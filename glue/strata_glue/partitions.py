"""Partition folders `column=value`: made by us, not by the engine, so that they are the same on every engine.

The engine partitions by a text that we compute, under a name of ours. Engines differ in what they write for NULL (Sail
0.7 loses those rows), for an empty text (Spark makes it NULL) and for special characters; a text that is never NULL and
never empty has none of that. The folders get their final names when the files are moved.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from strata_glue.columns import quoted
from strata_glue.errors import DatasetError

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""What Hive, Spark and Athena take for NULL in a partition folder."""

_PREFIX = "strata_partition_"
_TYPES = re.compile(r"(string|boolean|tinyint|smallint|int|bigint|date|timestamp|timestamp_ntz|decimal\(\d+,\d+\))")
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\"#%'*/:=?\\{\[\]^]")
"""What Spark escapes in folder names (ExternalCatalogUtils.escapePathName)."""


def check_partition_columns(names: tuple[str, ...], schema: Any) -> None:
    """Refuses columns that the result does not have, or whose values have no exact text."""
    types = {field.name: field.dataType.simpleString() for field in schema.fields}
    for name in names:
        if name not in types:
            raise DatasetError(
                "RESULT_COLUMNS", f"`partition_by` names `{name}`, which the result does not have: {', '.join(types)}"
            )
        if not _TYPES.fullmatch(types[name]):
            raise DatasetError(
                "RESULT_COLUMNS", f"column `{name}` is {types[name]}, which cannot partition: cast it, or take another"
            )
    if len(names) >= len(types):
        raise DatasetError("RESULT_COLUMNS", "`partition_by` names every column: no column would be left in the files")


def with_partition_texts(frame: Any, names: tuple[str, ...]) -> tuple[Any, list[str]]:
    """The frame with each partition column replaced by its text, and the texts' names for `partitionBy`."""
    from pyspark.sql import functions as F

    texts = [f"{_PREFIX}{index}" for index in range(len(names))]
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
    pairs = (part.split("=", 1) for part in path.split("/")[:-1])
    return {unquote(name): None if value == NULL_PARTITION else unquote(value) for name, value in pairs}


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
            f"partition column `{name}` holds {what}, which every reader would take for NULL: replace it in the SQL",
        )
    return escape(value)
