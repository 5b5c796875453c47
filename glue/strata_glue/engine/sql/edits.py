"""Parts of a SQL text written another way, also inside of others."""

from __future__ import annotations

from bisect import bisect_left

_LONGEST = 100_000
"""Characters of a call that is written another way: some arguments stand there twice, and so do calls inside of them."""
Edit = tuple[int, list[tuple[int, int]], str]
"""Where a part of the SQL ends, where the parts begin and end that stay, and a template for them."""


def edited(sql: str, edits: dict[int, Edit]) -> str:
    """The SQL with parts, by their places, written as their templates say, and those inside of them, too."""
    places = sorted(edits)

    def written(start: int, end: int, index: int) -> str:
        parts, at = [], start
        while index < len(places) and places[index] < end:
            until, spans, template = edits[places[index]]
            given = [written(left, to, bisect_left(places, left, index + 1)).strip() for left, to in spans]
            text = template.format(*given)
            parts += [sql[at : places[index]], text if len(text) < _LONGEST else sql[places[index] : until]]
            at, index = until, bisect_left(places, until, index)
        return "".join([*parts, sql[at:end]])

    return written(0, len(sql), 0)


def braced(text: str) -> str:
    """As a template has it."""
    return text.replace("{", "{{").replace("}", "}}")
