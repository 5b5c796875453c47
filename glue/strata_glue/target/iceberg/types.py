"""Iceberg's types, as its metadata has them, and Spark's (Iceberg's documentation, "Spark Writes: Type compatibility")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from strata_glue.contract import Column

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructField, StructType

_TO_SPARK = {
    "long": "bigint",
    "timestamp": "timestamp_ntz",
    "timestamptz": "timestamp",
    "uuid": "string",
}
_TO_ICEBERG = {"bigint": "long", "timestamp_ntz": "timestamp", "timestamp": "timestamptz"}


def spark_type(kind: Any) -> str:
    """`{"type": "list", "element": "long", …}` → `array<bigint>`."""
    if isinstance(kind, str):
        if kind.startswith("fixed["):
            return "binary"
        return _TO_SPARK.get(kind, kind.replace(", ", ","))
    if kind["type"] == "list":
        return f"array<{spark_type(kind['element'])}>"
    if kind["type"] == "map":
        return f"map<{spark_type(kind['key'])},{spark_type(kind['value'])}>"
    fields = ",".join(f"{field['name']}:{spark_type(field['type'])}" for field in kind["fields"])
    return f"struct<{fields}>"


def stored_columns(schema: StructType) -> tuple[Column, ...]:
    """A Spark schema's columns with the types that a table keeps them in: it has no integers below 32 bits, and one text."""
    return tuple(Column(field.name, stored_type(field.dataType.simpleString())) for field in schema.fields)


def stored_type(kind: str) -> str:
    """`tinyint` → `int`, `varchar(3)` → `string`, also inside of others."""
    kind = re.sub(r"\b(tinyint|smallint)\b", "int", kind)
    return re.sub(r"\b(varchar|char)\(\d+\)", "string", kind)


def iceberg_type(kind: DataType, ids: Iterator[int]) -> Any:
    """A Spark `DataType` as metadata has it; every field takes the next of `ids`. All are optional."""
    from pyspark.sql.types import ArrayType, MapType, StructType

    if isinstance(kind, ArrayType):
        number = next(ids)
        element = iceberg_type(kind.elementType, ids)
        return {"type": "list", "element-id": number, "element-required": False, "element": element}
    if isinstance(kind, MapType):
        numbers = (next(ids), next(ids))
        key, value = iceberg_type(kind.keyType, ids), iceberg_type(kind.valueType, ids)
        return {
            "type": "map",
            "key-id": numbers[0],
            "key": key,
            "value-id": numbers[1],
            "value-required": False,
            "value": value,
        }
    if isinstance(kind, StructType):
        return {"type": "struct", "fields": [iceberg_field(field, ids) for field in kind.fields]}
    stored = stored_type(kind.simpleString())
    if stored.startswith("decimal("):
        return stored.replace(",", ", ")
    return _TO_ICEBERG.get(stored, stored)


def iceberg_field(field: StructField, ids: Iterator[int]) -> dict[str, Any]:
    """A Spark `StructField` as metadata has it."""
    return {"id": next(ids), "name": field.name, "required": False, "type": iceberg_type(field.dataType, ids)}
