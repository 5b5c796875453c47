"""Calls that Sail computes as Spark does if they are written another way.

`test_functions.py` compares the list with Spark's own examples and with docs/engines.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rewrite:
    """A call that is rewritten for Sail."""

    name: str
    arguments: int
    """Their number."""
    template: str
    """How it is written for Sail, with Spark's result."""
    only: str = ""
    """Regular expression that the call's text has, if not every call is rewritten."""


_INITCAP = (
    "array_join(transform(split(lower({0}), ' '), strata_word -> "
    "concat(upper(substring(strata_word, 1, 1)), substring(strata_word, 2))), ' ')"
)
_COMPUTED = r",(?!\s*-?\d+\s*[,)])"
"""An argument after the first that is not an integer literal."""
_WITH_NAN = ("sqrt", "sin", "cos", "tan", "cot", "atanh")
"""Functions that return a negative NaN, which is less than any number on Sail."""
_EXPLODE = ("explode", "explode_outer", "posexplode", "posexplode_outer")
_MAP = r"^\w+\s*\(\s*(?:map|map_from_\w+|map_filter|str_to_map)\s*\("
_PLACE = "if(({1}) IS NULL, NULL, {0}), {1}"

REWRITES = [
    *(Rewrite(name, 2, "coalesce({0}, {1})") for name in ("nvl", "ifnull")),
    Rewrite("zeroifnull", 1, "coalesce({0}, 0)"),
    Rewrite("nvl2", 3, "if(({0}) IS NOT NULL, {1}, {2})"),
    Rewrite("nullif", 2, "CASE WHEN ({0}) = ({1}) THEN NULL ELSE {0} END"),
    *(Rewrite(name, 2, f"CAST({name}({{0}}, {{1}}) AS INT)") for name in ("datediff", "date_diff", "regexp_count")),
    Rewrite("isnan", 1, "coalesce(isnan({0}), false)"),
    Rewrite("initcap", 1, _INITCAP),
    Rewrite("rint", 1, "bround(CAST({0} AS DOUBLE), 0)"),
    Rewrite("hypot", 2, "hypot(CAST({0} AS DOUBLE), CAST({1} AS DOUBLE))"),
    Rewrite("log", 1, "ln({0})"),
    *(Rewrite(name, 1, f"CAST({{0}} AS {name})") for name in ("tinyint", "smallint", "int", "bigint")),
    *(Rewrite(name, 1, f"nanvl({name}({{0}}), double('NaN'))") for name in _WITH_NAN),
    *(Rewrite(name, 2, f"nanvl({name}({{0}}, {{1}}), double('NaN'))") for name in ("pow", "power")),
    *(Rewrite(name, 1, f"{name}(map_concat({{0}}))", _MAP) for name in _EXPLODE),
    Rewrite("timestamp_seconds", 1, "timestamp_micros(CAST(({0}) * 1000000L AS BIGINT))"),
    Rewrite("from_json", 2, "from_json(nullif({0}, ''), {1})"),
    Rewrite("from_json", 3, "from_json(nullif({0}, ''), {1}, {2})"),
    Rewrite("date_trunc", 2, "date_trunc({0}, CAST({1} AS TIMESTAMP))"),
    Rewrite("get", 2, "get({0}, nullif(greatest({1}, -1), -1))"),
    *(
        Rewrite(name, 2, f"{name}({{0}}, if(({{1}}) < 0, 0, {{1}}))", _COMPUTED + r"|,\s*-")
        for name in ("left", "right")
    ),
    *(Rewrite(name, 2, f"{name}({_PLACE})", _COMPUTED) for name in ("substring", "substr")),
    *(Rewrite(name, 3, f"{name}({_PLACE}, {{2}})", _COMPUTED) for name in ("substring", "substr")),
]

LISTS = {"collect_list": "array_agg", "array_agg": "array_agg", "collect_set": "collect_set"}
"""Lists of the values in a window: on Sail, `collect_list` includes NULL values, and an empty list is NULL."""
