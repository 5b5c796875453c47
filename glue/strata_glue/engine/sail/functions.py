"""Calls in a query of functions that Sail computes otherwise than Spark: rewritten, warned of, or refused."""

from __future__ import annotations

import re

from strata_glue.engine.sail.differences import DIFFERENT, Difference
from strata_glue.engine.sail.plan import Analyze
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.rewrites import LISTS, REWRITES
from strata_glue.engine.sail.typeof import types_of
from strata_glue.engine.sql.edits import Edit, edited
from strata_glue.engine.sql.tree import Node
from strata_glue.engine.sql.words import Call, Token, calls_in, tokens_of, window_of
from strata_glue.errors import DatasetError


def with_right_calls(sql: str) -> str:
    """The SQL with the calls of rewrites.py rewritten."""
    edits: dict[int, Edit] = {}
    tokens = tokens_of(sql)
    for call in calls_in(tokens):
        for each in REWRITES:
            if each.name == call.name and each.arguments == call.arguments and _has(call, each.only, sql):
                edits[call.word.start] = call.closing.end, call.spans(), each.template
        window = window_of(call, tokens) if call.name in LISTS else []
        if window:
            end = window[-1].end
            template = f"coalesce({LISTS[call.name]}{{0}}, array())"
            edits[call.word.start] = end, [(call.opening.start, end)], template
    return edited(sql, edits)


def differing_calls(query: QueryTypes, analyze: Analyze) -> list[str]:
    """A warning for each kind of call in the author's SQL that Sail computes otherwise.

    Raises `DatasetError` for a call that is refused.
    """
    sql, tokens = query.sql, tokens_of(query.sql)
    calls = list(calls_in(tokens))
    found = [(each, [call for call in calls if _is_of(call, each, sql, tokens)]) for each in DIFFERENT]
    of_types = {call for each, those in found if each.types for call in those}
    types = _types(of_types, query, analyze) if of_types else {}
    warnings = []
    for each, those in found:
        names = [
            call.name
            for call in those
            if not each.types or re.search(each.types, types.get(call.name, ""), re.MULTILINE)
        ]
        if not names:
            continue
        remedy = f"write {each.remedy}, or run" if each.remedy else "run"
        message = f"`{names[0]}`: {each.what}; {remedy} with --engine spark"
        if each.is_refused:
            raise DatasetError("ENGINE_CANNOT", message)
        warnings.append(message)
    return warnings


def _is_of(call: Call, difference: Difference, sql: str, tokens: list[Token]) -> bool:
    named = call.name in difference.names.split() and call.arguments >= difference.arguments
    if not named or not _has(call, difference.only, sql):
        return False
    return not difference.window or re.search(difference.window, _words_of_window(call, tokens)) is not None


def _words_of_window(call: Call, tokens: list[Token]) -> str:
    """In capitals; for a named window, those of all named windows."""
    window = window_of(call, tokens)
    words = [token.text.upper() for token in window]
    if len(words) == 2:
        every = [token.text.upper() for token in tokens]
        words += every[every.index("WINDOW") :] if "WINDOW" in every else []
    return " ".join(words)


def _types(calls: set[Call], query: QueryTypes, analyze: Analyze) -> dict[str, str]:
    """Name of a function → types of its calls' arguments, one a line; for an unknown type, all types that have a warning."""
    nodes = {node.start: node for node in query.nodes if node.kind in ("call", "cast", "try_cast")}
    parts = [(call.name, part) for call in calls for part in _arguments(nodes.get(call.word.start))]
    asked = types_of(query.sql, [part.span for _, part in parts if not part.type], analyze)
    types = {call.name: "" if call.word.start in nodes else _ANY for call in calls}
    for name, part in parts:
        kind = part.type or asked[part.span]
        types[name] += f"{_ANY if kind == 'unknown' else kind}\n"
    return types


def _arguments(call: Node | None) -> list[Node]:
    """Those whose type matters."""
    return (
        [part for part in call.parts if part.kind not in ("word", "star", "text", "number", "lambda")] if call else []
    )


_ANY = "decimal\ndouble\ntimestamp\ninterval\nbinary\narray<\nint\n"


def _has(call: Call, pattern: str, sql: str) -> bool:
    return re.search(pattern, sql[call.word.start : call.closing.end], re.IGNORECASE | re.DOTALL) is not None
