"""A mistake in the user's names, and the rules that make one of an engine's message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from strata_glue.engine.explain.query import QueryText


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


def rule(pattern: str, make: Callable[[re.Match[str], QueryText], Explained | None]) -> Rule:
    """`pattern`: found anywhere in a message, over lines, unless it says otherwise."""
    return re.compile(pattern, re.DOTALL), make
