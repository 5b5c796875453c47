"""What a Parquet file's footer says of its schema, in Spark's types: asking the engine costs Spark a job a source."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.parquet as parquet

from strata_glue.columns import quoted

SPARK_SCHEMA = b"org.apache.spark.sql.parquet.row.metadata"
"""Key of a footer where Spark keeps a result's own schema, which it prefers to the file's."""

_SPARK_NAMES = {"byte": "tinyint", "short": "smallint", "integer": "int", "long": "bigint"} | {
    name: name for name in ("string", "boolean", "float", "double", "date", "timestamp")
}
_PHYSICAL = {"BOOLEAN": "boolean", "INT32": "int", "INT64": "bigint", "FLOAT": "float", "DOUBLE": "double"}
_SIGNED = {8: "tinyint", 16: "smallint", 32: "int", 64: "bigint"}


def plain_columns(metadata: parquet.FileMetaData) -> dict[str, str] | None:
    """Name → type, as Spark infers them; None where that takes more than a plain type each, or a setting."""
    texts = (metadata.metadata or {}).get(SPARK_SCHEMA)
    columns = _recorded(texts) if texts is not None else stored_columns(metadata)
    if columns is None or len({name.lower() for name in columns}) < len(columns):
        return None
    return columns


def stored_columns(metadata: parquet.FileMetaData) -> dict[str, str] | None:
    """The same by what is stored alone, whatever Spark's note says: who edits a file may leave the note as it was."""
    schema = metadata.schema
    columns = [schema.column(index) for index in range(len(schema.names))]
    return _complete({each.name: _stored_type(each) for each in columns}, len(columns))


def ddl(columns: dict[str, str]) -> str:
    """Columns as an engine's reader takes them."""
    return ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())


def _recorded(text: bytes) -> dict[str, str] | None:
    try:
        fields = json.loads(text)["fields"]
        # A field's own metadata may stand for another type (char, varchar, a collation).
        kinds = {each["name"]: None if each["metadata"] else _recorded_type(each["type"]) for each in fields}
    except (ValueError, KeyError, TypeError):
        return None
    return _complete(kinds, len(fields))


def _recorded_type(kind: Any) -> str | None:
    if not isinstance(kind, str):
        return None
    return kind if kind.startswith("decimal(") else _SPARK_NAMES.get(kind)


def _stored_type(column: parquet.ColumnSchema) -> str | None:
    if column.path != column.name or column.max_repetition_level > 0:  # nested
        return None
    logical = json.loads(column.logical_type.to_json())
    kind = logical["Type"]
    if kind == "None":
        return _PHYSICAL.get(column.physical_type)
    if kind == "String":
        return "string"
    if kind == "Date":
        return "date"
    if kind == "Int" and logical["isSigned"]:
        return _SIGNED[logical["bitWidth"]]
    if kind == "Decimal":
        return f"decimal({logical['precision']},{logical['scale']})"
    if kind == "Timestamp" and logical["isAdjustedToUTC"] and logical["timeUnit"] != "nanoseconds":
        return "timestamp"
    return None


def _complete(kinds: dict[str, str | None], columns: int) -> dict[str, str] | None:
    """All of them, or nothing."""
    known = {name: kind for name, kind in kinds.items() if kind is not None}
    return known if len(known) == columns else None
