"""Words, numbers, texts and signs of a SQL text, without comments and blanks: enough to find a name or a literal, and no more."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_PIECES = re.compile(
    r"""--[^\r\n]*|/\*.*?\*/|\s+"""  # nothing
    r"""|(?P<text>r'[^']*'|r"[^"]*"|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")"""
    r"""|(?P<quoted>`(?:[^`]|``)*`)|(?P<number>(?<![\w.])(?:\d+\.\d*|\.\d+|\d+)(?:e[+-]?\d+)?(?:BD|[LSYDF])?(?![\w.]))"""
    r"""|(?P<word>\w+)|(?P<sign>.)""",
    re.DOTALL | re.IGNORECASE,
)
_BLANK = re.compile("[\f\v\u00a0\u1680\u2000-\u200a\u2028\u202f\u205f\u3000]")
"""Blanks of Spark 4 that Sail and Spark 3.5 do not take for such; editors and web pages leave them in SQL."""


def with_plain_blanks(sql: str) -> str:
    """The SQL with a plain blank for each of those that only Spark 4 knows; texts, quoted names, comments and places stay."""
    if not _BLANK.search(sql):
        return sql
    return _PIECES.sub(lambda found: _BLANK.sub(" ", found[0]) if found[0].isspace() else found[0], sql)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a name in backticks, a text, a number or a sign."""

    text: str
    """As written."""
    start: int
    """Characters before it."""
    kind: str
    """`word`, `quoted` (a name in backticks), `text`, `number` or `sign`."""

    @property
    def is_name(self) -> bool:
        """True for a word and for a name in backticks: a keyword may be one, too."""
        return self.kind in ("word", "quoted")

    @property
    def name(self) -> str:
        """What it names: without its backticks."""
        return self.text[1:-1].replace("``", "`") if self.kind == "quoted" else self.text

    @property
    def end(self) -> int:
        """Characters up to its end."""
        return self.start + len(self.text)


def tokens_of(sql: str) -> list[Token]:
    """In order. What Spark would not read still gives tokens."""
    return [
        Token(match[0], match.start(), match.lastgroup)
        for match in _PIECES.finditer(sql)
        if match.lastgroup is not None
    ]


def replaced(sql: str, tokens: Iterable[Token], by: Callable[[Token], str]) -> str:
    """The SQL with other words for some of its tokens, which are in order."""
    parts, end = [], 0
    for each in tokens:
        parts += [sql[end : each.start], by(each)]
        end = each.end
    return "".join([*parts, sql[end:]])


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, or what looks like one: `word(…)`."""

    word: Token
    opening: Token
    commas: tuple[Token, ...]
    """Those between its arguments."""
    closing: Token

    @property
    def name(self) -> str:
        """In lower case."""
        return self.word.text.lower()

    @property
    def arguments(self) -> int:
        """Their number: at least one."""
        return len(self.commas) + 1

    def spans(self) -> list[tuple[int, int]]:
        """Where each argument begins and ends."""
        starts = [self.opening.end, *(comma.end for comma in self.commas)]
        return list(zip(starts, [*(comma.start for comma in self.commas), self.closing.start], strict=True))


def calls_in(tokens: list[Token]) -> Iterator[Call]:
    """Each `word(…)` with something in its brackets, inner ones first."""
    opened: list[tuple[int, list[Token]]] = []
    for index, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in "([":
            opened.append((index, []))
        elif token.text == "," and opened:
            opened[-1][1].append(token)
        elif token.text in ")]" and opened:
            start, commas = opened.pop()
            is_call = start > 0 and tokens[start - 1].kind == "word"
            if token.text == ")" and is_call and index > start + 1:
                yield Call(tokens[start - 1], tokens[start], tuple(commas), token)


def window_of(call: Call, tokens: list[Token]) -> list[Token]:
    """What follows a call from its OVER on, up to the end of that window; nothing if no OVER follows it."""
    first = index_at(tokens, call.closing.end)
    if [token.text.upper() for token in tokens[first : first + 1]] != ["OVER"]:
        return []
    last = closing_of(tokens, first + 1)
    return tokens[first : last + 1] if last is not None else []


def index_at(tokens: Sequence[Token], place: int) -> int:
    """Of the first token that begins at a place or behind it; their number, if none does."""
    return bisect_left(tokens, place, key=lambda token: token.start)


def closing_of(tokens: list[Token], opening: int) -> int | None:
    """Place of the round bracket that closes the one at `opening`, or of a token itself that is no bracket; None for none."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
        if depth == 0:
            return index
    return None


class SqlWords:
    """The words of a query, and where they stand. `names`: tables and columns that it may use."""

    def __init__(self, sql: str, names: Collection[str]) -> None:
        self.sql, self.names = sql, names
        self.tokens: list[Token] = tokens_of(sql)

    def has(self, name: str) -> bool:
        """True if the SQL has each part of a name as a word, or the name as a text; of an empty name, too."""
        words = {token.name.lower() for token in self.tokens}
        return all(part.lower() in words for part in name.split(".") if part) or name in self.sql

    def place_of(self, name: str) -> int | None:
        """Where a name with its qualifiers first stands, not as a part of a longer one."""
        parts = name.split(".")
        for index, token in enumerate(self.tokens):
            before = self.tokens[index - 1].text if index else ""
            if token.is_name and before != "." and self.reads(index, parts):
                return token.start
        return None

    def reads(self, index: int, parts: list[str]) -> bool:
        wanted = [text for part in parts for text in (".", part)][1:]
        there = [token.name for token in self.tokens[index : index + len(wanted)]]
        return [each.lower() for each in there] == [each.lower() for each in wanted]

    def only(self, *words: str) -> int | None:
        """Where the one of these words or signs stands; None if there are several, or none."""
        found = [token.start for token in self.tokens if token.text.upper() in words]
        return found[0] if len(found) == 1 else None

    def aggregate_in_group(self) -> int | None:
        """Where the one GROUP BY has an aggregate function, among the tokens."""
        group, end = self._grouping()
        calls = (call for call in calls_in(self.tokens[group:end]) if call.name in AGGREGATES)
        return next((call.word.start for call in calls), None)

    def _grouping(self) -> tuple[int, int]:
        """Places of the one GROUP BY and of what follows it."""
        words = [token.text.upper() for token in self.tokens]
        group = words.index("GROUP") if "GROUP" in words else len(words)
        ends = (index for index in range(group, len(words)) if words[index] in _AFTER_GROUP)
        return group, next(ends, len(words))

    def ungrouped(self) -> tuple[str, int | None]:
        """The first column of the SELECT with the one GROUP BY that is neither grouped nor inside an aggregate function, and
        where it is; empty if none is sure."""
        words = [token.text.upper() for token in self.tokens]
        group, end = self._grouping()
        select = max((index for index in range(group) if words[index] == "SELECT"), default=group)
        until = words.index("FROM", select) if "FROM" in words[select:] else select
        grouped = {token.name.lower() for token in self.tokens[group:end]}
        numbers = {int(token.text) for token in self.tokens[group:end] if token.text.isdigit()}
        items = [
            item
            for number, item in enumerate(split_items(self.tokens[select + 1 : until]), 1)
            if number not in numbers and not (len(item) > 2 and item[-1].name.lower() in grouped)
        ]
        for item in items:
            bare = len(item) == 1 or [token.text.upper() for token in item[1:2]] in (["AS"], ["."])
            names = [token.name for token in item if token.text != "."]
            column = names[1] if len(item) > 2 and item[1].text == "." else names[0] if names else ""
            if bare and item[0].is_name and column.lower() not in grouped:
                return (".".join(names[:2]) if column != names[0] else column), item[0].start
        if words.count("SELECT") > 1:
            return "", None
        given = {item[-1].name.lower() for item in items if len(item) > 2 and item[-2].text.upper() == "AS"}
        tokens = [*(token for item in items for token in item), *self.tokens[end:]]
        return self._outside_aggregates(tokens, grouped | given)

    def _outside_aggregates(self, tokens: list[Token], known: set[str]) -> tuple[str, int | None]:
        """The first of some tokens that is a column, none of the known names, and inside no aggregate function."""
        columns = {name.lower() for name in self.names} - known
        inside = [(call.opening.start, call.closing.start) for call in calls_in(self.tokens) if call.name in AGGREGATES]
        for before, token in pairwise([self.tokens[0], *tokens]):
            is_column = token.is_name and token.name.lower() in columns and before.text.upper() not in ("AS", ".")
            if is_column and not any(start < token.start < stop for start, stop in inside):
                return token.name, token.start
        return "", None


_AFTER_GROUP = frozenset("HAVING ORDER LIMIT UNION INTERSECT EXCEPT MINUS WINDOW SORT OFFSET QUALIFY".split())
AGGREGATES = frozenset(
    "sum avg mean count min max first last first_value last_value any_value mode median stddev std stddev_samp stddev_pop variance "
    "var_samp var_pop corr covar_samp covar_pop percentile percentile_approx approx_percentile collect_list collect_set array_agg "
    "count_if bool_and bool_or every some any bit_and bit_or bit_xor max_by min_by approx_count_distinct skewness kurtosis listagg "
    "string_agg grouping grouping_id try_sum try_avg regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy regr_sxx "
    "regr_sxy regr_syy histogram_numeric count_min_sketch hll_sketch_agg hll_union_agg percentile_cont percentile_disc "
    "bitmap_construct_agg bitmap_or_agg".split()
)
"""Functions of many rows."""
RANKINGS = frozenset("row_number rank dense_rank percent_rank cume_dist ntile lag lead nth_value".split())
"""Functions of a window, which must have an order."""
GENERATORS = frozenset(
    "explode explode_outer posexplode posexplode_outer inline inline_outer stack json_tuple variant_explode "
    "variant_explode_outer sql_keywords".split()
)
"""Functions that make rows."""


def split_items(tokens: list[Token]) -> list[list[Token]]:
    """What commas outside brackets part."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in "([") - (token.text in ")]")
        if token.text == "," and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return [item for item in items if item]
