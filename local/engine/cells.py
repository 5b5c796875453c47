"""Values of a result as text: as a person reads them, or as JSON.

Readers take a number of JSON for a double. So one that a double keeps stays a number, and others are text, wherever they
are; NaN and infinities, which JSON does not have, are text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite, isinf
from typing import Any

import pyarrow as pa

_KEPT = 2**53 - 1
_DIGITS = 15
"""Decimal digits that a double keeps."""


def cells(column: pa.Array, as_json: bool) -> list[str | None]:
    """The values of a column: as JSON, or as plain text, in which NULL is None."""
    found = _json(column)
    if as_json:
        return list(found)
    return [None if each == "null" else json.loads(each) if each.startswith('"') else each for each in found]


def is_number(kind: pa.DataType) -> bool:
    """True for what is aligned to the right."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _json(column: pa.Array) -> list[str]:
    """JSON of each value."""
    kind = column.type
    if pa.types.is_struct(kind):
        fields = [
            (json.dumps(field.name, ensure_ascii=False), _json(column.field(index))) for index, field in enumerate(kind)
        ]
        rows = [", ".join(f"{name}: {values[row]}" for name, values in fields) for row in range(len(column))]
        return _unless_null(column, [f"{{{each}}}" for each in rows])
    if pa.types.is_map(kind):
        pairs = zip(_json(column.keys), _json(column.items), strict=True)
        return _lists(column, [f'{{"key": {key}, "value": {value}}}' for key, value in pairs])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _lists(column, _json(column.values))
    return _unless_null(column, _leaves(column))


def _lists(column: Any, items: list[str]) -> list[str]:
    """`items`: of all lists of the array that the column is a part of."""
    offsets = column.offsets.to_pylist()
    rows = [f"[{', '.join(items[start:end])}]" for start, end in zip(offsets, offsets[1:], strict=False)]
    return _unless_null(column, rows)


def _unless_null(column: pa.Array, values: list[str]) -> list[str]:
    if not column.null_count:
        return values
    return ["null" if is_null else value for value, is_null in zip(values, column.is_null().to_pylist(), strict=True)]


def _leaves(column: pa.Array) -> list[str]:
    kind = column.type
    write: Callable[[Any], str] = _text
    if pa.types.is_boolean(kind):
        write = json.dumps
    elif pa.types.is_integer(kind):
        write = _integer
    elif pa.types.is_floating(kind):
        write = _floating
    elif pa.types.is_decimal(kind):
        column, write = column.cast(pa.string()), _decimal
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        write = _bytes
    elif pa.types.is_timestamp(kind):
        # Arrow writes times that Python has no object for, such as those before the year 1.
        column, write = column.cast(pa.string()), _time
    elif pa.types.is_date(kind):
        column = column.cast(pa.string())
    return ["null" if value is None else write(value) for value in column.to_pylist()]


def _text(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _integer(value: int) -> str:
    return str(value) if abs(value) <= _KEPT else f'"{value}"'


def _floating(value: float) -> str:
    if isfinite(value):
        return repr(value)
    return '"NaN"' if not isinf(value) else '"Infinity"' if value > 0 else '"-Infinity"'


def _decimal(text: str) -> str:
    digits = re.sub(r"[-.]", "", text).lstrip("0")
    return text if re.fullmatch(r"-?\d+(\.\d+)?", text) and len(digits) <= _DIGITS else f'"{text}"'


def _bytes(value: bytes) -> str:
    r"""ASCII that can be shown as it is, and `\xFF` for anything else."""
    shown = "".join(chr(each) if 0x20 <= each < 0x7F and each != 0x5C else f"\\x{each:02X}" for each in value)
    return json.dumps(shown)


def _time(text: str) -> str:
    """`2026-01-01 10:00:00.5+00`, as long as it has to be; without a zone for a time without one."""
    zone = "+00" if text.endswith("Z") else ""
    return f'"{re.sub(r"[.]?0+$", "", text.removesuffix("Z")) if "." in text else text.removesuffix("Z")}{zone}"'
