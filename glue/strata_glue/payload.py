"""JSON → the contract's dataclasses (`contract.py`), and back. Reading finds every mistake, each with the path of its value."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache, partial
from sys import float_info
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON has exactly."""

SHOWN_MISTAKES = 5
"""Mistakes that a message lists; it counts the others."""

Path: TypeAlias = "str | tuple[Path, str | int]"
"""Where a value is: a prefix, or the path of what holds it and its key or index. A mistake makes words of it (`_named`)."""

Read: TypeAlias = "Callable[[Any, Path, list[str]], Any]"
"""Takes a value, its path, and the list that it adds mistakes to. Returns the value in Python's types."""

T = TypeVar("T")


class PayloadError(Exception):
    """Every mistake of a payload, in words. What could steer a terminal is escaped: keys and values are the payload's."""

    def __init__(self, mistakes: list[str]) -> None:
        more = len(mistakes) - SHOWN_MISTAKES
        shown = "; ".join([*mistakes[:SHOWN_MISTAKES], *([f"and {more} more"] if more > 0 else [])])
        super().__init__("".join(each if each.isprintable() else repr(each)[1:-1] for each in shown))


def read(kind: type[T], value: object, prefix: str = "") -> T:
    """Reads JSON as a type of the contract. `prefix` comes before each path. Raises `PayloadError`."""
    mistakes: list[str] = []
    reader: Callable[[object, Path, list[str]], T] = _reader(cast("Any", kind))
    found = reader(value, prefix, mistakes)
    if mistakes:
        raise PayloadError(mistakes)
    return found


def as_json(value: Any, *, brief: bool = False) -> Any:
    """A dataclass as JSON: without optional keys that have no value; `brief`: without all that equal their default."""
    if is_dataclass(value):
        found = ((each, getattr(value, each.name)) for each in fields(value))
        return {
            _key(each): as_json(inner, brief=brief)
            for each, inner in found
            if inner != each.default or (inner is not None and not brief)
        }
    if isinstance(value, (list, tuple)):
        return [as_json(each, brief=brief) for each in value]
    return {key: as_json(each, brief=brief) for key, each in value.items()} if isinstance(value, dict) else value


def _key(each: Field[Any]) -> str:
    return str(each.metadata.get("key", each.name))


@cache
def _reader(kind: Any, least: float = 0, most: float = LARGEST) -> Read:
    """The reader of a type. `least`, `most`: limits of its number."""
    args = get_args(kind)
    if is_dataclass(kind):
        return _object(kind)
    if get_origin(kind) in (Union, UnionType):
        members = [each for each in args if each is not NoneType]
        inner = _reader(members[0], least, most) if len(members) == 1 else _one_of(members)
        return lambda value, path, mistakes: (
            None if value is None and NoneType in args else inner(value, path, mistakes)
        )
    if get_origin(kind) is Literal:
        return _checked(lambda value: any(map(partial(_equal, value), args)), f"but this job knows only {_list(args)}")
    if get_origin(kind) is dict:
        return _map(_reader(args[1]))
    if get_origin(kind) is tuple:
        return _many(_reader(args[0])) if args[1] is Ellipsis else _fixed([_reader(each) for each in args])
    return _scalar(kind, least, most)


def _scalar(kind: type, least: float, most: float) -> Read:
    if kind is str:
        return _checked(lambda value: isinstance(value, str), "which is not a text")
    if kind is bool:
        return _checked(lambda value: isinstance(value, bool), "which is neither true nor false")
    is_whole = kind is int
    limits = f"from {least}" + (f" to {most}" if is_whole else "")
    largest = most if is_whole else float_info.max

    def fits(value: Any) -> bool:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and least <= value <= largest and (not is_whole or value == int(value))

    number = _checked(fits, f"which is not a {'whole ' if is_whole else ''}number {limits}")
    return lambda value, path, mistakes: kind(number(value, path, mistakes) or 0)


def _checked(fits: Callable[[Any], bool], problem: str) -> Read:
    def read(value: Any, path: Path, mistakes: list[str]) -> Any:
        if fits(value):
            return value
        mistakes.append(f"`{_named(path)}` is {_shown(value)}, {problem}")
        return None

    return read


def _object(kind: Any) -> Read:
    hints = get_type_hints(kind)
    known = {_key(each): (each, _of_field(each, hints[each.name])) for each in fields(kind)}
    is_open = getattr(kind, "OPEN", False)

    def read(value: Any, path: Path, mistakes: list[str]) -> Any:
        if not isinstance(value, dict):
            return _is_not("an object", value, path, mistakes)
        before = len(mistakes)
        if not is_open:
            unknown = [key for key in value if key not in known]
            mistakes.extend(f"this job does not know the key `{_named((path, key))}`" for key in unknown)
        found = {}
        for key, (each, inner) in known.items():
            if each.default is MISSING and key not in value:
                mistakes.append(f"`{_named((path, key))}` is missing")
            # Null is as a key that is not there.
            elif each.default is MISSING or value.get(key) is not None:
                found[each.name] = inner(value[key], (path, key), mistakes)
        return kind(**found) if len(mistakes) == before else None

    return read


def _of_field(each: Field[Any], hint: Any) -> Read:
    inner = _reader(hint, each.metadata.get("least", 0), each.metadata.get("most", LARGEST))

    def read_text(value: Any, path: Path, mistakes: list[str]) -> Any:
        with suppress(TypeError, ValueError, RecursionError):
            value = json.loads(value)
        return inner(value, path, mistakes)

    return read_text if each.metadata.get("json") else inner


def _one_of(kinds: list[Any]) -> Read:
    """Dataclasses that their key `kind` distinguishes."""
    readers = {word: _reader(each) for each in kinds for word in get_args(get_type_hints(each)["kind"])}
    kind_of = _checked(
        lambda value: isinstance(value, str) and value in readers, f"but this job knows only {_list(readers)}"
    )

    def read(value: Any, path: Path, mistakes: list[str]) -> Any:
        if not isinstance(value, dict):
            return _is_not("an object", value, path, mistakes)
        kind = kind_of(value.get("kind"), (path, "kind"), mistakes)
        return None if kind is None else readers[kind](value, path, mistakes)

    return read


def _many(inner: Read) -> Read:
    def read(value: Any, path: Path, mistakes: list[str]) -> Any:
        if not isinstance(value, list):
            return _is_not("a list", value, path, mistakes)
        return tuple([inner(each, (path, index), mistakes) for index, each in enumerate(value)])

    return read


def _fixed(inner: list[Read]) -> Read:
    def read(value: Any, path: Path, mistakes: list[str]) -> Any:
        if not isinstance(value, list) or len(value) != len(inner):
            return _is_not(f"a list of {len(inner)} values", value, path, mistakes)
        return tuple([each(value[at], (path, at), mistakes) for at, each in enumerate(inner)])

    return read


def _map(inner: Read) -> Read:
    def read(value: Any, path: Path, mistakes: list[str]) -> Any:
        if not isinstance(value, dict):
            return _is_not("an object", value, path, mistakes)
        return {key: inner(each, (path, key), mistakes) for key, each in value.items()}

    return read


def _is_not(what: str, value: Any, path: Path, mistakes: list[str]) -> None:
    mistakes.append(f"`{_named(path)}` is {_shown(value)}, which is not {what}" if path else f"it is not {what}")


def _named(path: Path) -> str:
    """A path in words: `files[3].rows`."""
    if isinstance(path, str):
        return path
    before, key = _named(path[0]), path[1]
    if isinstance(key, int):
        return f"{before}[{key}]"
    return f"{before}.{key}" if before and before != "--" else f"{before}{key}"


def _list(words: Any) -> str:
    return ", ".join(map(str, words))


def _equal(one: object, other: object) -> bool:
    """As JSON has it: true is not 1."""
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return f"`{(value if isinstance(value, str) else json.dumps(value))[:60]}`"
