"""Arguments of functions that Spark refuses and Sail accepts: their types, their number, and literal values.

The list has what Sail 0.7.2 accepts; it refuses the others itself. A type is wrong only if none of Spark's implicit casts
leads from it to one that the function takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.words import type_name
from strata_glue.engine.spark import coercion, type_names
from strata_glue.engine.sql.tree import Node

_LISTED = {
    "STRING": (
        "array_join/2 array_join/3 ascii concat_ws contains contains/2 date_format/2 date_trunc endswith endswith/2 find_in_set "
        "find_in_set/2 from_unixtime/2 from_utc_timestamp/2 is_valid_utf8 lcase locate locate/2 lower lpad lpad/3 luhn_check mask "
        "position position/2 regexp_count regexp_count/2 regexp_like regexp_like/2 regexp_replace regexp_replace/2 "
        "regexp_replace/3 regexp_substr regexp_substr/2 right rpad rpad/3 startswith startswith/2 str_to_map str_to_map/2 "
        "str_to_map/3 substring_index substring_index/2 to_binary to_utc_timestamp/2 translate translate/2 translate/3 trunc/2 "
        "try_to_binary try_validate_utf8 ucase unbase64 unhex upper validate_utf8"
    ),
    "STRING or BINARY": "left listagg overlay overlay/2 string_agg substr substring",
    "STRING or ARRAY": "concat_ws/2 concat_ws/3 reverse",
    "STRING or BINARY or ARRAY": "concat concat/2 concat/3",
    "INT or STRING": "format_number/2",
    "DOUBLE": (
        "acos acosh asin asinh atan atan2 atan2/2 atanh cbrt cos cosh cot csc degrees exp kurtosis ln log log/2 log10 log1p log2 "
        "radians sec sin sinh skewness sqrt tan tanh"
    ),
    "NUMERIC": "format_number timestamp_seconds",
    "NUMERIC or INTERVAL": "median percentile positive",
    "INTEGRAL": "timestamp_micros timestamp_millis",
    "BIGINT": "from_unixtime",
    "INT": "add_months/2 array_repeat/2 date_from_unix_date slice/2 slice/3",
    "INT or SMALLINT or TINYINT": "date_add/2 date_sub/2 dateadd/2",
    "BOOLEAN": "count_if months_between/3",
    "DATE": (
        "add_months date_add date_diff date_diff/2 date_sub dateadd datediff datediff/2 day dayname dayofmonth dayofweek dayofyear "
        "month monthname quarter unix_date weekday weekofyear"
    ),
    "TIMESTAMP": "date_format months_between months_between/2 unix_micros unix_millis unix_seconds",
    "STRING or DATE or TIMESTAMP": "to_date",
    "STRUCT or ARRAY or MAP": "to_json",
}
"""Types that functions take → their names, with the number of the argument if it is not the first."""

_WANTED: dict[str, dict[int, str]] = {}
for _wanted, _names in _LISTED.items():
    for _name, _, _place in (each.partition("/") for each in _names.split()):
        _WANTED.setdefault(_name, {})[int(_place or 1) - 1] = _wanted

_EXACT = frozenset("array_join array_repeat format_number timestamp_micros timestamp_millis timestamp_seconds".split())
"""Functions whose arguments Spark does not cast."""

_OF_DAYS = ("date_add", "date_sub", "dateadd")
"""Those that cast only strings, to INT."""

_NUMBERS = {
    **dict.fromkeys(("greatest", "least"), (2, None)),
    **dict.fromkeys(("max_by", "min_by", "regexp_count"), (2, 2)),
    "median": (1, 1),
    "percentile": (2, 3),
}
"""Fewest and most arguments of functions for which Sail accepts fewer, or more."""

_SORTING = {
    "min": 0,
    "max": 0,
    "collect_set": 0,
    "max_by": 1,
    "min_by": 1,
    "sort_array": 0,
    "array_max": 0,
    "array_min": 0,
}
"""Functions that compare values → the index of the argument with the values."""


def calls(node: Node, sql: str) -> Iterator[Explained]:
    """Of a call."""
    if any(part.kind == "star" for part in node.parts) or (node.parts and node.parts[0].kind == "word"):
        return
    fewest, most = _NUMBERS.get(node.name, (0, None))
    if len(node.parts) < fewest or (most is not None and len(node.parts) > most):
        yield Explained(
            "WRONG_NUM_ARGS", f"`{node.name}` takes {_counted(fewest, most)}, not {len(node.parts)}", node.start
        )
        return
    for place, wanted in _WANTED.get(node.name, {}).items():
        if place < len(node.parts):
            yield from _argument(node, place, wanted, sql)
    place = _SORTING.get(node.name, 0)
    if node.name in _SORTING and place < len(node.parts) and not type_names.is_ordered(node.parts[place].type):
        message = sentences.no_order(f"`{node.name}`")
        yield Explained("DATATYPE_MISMATCH", message, node.start)
    check = _OF_VALUES.get(node.name)
    if check is not None:
        yield from check(node, sql)


def _counted(fewest: int, most: int | None) -> str:
    if most is None:
        return f"at least {fewest} arguments"
    return f"{fewest} argument{'s' if fewest > 1 else ''}" if most == fewest else f"{fewest} or {most} arguments"


def _argument(node: Node, place: int, wanted: str, sql: str) -> Iterator[Explained]:
    given = node.parts[place]
    fits = coercion.is_one_of if node.name in _EXACT else coercion.is_accepted
    if not any(fits(given.type, each) for each in wanted.split(" or ")):
        yield _wrong(node, place, wanted, sql)
    elif node.name in _OF_DAYS and place == 1:
        if type_names.is_number(given.type) and not coercion.is_one_of(given.type, "INT"):
            yield _wrong(node, place, wanted, sql)
        if given.kind == "text" and not _is_whole(sql[given.start : given.end]):
            message = "a value cannot be cast to INT: the query uses a text as INT without a cast: write a whole number without quotes"
            yield Explained("CAST_INVALID_INPUT", message, given.start)


def _wrong(node: Node, place: int, wanted: str, sql: str) -> Explained:
    given = node.parts[place]
    what = f"the {sentences.PLACES[place]} argument of `{node.name}` must be {wanted}"
    return Explained(
        "DATATYPE_MISMATCH", f"{what}, and {shown(given, sql)} is {type_name(given.type)}: cast it", given.start
    )


def shown(node: Node, sql: str) -> str:
    """Its text in backticks if that is short, else `it`."""
    text = " ".join(sql[node.start : node.end].split())
    return f"`{text}`" if len(text) <= 60 and "`" not in text else "it"


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"""['"]\s*[+-]?\d+\s*['"]""", text) is not None


def has_column(node: Node) -> bool:
    """True for an expression whose value depends on the row."""
    return any(each.kind == "column" or each.query is not None for each in node.all())


def _digits(node: Node, sql: str) -> Iterator[Explained]:
    """Of `round`."""
    if len(node.parts) == 2 and has_column(node.parts[1]):
        yield Explained("DATATYPE_MISMATCH", sentences.NOT_CONSTANT, node.start)


def _stack(node: Node, sql: str) -> Iterator[Explained]:
    rows = _number(node.parts[0], sql) if node.parts else None
    if not rows or rows < 1:
        return
    values = node.parts[1:]
    columns = -(-len(values) // rows)
    for column in range(columns):
        kinds = [each.type for each in values[column::columns] if each.type not in ("", "void")]
        if len({type_names.kind_of(kind) for kind in kinds}) > 1:
            named = " and ".join(dict.fromkeys(type_name(kind) for kind in kinds))
            message = f"`stack` puts values of different types into one column ({named}): cast them to one"
            yield Explained("DATATYPE_MISMATCH", message, node.start)
            return


def _nth(node: Node, sql: str) -> Iterator[Explained]:
    place = _number(node.parts[1], sql) if len(node.parts) > 1 else None
    if place is not None and place < 1:
        yield Explained("DATATYPE_MISMATCH", "the place of `nth_value` is a whole number from 1 on", node.start)


def _elt(node: Node, sql: str) -> Iterator[Explained]:
    place = _number(node.parts[0], sql) if node.parts else None
    values = len(node.parts) - 1
    if place is not None and not 1 <= place <= values:
        message = f"`elt` has {values} value{'s' if values != 1 else ''}, and its first argument is {place}"
        yield Explained("INVALID_ARRAY_INDEX", message, node.start)


def _number(node: Node, sql: str) -> int | None:
    text = sql[node.start : node.end].replace(" ", "").rstrip("lLsSyY")
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else None


_OF_VALUES = {"round": _digits, "bround": _digits, "stack": _stack, "nth_value": _nth, "elt": _elt}
