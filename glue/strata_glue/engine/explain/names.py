"""Unknown and ambiguous names: of columns, tables, fields, functions, windows."""

from __future__ import annotations

import re
from itertools import pairwise

from strata_glue.engine.explain.columns import ambiguous, name_in, names_in, unknown_column
from strata_glue.engine.explain.constructs import cannot
from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.query import QueryText, did_you_mean, some
from strata_glue.engine.sql.constructs import SAIL, SPARK_3
from strata_glue.engine.sql.words import RANKINGS


def _unknown_function(name: str, query: QueryText) -> Explained | None:
    """A function that this engine does not have; one that no version of Spark has is a mistake for the compiler (Q035)."""
    plain = name_in(name).rpartition(".")[2]
    called, place = query.unknown(plain)
    if not called:
        if not query.has(plain):
            return None
        called, place = f"`{plain}`", query.place_of(plain)
    if called.strip("`").lower() in RANKINGS:
        message = f"{called} is a window function: write `{called[1:-1]}(…) OVER (PARTITION BY … ORDER BY …)`"
        return Explained("UNRESOLVED_ROUTINE", message, place)
    if query.engine in (SAIL, SPARK_3):
        return cannot(f"has no function {called}", "", query, place, False)
    return Explained("UNRESOLVED_ROUTINE", f"Spark SQL has no function {called}", place)


def _no_window_function(name: str, query: QueryText) -> Explained | None:
    called, place = query.function(name)
    if not called:
        return None
    return Explained("UNSUPPORTED_EXPR_FOR_WINDOW", f"{called} is not a window function: delete `OVER (…)`", place)


def _unknown_field(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        return None
    found = [index for index, token in enumerate(query.tokens) if token.is_name and token.name.lower() == name.lower()]
    place = query.tokens[found[0]].start if len(found) == 1 else None
    before = query.tokens[found[0] - 2].name if found and found[0] > 1 else ""
    fields = query.fields(before) or []
    return Explained("FIELD_NOT_FOUND", f"there is no field `{name}`{did_you_mean(name, fields)}", place)


def _spark_field(name: str, listed: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        return None
    fields = names_in(listed)
    meant = did_you_mean(name, fields) or (f": there are {some(fields)}" if fields else "")
    read = [
        token.start
        for before, token in pairwise(query.tokens)
        if before.text == "." and token.name.lower() == name.lower()
    ]
    return Explained("FIELD_NOT_FOUND", f"there is no field `{name}`{meant}", read[0] if len(read) == 1 else None)


def _unknown_table(name: str, query: QueryText) -> Explained | None:
    name = name_in(name)
    if not query.has(name):
        return None
    if name.upper() == "DUAL":
        message = f"Spark SQL has no table `{name}`: leave FROM out"
        return Explained("TABLE_OR_VIEW_NOT_FOUND", message, query.place_of(name))
    known = [*query.tables, *query.scopes.named]
    found = [index for index, token in enumerate(query.tokens) if token.name.lower() == name.lower()]
    reads = [index for index in found if query.tokens[index - 1].text.upper() in ("FROM", "JOIN", ",")]
    place = query.tokens[reads[0]].start if len(reads) == 1 else query.place_of(name)
    place = query.only("IDENTIFIER") if place is None else place
    qualified = [index for index in found if index > 1 and query.tokens[index - 1].text == "."]
    if qualified and name in known:
        before = query.tokens[qualified[0] - 2]
        message = f"there is no table `{before.name}.{name}`: write `{name}`"
        return Explained("TABLE_OR_VIEW_NOT_FOUND", message, before.start)
    return Explained("TABLE_OR_VIEW_NOT_FOUND", f"there is no table `{name}`{did_you_mean(name, known)}", place)


def _unknown_star(name: str, query: QueryText) -> Explained | None:
    name = name_in(name)
    if not query.has(name):
        return None
    found = [
        index
        for index, token in enumerate(query.tokens)
        if token.name.lower() == name.lower()
        and [each.text for each in query.tokens[index + 1 : index + 3]] == [".", "*"]
    ]
    place = query.tokens[found[0]].start if len(found) == 1 else None
    meant = did_you_mean(name, query.scopes.aliases())
    return Explained("CANNOT_RESOLVE_STAR_EXPAND", f"`{name}.*`: there is no table or alias `{name}`{meant}", place)


def _using(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        return None
    message = f"USING (`{name}`): a side of the JOIN has no column `{name}`, and both need one: write `ON a.… = b.…`"
    return Explained("UNRESOLVED_USING_COLUMN_FOR_JOIN", message, query.only("USING"))


def _using_twice(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        return None
    message = f"USING (`{name}`): a side of the JOIN has several columns `{name}`: write `ON` with their aliases"
    return Explained("AMBIGUOUS_REFERENCE", message, query.only("USING"))


def _window(name: str, query: QueryText) -> Explained | None:
    if not query.has(name):
        return None
    message = f"there is no window `{name}`: define it after FROM, `WINDOW {name} AS (…)`, or write `OVER (…)`"
    return Explained("MISSING_WINDOW_SPECIFICATION", message, query.place_of(name))


def _parameter(name: str, query: QueryText) -> Explained | None:
    if f":{name}" not in query.sql:
        return None
    return Explained(
        "UNBOUND_SQL_PARAMETER",
        f"parameter `:{name}` has no value: declare it in `pipeline.yaml`",
        query.sql.index(f":{name}"),
    )


_TICKED = r"((?:`[^`]*`\.?)+)"

NAMES: list[Rule] = [
    (
        re.compile(rf"with name {_TICKED} cannot be resolved(?:\. Did you mean one of the following\? \[([^\]]*)\])?"),
        lambda found, query: unknown_column(found[1], query, found[2] or ""),
    ),
    rule(r"attribute ObjectName\((\[.*?\])\) is missing from the schema", unknown_column),
    rule(rf"Reference {_TICKED} is ambiguous, could be: \[(.*?)\]", ambiguous),
    rule(r"ambiguous attribute: ObjectName\((\[.*?\])\)", ambiguous, ""),
    rule(r"^\[AMBIGUOUS_REFERENCE\] Reference (\w+) is ambiguous, found", _using_twice),
    rule(r"^\[UNRESOLVED_COLUMN\] Cannot find column (\w+)", _using),
    rule(r"^(?:\[UNRESOLVED_USING_COLUMN_FOR_JOIN\] )?USING column `([^`]*)` cannot be resolved", _using),
    rule(rf"Cannot resolve (?:routine|function) {_TICKED}", _unknown_function),
    rule(rf"[Cc]ould not resolve {_TICKED} to a table-valued function", _unknown_function),
    rule(r"^unknown (?:table )?function: (\w+)", _unknown_function),
    rule(r"^function: (\w+)$", _unknown_function),
    rule(r"^unknown window function: (\w+)", _no_window_function),
    rule(
        r"^(?:\[UNSUPPORTED_EXPR_FOR_WINDOW\] )?Expression \"(\w+)\(.*not supported within a window function",
        _no_window_function,
    ),
    rule(r"^missing or ambiguous field: (\w+)", _unknown_field),
    rule(r"No such struct field `([^`]*)` in ([^\n.]*)", _spark_field),
    rule(rf"Table or view not found: (\S+)|The table or view {_TICKED} cannot be found", _unknown_table),
    rule(r"^cannot resolve wildcard: ObjectName\((\[.*?\])\)", _unknown_star),
    rule(r"CANNOT_RESOLVE_STAR_EXPAND\] Cannot resolve `?([^`]*?)`?\.\*", _unknown_star),
    rule(r"^undefined window: (\w+)", _window),
    rule(r"Window specification (?:is not defined in the WINDOW clause for )?`?(\w+)`?(?: is not defined)?", _window),
    rule(r"^Placeholder ':(\w+)' was not provided", _parameter),
    rule(r"Found the unbound parameter: (\w+)", _parameter),
]
