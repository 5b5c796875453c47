"""Types by the names that `typeof` gives them: their kinds, and what they are made of. An empty name is an unknown type."""

from __future__ import annotations

import re
from functools import cache

WHOLE = ("tinyint", "smallint", "int", "bigint")
MOMENTS = ("date", "timestamp_ntz", "timestamp")
"""Each can be cast to the next, to compare both."""
NESTED = ("array", "map", "struct")
_KNOWN = frozenset(
    (
        *WHOLE,
        *MOMENTS,
        *NESTED,
        *"float double decimal boolean string binary void".split(),
        "interval ym",
        "interval ds",
    )
)


_ALIASES = {
    "byte": "tinyint",
    "short": "smallint",
    "integer": "int",
    "long": "bigint",
    "real": "float",
    "dec": "decimal",
    "numeric": "decimal",
    "timestamp_ltz": "timestamp",
}


def plain_name(name: str) -> str:
    """A type's name as `name_of` spells it: `Array<Integer>` → `array<int>`."""
    text = re.sub(r"\s*([<>,:()])\s*", r"\1", " ".join(name.lower().split()))
    return re.sub(r"(?:^|(?<=[<,:]))(\w+)(?![\w:])", lambda found: _ALIASES.get(found[1], found[1]), text)


@cache
def plain_type(name: str) -> str:
    """A type in SQL by the name that `typeof` gives it; empty for an unknown one."""
    text = plain_name(name)
    if re.fullmatch(r"(?:var)?char\(\d+\)|string collate \w+", text):
        return "string"
    if text == "decimal":
        return "decimal(10,0)"
    if text == "timestamp without time zone":
        return "timestamp_ntz"
    return text if kind_of(text) else ""


@cache
def kind_of(name: str) -> str:
    """What the rules distinguish: `decimal`, `array`, `interval ym`; empty for an unknown type."""
    text = re.split(r"[(<]", name, maxsplit=1)[0].strip()
    if text.startswith("interval "):
        text = "interval ym" if re.search(r"year|month", text) else "interval ds"
    return text if text in _KNOWN else ""


def is_number(name: str) -> bool:
    return kind_of(name) in (*WHOLE, "float", "double", "decimal")


def is_whole(name: str) -> bool:
    return name in WHOLE


def parts_of(name: str) -> list[str]:
    """Types in `array<…>`, `map<…,…>`; `name:type` of each field in `struct<…>`."""
    inside = name[name.find("<") + 1 : -1] if "<" in name else ""
    parts, depth, start = [], 0, 0
    for index, sign in enumerate(inside):
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append(inside[start:index].strip())
            start = index + 1
    return [*parts, inside[start:].strip()] if inside else []


def fields(name: str) -> list[tuple[str, str]]:
    """Name, in lower case, and type of each field of `struct<…>`."""
    found = [each.partition(":") for each in parts_of(name)]
    return [(field.strip(" `").lower(), kind.strip()) for field, _, kind in found]


def is_nested(name: str) -> bool:
    return kind_of(name) in NESTED


def is_ordered(name: str) -> bool:
    """False for a type whose values Spark cannot compare: a MAP, or a type that contains one."""
    kind = kind_of(name)
    if kind == "struct":
        return all(is_ordered(each) for _, each in fields(name))
    return kind != "map" and (kind != "array" or all(is_ordered(each) for each in parts_of(name)))
