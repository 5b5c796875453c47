"""An engine's error as one sentence with the SQL's own names, the same for Spark and Sail.

Engines write errors in terms of their internals (`ObjectName([Identifier("citty")])`, `customers."#1"`, a logical plan).
The rules rewrite the most common ones; of any other message the first sentence is kept (engine/explain/words.py). A message
may contain a row's value, and a value may be any text, such as another message: a name counts only if the SQL has it.
"""

from __future__ import annotations

import re

from strata_glue.engine.explain.clauses import CLAUSES, OTHERS
from strata_glue.engine.explain.constructs import explain_construct
from strata_glue.engine.explain.explained import Explained, Rule
from strata_glue.engine.explain.functions import FUNCTIONS
from strata_glue.engine.explain.names import NAMES
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.shape import SHAPE
from strata_glue.engine.explain.syntax import SYNTAX
from strata_glue.engine.explain.system import SYSTEM
from strata_glue.engine.explain.types import TYPES
from strata_glue.engine.explain.values import VALUES
from strata_glue.engine.explain.words import LONGEST_READ, without_prefixes
from strata_glue.engine.sql.scopes import Tables

_RULES: list[Rule] = [*SYSTEM, *NAMES, *SHAPE, *VALUES, *TYPES, *SYNTAX, *CLAUSES, *FUNCTIONS, *OTHERS]
"""In order: the first that matches applies."""


def place_of_column(message: str, sql: str, tables: Tables) -> int | None:
    """Where the SQL computes the first column that one of the job's own messages names in backticks; None if that is not certain."""
    found = re.search(r"`([^`]+)`", message)
    if found is None:
        return None
    query = QueryText(sql, tables)
    place = query.output(found[1])
    if place is None:
        place = query.place(query.places(found[1], lambda _: False))
    if place is None:
        place = query.function(found[1])[1]
    return query.only(found[1]) if place is None else place


def explain(text: str, sql: str, tables: Tables, at: int | None = None, engine: str = "") -> Explained | None:
    """The mistake that an engine's message is about, or None.

    `tables`: those that the SQL may read. `at`: the engine's position, in characters. `engine`: `sail`, `spark 3.5` or
    `spark 4`.
    """
    query = QueryText(sql, tables, at, engine)
    text = without_prefixes(text[:LONGEST_READ])
    construct = explain_construct(text, query)
    if construct is not None:
        return construct
    for pattern, make in _RULES:
        found = pattern.search(text)
        explained = make(found, query) if found else None
        if explained is not None:
            return explained
    return None
