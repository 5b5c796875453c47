"""The relations and columns that each SELECT of a query may use."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping

from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Query, Relation, Select

Tables = Mapping[str, Mapping[str, str]]
"""Table → its columns → Spark's names of their types, empty if unknown. A table without columns is one whose columns are unknown."""


class Scopes:
    """The SELECTs of a query. `tables`: those that it may read."""

    def __init__(self, reader: QueryReader, tables: Tables) -> None:
        self.named = reader.named
        self.selects = sorted((each for each in reader.selects if each.end), key=lambda each: each.start)
        self._outer: dict[Select, Select | None] = {}
        for before, select in zip([None, *self.selects], self.selects, strict=False):
            while before is not None and before.end <= select.start:
                before = self._outer[before]
            self._outer[select] = before
        self._text = reader.sql
        self._known: dict[Query, frozenset[str] | None] = {}
        self._tables = {name.lower(): frozenset(columns) or None for name, columns in tables.items()}
        for select in self.selects:
            for each in select.relations:
                each.columns = self._columns_of(each)

    def at(self, offset: int) -> Select | None:
        """The innermost SELECT around an offset."""
        index = bisect_right(self.selects, offset, key=lambda each: each.start) - 1
        found = self.selects[index] if index >= 0 else None
        while found is not None and found.end <= offset:
            found = self._outer[found]
        return found

    def around(self, select: Select | None) -> Iterator[Select]:
        """The SELECT, and those around it."""
        while select is not None:
            yield select
            select = self._outer[select]

    def relation(self, qualifier: str, select: Select | None) -> Relation | None:
        """The relation that a qualifier names in a SELECT, or in one around it."""
        found = (each for scope in self.around(select) for each in scope.relations)
        return next((each for each in found if each.alias.lower() == qualifier.lower()), None)

    def columns(self, select: Select | None) -> frozenset[str] | None:
        """Names that a SELECT may use without a qualifier; None if some are unknown."""
        if not self.selects:
            return None
        return _all(each.columns for scope in self.around(select) for each in scope.relations)

    def aliases(self) -> set[str]:
        """Aliases of all SELECTs' relations."""
        return {each.alias for select in self.selects for each in select.relations if each.alias}

    def _columns_of(self, relation: Relation) -> frozenset[str] | None:
        if relation.listed:
            return frozenset(relation.listed)
        if relation.query is not None:
            return self._given(relation.query)
        name = relation.table.lower()
        return self._columns_of(self.named[name]) if name in self.named else self._tables.get(name)

    def _given(self, query: Query) -> frozenset[str] | None:
        """Names of a query's columns; None if some are unknown, as are those of a query that reads itself."""
        if query not in self._known:
            self._known[query] = None
            self._known[query] = self._columns_of_select(query.selects()[0])
        return self._known[query]

    def _columns_of_select(self, select: Select) -> frozenset[str] | None:
        stars = [self._text[item.start : item.end] for item in select.items if item.kind == "star"]
        read = [each for star in stars for each in select.relations if star in ("*", f"{each.alias}.*")]
        if select.rows or len(read) < len(stars):
            return None
        return _all([frozenset(alias for alias in select.aliases if alias), *map(self._columns_of, read)])


def _all(sets: Iterator[frozenset[str] | None] | list[frozenset[str] | None]) -> frozenset[str] | None:
    found: set[str] = set()
    for each in sets:
        if each is None:
            return None
        found |= each
    return frozenset(found)
