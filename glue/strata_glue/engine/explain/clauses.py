"""Clauses that an engine refuses: for each its message here, and the words of the SQL that give the position."""

from __future__ import annotations

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Rule, fixed

CLAUSES: list[Rule] = [
    fixed(r"\[INVALID_FORMAT\.ESC", "INVALID_FORMAT", sentences.BACKSLASH, "LIKE ILIKE"),
    fixed(
        r"SET_OPERATION_ON_MAP_TYPE", "UNSUPPORTED_FEATURE", sentences.MAPS_IN_SETS, "DISTINCT UNION INTERSECT EXCEPT"
    ),
    fixed(
        r"^FILTER expression is not of type boolean|INVALID_AGGREGATE_FILTER\.NOT_BOOLEAN",
        "DATATYPE_MISMATCH",
        sentences.FILTER,
        "FILTER",
    ),
    fixed(
        r"^window boundary must be a constant|^\s*Frame bound value must be a literal",
        "INVALID_WINDOW_FRAME",
        "the bounds of a window must be numbers, not columns",
        "ROWS RANGE",
    ),
    fixed(
        r"^Invalid window frame: start bound|SPECIFIED_WINDOW_FRAME_(?:WRONG_COMPARISON|INVALID_BOUND)",
        "INVALID_WINDOW_FRAME",
        "the window ends before it begins: write the earlier bound first, such as `BETWEEN 1 PRECEDING AND CURRENT ROW`",
        "ROWS RANGE",
    ),
    fixed(
        r"^range window frame requires exactly one|RANGE_FRAME_(?:MULTI|WITHOUT)_ORDER",
        "INVALID_WINDOW_FRAME",
        "RANGE with a number needs ORDER BY with one column: order by one, or write ROWS",
        "RANGE",
    ),
    fixed(
        r"^Aggregate requires at least one grouping",
        "MISSING_GROUP_BY",
        "HAVING needs GROUP BY or an aggregate function: write WHERE",
        "HAVING",
    ),
    fixed(
        r"UNRESOLVED_ALL_IN_GROUP_BY\]",
        "UNRESOLVED_ALL_IN_GROUP_BY",
        "GROUP BY ALL cannot determine the columns of an expression with an aggregate function and a column: name the columns",
        "GROUP",
    ),
    fixed(
        r"^Aggregate expression required for pivot",
        "UNSUPPORTED_FEATURE",
        "PIVOT needs an aggregate function before FOR, such as `sum(…)`",
        "PIVOT",
    ),
    fixed(
        r"partition keys cannot be map type",
        "UNSUPPORTED_FEATURE",
        "DISTINCT, GROUP BY, PARTITION BY and joins cannot compare a MAP: use a part of it",
        "DISTINCT",
    ),
    fixed(
        r"Cannot find main error class 'COLUMN_IS_NOT_VARIANT_TYPE'",
        "DATATYPE_MISMATCH",
        "a path (`column:name`) needs a VARIANT before it: write `get_json_object(column, '$.name')` for a text",
        ":",
    ),
    fixed(
        r"^cast Time64\(",
        "RESULT_COLUMNS",
        "a column of the result is a time of day, which Parquet files of Spark do not have: cast it to STRING, or compute seconds",
        "CURRENT_TIME TIME",
    ),
    fixed(
        r"^invalid window function expression",
        "UNSUPPORTED_EXPR_FOR_WINDOW",
        "a window function is not written as Spark reads it: it cannot have FILTER: write `sum(CASE WHEN … THEN … END) OVER (…)`",
        "FILTER",
    ),
    fixed(
        r"^cast Duration\(",
        "ENGINE_CANNOT",
        "Sail cannot subtract a DATE and a TIMESTAMP: cast the DATE to TIMESTAMP, or run with `--engine spark`",
        "-",
    ),
    fixed(
        r"^SQL time travel is not supported|UNSUPPORTED_FEATURE\.TIME_TRAVEL",
        "UNSUPPORTED_FEATURE",
        "a dataset reads the current state of its tables: delete `AS OF`, or look at an earlier state by `strata query --as-of`",
        "OF",
    ),
    fixed(
        r"^Unsupported LIMIT expression",
        "ENGINE_CANNOT",
        "Sail takes a number behind LIMIT, not a sub-query: run with `--engine spark`",
        "LIMIT",
    ),
    fixed(
        "^one name expected for expression",
        "ASSIGNMENT_ARITY_MISMATCH",
        "LATERAL VIEW names more columns than its function makes",
        "LATERAL",
    ),
    fixed(
        "number of aliases supplied in the AS clause does not match",
        "ASSIGNMENT_ARITY_MISMATCH",
        "an AS names more or fewer columns than its function makes",
        "LATERAL",
    ),
    fixed(
        r"^Inconsistent data (?:length|type) across values list|\[INVALID_INLINE_TABLE",
        "INVALID_INLINE_TABLE",
        sentences.ROWS_OF_VALUES,
        "VALUES",
    ),
    fixed(
        r"\[UNSUPPORTED_FEATURE\.LATERAL_JOIN_USING\]|\[NOT_ALLOWED_IN_FROM",
        "UNSUPPORTED_FEATURE",
        "a LATERAL sub-query cannot be joined by USING: write ON",
        "LATERAL",
    ),
    fixed(
        r"\[DISTINCT_WINDOW_FUNCTION_UNSUPPORTED\]",
        "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
        sentences.DISTINCT_OVER,
        "DISTINCT",
    ),
    fixed(
        r"RECURSION_(?:LEVEL|ROW)_LIMIT_EXCEEDED",
        "RECURSION_LEVEL_LIMIT_EXCEEDED",
        "WITH RECURSIVE does not end, or makes too many rows: give its second SELECT a condition, such as `WHERE n < 10`",
        "RECURSIVE",
    ),
    fixed(
        r"StackOverflowError|FAILED_TO_PARSE_TOO_COMPLEX",
        "STACK_OVERFLOW",
        "the query is nested too deeply for the engine: divide it into CTEs or datasets",
    ),
]

OTHERS: list[Rule] = [
    fixed(r"NON_FOLDABLE_INPUT\]", "DATATYPE_MISMATCH", sentences.NOT_CONSTANT),
    fixed(
        "^Physical plan does not support logical expression",
        "ENGINE_CANNOT",
        "Sail cannot compute a part of this query, such as its sub-query: write a JOIN, or run with `--engine spark`",
    ),
    fixed(
        "^Failed to coerce arguments to satisfy a call to",
        "DATATYPE_MISMATCH",
        "an argument of a function or an operator has a type that it does not take: cast it",
    ),
]
"""Messages for errors that no other rule explains."""
