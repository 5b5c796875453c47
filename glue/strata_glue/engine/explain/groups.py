"""Groups and aggregate functions that do not fit a SELECT."""

from __future__ import annotations

from dataclasses import replace

from strata_glue.engine.explain.constructs import cannot
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText


def not_grouped(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        is_known = any(name.lower() == each.lower() for each in query.words.names)
        name, what = "", f"`{name}`, a column of `*`," if is_known else "a column of the SELECT"
    else:
        what = f"`{name}`" if name else "a column of the SELECT"
    message = f"{what} is neither in GROUP BY nor inside an aggregate function: add it to GROUP BY, or write `any_value({name or '…'})`"
    place = query.place(query.places(name, lambda _: False)[:1]) if name else query.only("*")
    return Explained("MISSING_AGGREGATION", message, place)


def ungrouped_column(query: QueryText) -> Explained:
    """Sail does not say which column it is."""
    if query.only("GROUP") is None:
        return no_group(query)
    if query.words.aggregate_in_group() is not None:
        return misplaced_function("an aggregate function", query)
    name, place = query.words.ungrouped()
    explained = not_grouped(name, query)
    return (
        replace(explained, offset=place)
        if explained and place is not None
        else not_grouped("", query) or no_group(query)
    )


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
        said = "does not compute an aggregate function inside a window function"
        return cannot(said, "compute it in a sub-query", query, query.only("OVER"), False)
    return Explained("INVALID_WHERE_CONDITION", f"WHERE and GROUP BY cannot have {what}: {remedy}", where)


def nested_aggregates(inner: str, outer: str, query: QueryText) -> Explained:
    names = [query.function(each) for each in (outer, inner)]
    said = f" ({names[1][0]} in {names[0][0]})" if all(name for name, _ in names) else ""
    message = f"aggregate functions cannot be nested{said}: compute the inner one in a sub-query"
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
