"""Spark's types, each as one Arrow type: they can be compared, widened and passed to every engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from strata_glue.engine.spark.columns import MOST_DIGITS, quoted
from strata_glue.engine.spark.type_names import plain_name

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructType

_SIMPLE: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "timestamp_ntz": pa.timestamp("us"),
    "void": pa.null(),
    "interval day to second": pa.duration("us"),
}
_NAMES = {kind: name for name, kind in _SIMPLE.items()}
_CLASSES = {
    "boolean": "BooleanType",
    "tinyint": "ByteType",
    "smallint": "ShortType",
    "int": "IntegerType",
    "bigint": "LongType",
    "float": "FloatType",
    "double": "DoubleType",
    "string": "StringType",
    "binary": "BinaryType",
    "date": "DateType",
    "timestamp": "TimestampType",
    "timestamp_ntz": "TimestampNTZType",
    "void": "NullType",
    "interval day to second": "DayTimeIntervalType",
    "variant": "VariantType",
}

_WHOLE = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]
_DIGITS = {pa.int8(): 3, pa.int16(): 5, pa.int32(): 10, pa.int64(): 19}
"""Decimal digits that hold every value."""


class Variant(pa.ExtensionType):  # type: ignore[misc]
    """Spark's variant, which Arrow does not have."""

    def __init__(self) -> None:
        super().__init__(pa.struct([("value", pa.binary()), ("metadata", pa.binary())]), "strata.variant")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type: pa.DataType, serialized: bytes) -> Variant:
        return cls()


def name_of(kind: pa.DataType) -> str:
    """Spark's name of the type: `bigint`, `struct<a:int>`."""
    if isinstance(kind, Variant):
        return "variant"
    if pa.types.is_decimal128(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_list(kind):
        return f"array<{name_of(kind.value_type)}>"
    if pa.types.is_map(kind):
        return f"map<{name_of(kind.key_type)},{name_of(kind.item_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'{_field_name(field.name)}:{name_of(field.type)}' for field in kind)}>"
    return _NAMES[kind]


def _field_name(name: str) -> str:
    return name if re.fullmatch(r"\w+", name, re.ASCII) else quoted(name)


def is_called(kind: pa.DataType | None, name: str) -> bool:
    """True for the Arrow type of a type of Spark, whatever the names of its parts are."""
    try:
        return kind is not None and name_of(kind) == name
    except KeyError:
        return False


def is_nested(kind: pa.DataType) -> bool:
    """True for arrays, maps and structs."""
    return bool(pa.types.is_nested(kind))


def type_of(name: str) -> pa.DataType | None:
    """The type with this name in Spark, in any spelling; None for nested types."""
    text = plain_name(name)
    if match := re.fullmatch(r"decimal(?:\((\d+)(?:,(\d+))?\))?", text):
        return pa.decimal128(int(match[1] or 10), int(match[2] or 0))
    if re.fullmatch(r"(var)?char\(\d+\)", text):
        return pa.string()
    return Variant() if text == "variant" else _SIMPLE.get(text)


def spark_type(kind: pa.DataType) -> DataType:
    """PySpark's type. Raises `AttributeError` for one that this version does not have."""
    from pyspark.sql import types as T

    if pa.types.is_decimal128(kind):
        return T.DecimalType(kind.precision, kind.scale)
    if pa.types.is_list(kind):
        return T.ArrayType(spark_type(kind.value_type))
    if pa.types.is_map(kind):
        return T.MapType(spark_type(kind.key_type), spark_type(kind.item_type))
    if pa.types.is_struct(kind):
        return spark_schema({field.name: field.type for field in kind})
    made: DataType = getattr(T, _CLASSES[name_of(kind)])()
    return made


def spark_schema(columns: dict[str, pa.DataType]) -> StructType:
    """The columns as a schema for an engine's reader."""
    from pyspark.sql import types as T

    return T.StructType([T.StructField(name, spark_type(kind)) for name, kind in columns.items()])


def widened(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that holds every value of both without loss; None if there is none."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    return _wider(one, other) or _wider(other, one)


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """For one order of each pair."""
    if one in _WHOLE and other in _WHOLE:
        return _WHOLE[max(_WHOLE.index(one), _WHOLE.index(other))]
    if one in _WHOLE and pa.types.is_float64(other):
        return other if one != pa.int64() else None  # a double holds whole numbers up to 2^53
    if one in _WHOLE and pa.types.is_float32(other):
        return {pa.int8(): other, pa.int16(): other, pa.int32(): pa.float64()}.get(one)
    if pa.types.is_float32(one) and pa.types.is_float64(other):
        return other
    if pa.types.is_date32(one) and other == _SIMPLE["timestamp_ntz"]:
        return other
    if one in _WHOLE and pa.types.is_decimal128(other):
        return _decimal(_DIGITS[one], 0, other)
    if pa.types.is_decimal128(one) and pa.types.is_decimal128(other):
        return _decimal(one.precision - one.scale, one.scale, other)
    return None


def _decimal(whole: int, scale: int, other: pa.DataType) -> pa.DataType | None:
    digits, places = max(whole, other.precision - other.scale), max(scale, other.scale)
    return pa.decimal128(digits + places, places) if digits + places <= MOST_DIGITS else None
