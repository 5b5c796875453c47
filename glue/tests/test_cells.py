"""Values of a query's result as text (local/engine/cells.py)."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from conftest import ENGINE  # noqa: F401  the path to local/engine

from cells import cells, is_number  # isort: skip

UTC = datetime.timezone.utc
BIG = 9007199254740993

CASES: list[tuple[pa.DataType, list[Any], list[str | None], list[Any]]] = [
    (pa.string(), ["a", "", None, "null", "1"], ["a", "", None, "null", "1"], ["a", "", None, "null", "1"]),
    (pa.int32(), [1, -2, None], ["1", "-2", None], [1, -2, None]),
    (pa.int64(), [BIG, 1], [str(BIG), "1"], [str(BIG), 1]),
    (pa.bool_(), [True, None, False], ["true", None, "false"], [True, None, False]),
    (
        pa.float64(),
        [1.0, 0.1, 1e300, float("nan"), float("inf"), float("-inf"), None],
        ["1.0", "0.1", "1e+300", "NaN", "Infinity", "-Infinity", None],
        [1.0, 0.1, 1e300, "NaN", "Infinity", "-Infinity", None],
    ),
    (
        pa.decimal128(38, 2),
        [Decimal("1.50"), Decimal("12345678901234567890.12"), Decimal("-0.01"), None],
        ["1.50", "12345678901234567890.12", "-0.01", None],
        [1.5, "12345678901234567890.12", -0.01, None],
    ),
    (pa.date32(), [datetime.date(1, 1, 1), None], ["0001-01-01", None], ["0001-01-01", None]),
    (
        pa.timestamp("us", "UTC"),
        [datetime.datetime(2026, 1, 1, 10, 0, 0, 500000, UTC), datetime.datetime(2026, 1, 1, 0, 0, 10, 0, UTC)],
        ["2026-01-01 10:00:00.5+00", "2026-01-01 00:00:10+00"],
        ["2026-01-01 10:00:00.5+00", "2026-01-01 00:00:10+00"],
    ),
    (pa.timestamp("us"), [datetime.datetime(2026, 1, 1, 10)], ["2026-01-01 10:00:00"], ["2026-01-01 10:00:00"]),
    (pa.binary(), [b"\x00A\\\xff", b""], ["\\x00A\\x5C\\xFF", ""], ["\\x00A\\x5C\\xFF", ""]),
    (
        pa.list_(pa.int64()),
        [[1, None, BIG], [], None],
        [f'[1, null, "{BIG}"]', "[]", None],
        [[1, None, str(BIG)], [], None],
    ),
    (
        pa.struct([("a", pa.string()), ('b "c"', pa.list_(pa.decimal128(4, 1)))]),
        [{"a": "x", 'b "c"': [Decimal("2.5")]}, None],
        ['{"a": "x", "b \\"c\\"": [2.5]}', None],
        [{"a": "x", 'b "c"': [2.5]}, None],
    ),
    (
        pa.map_(pa.string(), pa.struct([("n", pa.int32())])),
        [[("k", {"n": 1}), ("l", None)], [], None],
        ['[{"key": "k", "value": {"n": 1}}, {"key": "l", "value": null}]', "[]", None],
        [[{"key": "k", "value": {"n": 1}}, {"key": "l", "value": None}], [], None],
    ),
    (pa.null(), [None, None], [None, None], [None, None]),
]


@pytest.mark.parametrize(("kind", "values", "text", "as_json"), CASES, ids=[str(case[0]) for case in CASES])
def test_values_as_text_and_as_json(kind: pa.DataType, values: list[Any], text: list[str], as_json: list[Any]) -> None:
    column = pa.array(values, kind)
    assert cells(column, as_json=False) == text
    assert [json.loads(each or "") for each in cells(column, as_json=True)] == as_json
    # A part of an array is read as that part.
    assert cells(pa.concat_arrays([column, column])[1 : len(values) + 1], as_json=False) == [*text[1:], text[0]]


def test_a_decimal_keeps_its_digits() -> None:
    assert cells(pa.array([Decimal("1.50")]), as_json=True) == ["1.50"]


def test_times_that_python_does_not_have() -> None:
    years = pa.array([-62198755200000000, 253402300800000000], pa.timestamp("us", "UTC"))
    assert cells(years, as_json=False) == ["-0001-01-01 00:00:00+00", "10000-01-01 00:00:00+00"]


def test_numbers_are_aligned() -> None:
    assert [is_number(each) for each in (pa.int8(), pa.float32(), pa.decimal128(3, 1), pa.string(), pa.date32())] == [
        *[True] * 3,
        *[False] * 2,
    ]
