"""Parts of a query that do not fit together: groups, windows, UNION, sub-queries, positions, LIMIT, generators."""

from __future__ import annotations

import re
from itertools import pairwise

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.constructs import computed_places
from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.groups import (
    aggregated_position,
    grouping_outside,
    misplaced_function,
    nested_aggregates,
    no_group,
    no_position,
    not_grouped,
    ungrouped_column,
)
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import type_name
from strata_glue.engine.sql.words import GENERATORS

SPARK = "run with `--engine spark`"


def _columns_differ(numbers: list[str], query: QueryText) -> Explained:
    words = [word for word in ("UNION", "INTERSECT", "EXCEPT", "MINUS") if _has_word(word, query)]
    what = words[0] if len(words) == 1 else "UNION, INTERSECT or EXCEPT"
    message = f"the two sides of {what} have {' and '.join(numbers)} columns: select the same columns in both"
    return Explained("NUM_COLUMNS_MISMATCH", message, query.only(*words) if words else None)


def _types_differ(left: str, right: str, column: str, query: QueryText) -> Explained:
    which = f"column {column}" if column else "a column"
    message = sentences.sides_differ(which, type_name(left), type_name(right))
    return Explained("INCOMPATIBLE_COLUMN_TYPE", message, query.only("UNION"))


def _has_word(word: str, query: QueryText) -> bool:
    return any(token.text.upper() == word for token in query.words.tokens)


_ORDINALS = {
    word: str(number) for number, word in enumerate("first second third fourth fifth sixth seventh".split(), 1)
}


def _only(places: list[int]) -> int | None:
    return places[0] if len(places) == 1 else None


def _several_rows(query: QueryText) -> Explained:
    message = (
        "a sub-query used as one value gives several rows: aggregate it (`max`, `any_value`), or narrow it down; "
        "write IN instead of `=` to compare with all of them"
    )
    return Explained("SCALAR_SUBQUERY_TOO_MANY_ROWS", message, _only(query.scalar_subqueries()))


def _frame(query: QueryText) -> Explained | None:
    """Sail casts the bounds of a window, and nothing else of a query, to UInt64."""
    place = query.only("ROWS", "RANGE")
    if place is None:
        return None
    return Explained("INVALID_WINDOW_FRAME", "the bounds of a window must be whole numbers from 0 on", place)


def _text_place(text: str, query: QueryText) -> Explained | None:
    """Sail reads a name in brackets behind an ARRAY as a text."""
    tokens = query.words.tokens
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (before.text, after.text) != ("[", "]"):
            continue
        if token.is_name and token.name == text:
            return next(computed_places(query.sql), None)
        if token.kind == "text" and token.text[1:-1] == text:
            message = "the place in an ARRAY must be a whole number, not a text"
            return Explained("DATATYPE_MISMATCH", message, before.start)
    return None


def _several_columns(number: str, query: QueryText) -> Explained:
    message = f"a sub-query used as one value gives {number} columns: select one"
    return Explained("INVALID_SUBQUERY_EXPRESSION", message, _only(query.scalar_subqueries()))


def _in_columns(left: str, right: str, query: QueryText) -> Explained:
    columns = "column" if right == "1" else "columns"
    message = f"IN compares {left} with a sub-query of {right} {columns}: give both sides the same number"
    return Explained("DATATYPE_MISMATCH", message, query.only("IN"))


def _not_aggregated(query: QueryText) -> Explained:
    message = "a sub-query that uses columns around it must give one row by itself: aggregate it (`max`, `any_value`), or write a JOIN"
    return Explained("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY", message, _only(query.scalar_subqueries()))


def _correlated(query: QueryText) -> Explained:
    message = f"Sail cannot compute a sub-query that uses columns around it in this way: write a JOIN, or {SPARK}"
    return Explained("ENGINE_CANNOT", message, _only(query.scalar_subqueries()))


def _outer_columns(query: QueryText) -> Explained:
    message = (
        "a sub-query uses columns around it in a way that the engine cannot compute: use them in its WHERE only, without "
        "LIMIT, and aggregate what it gives; or write a JOIN"
    )
    return Explained("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY", message, _only(query.scalar_subqueries()))


def _no_generator(query: QueryText) -> Explained:
    return Explained("UNSUPPORTED_GENERATOR", sentences.NO_GENERATOR, query.only("LATERAL"))


def _limit(word: str, what: str, query: QueryText) -> Explained:
    message = f"{word} must be a whole number from 0 on{what and f', {what}'}"
    return Explained("INVALID_LIMIT_LIKE_EXPRESSION", message, query.only(word))


def _limit_word(query: QueryText) -> str:
    return "OFFSET" if _has_word("OFFSET", query) and not _has_word("LIMIT", query) else "LIMIT"


def _limit_of_field(query: QueryText) -> Explained | None:
    after = re.search(r"\b(LIMIT|OFFSET)\s+(?!ALL\b)`?[A-Za-z_]", query.sql, re.IGNORECASE)
    return _limit(after[1].upper(), "not a column", query) if after else None


def _generator(query: QueryText) -> Explained:
    called, place = query.function(*GENERATORS)
    message = sentences.generator_inside(called or "a function that makes several rows")
    return Explained("UNSUPPORTED_GENERATOR", message, place)


def _several_generators(query: QueryText) -> Explained:
    message = (
        "a SELECT takes one function that makes several rows, such as `explode`: write LATERAL VIEW for the others"
    )
    found = query.calls_of(*GENERATORS)
    place = query.words.tokens[found[1].at].start if len(found) == 2 else None
    return Explained("UNSUPPORTED_GENERATOR", message, place)


def _star(query: QueryText) -> Explained:
    message = "`*` is not an expression: name the columns"
    stars = [token for token in query.words.tokens if token.text == "*"]
    lists = [token for before, token in pairwise(query.words.tokens) if before.text.upper() in _LISTS]
    found = [token.start for token in stars if len(stars) == 1 or token not in lists]
    return Explained("INVALID_USAGE_OF_STAR_OR_REGEX", message, _only(found))


_LISTS = ("SELECT", "DISTINCT", "ALL", ",", ".", "(")
"""Words before a `*` that names all columns."""


def _column_names(names: str, columns: str, query: QueryText) -> Explained:
    message = f"an alias names {names} of {columns} columns: name all of them, or none"
    return Explained("ASSIGNMENT_ARITY_MISMATCH", message, query.only("VALUES"))


SHAPE: list[Rule] = [
    rule(r"^Cannot cast string '(.*)' to value of Int64 type$", lambda found, query: _text_place(found[1], query)),
    rule(
        r"^(?:Cannot cast string '.*'|Can't cast value -\d+) to (?:value of|type) UInt64",
        lambda _, query: _frame(query),
    ),
    rule(r'The non-aggregating expression "([^"]*)"', lambda found, query: not_grouped(found[1], query)),
    rule(r"\[MISSING_GROUP_BY\]", lambda _, query: no_group(query)),
    rule(r"^No field named \"#\d+\"\.\s*$", lambda _, query: _limit_of_field(query)),
    rule(
        r"""^No field named (?:\w+\.)?"#\d+"[^\n]*\nValid fields are|^No field named (?:\w+\.)?"#\d+"\.\s*\nValid""",
        lambda _, query: ungrouped_column(query),
    ),
    rule(
        r"^Physical plan does not support logical expression WindowFunction|use window functions inside WHERE",
        lambda _, query: misplaced_function("a window function", query),
    ),
    rule(
        r"^Physical plan does not support logical expression AggregateFunction|\[INVALID_WHERE_CONDITION\]|\[GROUP_BY_AGGREGATE\]",
        lambda _, query: misplaced_function("an aggregate function", query),
    ),
    rule(
        r"^Physical plan does not support logical expression Wildcard|\[INVALID_USAGE_OF_STAR_OR_REGEX\]",
        lambda _, query: _star(query),
    ),
    rule(
        r"^Aggregate function calls cannot be nested: '(\w+)\(.*' is nested inside '(\w+)\(",
        lambda found, query: nested_aggregates(found[2], found[1], query),
    ),
    rule(r"\[NESTED_AGGREGATE_FUNCTION\]", lambda _, query: nested_aggregates("", "", query)),
    rule(
        r"^\[(?:UNSUPPORTED_GROUPING_EXPRESSION|GROUPING_COLUMN_MISMATCH)\]", lambda _, query: grouping_outside(query)
    ),
    rule(
        r"^UNION queries have different number of columns: left has (\d+) columns whereas right has (\d+)"
        r"|query must have the same number of columns\. Left is (\d+) and right is (\d+)"
        r"|must have the same number of columns\. Left has (\d+) columns, right has (\d+)"
        r"|the first input has (\d+) columns and the second input has (\d+) columns",
        lambda found, query: _columns_differ([each for each in found.groups() if each], query),
    ),
    rule(
        r"^Incompatible inputs for Union: Previous inputs were of type (.*), but got incompatible type (.*) on column",
        lambda found, query: _types_differ(found[1], found[2], "", query),
    ),
    rule(
        r'\[INCOMPATIBLE_COLUMN_TYPE\].*The (\w+) column of the \w+ table is "([^"]*)" type which is not compatible with "([^"]*)"',
        lambda found, query: _types_differ(found[3], found[2], _ORDINALS.get(found[1], ""), query),
    ),
    rule(
        r"^Cannot resolve column position (\d+)\. Valid positions are \d+ to (\d+)",
        lambda found, query: no_position(found[1], found[2], "", query),
    ),
    rule(
        r"\[(ORDER|GROUP)_BY_POS_OUT_OF_RANGE\] \w+ BY position (\d+) is not in select list \(valid range is \[\d+, (\d+)\]",
        lambda found, query: no_position(found[2], found[3], found[1], query),
    ),
    rule(r"\[GROUP_BY_POS_AGGREGATE\] GROUP BY (\d+)", lambda found, query: aggregated_position(found[1], query)),
    rule(
        r"Scalar subquery returned more than one row|\[SCALAR_SUBQUERY_TOO_MANY_ROWS\]",
        lambda _, query: _several_rows(query),
    ),
    rule(
        r"^Scalar subquery should only return one column, but found (\d+)|Scalar subquery must return only one column, but (?:returned|got) (\d+)",
        lambda found, query: _several_columns(found[1] or found[2], query),
    ),
    rule(
        r"^InSubquery should only return one column, but found (\d+)",
        lambda found, query: _in_columns("1 column", found[1], query),
    ),
    rule(
        r"^IN subquery column count mismatch: (\d+) values vs (\d+)",
        lambda found, query: _in_columns(f"{found[1]} columns", found[2], query),
    ),
    rule(
        r"number of columns in the left hand side of an IN subquery does not match.*Left hand side columns\(length: (\d+)\).*right hand side columns\(length: (\d+)\)",
        lambda found, query: _in_columns("1 column" if found[1] == "1" else f"{found[1]} columns", found[2], query),
    ),
    rule(
        r"^Correlated scalar subquery must be aggregated|MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY",
        lambda _, query: _not_aggregated(query),
    ),
    rule(
        r"\[UNSUPPORTED_EXPR_FOR_OPERATOR\]",
        lambda _, query: misplaced_function("a window or aggregate function", query),
    ),
    rule(r"\[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY", lambda _, query: _outer_columns(query)),
    rule(r"UNSUPPORTED_GENERATOR\.NOT_GENERATOR", lambda _, query: _no_generator(query)),
    rule(r"^Projections require unique expression names", lambda _, query: _correlated(query)),
    rule(r"^(LIMIT|OFFSET) must be >= ?0", lambda found, query: _limit(found[1], "not a negative one", query)),
    rule(
        r"^Expected (LIMIT|OFFSET) to be an integer or null, but got (\S.*)$",
        lambda found, query: _limit(found[1], f"not {type_name(found[2])}", query),
    ),
    rule(
        r"\[INVALID_LIMIT_LIKE_EXPRESSION\.IS_NEGATIVE\]",
        lambda _, query: _limit(_limit_word(query), "not a negative one", query),
    ),
    rule(
        r"\[INVALID_LIMIT_LIKE_EXPRESSION\.IS_UNFOLDABLE\]",
        lambda _, query: _limit(_limit_word(query), "not a column", query),
    ),
    rule(r"\[INVALID_LIMIT_LIKE_EXPRESSION", lambda _, query: _limit(_limit_word(query), "", query)),
    rule(r"UNSUPPORTED_GENERATOR\.MULTI_GENERATOR|^Only one generator", lambda _, query: _several_generators(query)),
    rule(r"UNSUPPORTED_GENERATOR\.(?:NESTED|OUTSIDE)", lambda _, query: _generator(query)),
    rule(r"^\w+ should be rewritten during logical plan analysis", lambda _, query: _generator(query)),
    rule(
        r"^number of column names \((\d+)\) does not match number of columns \((\d+)\)",
        lambda found, query: _column_names(found[1], found[2], query),
    ),
]
