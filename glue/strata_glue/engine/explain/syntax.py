"""Syntax that the compiler accepts and an engine rejects: the message names the token where the engine stopped."""

from __future__ import annotations

import re

from strata_glue.engine.explain.explained import Explained, Rule, fixed, rule
from strata_glue.engine.explain.query import QueryText


def _unexpected(word: str, at: str, expected: str, query: QueryText) -> Explained:
    """Sail's parser: `found nme at 44:47 expected '('`, in characters from the start of the SQL or of a text in it."""
    if not query.sql.startswith(word, int(at)):
        message = f"a text of the query cannot be read: {query.quoted(word, 'something')} is not expected in it"
        return Explained("PARSE_SYNTAX_ERROR", message)
    wanted = re.findall(r"'([^']*)'", expected)
    wanted = [each for each in wanted if each not in (";", "ALL", "DISTINCT")] if len(wanted) <= 3 else []
    return _not_expected(word, int(at), " or ".join(f"`{each}`" for each in wanted))


def _not_expected(word: str, at: int | None, wanted: str = "") -> Explained:
    """`wanted`: what the engine expected."""
    shown = f"the text {word}" if word[:1] in "'\"" else f"`{word}`"
    message = f"expected {wanted}, found {shown}" if wanted else f"{shown} is not expected here"
    return Explained("PARSE_SYNTAX_ERROR", message, at)


def _stopped_at(word: str, query: QueryText) -> Explained | None:
    return _not_expected(word, query.at) if query.has(word) else None


SYNTAX: list[Rule] = [
    fixed(
        r"^found end of input expected|Syntax error at or near end of input",
        "PARSE_SYNTAX_ERROR",
        "the SQL ends too early, or a schema in it does: add what is missing",
    ),
    rule(r"^found (.{1,80}?) at (\d+):\d+ expected (.*)", _unexpected),
    rule(r"\[PARSE_SYNTAX_ERROR\] Syntax error at or near '(.{1,80}?)'(?:: |\.)", _stopped_at),
]
