"""Types that Spark does not mix, compare or cast, found in a query's tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.words import type_name
from strata_glue.engine.sail.query_types import columns_of
from strata_glue.engine.sail.refused_calls import calls, shown
from strata_glue.engine.spark import coercion, type_names
from strata_glue.engine.sql.expressions import COMPARISONS
from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node, Query, Select

_MISFIT = "DATATYPE_MISMATCH"


def misfits(reader: QueryReader, nodes: list[Node], sql: str) -> Iterator[Explained]:
    """Types that Spark does not mix, compare or cast. `nodes`: the reader's, with types."""
    for node in nodes:
        for check in _CHECKS.get(node.kind, ()):
            yield from check(node, sql)
    for select in reader.selects:
        yield from _of_select(select, sql)
    for query in reader.queries:
        yield from _of_sides(query)


def _names(*kinds: str) -> str:
    return " and ".join(dict.fromkeys(type_name(kind) for kind in kinds if kind))


def _condition(node: Node, sql: str, takes: tuple[str, ...] = ("", "boolean", "void")) -> Iterator[Explained]:
    """Of CASE, `if`, NOT."""
    if node.type not in takes:
        message = sentences.no_condition(shown(node, sql), type_name(node.type))
        yield Explained(_MISFIT, message, node.start)


def _unary(node: Node, sql: str) -> Iterator[Explained]:
    of = node.parts[0]
    if node.name == "NOT":
        yield from _condition(of, sql, ("", "boolean", "void", "string"))
        return
    kind = type_names.kind_of(of.type)
    takes = type_names.is_number(of.type) or kind in ("", "string", "void") or kind.startswith("interval")
    if node.name == "~":
        takes = kind in ("", "void") or type_names.is_whole(of.type)
    if not takes:
        message = f"`{node.name}` takes a number, and {shown(of, sql)} is {type_name(of.type)}: cast it"
        yield Explained(_MISFIT, message, node.start)


def _binary(node: Node, sql: str) -> Iterator[Explained]:
    left, right = node.parts
    if node.name in ("AND", "OR"):
        yield from _logical(node, sql)
    elif node.name in COMPARISONS or node.name == "IS DISTINCT FROM":
        yield from _compared(left, right, node.name)
    elif coercion.result_of(node.name, left.type, right.type) is None:
        message = f"`{node.name}` cannot combine {_names(left.type, right.type)}: cast one of them"
        if node.name == "+" and {left.type, right.type} == {"string"}:
            message = "`+` cannot combine STRING and STRING: write `||` or `concat` to join texts"
        yield Explained(_MISFIT, message, node.start)


def _logical(node: Node, sql: str) -> Iterator[Explained]:
    kinds = [each.type for each in node.parts]
    for each in node.parts:
        # A text beside a condition becomes one.
        if each.type not in ("", "boolean", "void") and not (each.type == "string" and {"", "boolean"} & set(kinds)):
            message = sentences.no_logical(node.name, type_name(each.type), shown(each, sql))
            yield Explained(_MISFIT, message, each.start)


def _is(node: Node, sql: str) -> Iterator[Explained]:
    if node.name != "NULL":
        yield from _condition(node.parts[0], sql, ("", "boolean", "void", "string"))


def _compared(left: Node, right: Node, sign: str) -> Iterator[Explained]:
    kind = coercion.compared(left.type, right.type)
    if kind is None:
        message = sentences.not_comparable(_names(left.type, right.type), sign if sign in COMPARISONS else "")
        yield Explained(_MISFIT, message, left.start)
    elif kind and not type_names.is_ordered(kind):
        yield Explained(_MISFIT, sentences.no_order(f"`{sign}`"), left.start)


def _case(node: Node, sql: str) -> Iterator[Explained]:
    for each in node.conditions:
        if node.operand is None:
            yield from _condition(each, sql, ("", "boolean"))
        else:
            yield from _compared(node.operand, each, "=")
    yield from _mixed(node.parts, "the results of CASE", node.start)


def _mixed(parts: list[Node], what: str, place: int, tight: bool = False) -> Iterator[Explained]:
    kinds = [part.type for part in parts]
    kind = coercion.common(kinds, tight)
    if kind is None:
        yield Explained(_MISFIT, sentences.no_common_type(what, _names(*kinds)), place)
    elif tight and kind and not type_names.is_ordered(kind):
        yield Explained(_MISFIT, f"{what} cannot be compared: they are MAP", place)


def _between(node: Node, sql: str) -> Iterator[Explained]:
    of, lower, upper = node.parts
    yield from _compared(of, lower, ">=")
    yield from _compared(of, upper, "<=")


def _in(node: Node, sql: str) -> Iterator[Explained]:
    kinds = [part.type for part in node.parts]
    if node.query is not None:
        columns = columns_of(node.query)
        kinds += columns if len(columns) == 1 else []
    kind = coercion.common(kinds)
    if kind is None:
        message = sentences.no_common_type("the two sides of IN", _names(*kinds))
        yield Explained(_MISFIT, message, node.start)
    elif kind and not type_names.is_ordered(kind):
        yield Explained(_MISFIT, sentences.no_order("`IN`"), node.start)


def _like(node: Node, sql: str) -> Iterator[Explained]:
    for each in node.parts:
        if type_names.kind_of(each.type) in ("array", "map", "struct"):
            yield Explained(
                _MISFIT,
                f"`{node.name}` compares texts, and {shown(each, sql)} is {type_name(each.type)}: cast it",
                each.start,
            )


def _cast(node: Node, sql: str) -> Iterator[Explained]:
    of, target = node.parts[0], type_names.plain_type(node.name)
    if target and not coercion.can_cast(of.type, target):
        yield Explained(_MISFIT, sentences.no_cast(type_name(of.type), type_name(target)), node.start)


_MIXING = frozenset("coalesce nvl ifnull greatest least array nvl2 if".split())


def _call(node: Node, sql: str) -> Iterator[Explained]:
    for each in node.conditions:
        if each.type not in ("", "boolean"):
            yield Explained("INVALID_AGGREGATE_FILTER", sentences.FILTER, each.start)
    if node.window is not None:
        for each in (*node.window.partition, *node.window.order):
            yield from _unordered(each, "a window")
    if node.name == "if" and node.parts:
        yield from _condition(node.parts[0], sql)
    if node.name in _MIXING:
        parts = node.parts[1:] if node.name in ("if", "nvl2") else node.parts
        yield from _mixed(parts, f"the arguments of `{node.name}`", node.start, node.name in ("greatest", "least"))
    if node.name == "nullif" and len(node.parts) == 2:
        yield from _compared(node.parts[0], node.parts[1], "=")


_CHECKS: dict[str, tuple[Callable[[Node, str], Iterator[Explained]], ...]] = {
    "unary": (_unary,),
    "binary": (_binary,),
    "case": (_case,),
    "between": (_between,),
    "in": (_in,),
    "like": (_like,),
    "is": (_is,),
    "cast": (_cast,),
    "try_cast": (_cast,),
    "call": (_call, calls),
}


def _item(node: Node, select: Select, sql: str) -> Node:
    """The item that a position names: `ORDER BY 1`."""
    number = sql[node.start : node.end]
    is_place = node.kind == "number" and number.isdigit() and 0 < int(number) <= len(select.items)
    return select.items[int(number) - 1] if is_place else node


def _unordered(node: Node, what: str) -> Iterator[Explained]:
    if node.type and not type_names.is_ordered(node.type):
        yield Explained(_MISFIT, sentences.no_order(what), node.start)


def _maps(kinds: list[str], place: int) -> Iterator[Explained]:
    if not all(type_names.is_ordered(kind) for kind in kinds):
        yield Explained("UNSUPPORTED_FEATURE", sentences.MAPS_IN_SETS, place)


def _of_select(select: Select, sql: str) -> Iterator[Explained]:
    for clause, node in select.conditions:
        if node.type not in ("", "boolean") and not (clause == "HAVING" and coercion.can_cast(node.type, "boolean")):
            yield Explained(_MISFIT, sentences.no_condition_of(clause, type_name(node.type)), node.start)
    for node in select.order:
        yield from _unordered(_item(node, select, sql), "ORDER BY")
    if select.is_distinct:
        yield from _maps([item.type for item in select.items], select.start)
    for nodes in zip(*select.rows, strict=False):
        if coercion.common([node.type for node in nodes]) is None:
            yield Explained("INVALID_INLINE_TABLE", sentences.ROWS_OF_VALUES, select.start)
            return


def _of_sides(query: Query) -> Iterator[Explained]:
    if not query.operators:
        return
    sides = [columns_of(side) for side in query.sides]
    if not sides[0] or len({len(side) for side in sides}) > 1:
        return
    if not all(operator == "UNION ALL" for operator in query.operators):
        yield from _maps([kind for side in sides for kind in side], query.places[0])
    for number, kinds in enumerate(zip(*sides, strict=True), 1):
        for index, operator in enumerate(query.operators, 1):
            if coercion.common(kinds[: index + 1]) is None:
                word = operator.removesuffix(" ALL")
                one, other = (type_name(coercion.common(kinds[:index]) or kinds[0]), type_name(kinds[index]))
                message = sentences.sides_differ(f"column {number}", one, other, word)
                yield Explained("INCOMPATIBLE_COLUMN_TYPE", message, query.places[index - 1])
                return
