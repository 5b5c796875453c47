"""Constructs that an engine does not support: its error names a token somewhere after the construct, the message the construct."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.sql.constructs import (
    COMPUTED,
    CONSTRUCTS,
    COUNTED,
    OPERAND,
    SAIL,
    SHOWN,
    SPARK_3,
    SPARK_4,
    SYNTAX,
    Construct,
)


def explain_construct(text: str, query: QueryText) -> Explained | None:
    """The construct that an engine's message is about, if any: of several the one nearest before the engine's position."""
    may_be = [each for each in CONSTRUCTS if query.engine in each.lacks and re.search(each.says, text, re.DOTALL)]
    if not may_be:
        return None
    words, starts = _words(query), [token.start for token in query.tokens]
    stopped = bisect_right(starts, query.at) - 1 if query.at is not None and re.search(SYNTAX, text) else None
    joined, places = f"{' '.join(words)} ", [0, *accumulate(len(word) + 1 for word in words)]
    best: tuple[int, Construct] | None = None
    for each in may_be:
        first = 0 if stopped is None else max(0, stopped - each.reach)
        last = len(words) - 1 if stopped is None else stopped
        for index in range(last, first - 1, -1):
            before = words[index - 1] if index else ""
            if each.behind and not re.fullmatch(each.behind, before):
                continue
            end = places[min(index + SHOWN, len(words))]
            if re.compile(each.written).match(joined, places[index], end):
                if best is None or index > best[0]:
                    best = index, each
                break
    return _unsupported(best[1], starts[best[0]], query) if best else None


def computed_places(sql: str) -> Iterator[Explained]:
    """Names in brackets after a column, which Sail silently reads as strings: `m[name]` as `m['name']`."""
    query = QueryText(sql, {}, engine=SAIL)
    tokens = query.tokens
    for index, token in enumerate(tokens[1:-1], 1):
        if token.text != "[" or not re.fullmatch(OPERAND, tokens[index - 1].text.upper()):
            continue
        end = index + 1
        while end + 2 < len(tokens) and tokens[end + 1].text == "." and tokens[end].is_name:
            end += 2
        if tokens[end].is_name and end + 1 < len(tokens) and tokens[end + 1].text == "]":
            yield cannot(COMPUTED, COUNTED, query, token.start, False)


def _words(query: QueryText) -> list[str]:
    shown = {"text": "''", "number": "0", "quoted": "``"}
    return [shown.get(token.kind, token.text.upper()) for token in query.tokens]


def _unsupported(construct: Construct, place: int, query: QueryText) -> Explained:
    remedy = construct.write
    if SPARK_4 in construct.lacks:
        message = f"Spark SQL has no {_bare(construct.name)}: {remedy}"
        return Explained("PARSE_SYNTAX_ERROR", message, place, is_here=True)
    return cannot(f"does not read {construct.name}", remedy, query, place, SPARK_3 in construct.lacks)


def _bare(name: str) -> str:
    return re.sub(r"^(?:a|the) ", "", name)


def cannot(what: str, remedy: str, query: QueryText, place: int | None, is_newer: bool) -> Explained:
    """The error for what this engine lacks and Spark has. `what`: `does not read …`. `is_newer`: new in Spark 4."""
    if query.engine == SPARK_3:
        message = (
            f"Spark 3.5 {what}, which came with Spark 4: {remedy or 'write it without, or run on Spark 4 (Glue 6.0)'}"
        )
        return Explained("ENGINE_CANNOT", message, place, is_here=True)
    version = " (Spark 4)" if is_newer else ""
    message = f"Sail {what}: {remedy and f'{remedy}, or '}run with `--engine spark`{version}"
    return Explained("ENGINE_CANNOT", message, place, is_here=True)
