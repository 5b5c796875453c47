"""Tokens of a SQL text, without comments and blanks: words, names in backticks, strings, numbers and signs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

_PIECES = re.compile(
    r"""--[^\r\n]*|/\*.*?\*/|\s+"""  # nothing
    r"""|(?P<text>r'[^']*'|r"[^"]*"|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")"""
    r"""|(?P<quoted>`(?:[^`]|``)*`)|(?P<number>(?<![\w.])(?:\d+\.\d*|\.\d+|\d+)(?:e[+-]?\d+)?(?:BD|[LSYDF])?(?![\w.]))"""
    r"""|(?P<word>\w+)|(?P<sign>.)""",
    re.DOTALL | re.IGNORECASE,
)
_BLANK = re.compile("[\f\v\u00a0\u1680\u2000-\u200a\u2028\u202f\u205f\u3000]")
"""Characters that only Spark 4 treats as white space; editors and web pages leave them in SQL."""


def with_plain_blanks(sql: str) -> str:
    """The SQL with a blank for each of these; strings, quoted names, comments and positions stay."""
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
    """In order; also for text that Spark would reject."""
    return [
        Token(match[0], match.start(), match.lastgroup)
        for match in _PIECES.finditer(sql)
        if match.lastgroup is not None
    ]


def replaced(sql: str, tokens: Iterable[Token], by: Callable[[Token], str]) -> str:
    """The SQL with some of its tokens, which are in order, replaced."""
    parts, end = [], 0
    for each in tokens:
        parts += [sql[end : each.start], by(each)]
        end = each.end
    return "".join([*parts, sql[end:]])


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, or what looks like one: `name(…)`."""

    word: Token
    opening: Token
    commas: tuple[Token, ...]
    """Those between its arguments."""
    closing: Token
    has_arguments: bool

    @property
    def name(self) -> str:
        """In lower case."""
        return self.word.name.lower()

    @property
    def arguments(self) -> int:
        """Their number."""
        return len(self.commas) + 1 if self.has_arguments else 0

    def spans(self) -> list[tuple[int, int]]:
        """Where each argument begins and ends."""
        starts = [self.opening.end, *(comma.end for comma in self.commas)]
        return list(zip(starts, [*(comma.start for comma in self.commas), self.closing.start], strict=True))


def calls_in(tokens: list[Token]) -> Iterator[Call]:
    """Each `name(…)`, inner ones first."""
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
            if token.text == ")" and start > 0 and tokens[start - 1].is_name:
                yield Call(tokens[start - 1], tokens[start], tuple(commas), token, index > start + 1)


def window_of(call: Call, tokens: list[Token]) -> list[Token]:
    """The tokens of a call's window, from OVER on; none if no OVER follows it."""
    first = index_at(tokens, call.closing.end)
    if [token.text.upper() for token in tokens[first : first + 1]] != ["OVER"]:
        return []
    last = closing_of(tokens, first + 1)
    return tokens[first : last + 1] if last is not None else []


def index_at(tokens: Sequence[Token], place: int) -> int:
    """Index of the first token that begins at an offset or after it; the number of tokens, if none does."""
    return bisect_left(tokens, place, key=lambda token: token.start)


def closing_of(tokens: list[Token], opening: int) -> int | None:
    """Index of the bracket that closes the one at `opening`; of a token that is not a bracket, its own; None if none closes it."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
        if depth == 0:
            return index
    return None


AGGREGATES = frozenset(
    "sum avg mean count min max first last first_value last_value any_value mode median stddev std stddev_samp stddev_pop variance "
    "var_samp var_pop corr covar_samp covar_pop percentile percentile_approx approx_percentile collect_list collect_set array_agg "
    "count_if bool_and bool_or every some any bit_and bit_or bit_xor max_by min_by approx_count_distinct skewness kurtosis listagg "
    "string_agg grouping grouping_id try_sum try_avg regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy regr_sxx "
    "regr_sxy regr_syy histogram_numeric count_min_sketch hll_sketch_agg hll_union_agg percentile_cont percentile_disc "
    "bitmap_construct_agg bitmap_or_agg bitmap_and_agg approx_top_k approx_top_k_accumulate approx_top_k_combine "
    "kll_sketch_agg_bigint kll_sketch_agg_double kll_sketch_agg_float theta_sketch_agg theta_union_agg "
    "theta_intersection_agg".split()
)
"""Functions of many rows."""
RANKINGS = frozenset("row_number rank dense_rank percent_rank cume_dist ntile lag lead nth_value".split())
"""Functions of a window, which must have an order."""
GENERATORS = frozenset(
    "explode explode_outer posexplode posexplode_outer inline inline_outer stack json_tuple variant_explode "
    "variant_explode_outer sql_keywords".split()
)
"""Functions that make rows."""
