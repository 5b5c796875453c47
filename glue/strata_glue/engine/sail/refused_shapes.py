"""Functions in places where Spark does not allow them, windows and patterns that it refuses, found in a query's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node, Window
from strata_glue.engine.sql.words import GENERATORS, RANKINGS


def shapes(reader: QueryReader, nodes: list[Node], sql: str) -> Iterator[Explained]:
    """`nodes`: the reader's, with types."""
    windows = {name: window for select in reader.selects for name, window in select.windows.items()}
    for node in nodes:
        if node.kind == "call" and node.window is not None:
            yield from _windowed(node, node.window, windows)
        if node.kind == "like":
            yield from _pattern(node, sql)
    yield from _generators(reader, nodes)


def _windowed(node: Node, window: Window, windows: dict[str, Window]) -> Iterator[Explained]:
    named = windows.get(window.name)
    if (
        node.name in RANKINGS
        and not window.order
        and (not window.name or (named and not named.order and not named.name))
    ):
        yield Explained(
            "WINDOW_FUNCTION_WITHOUT_ORDER_BY", sentences.window_without_order(f"`{node.name}`"), node.start
        )
    if node.name in ("median", "percentile_cont within", "percentile_disc within") and window.order:
        message = f"the window of `{node.name.split()[0]}` must not have ORDER BY: delete it"
        yield Explained("INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC", message, node.start)
    if node.is_distinct:
        yield Explained("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", sentences.DISTINCT_OVER, node.start)


def _pattern(node: Node, sql: str) -> Iterator[Explained]:
    """Of LIKE: a backslash at the end, or before a letter."""
    pattern = node.parts[1]
    if node.name == "RLIKE" or node.name == "REGEXP" or pattern.kind != "text" or len(node.parts) != 2:
        return
    text = sql[pattern.start : pattern.end]
    if (
        re.search(r"\bESCAPE\b", sql[pattern.end : node.end], re.IGNORECASE)
        or text[:1].upper() == "R"
        or "''" in text[1:-1]
    ):
        return
    value = re.sub(
        r"\\([\\'\"%_]|.)", lambda found: found[0] if found[1] in "%_" else found[1], text[1:-1], flags=re.DOTALL
    )
    if re.search(r"(?<!\\)(?:\\\\)*\\(?:$|[^\\%_])", value):
        yield Explained("INVALID_FORMAT", sentences.BACKSLASH, node.start)


def _generators(reader: QueryReader, nodes: list[Node]) -> Iterator[Explained]:
    free = {id(item) for select in reader.selects for item in (*select.items, *select.generators)}
    free |= {id(node) for node in reader.tables}
    for node in nodes:
        if node.kind == "call" and node.name in GENERATORS and id(node) not in free:
            yield Explained("UNSUPPORTED_GENERATOR", sentences.generator_inside(f"`{node.name}`"), node.start)
    for select in reader.selects:
        for node in select.generators:
            if node.kind == "call" and node.name not in GENERATORS:
                yield Explained("UNSUPPORTED_GENERATOR", sentences.NO_GENERATOR, node.start)
