"""Parameters: values of an execution with the types that the pipeline declares, for `spark.sql(text, args=…)`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from typing import Any, TypeAlias

from strata_glue.errors import JobInputError

Value: TypeAlias = "str | int | float | bool | date"
"""A parameter's value: text, a number, a boolean, a date or a time."""

_BITS = {"int": 31, "bigint": 63}


def read_params(values: str, declared: Mapping[str, str]) -> dict[str, Value]:
    """A JSON object, and types by name → Python values by name. Raises `JobInputError` for an undeclared, missing or invalid value."""
    given = _object(values)
    for name in given:
        if name not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise JobInputError(f"parameter `{name}` is not declared; known: {known}")
    for name in declared:
        if name not in given:
            raise JobInputError(f"parameter `{name}` has no value and no default: set it in `params` of the execution")
    return {name: cast(name, value, declared[name]) for name, value in given.items()}


def cast(name: str, value: object, kind: str) -> Value:
    """One value as its type: text, numbers and booleans of JSON. Timestamps without a zone are UTC."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        if not isinstance(value, (str, int, float)):
            raise ValueError
        return _CASTS[kind](text)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise JobInputError(f"the value of parameter `{name}` is not a valid {kind}") from None


def _integer(kind: str, text: str) -> int:
    number = int(text.strip()) if "_" not in text else int("no")
    if not -(2 ** _BITS[kind]) <= number < 2 ** _BITS[kind]:
        raise ValueError
    return number


def _double(text: str) -> float:
    number = float(text)
    if "_" in text or not math.isfinite(number):
        raise ValueError
    return number


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _date(text: str) -> date:
    if len(text) != len("2017-08-15"):
        raise ValueError
    return date.fromisoformat(text)


def _timestamp(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


_CASTS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "int": lambda text: _integer("int", text),
    "bigint": lambda text: _integer("bigint", text),
    "double": _double,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise JobInputError("--params is not a JSON object")
    return value
