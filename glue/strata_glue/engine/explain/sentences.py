"""Messages of errors that engines report and that the job also finds by itself on Sail: the same for both.

Types are named as by `type_name`; other names include their backticks.
"""

from __future__ import annotations

DISTINCT_OVER = (
    "DISTINCT does not work in a window function: count in a sub-query, or use `size(collect_set(…) OVER (…))`"
)
MAPS_IN_SETS = "DISTINCT, UNION, INTERSECT and EXCEPT cannot compare a MAP: select a part of it"
NO_GENERATOR = "LATERAL VIEW needs a function that makes rows, such as `explode`"
BACKSLASH = "a `\\` in the pattern of LIKE must be before `%`, `_` or `\\`: write `\\\\` for the sign itself"
NOT_CONSTANT = "an argument of a function must be a number or a text in the query, not a column"
FILTER = "the condition of FILTER must be BOOLEAN: compare it with something"
ROWS_OF_VALUES = "the rows of VALUES have different numbers of columns, or types"
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
"""Positions of arguments."""


def generator_inside(called: str) -> str:
    return (
        f"{called} must be a column of SELECT by itself: write `LATERAL VIEW explode(…) t AS x` after FROM, or use it in "
        "a sub-query"
    )


def window_without_order(called: str) -> str:
    return f"the window of {called} needs ORDER BY"


def no_condition(what: str, kind: str) -> str:
    return f"a condition must be BOOLEAN, and {what} is {kind}: compare it with something"


def no_condition_of(clause: str, kind: str) -> str:
    """`clause`: WHERE, ON, HAVING; empty if that is not certain."""
    of = f" of {clause}" if clause else ""
    return f"the condition{of} must be BOOLEAN, not {kind}: compare it, for example `… > 0` or `… IS NOT NULL`"


def no_logical(sign: str, kind: str, other: str) -> str:
    return f"`{sign}` takes conditions (BOOLEAN), not {kind}: compare {other} with something"


def not_comparable(kinds: str, sign: str) -> str:
    """`sign`: empty if that is not certain."""
    shown = f" with `{sign}`" if sign else ""
    return f"{kinds} cannot be compared{shown}: cast one of them"


def no_order(what: str, kind: str = "MAP") -> str:
    return f"{what} cannot compare values of {kind}: use a part of them"


def no_common_type(what: str, kinds: str) -> str:
    """`kinds`: empty if they are not certain."""
    known = f" ({kinds})" if kinds else ""
    return f"{what} have no common type{known}: cast them to one"


def sides_differ(which: str, left: str, right: str, operator: str = "UNION") -> str:
    return f"{which} is {left} on one side of the {operator} and {right} on the other: cast one of them"


def no_cast(source: str, target: str) -> str:
    return f"{source} cannot be cast to {target}"
