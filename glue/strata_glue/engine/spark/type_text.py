"""The text of a type, nested ones included, as one Arrow type: to compare what an author wrote with what a file has."""

from __future__ import annotations

import re

import pyarrow as pa

from strata_glue.engine.spark.types import is_nested, type_of, widened

_DEEPEST = 100
"""Levels of nesting that are read."""

_FIELD = re.compile(r"\s*(?:`((?:[^`]|``)+)`|([^`<>:,]+?))\s*:")


def read_type(text: str) -> pa.DataType | None:
    """The type that a text names in Spark SQL; None for another text. Names of fields keep their case."""
    try:
        return _typed(text.strip(), 0)
    except ValueError:  # more digits than a decimal has
        return None


def holds(wanted: pa.DataType, found: pa.DataType) -> bool:
    """True if `wanted` holds every value of `found` as it is. Of nested types only the same ones, whatever the case of their
    fields."""
    if not is_nested(wanted):
        return bool(widened(found, wanted) == wanted)
    return _is_same(wanted, found)


def _typed(text: str, depth: int) -> pa.DataType | None:
    nested = re.fullmatch(r"(array|map|struct)\s*<(.*)>", text, re.IGNORECASE | re.DOTALL)
    if nested is None or depth == _DEEPEST:
        return type_of(text)
    parts = _parts(nested[2])
    if nested[1].lower() == "struct":
        fields = [_field(part, depth) for part in parts]
        known = [each for each in fields if each is not None]
        return pa.struct(known) if len(known) == len(fields) else None
    kinds = [kind for part in parts if (kind := _typed(part.strip(), depth + 1)) is not None]
    if len(kinds) != len(parts) or len(kinds) != (1 if nested[1].lower() == "array" else 2):
        return None
    return pa.list_(*kinds) if len(kinds) == 1 else pa.map_(*kinds)


def _field(text: str, depth: int) -> pa.Field | None:
    named = _FIELD.match(text)
    kind = _typed(text[named.end() :].strip(), depth + 1) if named else None
    if named is None or kind is None:
        return None
    return pa.field(named[1].replace("``", "`") if named[1] else named[2], kind)


def _parts(text: str) -> list[str]:
    """Splits at commas outside brackets and quoted names."""
    parts, depth, start = [], 0, 0
    for sign in re.finditer(r"`(?:[^`]|``)*`|[<(>),]", text):
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(sign[0], 0)
        if sign[0] == "," and depth == 0:
            parts.append(text[start : sign.start()])
            start = sign.end()
    return [*parts, text[start:]]


def _is_same(one: pa.DataType, other: pa.DataType) -> bool:
    if pa.types.is_struct(one) and pa.types.is_struct(other):
        pairs = [*zip(one, other, strict=False)]
        return one.num_fields == other.num_fields and all(
            a.name.lower() == b.name.lower() and _is_same(a.type, b.type) for a, b in pairs
        )
    if pa.types.is_map(one) and pa.types.is_map(other):
        return _is_same(one.key_type, other.key_type) and _is_same(one.item_type, other.item_type)
    if pa.types.is_list(one) and pa.types.is_list(other):
        return _is_same(one.value_type, other.value_type)
    return bool(one == other)
