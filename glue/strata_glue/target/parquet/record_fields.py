"""Fields of a commit record's JSON, each of the one type that the format has for it."""

from __future__ import annotations

import json
from typing import Any

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON has exactly."""


class NotARecord(Exception):
    """What is wrong with a text that should be a record, in the record's words: `its "keep" must be a whole number`."""


def parsed(content: bytes) -> dict[str, Any]:
    """The JSON object of a record. Raises `NotARecord`."""
    if not content.strip():
        raise NotARecord("it is empty")
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise NotARecord("it is not JSON") from None
    if not isinstance(value, dict):
        raise NotARecord("it is not a JSON object")
    return value


def field(value: Any, key: str) -> Any:
    """A field that must be there."""
    if not isinstance(value, dict):
        raise NotARecord(f'its "{key}" is not an object')
    if key not in value:
        raise NotARecord(f'it has no "{key}"')
    return value[key]


def whole(value: Any, key: str) -> int:
    """A whole number from 0 to `LARGEST`."""
    found = field(value, key)
    is_whole = isinstance(found, int) or (isinstance(found, float) and found.is_integer())
    if isinstance(found, bool) or not is_whole or not 0 <= found <= LARGEST:
        raise NotARecord(f'its "{key}" must be a whole number from 0 to {LARGEST}')
    return int(found)


def text(value: Any, key: str) -> str:
    found = field(value, key)
    if not isinstance(found, str):
        raise NotARecord(f'its "{key}" must be a text')
    return found


def truth(value: Any, key: str) -> bool:
    found = field(value, key)
    if not isinstance(found, bool):
        raise NotARecord(f'its "{key}" must be true or false')
    return found


def items(value: Any, key: str) -> list[Any]:
    found = field(value, key)
    if not isinstance(found, list):
        raise NotARecord(f'its "{key}" must be a list')
    return found


def texts(value: Any, key: str) -> tuple[str, ...]:
    found = items(value, key)
    if not all(isinstance(each, str) for each in found):
        raise NotARecord(f'its "{key}" must be a list of texts')
    return tuple(found)


def map_of_texts(value: Any, key: str) -> dict[str, str]:
    found = field(value, key)
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise NotARecord(f'its "{key}" must be an object of texts')
    return dict(found)
