"""Parts of a query that Sail takes otherwise than Spark without an error: set right in the text, or refused.

Sail counts a frame of DATEs (`RANGE BETWEEN INTERVAL 7 DAYS PRECEDING …`, or `7 PRECEDING`) in another unit, so that it holds
rows of all days before. Over timestamps, and over the number of the day, it is right.
UNPIVOT keeps rows whose value is NULL, which Spark leaves out unless it says INCLUDE NULLS.
`max` and `min` of groups depend on where NaN stands in them: the last value that met one. Of all rows, and of windows, they
are right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from strata_glue.engine.sail.plan import DATES, Analyze, refusal_of
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sql.words import Token, closing_of, tokens_of
from strata_glue.errors import DatasetError

_AFTER_THE_EXPRESSION = ("ASC", "DESC", "NULLS", "FIRST", "LAST")


def with_right_shapes(sql: str, analyze: Analyze, types: QueryTypes) -> str:
    """The SQL as Sail is to get it. `types`: its own. Raises `DatasetError` where the author must write it otherwise."""
    tokens = tokens_of(sql)
    words = [token.text.upper() for token in tokens]
    _refuse_unpivot(words, tokens)
    for index in reversed([at for at, word in enumerate(words) if word == "RANGE" and tokens[at].kind == "word"]):
        found = _ordered_by(tokens, words, index)
        if found is None:
            continue
        start, end = found
        expression = sql[start:end]
        if DATES not in (refusal_of(f"{sql[:start]}({expression}) + ({expression}){sql[end:]}", analyze) or ""):
            continue
        bounds = words[index : index + 12]
        right = f"CAST({expression} AS TIMESTAMP)" if "INTERVAL" in bounds else f"unix_date({expression})"
        sql = sql[:start] + right + sql[end:]
    return _with_right_extremes(sql, analyze, types)


def _with_right_extremes(sql: str, analyze: Analyze, types: QueryTypes) -> str:
    """With NaN looked for beside each `max` and `min` of a floating-point number."""
    if sql == types.sql and all(kind not in ("", "float", "double") for kind in _of_extremes(types)):
        return sql
    pairs = itertools.pairwise(tokens_of(sql))
    starts = [word.start for word, after in pairs if word.text.upper() in ("MAX", "MIN") and after.text == "("]
    for start in reversed(starts):  # inner ones first
        sql = _with_right_extreme(sql, start, analyze)
    return sql


def _of_extremes(types: QueryTypes) -> Iterator[str]:
    """Types of what each `max` and `min` is of; an empty one for a query that is not read."""
    if types.reader is None:
        yield ""
    for node in types.nodes:
        if node.kind == "call" and node.name in ("max", "min"):
            yield node.parts[0].type if len(node.parts) == 1 else ""


def _with_right_extreme(sql: str, start: int, analyze: Analyze) -> str:
    tokens = [token for token in tokens_of(sql) if token.start >= start]
    first = 3 if tokens[2].text.upper() in ("DISTINCT", "ALL") else 2
    closing = closing_of(tokens, 1)
    if closing is None:
        return sql
    after = tokens[closing + 1 : closing + 3]
    is_filtered = [each.text.upper() for each in after] == ["FILTER", "("]
    last = closing_of(tokens, closing + 2) if is_filtered else closing
    if last is None or closing <= first or [each.text.upper() for each in tokens[last + 1 : last + 2]] == ["OVER"]:
        return sql
    of, end = sql[tokens[first].start : tokens[closing].start], tokens[last].end
    only = sql[tokens[closing].end : end]
    refusal = refusal_of(f"{sql[:start]}max(({of}) + true){sql[tokens[closing].end :]}", analyze) or ""
    if "Float64 + Boolean" not in refusal and "Float32 + Boolean" not in refusal:
        return sql
    if tokens[0].text.upper() == "MAX":
        nan = f"max(CASE WHEN isnan({of}) THEN {of} END){only}"
        right = f"CASE WHEN bool_or(isnan({of})){only} THEN {nan} ELSE max({of}){only} END"
    else:
        right = f"coalesce(min(CASE WHEN NOT isnan({of}) THEN {of} END){only}, min({of}){only})"
    return sql[:start] + right + sql[end:]


def _ordered_by(tokens: list[Token], words: list[str], frame: int) -> tuple[int, int] | None:
    """Where the one expression stands that a frame's window is ordered by; None for no frame with a distance."""
    if not {"PRECEDING", "FOLLOWING"} & set(words[frame : frame + 12]):
        return None
    depth, last = 0, frame
    while last > 0 and words[last - 1] in _AFTER_THE_EXPRESSION:
        last -= 1
    for index in range(last - 1, 0, -1):
        depth += {")": 1, "]": 1, "(": -1, "[": -1}.get(words[index], 0)
        if depth < 0 or (depth == 0 and words[index] == ","):
            return None
        if depth == 0 and words[index] == "BY" and words[index - 1] in ("ORDER", "SORT"):
            return (tokens[index + 1].start, tokens[last - 1].end) if index + 1 < last else None
    return None


def _refuse_unpivot(words: list[str], tokens: list[Token]) -> None:
    for index, word in enumerate(words):
        after = words[index + 1 : index + 3]
        if word == "UNPIVOT" and (after[:1] == ["("] or after == ["EXCLUDE", "NULLS"]):
            raise DatasetError(
                "ENGINE_CANNOT",
                "UNPIVOT leaves out rows whose value is NULL, and Sail keeps them: write UNPIVOT INCLUDE NULLS (…) and "
                "filter by WHERE … IS NOT NULL, or run with --engine spark",
                offset=tokens[index].start,
            )
