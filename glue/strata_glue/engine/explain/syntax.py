"""SQL that cannot be read: words where none is expected, quotes and brackets without a partner, literals that are none."""

from __future__ import annotations

import re
from itertools import pairwise

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.formats import TYPED, literal
from strata_glue.engine.explain.nearest import nearest
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.sql.scopes import brackets


def _unexpected(word: str, at: str, expected: str, query: QueryText) -> Explained | None:
    """Sail's parser: `found nme at 44:47 expected '('`, in characters from the start of the SQL or of a text in it."""
    if not query.sql.startswith(word, int(at)):
        return _bad_literal(word, query)
    wanted = re.findall(r"'([^']*)'", expected)
    wanted = [each for each in wanted if each not in (";", "ALL", "DISTINCT")] if len(wanted) <= 3 else []
    return _unexpected_at(word, int(at), query, " or ".join(f"`{each}`" for each in wanted))


def _unexpected_at(word: str, at: int | None, query: QueryText, wanted: str = "") -> Explained:
    """`wanted`: what the engine waited for."""
    not_closed = _not_closed(query)
    if not_closed is not None:
        return not_closed
    tokens = query.words.tokens
    index = next((index for index, token in enumerate(tokens) if token.start == at), len(tokens))
    for token in tokens[max(index - 2, 0) : index + 1]:
        keyword = nearest(token.text.upper(), _KEYWORDS) if token.kind == "word" and len(token.text) > 3 else None
        if keyword and token.text.upper() not in _KEYWORDS:
            message = f"`{token.text}` is not expected here: did you mean `{keyword}`?"
            return Explained("PARSE_SYNTAX_ERROR", message, token.start, is_here=True)
    before = tokens[index - 1].text.upper() if index else ""
    if word[:1] in "'\"" and before not in ("(", ","):
        message = f"the text {word} is not expected here: write a name in backticks"
        return Explained("PARSE_SYNTAX_ERROR", message, at)
    shown = f"the text {word}" if word[:1] in "'\"" else f"`{word}`"
    message = f"expected {wanted}, found {shown}" if wanted else f"{shown} is not expected here"
    if before == ";":
        message = "the SQL has more than one statement: keep one SELECT"
    elif word.upper() == "SELECT" and before != "(":
        message = "`SELECT` is not expected here: write a sub-query in brackets"
    return Explained("PARSE_SYNTAX_ERROR", message, at)


_KEYWORDS = "SELECT FROM WHERE GROUP ORDER HAVING LIMIT JOIN UNION DISTINCT BETWEEN WHEN THEN ELSE LEFT RIGHT INNER OUTER".split()
"""Words that are often misspelt, and behind which an engine stops."""


def _text_behind(name: str, query: QueryText) -> Explained | None:
    """A text where an alias should be: Spark takes the name before it for a type."""
    for before, token in pairwise(query.words.tokens):
        if token.kind == "text" and before.text.upper() == name:
            message = f"the text {token.text} is not expected here: write a name in backticks"
            return Explained("PARSE_SYNTAX_ERROR", message, token.start, is_here=True)
    return None


def _bad_literal(word: str, query: QueryText) -> Explained:
    """A text that Sail reads by itself: of a literal with a type."""
    tokens = query.words.tokens
    found = [
        before
        for before, token in pairwise(tokens)
        if token.kind == "text" and before.text.upper() in TYPED and word in token.text
    ]
    if len(found) == 1:
        return literal(found[0].text.upper(), found[0].start)
    said = query.said(word, "something")
    return Explained("PARSE_SYNTAX_ERROR", f"a text of the query cannot be read: {said} is not expected in it")


def _not_closed(query: QueryText) -> Explained | None:
    """A quote or a bracket without its partner."""
    tokens = query.words.tokens
    quote = next((token for token in tokens if token.kind == "sign" and token.text in "'\"`"), None)
    if quote is not None:
        what = "name in backticks" if quote.text == "`" else "text"
        return Explained(
            "PARSE_SYNTAX_ERROR", f"a {what} begins here and does not end: add the quote", quote.start, is_here=True
        )
    closes = brackets(tokens)
    opened = [token for index, token in enumerate(tokens) if token.text == "(" and index not in closes]
    if not opened:
        return None
    return Explained("PARSE_SYNTAX_ERROR", "`(` is not closed: add `)`", opened[-1].start, is_here=True)


def _too_early(query: QueryText) -> Explained:
    """The SQL ends where more is needed."""
    tokens = query.words.tokens
    not_closed = _not_closed(query)
    if not_closed is not None:
        return not_closed
    if not tokens:
        return Explained("PARSE_SYNTAX_ERROR", "the SQL is empty: write a SELECT")
    if tokens[0].text.upper() == "WITH" and tokens[-1].text == ")":
        message = "WITH needs a SELECT behind it, which reads its tables"
        return Explained("PARSE_SYNTAX_ERROR", message, tokens[0].start)
    message = f"the SQL ends too early: add what `{tokens[-1].text}` needs behind it, or delete it"
    return Explained("PARSE_SYNTAX_ERROR", message, tokens[-1].start)


_RANGES = {"Y": 2**7, "S": 2**15, "L": 2**63}
"""Letter behind a number → the first that is too large for its type."""


def _too_large(query: QueryText) -> Explained:
    """A number in the query that its type does not have."""
    found = [
        token.start for token in query.words.tokens if token.kind == "number" and _is_too_large(token.text.upper())
    ]
    message = "a number in the query is too large for its type: delete its letter (Y, S, L, BD), or write it as a DOUBLE (1e30D)"
    return Explained("INVALID_NUMERIC_LITERAL_RANGE", message, found[0] if found else None)


def _is_too_large(number: str) -> bool:
    if number[-1] in _RANGES:
        return float(number[:-1]) >= _RANGES[number[-1]]
    return float(number.rstrip("BDF")) == float("inf") or sum(letter.isdigit() for letter in number) > 38


def _hexadecimal(query: QueryText) -> Explained:
    tokens = query.words.tokens
    found = [
        before.start
        for before, token in pairwise(tokens)
        if before.text.upper() == "X" and token.kind == "text" and before.end == token.start
    ]
    message = "a literal `X'…'` must have digits from 0 to 9 and A to F only, two for each byte"
    return Explained("INVALID_TYPED_LITERAL", message, found[0] if len(found) == 1 else None)


def _twice(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        return None
    return Explained("DUPLICATED_CTE_NAMES", sentences.two_tables(name))


SYNTAX: list[Rule] = [
    rule(r"CTE definition can't have duplicate names: [`'](\w+)[`']", lambda found, query: _twice(found[1], query)),
    rule(
        r"^(?:tinyint|smallint|int|bigint|decimal|float|double): |\[INVALID_NUMERIC_LITERAL_RANGE\]",
        lambda _, query: _too_large(query),
    ),
    rule(
        r"^hex string: |INVALID_TYPED_LITERAL\] The value of the typed literal \"X\"",
        lambda _, query: _hexadecimal(query),
    ),
    rule(
        r"\[UNSUPPORTED_TYPED_LITERAL\] Literals of the type \"(\w+)\"",
        lambda found, query: _text_behind(found[1], query),
    ),
    rule(
        r"^found end of input expected|Syntax error at or near end of input",
        lambda _, query: _too_early(query),
    ),
    rule(
        r"^found (.{1,80}?) at (\d+):\d+ expected (.*)",
        lambda found, query: _unexpected(found[1], found[2], found[3], query),
    ),
    rule(
        r"\[PARSE_SYNTAX_ERROR\] Syntax error at or near '(.{1,80}?)'(?:: |\.)",
        lambda found, query: _unexpected_at(found[1], query.at, query) if query.has(found[1]) else None,
    ),
]
