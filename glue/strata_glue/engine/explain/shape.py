"""Errors of a query's structure: groups, windows, UNION, sub-queries, positions, LIMIT, generators."""

from __future__ import annotations

import re
from itertools import pairwise

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.constructs import computed_places
from strata_glue.engine.explain.explained import Explained, Rule, fixed, rule
from strata_glue.engine.explain.groups import (
    aggregated_position,
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


def _columns_differ(left: str, right: str, query: QueryText) -> Explained:
    words = [word for word in ("UNION", "INTERSECT", "EXCEPT", "MINUS") if query.has_word(word)]
    what = words[0] if len(words) == 1 else "UNION, INTERSECT or EXCEPT"
    message = f"the two sides of {what} have {left} and {right} columns: select the same columns in both"
    return Explained("NUM_COLUMNS_MISMATCH", message, query.only(*words) if words else None)


def _types_differ(left: str, right: str, column: str, query: QueryText) -> Explained:
    which = f"column {column}" if column else "a column"
    message = sentences.sides_differ(which, type_name(left), type_name(right))
    return Explained("INCOMPATIBLE_COLUMN_TYPE", message, query.only("UNION"))


_ORDINALS = {word: str(number) for number, word in enumerate(sentences.PLACES, 1)}


def _text_place(text: str, query: QueryText) -> Explained | None:
    """Sail reads a name in brackets after an ARRAY as a string."""
    tokens = query.tokens
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (before.text, after.text) != ("[", "]"):
            continue
        if token.is_name and token.name == text:
            return next(computed_places(query.sql), None)
        if token.kind == "text" and token.text[1:-1] == text:
            message = "the place in an ARRAY must be a whole number, not a text"
            return Explained("DATATYPE_MISMATCH", message, before.start)
    return None


def _limit(word: str, what: str, query: QueryText) -> Explained:
    """`word`: LIMIT, OFFSET, or empty if the engine does not name it."""
    word = word or ("OFFSET" if query.has_word("OFFSET") and not query.has_word("LIMIT") else "LIMIT")
    message = f"{word} must be a whole number from 0 on{what and f', {what}'}"
    return Explained("INVALID_LIMIT_LIKE_EXPRESSION", message, query.only(word))


def _limit_of_field(query: QueryText) -> Explained | None:
    after = re.search(r"\b(LIMIT|OFFSET)\s+(?!ALL\b)`?[A-Za-z_]", query.sql, re.IGNORECASE)
    return _limit(after[1].upper(), "not a column", query) if after else None


def _in_columns(left: str, right: str, query: QueryText) -> Explained:
    sides = ["1 column" if each in ("1", "one") else f"{each} columns" for each in (left, right)]
    message = f"IN compares {sides[0]} with a sub-query of {sides[1]}: give both sides the same number"
    return Explained("DATATYPE_MISMATCH", message, query.only("IN"))


def _several_generators(query: QueryText) -> Explained:
    message = (
        "a SELECT takes one function that makes several rows, such as `explode`: write LATERAL VIEW for the others"
    )
    found = query.calls_of(*GENERATORS)
    place = found[1].word.start if len(found) == 2 else None
    return Explained("UNSUPPORTED_GENERATOR", message, place)


def _star(query: QueryText) -> Explained:
    message = "`*` is not an expression: name the columns"
    stars = [token for token in query.tokens if token.text == "*"]
    lists = [token for before, token in pairwise(query.tokens) if before.text.upper() in _LISTS]
    found = [token.start for token in stars if len(stars) == 1 or token not in lists]
    return Explained("INVALID_USAGE_OF_STAR_OR_REGEX", message, found[0] if len(found) == 1 else None)


_LISTS = ("SELECT", "DISTINCT", "ALL", ",", ".", "(")
"""Words before a `*` that names all columns."""


SHAPE: list[Rule] = [
    rule(r"^Cannot cast string '(.*)' to value of Int64 type$", _text_place),
    # Sail casts the bounds of a window, and nothing else of a query, to UInt64.
    fixed(
        r"^Cannot cast string '.*' to value of UInt64|^Can't cast value -\d+ to type UInt64|WINDOW_FRAME_UNACCEPTED_TYPE",
        "INVALID_WINDOW_FRAME",
        "the bounds of a window must be whole numbers from 0 on",
        "ROWS RANGE",
    ),
    rule(r'The non-aggregating expression "([^"]*)"', not_grouped),
    rule(r"\[MISSING_GROUP_BY\]", no_group),
    rule(r"^No field named \"#\d+\"\.\s*$", _limit_of_field),
    rule(
        r"""^No field named (?:\w+\.)?"#\d+"[^\n]*\nValid fields are|^No field named (?:\w+\.)?"#\d+"\.\s*\nValid""",
        ungrouped_column,
    ),
    rule(
        r"^Physical plan does not support logical expression WindowFunction|use window functions inside WHERE",
        misplaced_function,
        "a window function",
    ),
    rule(
        r"^Physical plan does not support logical expression AggregateFunction|\[INVALID_WHERE_CONDITION\]|\[GROUP_BY_AGGREGATE\]",
        misplaced_function,
        "an aggregate function",
    ),
    rule(r"^Physical plan does not support logical expression Wildcard|\[INVALID_USAGE_OF_STAR_OR_REGEX\]", _star),
    rule(r"^Aggregate function calls cannot be nested: '(\w+)\(.*' is nested inside '(\w+)\(", nested_aggregates),
    rule(r"\[NESTED_AGGREGATE_FUNCTION\]", nested_aggregates, "", ""),
    fixed(
        r"^\[(?:UNSUPPORTED_GROUPING_EXPRESSION|GROUPING_COLUMN_MISMATCH)\]",
        "UNSUPPORTED_GROUPING_EXPRESSION",
        "grouping() and grouping_id() take columns of GROUP BY ROLLUP, CUBE or GROUPING SETS only",
        "grouping grouping_id",
    ),
    rule(
        r"^UNION queries have different number of columns: left has (\d+) columns whereas right has (\d+)"
        r"|query must have the same number of columns\. Left is (\d+) and right is (\d+)"
        r"|must have the same number of columns\. Left has (\d+) columns, right has (\d+)"
        r"|the first input has (\d+) columns and the second input has (\d+) columns",
        _columns_differ,
    ),
    rule(
        r"^Incompatible inputs for Union: Previous inputs were of type (.*), but got incompatible type (.*) on column",
        _types_differ,
        "",
    ),
    (
        re.compile(
            r'INCOMPATIBLE_COLUMN_TYPE\].*The (\w+) column of .* "([^"]*)" type .* not compatible with "([^"]*)"'
        ),
        lambda found, query: _types_differ(found[3], found[2], _ORDINALS.get(found[1], ""), query),
    ),
    rule(r"^()Cannot resolve column position (\d+)\. Valid positions are \d+ to (\d+)", no_position),
    rule(
        r"\[(ORDER|GROUP)_BY_POS_OUT_OF_RANGE\] \w+ BY position (\d+) is not in select list \(valid range is \[\d+, (\d+)\]",
        no_position,
    ),
    rule(r"\[GROUP_BY_POS_AGGREGATE\] GROUP BY (\d+)", aggregated_position),
    fixed(
        r"Scalar subquery returned more than one row|\[SCALAR_SUBQUERY_TOO_MANY_ROWS\]",
        "SCALAR_SUBQUERY_TOO_MANY_ROWS",
        "a sub-query used as one value gives several rows: aggregate it (`max`, `any_value`), or narrow it down; write IN instead "
        "of `=` to compare with all of them",
        "(SELECT",
    ),
    fixed(
        r"^Scalar subquery should only return one column, but found (\d+)|Scalar subquery must return only one column, but \w+ (\d+)",
        "INVALID_SUBQUERY_EXPRESSION",
        "a sub-query used as one value gives {1} columns: select one",
        "(SELECT",
    ),
    rule(
        r"^InSubquery should only return (one) column, but found (\d+)"
        r"|^IN subquery column count mismatch: (\d+) values vs (\d+)"
        r"|number of columns in the left hand side of an IN subquery does not match.*Left hand side columns\(length: (\d+)\)"
        r".*right hand side columns\(length: (\d+)\)",
        _in_columns,
    ),
    fixed(
        r"^Correlated scalar subquery must be aggregated|MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY",
        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY",
        "a sub-query that uses columns around it must give one row by itself: aggregate it (`max`, `any_value`), or write a JOIN",
        "(SELECT",
    ),
    rule(r"\[UNSUPPORTED_EXPR_FOR_OPERATOR\]", misplaced_function, "a window or aggregate function"),
    fixed(
        r"\[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY",
        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY",
        "a sub-query uses columns around it in a way that the engine cannot compute: use them in its WHERE only, without LIMIT, "
        "and aggregate what it gives; or write a JOIN",
        "(SELECT",
    ),
    fixed(r"UNSUPPORTED_GENERATOR\.NOT_GENERATOR", "UNSUPPORTED_GENERATOR", sentences.NO_GENERATOR, "LATERAL"),
    fixed(
        r"^Projections require unique expression names",
        "ENGINE_CANNOT",
        "Sail cannot compute a sub-query that uses columns around it in this way: write a JOIN, or run with `--engine spark`",
        "(SELECT",
    ),
    rule(r"^(LIMIT|OFFSET) must be >= ?0", _limit, "not a negative one"),
    (
        re.compile(r"^Expected (LIMIT|OFFSET) to be an integer or null, but got (\S.*)$"),
        lambda found, query: _limit(found[1], f"not {type_name(found[2])}", query),
    ),
    rule(r"\[INVALID_LIMIT_LIKE_EXPRESSION\.IS_NEGATIVE\]()", _limit, "not a negative one"),
    rule(r"\[INVALID_LIMIT_LIKE_EXPRESSION\.IS_UNFOLDABLE\]()", _limit, "not a column"),
    rule(r"\[INVALID_LIMIT_LIKE_EXPRESSION()", _limit, ""),
    rule(r"UNSUPPORTED_GENERATOR\.MULTI_GENERATOR|^Only one generator", _several_generators),
    fixed(
        r"UNSUPPORTED_GENERATOR\.(?:NESTED|OUTSIDE)|^\w+ should be rewritten during logical plan analysis",
        "UNSUPPORTED_GENERATOR",
        sentences.generator_inside("{}"),
        " ".join(GENERATORS),
    ),
    fixed(
        r"^number of column names \((\d+)\) does not match number of columns \((\d+)\)",
        "ASSIGNMENT_ARITY_MISMATCH",
        "an alias names {1} of {2} columns: name all of them, or none",
        "VALUES",
    ),
]
