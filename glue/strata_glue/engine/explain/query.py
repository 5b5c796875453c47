"""A query as its author wrote it, for explaining an error: what a name means in it, and where it is.

A position is given only if it is certain. Of several equal positions in one SELECT the first is as good as the others; if
they are in several SELECTs, none is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property

from strata_glue.engine.explain.nearest import nearest
from strata_glue.engine.spark import type_names
from strata_glue.engine.sql.scopes import Scopes, Tables
from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node, Relation, Select, Unread
from strata_glue.engine.sql.words import Call, Token, calls_in, index_at, tokens_of

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
"""Functions of Sail → their names in Spark SQL."""


class QueryText:
    """`tables`: those that the query may read, with their columns and types. `at`: the engine's position, in characters.
    `engine`: `sail`, `spark 3.5`, `spark 4`, or empty for any."""

    def __init__(self, sql: str, tables: Tables, at: int | None = None, engine: str = "") -> None:
        self.sql, self.tables, self.at, self.engine = sql, tables, at, engine
        self.names = [name for table, columns in tables.items() for name in (table, *columns)]
        """Tables and columns that it may use."""
        self.tokens = tokens_of(sql)

    @cached_property
    def scopes(self) -> Scopes:
        return Scopes(self.tree, self.tables)

    @cached_property
    def tree(self) -> QueryReader:
        """Without nodes for a query that is not read."""
        reader = QueryReader(self.sql)
        with suppress(Unread, RecursionError):
            reader.whole()
            return reader
        return QueryReader("")

    @cached_property
    def calls(self) -> list[Call]:
        """Calls of functions, as far as tokens show: the brackets of a type or a sub-query are not a call."""
        before = dict(zip((token.start for token in self.tokens[1:]), self.tokens, strict=False))
        found = [call for call in calls_in(self.tokens) if call.name.upper() not in _NO_FUNCTIONS]
        return sorted(
            (call for call in found if not _is_no_call(before.get(call.word.start))), key=lambda call: call.word.start
        )

    def has(self, name: str) -> bool:
        """True if the SQL has each part of a name as a word, or the name as a text; of an empty name, too."""
        words = {token.name.lower() for token in self.tokens}
        return all(part.lower() in words for part in name.split(".") if part) or name in self.sql

    def has_word(self, word: str) -> bool:
        """`word`: in capitals."""
        return any(token.text.upper() == word for token in self.tokens)

    def quoted(self, text: str, otherwise: str = "") -> str:
        """A part of a message in backticks if the SQL has it; any other may be a value."""
        return f"`{text}`" if text and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self.sql) else otherwise

    def places(self, name: str, is_right: Callable[[Select | None], bool]) -> list[int]:
        """Indexes of the tokens that name a column by itself. `is_right`: whether the name is correct in a SELECT."""
        tokens = self.tokens
        parts = name.split(".")
        found = []
        for index, token in enumerate(tokens):
            before = tokens[index - 1].text.upper() if index else ""
            after = index + 2 * len(parts) - 1
            if not token.is_name or before in (".", "AS") or not self._reads(index, parts):
                continue
            if after < len(tokens) and tokens[after].text in ("(", "."):
                continue
            if not is_right(self.select(index)):
                found.append(index)
        return found

    def select(self, index: int) -> Select | None:
        """The innermost SELECT around a token."""
        return self.scopes.at(self.tokens[index].start)

    def place(self, found: list[int]) -> int | None:
        """Offset of the only position, or of the first if all are in one SELECT."""
        if (
            not found
            or len({id(self.select(index)) for index in found}) > 1
            or (len(found) > 1 and not self.tree.selects)
        ):
            return None
        return self.tokens[found[0]].start

    def listed(self, found: list[int]) -> str:
        """Lists several possible positions; empty if one is certain, or if there are too many."""
        if self.at is not None or self.place(found) is not None or not 1 < len(found) <= 4:
            return ""
        return f" (at {' or '.join(self._line_and_column(self.tokens[index].start) for index in found)})"

    def only(self, *words: str) -> int | None:
        """Offset of the only one of these words or signs; None if there are several, or none."""
        found = [token.start for token in self.tokens if token.text.upper() in words]
        return found[0] if len(found) == 1 else None

    def place_of(self, name: str) -> int | None:
        """Offset of the first use of a name with its qualifiers, not as a part of a longer one."""
        parts = name.split(".")
        for index, token in enumerate(self.tokens):
            before = self.tokens[index - 1].text if index else ""
            if token.is_name and before != "." and self._reads(index, parts):
                return token.start
        return None

    def _reads(self, index: int, parts: list[str]) -> bool:
        wanted = [text for part in parts for text in (".", part)][1:]
        there = [token.name for token in self.tokens[index : index + len(wanted)]]
        return [each.lower() for each in there] == [each.lower() for each in wanted]

    def calls_of(self, *names: str) -> list[Call]:
        """Calls of a function, by an engine's name or the user's."""
        wanted = {each for name in names for each in (name, *SAME.get(name, ()))}
        return [call for call in self.calls if call.name in wanted]

    def function(self, *names: str) -> tuple[str, int | None]:
        """The author's name of a function, in backticks (empty if the SQL does not call it), and its offset, if that is certain."""
        found = self.calls_of(*(name.lower().removeprefix("spark_") for name in names))
        if len({call.name for call in found}) != 1:
            return "", None
        return f"`{found[0].word.name}`", self.start(found)

    def unknown(self, name: str) -> tuple[str, int | None]:
        """The same for an unknown function, of which the first call is as wrong as the others in its SELECT."""
        found = [call for call in self.calls if _same(call.name, name)]
        return (
            (f"`{found[0].word.name}`", self.place([index_at(self.tokens, call.word.start) for call in found]))
            if found
            else ("", None)
        )

    def start(self, calls: list[Call]) -> int | None:
        """Offset of the call, if there is only one."""
        return calls[0].word.start if len(calls) == 1 else None

    def relation(self, qualifier: str, found: list[int]) -> Relation | None:
        """The relation that a qualifier names in the SELECT of these tokens, or in any."""
        scopes = [self.select(index) for index in found] or [*self.scopes.selects]
        return next(
            (each for scope in scopes if (each := self.scopes.relation(qualifier, scope)) is not None),
            None,
        )

    def fields(self, column: str) -> list[str] | None:
        """Names of the fields of a column; None if no table has it; empty if it is not a struct."""
        types = [kind for columns in self.tables.values() for name, kind in columns.items() if _same(name, column)]
        if not types:
            return None
        return [field for kind in types for field in re.findall(r"[<,]\s*`?([^\s`<>:,]+)`?:", kind)]

    def type_of(self, column: str) -> str:
        """Spark's name of a column's type; empty if it is unknown, or differs between the tables that have it."""
        types = {kind for columns in self.tables.values() for name, kind in columns.items() if _same(name, column)}
        return types.pop() if len(types) == 1 else ""

    def output(self, name: str) -> int | None:
        """Offset of the outermost SELECT's column of this name; None if there are several such columns or sides (UNION)."""
        outer = self.tree.queries[0].selects() if self.tree.queries else []
        items = [pair for select in outer for pair in zip(select.items, select.aliases, strict=True)]
        found = [item.span[0] for item, alias in items if alias and _same(alias, name)]
        return found[-1] if found and (len(found) == 1 or len(outer) == 1) else None

    def scalar_subquery(self) -> int | None:
        """Offset of the only scalar sub-query's bracket."""
        found = [node.start for node in self.tree.nodes if node.kind == "subquery"]
        return found[0] if len(found) == 1 else None

    def after(self, first: str, second: str, number: str) -> int | None:
        """Offset of a number in the only list after two words, such as GROUP BY."""
        listed = (
            rf"\b{first}\s+{second}\b(?:(?!\b(?:SELECT|FROM|ORDER|LIMIT|HAVING)\b)[^()])*?(?<![\w.]){number}(?![\w.])"
        )
        found = list(re.finditer(listed, self.sql, re.IGNORECASE))
        return found[0].end() - len(number) if len(found) == 1 else None

    def casts_to(self, kind: str) -> list[int]:
        """Offsets of the SQL's casts to a type: `CAST(… AS type)`, `…::type`, `type(…)`."""
        wanted = type_names.kind_of(kind.lower())
        casts = [node for node in self.tree.nodes if node.kind in ("cast", "try_cast", "call")]
        return [
            node.start if node.kind == "call" or node.start < node.parts[0].span[0] else self._behind(node.parts[0])
            for node in casts
            if type_names.kind_of(type_names.plain_type(node.name)) == wanted
        ]

    def _behind(self, node: Node) -> int:
        return self.tokens[index_at(self.tokens, node.span[1])].start

    def texts_as_numbers(self) -> list[int]:
        """Offsets of STRING columns used as numbers: `name > 5`, `sum(name)`."""
        found = []
        for node in self.tree.nodes:
            if node.kind == "call" and node.name in _OF_NUMBERS:
                found += node.parts[:1]
            elif node.kind == "binary" and "number" in (part.kind for part in node.parts):
                found += node.parts
        columns = [node for node in found if node.kind == "column"]
        return [node.start for node in columns if self.type_of(node.name.rpartition(".")[2]) == "string"]

    def _line_and_column(self, start: int) -> str:
        before = self.sql[:start]
        return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


_NO_FUNCTIONS = frozenset(
    "IN AND OR NOT ON USING OVER AS BY WHERE HAVING WHEN THEN ELSE VALUES EXISTS ANY ALL SOME SELECT FROM JOIN UNION"
    " EXCEPT INTERSECT ROLLUP CUBE SETS LIKE BETWEEN FILTER GROUP DISTINCT DECIMAL NUMERIC VARCHAR CHAR CASE".split()
)


_OF_NUMBERS = frozenset(
    "sum avg mean abs sqrt round bround ceil ceiling floor exp ln log10 log2 pow power sign stddev variance median mod"
    " try_sum try_avg".split()
)
"""Functions that read a string as a number."""


def _is_no_call(before: Token | None) -> bool:
    return before is not None and before.text.upper() in (".", "AS", "FROM", "JOIN")


def _same(a: str, b: str) -> bool:
    return a.lower() == b.lower()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question whether a similar name was meant; empty if there is none."""
    near = nearest(name, [each for each in known if not _same(each, name)])
    return f": did you mean `{near}`?" if near else ""


def some(names: Iterable[str]) -> str:
    """Up to eight names, as a list."""
    shown = sorted(names)
    more = f", and {len(shown) - 8} more" if len(shown) > 8 else ""
    return ", ".join(f"`{each}`" for each in shown[:8]) + more
