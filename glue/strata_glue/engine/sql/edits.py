"""Rewrites parts of a SQL text, also inside others."""

from __future__ import annotations

from bisect import bisect_left

_LONGEST = 100_000
"""Most characters of a rewritten call: it may repeat an argument, and the calls inside it."""
Edit = tuple[int, list[tuple[int, int]], str]
"""The end of a part of the SQL, the spans in it that stay, and a template for them."""


def edited(sql: str, edits: dict[int, Edit]) -> str:
    """The SQL with parts, by their offsets, replaced by their templates, and so are those inside them."""
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
    """The text escaped for a template."""
    return text.replace("{", "{{").replace("}", "}}")
