"""Unknown and ambiguous names of columns."""

from __future__ import annotations

import re

from strata_glue.engine.explain.constructs import cannot
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText, did_you_mean, some
from strata_glue.engine.sql.tree import Select
from strata_glue.engine.sql.words import calls_in


def name_in(text: str) -> str:
    """`[Identifier("c"), Identifier("id")]`, `` `c`.`id` `` or `c.id` → `c.id`."""
    parts = re.findall(r'Identifier\("((?:[^"\\]|\\.)*)"\)', text) or re.findall(r"`([^`]*)`", text)
    return ".".join(parts) or text


def names_in(text: str) -> list[str]:
    """Names in a list of Spark's: `` [`c`.`city`, `c`.`name`] ``."""
    return [name_in(each) for each in re.findall(r"(?:`[^`]*`\.?)+", text)]


def unknown_column(name: str, query: QueryText, suggested: str = "") -> Explained | None:
    """`suggested`: columns that the engine lists in its message."""
    name, proposed = name_in(name), names_in(suggested)
    if not query.has(name):
        return None
    qualifier, _, last = name.rpartition(".")
    found = query.places(name, lambda scope: _has(name, scope, query))
    if qualifier:
        return _not_in_distinct(name, found, query) or _unknown_qualified(name, found, query, proposed)
    explained = _unit(name, query) or _foreign_name(name, found, query) or _not_in_distinct(name, found, query)
    explained = explained or _alias(name, found, query)
    if explained is not None:
        return explained
    known = [*(each.rpartition(".")[2] for each in proposed), *_known(found, query)]
    message = f"there is no column `{name}`{query.listed(found)}{did_you_mean(last, known)}"
    return Explained("UNRESOLVED_COLUMN", message, query.place(found))


def _known(found: list[int], query: QueryText) -> list[str]:
    """Names of columns that the SELECTs of these tokens may use; all names if some are unknown."""
    scopes = [query.select(index) for index in found] or [*query.scopes.selects]
    sets = [query.scopes.columns(scope) for scope in scopes]
    if any(each is None for each in sets):
        return [*query.names, *(name for each in query.scopes.selects for name in query.scopes.columns(each) or ())]
    return [name for each in sets for name in each or ()]


def _has(name: str, scope: Select | None, query: QueryText) -> bool:
    """True if a SELECT certainly has a column."""
    qualifier, _, last = name.rpartition(".")
    if not qualifier:
        columns = query.scopes.columns(scope)
        return columns is not None and last.lower() in {each.lower() for each in columns}
    relation = query.scopes.relation(qualifier, scope)
    return relation is not None and last.lower() in {each.lower() for each in relation.columns or ()}


def _alias(name: str, found: list[int], query: QueryText) -> Explained | None:
    """An alias used in the SELECT that defines it: Spark allows it later in the same list, Sail does not."""
    tokens = query.tokens
    given = [
        index
        for index, token in enumerate(tokens[:-1])
        if token.text.upper() == "AS" and tokens[index + 1].name.lower() == name.lower()
    ]
    scopes = {id(query.select(index + 1)): index for index in given}
    used = [index for index in found if id(query.select(index)) in scopes]
    if not used:
        return None
    scope, place = query.select(used[0]), tokens[used[0]].start
    if query.engine == "sail" and scope and scopes[id(scope)] < used[0] and place < scope.from_at:
        what = f"does not read the alias `{name}` in the list of columns that gives it"
        return cannot(what, "repeat the expression", query, place, False)
    message = f"`{name}` is an alias of this SELECT, which cannot be used here: repeat the expression, or put the query into a CTE"
    return Explained("UNRESOLVED_COLUMN", message, place)


_UNITS = frozenset(
    "YEAR QUARTER MONTH WEEK DAY DAYOFWEEK DOW HOUR MINUTE SECOND MILLISECOND MICROSECOND ISOWEEK".split()
)


_OF_UNITS = {
    "date_diff": "timestampdiff({}, start, end)",
    "datediff": "timestampdiff({}, start, end)",
    "timestamp_diff": "timestampdiff({}, start, end)",
    "date_trunc": "date_trunc('{}', date)",
    "trunc": "trunc(date, '{}')",
    "timestamp_trunc": "date_trunc('{}', date)",
    "datepart": "date_part('{}', date)",
    "date_part": "date_part('{}', date)",
    "datename": "date_format(date, 'EEEE')",
    "last_day": "last_day(date)",
}
"""Functions to which other databases pass a unit of time as a bare word → the call in Spark."""


def _unit(name: str, query: QueryText) -> Explained | None:
    if name.upper() not in _UNITS:
        return None
    for call in calls_in(query.tokens):
        for start, end in call.spans():
            if call.name in _OF_UNITS and query.sql[start:end].strip().lower() == name.lower():
                write = _OF_UNITS[call.name].format(name.upper())
                message = f"`{call.word.text}` reads `{name}` as a column: write `{write}`"
                return Explained("UNRESOLVED_COLUMN", message, call.word.start)
    return None


_FOREIGN_NAMES = {
    "sysdate": "write `current_timestamp()`",
    "systimestamp": "write `current_timestamp()`",
    "rownum": "write `LIMIT`, or `row_number() OVER (ORDER BY …)`",
}
"""Names of other databases that are functions there, without brackets."""


def _foreign_name(name: str, found: list[int], query: QueryText) -> Explained | None:
    if name.lower() not in _FOREIGN_NAMES:
        return None
    message = f"Spark SQL has no `{name}`: {_FOREIGN_NAMES[name.lower()]}"
    return Explained("UNRESOLVED_COLUMN", message, query.place(found))


def _not_in_distinct(name: str, found: list[int], query: QueryText) -> Explained | None:
    """A column in ORDER BY that a SELECT DISTINCT, or one with GROUP BY, does not have in its result."""
    if found:
        return None
    tokens = query.tokens
    for index in query.places(name, lambda _: False):
        scope = query.select(index)
        if scope is None:
            continue
        words = [token.text.upper() for token in tokens[:index] if token.start >= scope.from_at]
        if "GROUP" in words and {"ORDER", "HAVING"} & {*words}:
            message = f"`{name}` is neither in GROUP BY nor inside an aggregate function: add it to GROUP BY, or write `any_value({name})`"
            return Explained("MISSING_AGGREGATION", message, tokens[index].start)
        if scope.is_distinct and "ORDER" in words:
            message = f"SELECT DISTINCT is ordered by `{name}`, which it does not select: select it, too, or order by a column that it selects"
            return Explained("UNRESOLVED_COLUMN", message, tokens[index].start)
    return None


def _unknown_qualified(name: str, found: list[int], query: QueryText, proposed: list[str]) -> Explained | None:
    parts = name.split(".")
    qualifier, last = parts[0], parts[-1]
    place = query.place(found)
    relation = query.relation(qualifier, found)
    holder = parts[-2] if len(parts) > 2 or relation is None else ""
    fields = query.fields(holder) if holder else None
    if fields is not None:
        kind = query.type_of(holder)
        if not fields and kind:
            message = f"`{holder}` is {kind.upper()}, which has no field `{last}`"
        else:
            message = f"there is no field `{last}` in `{'.'.join(parts[:-1])}`{did_you_mean(last, fields)}"
        return Explained("FIELD_NOT_FOUND", message, place)
    if relation is None:
        real = next(
            (each for scope in query.scopes.selects for each in scope.relations if each.table == qualifier), None
        )
        if real is not None and real.alias:
            message = f"`{qualifier}` has the alias `{real.alias}` here: write `{real.alias}.{last}`"
        else:
            message = f"there is no table or alias `{qualifier}`{query.listed(found)}{did_you_mean(qualifier, query.scopes.aliases())}"
        return Explained("UNRESOLVED_COLUMN", message, place)
    columns = relation.columns
    if columns is None:
        columns = frozenset(each.rpartition(".")[2] for each in proposed or query.names)
    if query.engine == "sail" and last.lower() in {each.lower() for each in columns} and query.has("USING"):
        what = f"does not read `{name}` of a column that is joined by USING"
        return cannot(what, f"write `{last}`", query, query.place(query.places(name, lambda _: False)), False)
    scope = query.select(found[0]) if found else None
    others = {
        each.alias
        for each in (scope.relations if scope else ())
        if each is not relation and last.lower() in {column.lower() for column in each.columns or ()}
    }
    meant = did_you_mean(last, columns)
    if not meant and relation.columns:
        meant = f": `{sorted(others)[0]}` has one" if len(others - {""}) == 1 else f": it has {some(relation.columns)}"
    return Explained("UNRESOLVED_COLUMN", f"there is no column `{name}`{query.listed(found)}{meant}", place)


def ambiguous(name: str, listed: str, query: QueryText) -> Explained | None:
    name, candidates = name_in(name), names_in(listed)
    if not query.has(name):
        return None
    found = query.places(name, lambda scope: not _may_be_several(name, scope, query))
    if not candidates and found:
        scope = query.select(found[0])
        holds = [
            each.alias
            for each in (scope.relations if scope else ())
            if each.alias and name.lower() in {column.lower() for column in each.columns or ()}
        ]
        candidates = [f"{alias}.{name}" for alias in holds]
    # Without Spark's internal names of catalogs and temporary views.
    shown = [".".join(each.split(".")[-2:]) for each in candidates]
    remedy = f": write `{shown[0]}` or `{shown[1]}`" if len({*shown}) > 1 else ": write the table's alias before it"
    return Explained(
        "AMBIGUOUS_REFERENCE",
        f"column `{name}` is in more than one table{query.listed(found)}{remedy}",
        query.place(found),
    )


def _may_be_several(name: str, scope: Select | None, query: QueryText) -> bool:
    if scope is None:
        return False
    last = name.rpartition(".")[2].lower()
    holds = [
        each for each in scope.relations if each.columns is None or last in {name.lower() for name in each.columns}
    ]
    return len(holds) > 1 or any(each.columns is None for each in holds)
