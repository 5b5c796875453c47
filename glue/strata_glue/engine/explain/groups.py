"""Errors of GROUP BY and of aggregate functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from strata_glue.engine.explain.constructs import cannot
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.sql.tree import Node
from strata_glue.engine.sql.words import AGGREGATES


def not_grouped(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        is_known = any(name.lower() == each.lower() for each in query.names)
        name, what = "", f"`{name}`, a column of `*`," if is_known else "a column of the SELECT"
    else:
        what = f"`{name}`" if name else "a column of the SELECT"
    message = f"{what} is neither in GROUP BY nor inside an aggregate function: add it to GROUP BY, or write `any_value({name or '…'})`"
    place = query.place(query.places(name, lambda _: False)[:1]) if name else query.only("*")
    return Explained("MISSING_AGGREGATION", message, place)


def ungrouped_column(query: QueryText) -> Explained | None:
    """Sail does not name the column."""
    grouped = [select for select in query.tree.selects if select.grouping]
    if len(grouped) != 1:
        return no_group(query) if query.only("GROUP") is None else not_grouped("", query)
    select = grouped[0]
    if any(each.kind == "call" and each.name in AGGREGATES for node in select.grouping for each in node.all()):
        return misplaced_function("an aggregate function", query)
    names = {_last_name(each) for node in select.grouping for each in node.all() if each.kind == "column"}
    numbers = {node.name for node in select.grouping if node.kind == "number"}
    items = [
        item
        for number, (item, alias) in enumerate(zip(select.items, select.aliases, strict=True), 1)
        if str(number) not in numbers and alias.lower() not in names
    ]
    given = {alias.lower() for alias, item in zip(select.aliases, select.items, strict=True) if item.kind != "column"}
    having = [node for clause, node in select.conditions if clause == "HAVING"]
    for item in (*items, *having, *select.order):
        for column in _outside_aggregates(item):
            if _last_name(column) not in names | given:
                found = not_grouped(query.sql[column.start : column.end], query)
                return replace(found, offset=column.start) if found else None
    return not_grouped("", query)


def _last_name(column: Node) -> str:
    return column.name.rpartition(".")[2]


def _outside_aggregates(node: Node) -> Iterator[Node]:
    """Columns outside aggregate functions."""
    if node.kind == "column":
        yield node
    elif not (node.kind == "call" and node.name in AGGREGATES):
        for part in node.inside():
            yield from _outside_aggregates(part)


def no_group(query: QueryText) -> Explained:
    message = "the SELECT mixes columns and aggregate functions without GROUP BY: group by the columns"
    return Explained("MISSING_GROUP_BY", message, query.only("SELECT"))


def misplaced_function(what: str, query: QueryText) -> Explained:
    remedy = "compute it in a sub-query and filter outside it"
    where, group = query.only("WHERE"), query.only("GROUP")
    if where is not None and group is None:
        return Explained("INVALID_WHERE_CONDITION", f"WHERE cannot have {what}: {remedy}", where)
    if where is None and group is not None:
        return Explained("INVALID_WHERE_CONDITION", f"GROUP BY cannot have {what}: {remedy}", group)
    if query.engine == "sail" and query.only("OVER") is not None and "aggregate" in what:
        lacks = "does not compute an aggregate function inside a window function"
        return cannot(lacks, "compute it in a sub-query", query, query.only("OVER"), False)
    return Explained("INVALID_WHERE_CONDITION", f"WHERE and GROUP BY cannot have {what}: {remedy}", where)


def nested_aggregates(inner: str, outer: str, query: QueryText) -> Explained:
    names = [query.function(each) for each in (outer, inner)]
    which = f" ({names[1][0]} in {names[0][0]})" if all(name for name, _ in names) else ""
    message = f"aggregate functions cannot be nested{which}: compute the inner one in a sub-query"
    return Explained("NESTED_AGGREGATE_FUNCTION", message, names[0][1])


def no_position(clause: str, number: str, last: str, query: QueryText) -> Explained:
    clauses = [clause] if clause else ["ORDER", "GROUP"]
    places = {each: query.after(each, "BY", number) for each in clauses}
    found = {each: place for each, place in places.items() if place is not None}
    which, place = next(iter(found.items())) if len(found) == 1 else (clause, None)
    where = f"{which} BY {number}" if which else f"position {number}"
    columns = "1 column" if last == "1" else f"{last} columns"
    message = f"{where} names no column: the SELECT has {columns}: write the column's name"
    return Explained("GROUP_BY_POS_OUT_OF_RANGE" if which == "GROUP" else "ORDER_BY_POS_OUT_OF_RANGE", message, place)


def aggregated_position(number: str, query: QueryText) -> Explained:
    message = f"GROUP BY {number} is an aggregate function of the SELECT: group by columns"
    return Explained("GROUP_BY_POS_AGGREGATE", message, query.after("GROUP", "BY", number))
