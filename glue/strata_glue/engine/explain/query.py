"""A query as the author wrote it, asked by those who explain a mistake: what a name means there, and where it stands.

A place is given only if it is sure. Where several places are alike, the first of one SELECT is as good as the others of it;
of several SELECTs none is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from strata_glue.engine.explain.nearest import nearest
from strata_glue.engine.sql.scopes import Relation, Scope, Scopes, Tables, brackets
from strata_glue.engine.sql.words import SqlWords, Token, split_items

SAME = {
    "substr": ("substring",),
    "array_has": ("array_contains",),
    "approx_percentile_cont": ("percentile_approx", "approx_percentile", "approx_percentile"),
    "array_concat": ("concat",),
    "datediff": ("date_diff",),
    "array_element": ("element_at",),
    "date_trunc": ("trunc",),
    "nvl": ("ifnull",),
    "coalesce": ("nvl", "ifnull", "nvl2"),
    "to_char": ("to_varchar",),
    "character_length": ("length", "char_length", "len"),
}
"""Functions of Sail → what Spark SQL calls them."""


@dataclass(frozen=True)
class Call:
    """`name(…)` in the SQL."""

    name: str
    at: int
    """Place among the tokens."""
    arguments: int


class QueryText:
    """`tables`: those that the query may read, with their columns and types. `at`: where the engine
    says that its mistake is, in characters. `engine`: `sail`, `spark 3.5`, `spark 4`, or an empty text for any."""

    def __init__(self, sql: str, tables: Tables, at: int | None = None, engine: str = "") -> None:
        self.sql, self.tables, self.at, self.engine = sql, tables, at, engine
        self.words = SqlWords(sql, [name for table, columns in tables.items() for name in (table, *columns)])

    @cached_property
    def scopes(self) -> Scopes:
        return Scopes(self.words.tokens, self.tables)

    @cached_property
    def calls(self) -> list[Call]:
        """Of functions, as far as words tell: a type's or a sub-query's brackets are no call."""
        return list(self._calls())

    def has(self, name: str) -> bool:
        """True if the SQL has each part of a name as a word."""
        return self.words.has(name)

    def said(self, text: str, otherwise: str = "") -> str:
        """A piece of a message in backticks if it is of the SQL; what is not may be a value."""
        return f"`{text}`" if text and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self.sql) else otherwise

    def places(self, name: str, is_right: Callable[[Scope | None], bool]) -> list[int]:
        """Where a column's name stands by itself, among the tokens. `is_right`: of a SELECT in which it is no mistake."""
        tokens = self.words.tokens
        parts = name.split(".")
        found = []
        for index, token in enumerate(tokens):
            before = tokens[index - 1].text.upper() if index else ""
            after = index + 2 * len(parts) - 1
            if not token.is_name or before in (".", "AS") or not self.words.reads(index, parts):
                continue
            if after < len(tokens) and tokens[after].text in ("(", "."):
                continue
            if not is_right(self.scopes.of(index)):
                found.append(index)
        return found

    def place(self, found: list[int]) -> int | None:
        """Characters before the one place, or before the first of one SELECT."""
        if not found or len({id(self.scopes.of(index)) for index in found}) > 1:
            return None
        return self.words.tokens[found[0]].start

    def listed(self, found: list[int]) -> str:
        """Names several places, one of which is meant; empty where one is sure, or there are too many."""
        if self.at is not None or self.place(found) is not None or not 1 < len(found) <= 4:
            return ""
        return f" (at {' or '.join(self._line_and_column(self.words.tokens[index].start) for index in found)})"

    def only(self, *words: str) -> int | None:
        """Where the one of these words or signs stands; None if there are several, or none."""
        return self.words.only(*words)

    def calls_of(self, *names: str) -> list[Call]:
        """Calls of a function, by an engine's name or the user's."""
        wanted = {each for name in names for each in (name, *SAME.get(name, ()))}
        return [call for call in self.calls if call.name.lower() in wanted]

    def function(self, *names: str) -> tuple[str, int | None]:
        """What the author calls a function, in backticks (empty if the SQL has none of that name), and where, if that is sure."""
        found = self.calls_of(*(name.lower().removeprefix("spark_") for name in names))
        said = {call.name.lower() for call in found}
        if len(said) != 1:
            return "", None
        return f"`{found[0].name}`", self.start(found)

    def unknown(self, name: str) -> tuple[str, int | None]:
        """The same of a function that nobody knows, so that the first call is as wrong as the others of its SELECT."""
        found = [call for call in self.calls if _same(call.name, name)]
        return (f"`{found[0].name}`", self.place([call.at for call in found])) if found else ("", None)

    def start(self, calls: list[Call]) -> int | None:
        """Where the only one of some calls stands."""
        return self.words.tokens[calls[0].at].start if len(calls) == 1 else None

    def relation(self, qualifier: str, found: list[int]) -> Relation | None:
        """What a qualifier means in the SELECT of the places, or in any."""
        scopes = [self.scopes.of(index) for index in found] or [*self.scopes.all]
        return next(
            (each for scope in scopes if (each := self.scopes.relation(qualifier, scope)) is not None),
            None,
        )

    def fields(self, column: str) -> list[str] | None:
        """Names of fields inside a column; None if no table has it. Empty where it is no struct."""
        types = [kind for columns in self.tables.values() for name, kind in columns.items() if _same(name, column)]
        if not types:
            return None
        return [field for kind in types for field in re.findall(r"[<,]\s*`?([^\s`<>:,]+)`?:", kind)]

    def type_of(self, column: str) -> str:
        """Spark's name of a column's type; empty where it is not known, or not the same in each table that has it."""
        types = {kind for columns in self.tables.values() for name, kind in columns.items() if _same(name, column)}
        return types.pop() if len(types) == 1 else ""

    def output(self, name: str) -> int | None:
        """Where the outermost SELECT gives a column of this name; None if its sides (UNION) are several, or give it twice."""
        tokens = self.words.tokens
        outer = [scope for scope in self.scopes.all if scope.outer is None and scope.depth == 0]
        found = [
            item[0].start
            for scope in outer
            for item in split_items(tokens[scope.start + 1 : self.scopes.from_of(scope)])
            if item[-1].is_name and _same(item[-1].name, name)
        ]
        return found[-1] if found and (len(found) == 1 or len(outer) == 1) else None

    def scalar_subquery(self) -> int | None:
        """Where the one sub-query (its bracket) is that stands for one value."""
        tokens = self.words.tokens
        found = []
        for index, token in enumerate(tokens[:-1]):
            before = tokens[index - 1].text.upper() if index else ""
            if token.text != "(" or tokens[index + 1].text.upper() != "SELECT":
                continue
            scope = self.scopes.of(index)
            if before and before not in _BEFORE_A_RELATION and scope is not None:
                found.append(token.start)
        return found[0] if len(found) == 1 else None

    def after(self, first: str, second: str, number: str) -> int | None:
        """Where a number stands in the one list after two words, such as GROUP BY."""
        listed = (
            rf"\b{first}\s+{second}\b(?:(?!\b(?:SELECT|FROM|ORDER|LIMIT|HAVING)\b)[^()])*?(?<![\w.]){number}(?![\w.])"
        )
        found = list(re.finditer(listed, self.sql, re.IGNORECASE))
        return found[0].end() - len(number) if len(found) == 1 else None

    def casts_to(self, kind: str) -> list[int]:
        """Places (characters) of casts that the SQL makes to a type: `CAST(… AS type)`, `…::type`, `type(…)`."""
        plain = kind.partition("(")[0].upper()
        names = {"INT": {"INTEGER"}, "BIGINT": {"LONG"}, "STRING": {"VARCHAR", "CHAR"}, "DECIMAL": {"DEC", "NUMERIC"}}
        wanted = {plain, *names.get(plain, ())}
        return [start for name, start in self._casts() if name in wanted]

    def texts_as_numbers(self) -> list[int]:
        """Places of columns with texts that meet a number: `name > 5`, `sum(name)`."""
        tokens = self.words.tokens
        found = []
        for index, token in enumerate(tokens):
            if not token.is_name or self.type_of(token.name) != "string":
                continue
            start = index - 2 if index > 1 and tokens[index - 1].text == "." else index
            before, after = tokens[max(start - 2, 0) : start], tokens[index + 1 : index + 4]
            compared = any(each.text in "=<>+-*/%" for each in (*before[-1:], *after[:1]))
            number = any(each.kind == "number" for each in (*before[:1], *after[1:]))
            call = before[0].text.lower() if len(before) == 2 and before[1].text == "(" else ""
            if (compared and number) or (call in _OF_NUMBERS and after and after[0].text in ",)"):
                found.append(tokens[start].start)
        return found

    def _casts(self) -> Iterable[tuple[str, int]]:
        tokens = self.words.tokens
        opened: list[int] = []
        for index, token in enumerate(tokens):
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            if token.text == "(":
                opened.append(index - 1)
                before = tokens[index - 1] if index else None
                earlier = tokens[index - 2].text.upper() if index > 1 else ""
                if before is not None and before.is_name and earlier not in ("AS", ":"):
                    yield before.text.upper(), before.start
            elif token.text == ")" and opened:
                opened.pop()
            elif token.text.upper() == "AS" and following is not None and opened and opened[-1] >= 0:
                outer = tokens[opened[-1]]
                if outer.text.upper() in ("CAST", "TRY_CAST"):
                    yield following.text.upper(), outer.start
            elif token.text == ":" and index and tokens[index - 1].text == ":" and following is not None:
                yield following.text.upper(), tokens[index - 1].start

    def _calls(self) -> Iterable[Call]:
        tokens = self.words.tokens
        closes = brackets(tokens)
        for index, token in enumerate(tokens[:-1]):
            if not token.is_name or tokens[index + 1].text != "(" or token.text.upper() in _NO_FUNCTIONS:
                continue
            if index and tokens[index - 1].text.upper() in (".", "AS", "FROM", "JOIN"):
                continue
            yield Call(token.name, index, _commas(tokens, index + 1, closes))

    def _line_and_column(self, start: int) -> str:
        before = self.sql[:start]
        return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


_BEFORE_A_RELATION = frozenset("FROM JOIN AS LATERAL UNION ALL INTERSECT EXCEPT IN EXISTS".split())
_NO_FUNCTIONS = frozenset(
    "IN AND OR NOT ON USING OVER AS BY WHERE HAVING WHEN THEN ELSE VALUES EXISTS ANY ALL SOME SELECT FROM JOIN UNION"
    " EXCEPT INTERSECT ROLLUP CUBE SETS LIKE BETWEEN FILTER GROUP DISTINCT DECIMAL NUMERIC VARCHAR CHAR CASE".split()
)


_OF_NUMBERS = frozenset(
    "sum avg mean abs sqrt round bround ceil ceiling floor exp ln log10 log2 pow power sign stddev variance median mod"
    " try_sum try_avg".split()
)
"""Functions that read a text as a number."""


def _commas(tokens: list[Token], opening: int, closes: dict[int, int]) -> int:
    """Number of items in a bracket."""
    end, index, square, items = closes.get(opening, len(tokens)), opening + 1, 0, 1
    if index >= end:
        return 0
    while index < end:
        square += (tokens[index].text == "[") - (tokens[index].text == "]")
        items += tokens[index].text == "," and square == 0
        index = closes.get(index, index) + 1
    return items


def _same(a: str, b: str) -> bool:
    return a.lower() == b.lower()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question about the name that was meant; empty if none is near."""
    near = nearest(name, [each for each in known if not _same(each, name)])
    return f": did you mean `{near}`?" if near else ""


def some(names: Iterable[str]) -> str:
    """Up to eight names, for those who must choose one."""
    shown = sorted(names)
    more = f", and {len(shown) - 8} more" if len(shown) > 8 else ""
    return ", ".join(f"`{each}`" for each in shown[:8]) + more
