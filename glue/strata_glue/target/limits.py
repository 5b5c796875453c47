"""Bounds of expectations on a whole result: whether they hold, and why not. Numbers only, no values of rows."""

from __future__ import annotations

from typing import Any

from strata_glue.contract import Expectation, FreshnessExpectation, RowBounds, RowCountExpectation
from strata_glue.payload import as_json

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def of(expectation: Expectation) -> dict[str, Any] | None:
    """`min`, `max` and `change` (a fraction) of a number of rows, or `seconds` of age; None for other kinds."""
    if isinstance(expectation, FreshnessExpectation):
        return {"seconds": expectation.within_seconds}
    return as_json(expectation.rows) if isinstance(expectation, RowCountExpectation) else None


def rows_words(rows: int, before: int | None, bounds: RowBounds) -> str | None:
    """For example `10 rows, below the minimum of 100`; None if all bounds hold. `before`: rows of the last run, if any."""
    broken = []
    if bounds.min is not None and rows < bounds.min:
        broken.append(f"below the minimum of {bounds.min:,}")
    if bounds.max is not None and rows > bounds.max:
        broken.append(f"above the maximum of {bounds.max:,}")
    # The first generation has no predecessor; from 0 rows any number is an infinite change.
    if bounds.change is not None and before is not None and abs(rows - before) > bounds.change * before:
        broken.append(_change_words(rows, before, bounds.change))
    return f"{counted(rows, 'row')}, {', '.join(broken)}" if broken else None


def _change_words(rows: int, before: int, change: float) -> str:
    """`fell by 80 % from 500 (allowed: 50 %)`."""
    verb = "fell" if rows < before else "rose"
    allowed = f"{change * 100:,.10g} %"
    if before == 0:
        return f"rose from 0 in the last run (allowed: {allowed})"
    exact = abs(rows - before) / before * 100
    # As many digits as distinguish it from the allowed change.
    digits = next((each for each in range(8) if round(exact, each) != round(change * 100, each)), 8)
    by = f"{exact:,.{digits}f} %"
    return f"{verb} by {by} from {before:,} in the last run (allowed: {allowed})"


def age_words(seconds: int | None, within: int, of: str | None) -> str:
    """Why a result is not fresh. `seconds`: age of its newest row, None if no row has a time; `of`: the parameter that
    it is compared with, None for the clock."""
    allowed = duration(within)
    if seconds is None:
        return f"no row has a time (allowed age: {allowed})"
    age = duration(seconds)
    if age == allowed:
        age = duration(seconds, len(_UNITS))
    if seconds == within:  # rounded
        age = f"a part of a second over {allowed}"
    than = "old" if of is None else f"older than parameter `{of}`"
    return f"the newest row is {age} {than} (allowed: {allowed})"


def duration(seconds: int, most: int = 2) -> str:
    """Its largest units that are not 0, at `most` so many: `2 days 5 hours`."""
    parts = []
    for name, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(counted(number, name))
    return " ".join(parts[:most]) or "0 seconds"


def counted(number: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
