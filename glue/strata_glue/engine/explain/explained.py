"""A mistake in the user's names, and the rules that make one of an engine's message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import type_name


@dataclass(frozen=True)
class Explained:
    """A mistake in the user's names."""

    kind: str
    """Spark's error class, without its sub-class."""
    message: str
    """Without values of rows."""
    offset: int | None = None
    """Where in the SQL, as found by its own tokens; None where that is not sure."""
    shown: str | None = None
    """The same with the value, where there is one."""
    is_here: bool = False
    """True if `offset` says more than the place where the engine stopped."""


Rule = tuple["re.Pattern[str]", Callable[["re.Match[str]", QueryText], Explained | None]]
"""A message, and what it tells of; None where the SQL does not have what it names."""


def rule(pattern: str, make: Callable[..., Explained | None], *known: str) -> Rule:
    """`pattern`: found anywhere in a message, over lines, unless it says otherwise.

    `make` gets the pattern's groups that matched, then `known`, then the query.
    """
    return re.compile(pattern, re.DOTALL), lambda found, query: make(
        *(each for each in found.groups() if each is not None), *known, query
    )


def fixed(pattern: str, kind: str, message: str, about: str = "") -> Rule:
    """A mistake with one message, in which `{}` is the function, and `{1}` the pattern's first group: a number, or a type.

    `about`: functions in lower case, and words of the SQL in capitals, that give the place; `(SELECT` for a sub-query that
    stands for one value.
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
