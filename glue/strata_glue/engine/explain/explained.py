"""An error in the user's names, and the rules that make one from an engine's message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import type_name


@dataclass(frozen=True)
class Explained:
    """An error in the user's names."""

    kind: str
    """Spark's error class, without its sub-class."""
    message: str
    """Without values of rows."""
    offset: int | None = None
    """Position in the SQL, as found by its tokens; None if that is not certain."""
    shown: str | None = None
    """The message with the value, if there is one."""
    is_here: bool = False
    """True if `offset` is more precise than the position where the engine stopped."""


Rule = tuple["re.Pattern[str]", Callable[["re.Match[str]", QueryText], Explained | None]]
"""A pattern of an engine's message, and what makes the error; that is None if the SQL does not have what the message names."""


def rule(pattern: str, make: Callable[..., Explained | None], *known: str) -> Rule:
    """`pattern`: searched in the whole message; `.` matches a line's end, too.

    `make` gets the pattern's groups that matched, then `known`, then the query.
    """
    return re.compile(pattern, re.DOTALL), lambda found, query: make(
        *(each for each in found.groups() if each is not None), *known, query
    )


def fixed(pattern: str, kind: str, message: str, about: str = "") -> Rule:
    """An error with a fixed message, in which `{}` is the function, and `{1}` the pattern's first group: a number, or a type.

    `about`: functions in lower case, and words of the SQL in capitals, that give the position; `(SELECT` for a scalar
    sub-query.
    """
    functions, words = ([each for each in about.split() if each.islower() is lower] for lower in (True, False))

    def make(found: re.Match[str], query: QueryText) -> Explained:
        called, place = query.function(*functions)
        if words == ["(SELECT"]:
            place = query.scalar_subquery()
        elif words and place is None:
            place = query.only(*words)
        groups = (each if each.isdigit() else type_name(each) for each in found.groups() if each is not None)
        return Explained(kind, message.format(called or "a function", *groups), place)

    return re.compile(pattern, re.DOTALL), make
