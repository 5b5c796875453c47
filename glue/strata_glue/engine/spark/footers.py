"""What a Parquet file's footer says of its columns, in the types that Spark 4.1 gives them (docs/engines.md).

Spark's own inference costs it a job a source; other engines infer other types. So the types come from here, and every
engine is given them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from strata_glue.engine.spark.columns import MOST_DIGITS, same_but_for_case
from strata_glue.engine.spark.types import Variant, type_of

SPARK_SCHEMA = b"org.apache.spark.sql.parquet.row.metadata"
"""Key of Spark's own schema in a footer."""

ARROW_SCHEMA = b"ARROW:schema"
"""Key of the Arrow schema in a footer, which Sail uses."""

_PHYSICAL = {
    "BOOLEAN": pa.bool_(),
    "INT32": pa.int32(),
    "INT64": pa.int64(),
    "INT96": pa.timestamp("us", tz="UTC"),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "BYTE_ARRAY": pa.binary(),
    "FIXED_LEN_BYTE_ARRAY": pa.binary(),
}
_LOGICAL = {
    "String": pa.string(),
    "Enum": pa.string(),
    "JSON": pa.string(),
    "BSON": pa.binary(),
    "Date": pa.date32(),
    "Null": pa.null(),
}
_SIGNED = {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
_UNSIGNED = {8: pa.int16(), 16: pa.int32(), 32: pa.int64(), 64: pa.decimal128(20, 0)}


@dataclass(frozen=True)
class FileColumn:
    """A column of a file."""

    name: str
    type: pa.DataType
    """As Spark reads it (engine/spark/types.py)."""
    noted: pa.DataType | None
    """As Sail reads it; None if unknown."""


class Unreadable(Exception):
    """A column that Spark does not read. `kind`: the file's name of its type; `remedy`: what to do."""

    def __init__(self, column: str, kind: str, remedy: str) -> None:
        super().__init__(column, kind, remedy)
        self.column, self.kind, self.remedy = column, kind, remedy


class Footers:
    """Columns of many files, most of which are the same. Thread-safe."""

    def __init__(self) -> None:
        self._known: list[tuple[parquet.ParquetSchema, object, tuple[FileColumn, ...]]] = []

    def columns_of(self, metadata: parquet.FileMetaData) -> tuple[FileColumn, ...]:
        """Like the function of that name."""
        notes = metadata.metadata or {}
        noted = notes.get(ARROW_SCHEMA), notes.get(SPARK_SCHEMA)
        for schema, its, columns in self._known:
            if its == noted and schema.equals(metadata.schema):
                return columns
        columns = columns_of(metadata)
        self._known.append((metadata.schema, noted, columns))
        return columns


def columns_of(metadata: parquet.FileMetaData) -> tuple[FileColumn, ...]:
    """A file's columns, in order. Raises `Unreadable` for the first that Spark does not read."""
    schema = metadata.schema
    leaves = iter([schema.column(index) for index in range(len(schema.names))])
    notes = metadata.metadata or {}
    noted, special = _arrow_note(notes), _spark_note(notes)
    stored = schema.to_arrow_schema()
    columns = []
    for field in stored:
        kind = _kind(field.name, field.type, leaves)
        columns.append(FileColumn(field.name, special.get(field.name, kind), noted.get(field.name)))
    if not notes.get(ARROW_SCHEMA):  # Sail goes by what is stored
        columns = [FileColumn(each.name, each.type, field.type) for each, field in zip(columns, stored, strict=True)]
    return tuple(columns)


def _kind(path: str, kind: pa.DataType, leaves: Iterator[parquet.ColumnSchema]) -> pa.DataType:
    """A column's type: nested as in Arrow, which Spark shares; the types of its leaves are those of Parquet."""
    if isinstance(kind, pa.BaseExtensionType) and pa.types.is_nested(kind.storage_type):
        kind = kind.storage_type
    if pa.types.is_struct(kind):
        _check_fields(path, kind)
        return pa.struct([(field.name, _kind(f"{path}.{field.name}", field.type, leaves)) for field in kind])
    if pa.types.is_map(kind):
        key = _kind(f"{path}.key", kind.key_type, leaves)
        return pa.map_(key, _kind(f"{path}.value", kind.item_type, leaves))
    if not pa.types.is_dictionary(kind) and hasattr(kind, "value_type"):  # lists of any kind
        return pa.list_(_kind(f"{path}.element", kind.value_type, leaves))
    return _leaf(path, next(leaves))


def _check_fields(path: str, kind: pa.DataType) -> None:
    twice = same_but_for_case([field.name for field in kind])
    if twice:
        name = f"a struct with the fields `{twice[0]}` and `{twice[1]}`"
        raise Unreadable(path, name, "rename one: Spark and Athena ignore case")


def _leaf(path: str, leaf: parquet.ColumnSchema) -> pa.DataType:
    logical = json.loads(leaf.logical_type.to_json())
    kind = logical["Type"]
    if kind == "None" and leaf.converted_type in ("NONE", "UTF8"):
        return _PHYSICAL[leaf.physical_type]
    if kind in _LOGICAL:
        return _LOGICAL[kind]
    if kind == "Int":
        return (_SIGNED if logical["isSigned"] else _UNSIGNED)[logical["bitWidth"]]
    if kind == "Decimal":
        if logical["precision"] > MOST_DIGITS:
            name = f"decimal({logical['precision']},{logical['scale']})"
            raise Unreadable(path, name, f"write it with at most {MOST_DIGITS} digits")
        return pa.decimal128(logical["precision"], logical["scale"])
    if kind == "Timestamp" and logical["timeUnit"] != "nanoseconds":
        return pa.timestamp("us", tz="UTC" if logical["isAdjustedToUTC"] else None)
    raise Unreadable(path, *_refused(kind, logical, leaf))


def _refused(kind: str, logical: dict[str, Any], leaf: parquet.ColumnSchema) -> tuple[str, str]:
    """The file's name of a type that Spark does not have, and what to write instead."""
    unit = {"milliseconds": "MILLIS", "microseconds": "MICROS", "nanoseconds": "NANOS"}.get(logical.get("timeUnit", ""))
    if kind == "Timestamp":
        return (
            f"a timestamp of nanoseconds (TIMESTAMP(NANOS,{str(logical['isAdjustedToUTC']).lower()}))",
            "write it in microseconds (pandas: `to_parquet(…, coerce_timestamps='us', allow_truncated_timestamps=True)`)",
        )
    if kind == "Time":
        return f"a time of day (TIME({unit}))", "write it as text, or as a number of seconds"
    if kind == "UUID":
        return "a UUID", "write it as text"
    if kind == "Float16":
        return "a float of 16 bits", "write it with 32 bits"
    name = kind if kind != "None" else str(leaf.converted_type)
    return f"{leaf.physical_type} ({name})", "write it as another type"


def _arrow_note(notes: dict[bytes, bytes]) -> dict[str, pa.DataType]:
    with suppress(Exception):  # no note, or none that can be read
        return {
            field.name: field.type for field in pa.ipc.read_schema(pa.py_buffer(base64.b64decode(notes[ARROW_SCHEMA])))
        }
    return {}


def _spark_note(notes: dict[bytes, bytes]) -> dict[str, pa.DataType]:
    """Columns of types that Parquet does not have, and Spark finds by its note alone. All else is as it is stored,
    whatever the note says: who edits a file may leave the note as it was."""
    with suppress(Exception):  # as above
        fields = json.loads(notes[SPARK_SCHEMA])["fields"]
        kinds = {field["name"]: type_of(field["type"]) for field in fields if isinstance(field["type"], str)}
        return {name: kind for name, kind in kinds.items() if isinstance(kind, Variant) or kind == pa.duration("us")}
    return {}
