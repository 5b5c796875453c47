"""Parts of a query that Sail takes otherwise than Spark without an error: set right in the text, or refused.

Sail counts a frame of DATEs (`RANGE BETWEEN INTERVAL 7 DAYS PRECEDING …`, or `7 PRECEDING`) in another unit, so that it holds
rows of all days before. Over timestamps, and over the number of the day, it is right.
UNPIVOT keeps rows whose value is NULL, which Spark leaves out unless it says INCLUDE NULLS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strata_glue.errors import DatasetError
from strata_glue.sql_words import Token, tokens_of

_AFTER_THE_EXPRESSION = ("ASC", "DESC", "NULLS", "FIRST", "LAST")


def with_right_shapes(sql: str, analyze: Callable[[str], Any]) -> str:
    """The SQL as Sail is to get it. Raises `DatasetError` where the author must write it otherwise."""
    tokens = tokens_of(sql)
    words = [token.text.upper() for token in tokens]
    _refuse_unpivot(words)
    for index in reversed([at for at, word in enumerate(words) if word == "RANGE" and tokens[at].kind == "word"]):
        found = _ordered_by(tokens, words, index)
        if found is None:
            continue
        start, end = found
        expression = sql[start:end]
        if not _is_date(f"{sql[:start]}({expression}) + ({expression}){sql[end:]}", analyze):
            continue
        bounds = words[index : index + 12]
        right = f"CAST({expression} AS TIMESTAMP)" if "INTERVAL" in bounds else f"unix_date({expression})"
        sql = sql[:start] + right + sql[end:]
    return sql


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


def _is_date(trial: str, analyze: Callable[[str], Any]) -> bool:
    """Sail's plans do not tell types; that two dates cannot be added does."""
    try:
        analyze(trial)
    except Exception as error:
        return "Date32 + Date32" in str(error)
    return False


def _refuse_unpivot(words: list[str]) -> None:
    for index, word in enumerate(words):
        after = words[index + 1 : index + 3]
        if word == "UNPIVOT" and (after[:1] == ["("] or after == ["EXCLUDE", "NULLS"]):
            raise DatasetError(
                "ENGINE_CANNOT",
                "UNPIVOT leaves out rows whose value is NULL, and Sail keeps them: write UNPIVOT INCLUDE NULLS (…) and "
                "filter by WHERE … IS NOT NULL, or run with --engine spark",
            )
