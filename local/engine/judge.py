"""Which mistakes of a query's types are certain: those that Spark's analyzer refuses, too, by its own rules.

Sail refuses more than Spark does, and accepts more. So none of its refusals counts by itself: each is confirmed by the
query's tree and the columns of its tables; where these are not known, the query is not analyzed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from strata_glue.engine.explain.explain import explain
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.words import type_name
from strata_glue.engine.sail.refusals import refusals
from strata_glue.engine.sail.scoped_types import ScopedTypes
from strata_glue.engine.spark import type_names
from strata_glue.engine.spark.results import TAKES
from strata_glue.engine.sql.scopes import Tables
from strata_glue.engine.sql.tree import Node, Query, Select
from strata_glue.engine.sql.words import AGGREGATES, RANKINGS

CERTAIN = frozenset(
    (
        "DATATYPE_MISMATCH",
        "INVALID_AGGREGATE_FILTER",
        "INCOMPATIBLE_COLUMN_TYPE",
        "INVALID_INLINE_TABLE",
        "UNSUPPORTED_FEATURE",
        "UNSUPPORTED_GENERATOR",
        "WINDOW_FUNCTION_WITHOUT_ORDER_BY",
        "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
        "INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC",
    )
)
"""Classes of what the job's rules find in a tree and Spark's analyzer refuses; the other ones show when Spark computes."""


def mistakes_of(query: ScopedTypes) -> list[Explained]:
    """What is wrong by Spark's rules, in the order of the text."""
    if query.reader is None:
        return []
    found = [each for each in refusals(query) if each.kind in CERTAIN]
    for node in query.nodes:
        found += _arguments(node, query)
    for select in query.typing.scopes.selects:
        found += _misplaced(select, query)
        found += _positions(select, query) or _ungrouped(select, query)
    for each in query.reader.queries:
        found += _lengths(each, query)
    return sorted(_each_once(found), key=lambda each: each.offset or 0)


def _each_once(found: list[Explained]) -> list[Explained]:
    """One mistake a place: a wrong operand is wrong in all that contains it."""
    return list({each.offset: each for each in reversed(found)}.values())


def _arguments(node: Node, query: ScopedTypes) -> Iterator[Explained]:
    """First arguments that Spark's function does not take."""
    if node.kind != "call" or not node.parts or node.parts[0].kind in ("star", "word"):
        return
    given, wanted = node.parts[0], TAKES.get(node.name)
    kind = type_names.kind_of(given.type)
    if wanted is not None and kind not in ("", "void") and kind not in wanted:
        what = "`" + query.sql[given.start : given.end] + "`"
        shown = what if len(what) < 60 and "`" not in what[1:-1] else "it"
        message = f"`{node.name}` does not take {type_name(given.type)}, and {shown} is one: cast it"
        yield Explained("DATATYPE_MISMATCH", message, given.start)


def _positions(select: Select, query: ScopedTypes) -> list[Explained]:
    """Positions in GROUP BY and ORDER BY that the SELECT does not have."""
    if any(item.kind == "star" for item in select.items):
        return []
    last = len(select.items)
    columns = "1 column" if last == 1 else f"{last} columns"
    return [
        Explained(
            f"{clause}_BY_POS_OUT_OF_RANGE",
            f"{clause} BY {node.name} names no column: the SELECT has {columns}",
            node.start,
        )
        for clause, nodes in (("GROUP", select.grouping), ("ORDER", select.order))
        for node in nodes
        if node.kind == "number" and node.name.isdigit() and not 1 <= int(node.name) <= last
    ]


def _lengths(of: Query, query: ScopedTypes) -> Iterator[Explained]:
    """Sides of a UNION with different numbers of columns."""
    sides = [query.typing.of_side(side) for side in of.sides] if of.operators else []
    for operator, place, left, right in zip(of.operators, of.places, sides, sides[1:], strict=False):
        if left is not None and right is not None and len(left) != len(right):
            word = operator.removesuffix(" ALL")
            message = (
                f"the two sides of {word} have {len(left)} and {len(right)} columns: select the same columns in both"
            )
            yield Explained("NUM_COLUMNS_MISMATCH", message, place)


def _misplaced(select: Select, query: ScopedTypes) -> Iterator[Explained]:
    """Aggregate and window functions in WHERE, ON and GROUP BY, and aggregates in aggregates."""
    for clause, condition in select.conditions:
        if clause != "HAVING":
            yield from _functions_in(condition, clause, query)
    for node in select.grouping:
        yield from _functions_in(node, "GROUP BY", query)
    for node in (*select.items, *(each for clause, each in select.conditions if clause == "HAVING"), *select.order):
        yield from _nested(node, None)
        for each in node.all():
            if each.kind == "call" and each.window is None and each.name in RANKINGS:
                message = f"`{each.name}` is a window function: write `{each.name}(…) OVER (PARTITION BY … ORDER BY …)`"
                yield Explained("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", message, each.start)


def _functions_in(node: Node, clause: str, query: ScopedTypes) -> Iterator[Explained]:
    for each in node.all():
        what = "a window function" if each.window is not None else "an aggregate function"
        if each.kind != "call" or (each.window is None and not is_aggregate(each)):
            continue
        if clause in ("WHERE", "ON") and not _is_own(each, query):
            continue
        remedy = "write HAVING" if clause == "WHERE" and each.window is None else "compute it in a sub-query"
        message = f"{clause} cannot have {what}, and `{each.name}` is one: {remedy}"
        yield Explained("INVALID_WHERE_CONDITION", message, each.start)


def _is_own(call: Node, query: ScopedTypes) -> bool:
    """False where it may belong to a query around its own: `HAVING EXISTS (SELECT … WHERE sum(outer.x) = y)`."""
    select = query.typing.scopes.at(call.start)
    columns = [each for each in call.all() if each.kind == "column"]
    queries = query.reader.queries if query.reader else []
    if not any(select in each.selects() for each in queries if each.is_value):
        return True
    return select is not None and all(query.typing.holders(each, select) for each in columns)


def is_aggregate(node: Node) -> bool:
    return node.kind == "call" and node.name in AGGREGATES and node.window is None


def may_aggregate(name: str) -> bool:
    """True for an aggregate function; the compiler refuses functions that Spark does not have."""
    return name in AGGREGATES or name.endswith("_agg")


def _nested(node: Node, outer: Node | None) -> Iterator[Explained]:
    if is_aggregate(node):
        if outer is not None and outer.name not in ("grouping", "grouping_id"):
            message = f"aggregate functions cannot be nested (`{node.name}` in `{outer.name}`): compute the inner one in a sub-query"
            yield Explained("NESTED_AGGREGATE_FUNCTION", message, outer.start)
            return
        outer = node
    for part in node.inside():
        yield from _nested(part, outer)


def _ungrouped(select: Select, query: ScopedTypes) -> Iterator[Explained]:
    """Columns of a SELECT with aggregate functions or GROUP BY that are in neither."""
    having = [node for clause, node in select.conditions if clause == "HAVING"]
    if not select.grouping and (_groups(select, query) or not (having or any(map(is_aggregate, _all(select.items))))):
        return
    keys = [each for each in _all(select.grouping) if each.kind == "column"]
    if any(query.typing.find(each.name.split("."), select) is None for each in keys):
        return  # an unknown key may be meant for any of them
    named = {each.name.rpartition(".")[2] for each in keys}
    numbers = {node.name for node in select.grouping if node.kind == "number"}
    items = [*zip(map(str, range(1, len(select.items) + 1)), select.items, select.aliases, strict=True)]
    grouped = [item for number, item, alias in items if number in numbers or alias.lower() in named]
    # A column of something that is grouped may be a part of the same thing elsewhere.
    named |= {each.name.rpartition(".")[2] for each in _all(grouped) if each.kind == "column"}
    named |= {alias.lower() for _, item, alias in items if item.kind != "column"}
    for column in (
        column for item in (*select.items, *having) if item not in grouped for column in _outside_aggregates(item)
    ):
        parts = column.name.split(".")
        if not {parts[0], parts[-1]} & named and query.typing.holders(column, select):
            name = query.sql[column.start : column.end]
            remedy = "add it to GROUP BY" if select.grouping else "add GROUP BY"
            message = f"`{name}` is neither in GROUP BY nor inside an aggregate function: {remedy}, or write `any_value({name})`"
            yield Explained("MISSING_AGGREGATION", message, column.start)


def _groups(select: Select, query: ScopedTypes) -> bool:
    """True for GROUP BY ALL and others without expressions."""
    text = query.sql[select.from_at : select.end]
    return re.search(r"\bGROUP\b", text, re.IGNORECASE) is not None


def _all(nodes: list[Node]) -> Iterator[Node]:
    return (each for node in nodes for each in node.all())


def _outside_aggregates(node: Node) -> Iterator[Node]:
    if node.kind == "column" and node.name != ":":
        yield node
    elif not (node.kind == "call" and node.window is None and may_aggregate(node.name)):
        for part in node.inside():
            yield from _outside_aggregates(part)


def confirmed(text: str, sql: str, tables: Tables, query: ScopedTypes) -> Explained | None:
    """The mistake that Sail's message is about, if it is one for Spark, too."""
    found = explain(text, sql, tables, engine="sail")
    if found is None or query.reader is None:
        return None
    if found.kind == "UNRESOLVED_COLUMN":
        nodes = [node for node in query.nodes if node.kind == "column" and node.name == _named_in(text)]
        return next((made for node in nodes if (made := _unknown(node, found, query))), None)
    if found.kind == "AMBIGUOUS_REFERENCE":
        nodes = [node for node in query.nodes if node.kind == "column" and node.name == _named_in(text)]
        return next((_at(node, found) for node in nodes if _is_ambiguous(node, query)), None)
    return None


def _has_word(query: ScopedTypes, *words: str) -> bool:
    return query.reader is not None and not {*words}.isdisjoint(query.reader.words)


def _named_in(text: str) -> str:
    """The name that Sail's message is about, in lower case."""
    found = re.search(r"ObjectName\(\[(.*?)\]\)", text)
    return ".".join(re.findall(r'Identifier\("([^"]*)"\)', found[1])).lower() if found else ""


def _at(node: Node, found: Explained) -> Explained:
    """The mistake at a place that is certain."""
    return replace(found, message=re.sub(r" \(at [\d: or,]+\)", "", found.message), offset=node.start)


def _unknown(node: Node, found: Explained, query: ScopedTypes) -> Explained | None:
    """The mistake, if no table of the SELECTs around a name has it, and it is neither an alias nor a variable of a lambda function."""
    if _has_word(query, "PIVOT"):
        return None
    parts = node.name.split(".")
    scope = query.typing.scopes.at(node.start)
    if parts[0] in node.hides:
        return None
    clauses = [each for clause, each in (scope.conditions if scope else ()) if clause != "HAVING"]
    if query.typing.find(parts, scope, by_alias=node not in _all(clauses)) is None:
        return _at(node, found)
    holder = query.typing.find(parts[:1], scope) if len(parts) == 2 else None
    fields = [name for name, _ in type_names.fields(holder or "")]
    if holder and type_names.kind_of(holder) == "struct" and parts[1] not in fields:
        known = ", ".join(f"`{each}`" for each in fields[:8])
        return Explained("FIELD_NOT_FOUND", f"`{parts[0]}` has no field `{parts[1]}`: it has {known}", node.start)
    return None


def _is_ambiguous(node: Node, query: ScopedTypes) -> bool:
    """True if several tables of one SELECT have the name, none of them joined by USING, NATURAL, SEMI or ANTI."""
    if _has_word(query, "USING", "NATURAL", "SEMI", "ANTI", "PIVOT"):
        return False
    select = query.typing.scopes.at(node.start)
    return select is not None and query.typing.holders(node, select) > 1
