"""Mistakes that need no more than a sentence: an engine's message, ours, and the functions or words that it is about."""

from __future__ import annotations

import re

from strata_glue.explained import Explained, Rule, rule
from strata_glue.query_text import QueryText

_PERCENTILES = ("percentile", "percentile_approx", "approx_percentile", "percentile_cont", "percentile_disc")

_SAID: list[tuple[str, str, str, tuple[str, ...]]] = [
    (
        r"\[INVALID_FORMAT\.ESC",
        "INVALID_FORMAT",
        "the pattern of LIKE has a `\\` that stands before no `%`, `_` or `\\`: write `\\\\`",
        ("LIKE", "ILIKE"),
    ),
    (
        r"^\[DECIMAL_PRECISION_EXCEEDS",
        "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
        "a DECIMAL of the query has more than 38 digits: cast to at most DECIMAL(38, …)",
        (),
    ),
    (
        r"SET_OPERATION_ON_MAP_TYPE",
        "UNSUPPORTED_FEATURE",
        "DISTINCT, UNION, INTERSECT and EXCEPT cannot compare a MAP: select a part of it",
        ("DISTINCT", "UNION", "INTERSECT", "EXCEPT"),
    ),
    (
        r"^FILTER expression is not of type boolean|INVALID_AGGREGATE_FILTER\.NOT_BOOLEAN",
        "DATATYPE_MISMATCH",
        "the condition of FILTER must be BOOLEAN: compare it with something",
        ("FILTER",),
    ),
    (
        r"^UnsupportedEncodingException$",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown character set: it knows US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16, UTF-32",
        ("encode", "decode"),
    ),
    (
        r"INVALID_TYPED_LITERAL\].*\"INTERVAL\"",
        "INVALID_TYPED_LITERAL",
        "an interval cannot be read: write it as INTERVAL '1' DAY or INTERVAL 1 DAY",
        ("INTERVAL",),
    ),
    # message, class, sentence, functions or (in capitals) words that it may be about
    (
        "^window boundary must be a constant",
        "INVALID_WINDOW_FRAME",
        "the bounds of a window are numbers, not columns",
        ("ROWS", "RANGE"),
    ),
    (r"^cannot convert .*? to i64", "DATATYPE_MISMATCH", "an argument of {} must be a whole number", ("range",)),
    (
        "^one name expected for expression",
        "ASSIGNMENT_ARITY_MISMATCH",
        "LATERAL VIEW names more columns than its function makes",
        ("LATERAL",),
    ),
    (
        "number of aliases supplied in the AS clause does not match",
        "ASSIGNMENT_ARITY_MISMATCH",
        "an AS names more or fewer columns than its function makes",
        ("LATERAL",),
    ),
    (
        r"^String .* does not match the expected regex pattern|\[INVALID_FORMAT",
        "INVALID_FORMAT",
        "a text does not fit the format of {}, or the format is none: it is made of 9, 0, `.`, `,`, `$`, S",
        ("to_number", "try_to_number", "to_char"),
    ),
    (
        "keys and values lists in the same row must have equal|The key array and value array of MapData must have",
        "INVALID_PARAMETER_VALUE",
        "{} needs as many keys as values in each row",
        ("map_from_arrays",),
    ),
    ("^string size overflow on repeat", "ARITHMETIC_OVERFLOW", "{} makes a text that is too long", ("repeat",)),
    (
        "Illegal sequence boundaries",
        "INVALID_PARAMETER_VALUE",
        "{} cannot get from its start to its end by its step: the step is 0 or has the wrong sign",
        ("sequence",),
    ),
    (
        "^Unsupported date_trunc granularity",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown unit: it knows microsecond, millisecond, second, minute, hour, day, week, month, quarter, year",
        ("date_trunc",),
    ),
    (
        r"^Date part '.*' not supported|\[INVALID_EXTRACT_FIELD\]",
        "INVALID_EXTRACT_FIELD",
        "{} has an unknown part: it knows year, quarter, month, week, day, dayofweek, doy, hour, minute, second",
        ("extract", "date_part", "datepart"),
    ),
    (
        r"^datediff unit: |\[INVALID_PARAMETER_VALUE\.DATETIME_UNIT\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown unit: it knows MICROSECOND to YEAR, without quotes",
        ("date_diff", "datediff", "timestampdiff", "dateadd", "timestampadd"),
    ),
    (
        r"^interval: |\[INVALID_INTERVAL_FORMAT",
        "INVALID_INTERVAL_FORMAT",
        "an interval cannot be read: write it as INTERVAL '1' DAY or INTERVAL 1 DAY",
        ("INTERVAL",),
    ),
    (
        r"^Invalid input syntax for type interval",
        "CAST_INVALID_INPUT",
        "a value cannot be read as a number of an interval: cast it to INT",
        ("add_months", "date_add", "INTERVAL"),
    ),
    (
        r"^Percentile value|VALUE_OUT_OF_RANGE\].*[Pp]ercentage",
        "VALUE_OUT_OF_RANGE",
        "the percentage of {} is a number from 0 to 1",
        _PERCENTILES,
    ),
    (
        r"^NTILE requires a positive|(?:VALUE_OUT_OF_RANGE|NON_FOLDABLE_INPUT)\].*[Bb]uckets",
        "VALUE_OUT_OF_RANGE",
        "the number of {} is a whole number from 1 on, not a column",
        ("ntile",),
    ),
    (
        r"^Sampling fraction|must be on interval \[0, 1\]",
        "INVALID_PARAMETER_VALUE",
        "TABLESAMPLE takes 0 to 100 PERCENT",
        ("TABLESAMPLE",),
    ),
    (
        r"^The `count` function requires at least one|WRONG_NUM_ARGS.*`count`",
        "WRONG_NUM_ARGS",
        "{} takes at least 1 argument: write `count(*)`",
        ("count",),
    ),
    (
        r"^SUM not supported for Null|^\[return_type\]",
        "INVALID_USAGE_OF_STAR_OR_REGEX",
        "{} takes a column, not `*`",
        ("sum", "avg", "min", "max"),
    ),
    (
        r"^Inconsistent data (?:length|type) across values list|\[INVALID_INLINE_TABLE",
        "INVALID_INLINE_TABLE",
        "the rows of VALUES have different numbers of columns, or types",
        ("VALUES",),
    ),
    (
        r"^Min/Max accumulator not implemented",
        "DATATYPE_MISMATCH",
        "{} takes no MAP, ARRAY or STRUCT on this engine: run with `--engine spark`",
        ("max", "min"),
    ),
    (
        r"Unsupported charset|\[INVALID_PARAMETER_VALUE\.CHARSET\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown character set: it knows US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16, UTF-32",
        ("encode", "decode"),
    ),
    (
        r"^There is no built-in encoding named|\[INVALID_PARAMETER_VALUE\.BINARY_FORMAT\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown format: it knows 'utf-8', 'base64', 'hex'",
        ("to_binary", "try_to_binary"),
    ),
    (
        r"^Expected a literal value for the first arg of",
        "NON_FOLDABLE_INPUT",
        "{} takes a text in the query, not a column",
        ("schema_of_json", "schema_of_csv"),
    ),
    (
        r"^requires a boolean literal as the second",
        "NON_FOLDABLE_INPUT",
        "the second argument of {} is true or false",
        ("first", "last", "any_value", "first_value", "last_value"),
    ),
    (
        r"^(?:tinyint|smallint|int|bigint|decimal|float|double): |\[INVALID_NUMERIC_LITERAL_RANGE\]",
        "INVALID_NUMERIC_LITERAL_RANGE",
        "a number in the query is too large for its type: leave its letter (Y, S, L, BD) away, or write it as a DOUBLE (1e30D)",
        (),
    ),
    (
        r"\[UNSUPPORTED_FEATURE\.LATERAL_JOIN_USING\]|\[NOT_ALLOWED_IN_FROM",
        "UNSUPPORTED_FEATURE",
        "a LATERAL sub-query cannot be joined so: write ON",
        ("LATERAL",),
    ),
    (
        r"\[DISTINCT_WINDOW_FUNCTION_UNSUPPORTED\]",
        "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
        "DISTINCT does not work in a window function: count in a sub-query, or use `size(collect_set(…) OVER (…))`",
        ("DISTINCT",),
    ),
    (
        r"Window function \w+\(.* requires .*ordered|requires window to be ordered",
        "WINDOW_FUNCTION_WITHOUT_ORDER_BY",
        "the window of {} needs ORDER BY",
        ("rank", "dense_rank", "row_number", "percent_rank", "cume_dist", "ntile", "lag", "lead"),
    ),
    (
        r"requires an OVER clause|\[WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE\]",
        "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
        "{} is a window function: write `OVER (PARTITION BY … ORDER BY …)` behind it",
        ("rank", "dense_rank", "row_number", "percent_rank", "cume_dist", "ntile", "lag", "lead", "nth_value"),
    ),
    (
        r"RECURSION_LEVEL_LIMIT_EXCEEDED",
        "RECURSION_LEVEL_LIMIT_EXCEEDED",
        "WITH RECURSIVE does not come to an end: give its second SELECT a condition, such as `WHERE n < 10`",
        ("RECURSIVE",),
    ),
    (
        r"RECURSION_ROW_LIMIT_EXCEEDED",
        "RECURSION_ROW_LIMIT_EXCEEDED",
        "WITH RECURSIVE makes too many rows: give its second SELECT a condition, such as `WHERE n < 10`",
        ("RECURSIVE",),
    ),
    (
        r"StackOverflowError|FAILED_TO_PARSE_TOO_COMPLEX",
        "STACK_OVERFLOW",
        "the query is nested too deep for the engine: divide it into CTEs or datasets",
        (),
    ),
]


def _said(pattern: str, kind: str, sentence: str, about: tuple[str, ...]) -> Rule:
    return rule(pattern, lambda _, query: _told(kind, sentence, about, query))


def _told(kind: str, sentence: str, about: tuple[str, ...], query: QueryText) -> Explained:
    words = [each for each in about if each.isupper()]
    called, place = query.function(*(each for each in about if not each.isupper()))
    if place is None and words:
        place = query.only(*words)
    return Explained(kind, sentence.format(called or "a function"), place)


def _unexpected(word: str, at: str, expected: str, query: QueryText) -> Explained | None:
    """Sail's parser: `found nme at 44:47 expected '('`, in characters from the start of the SQL or of a text in it."""
    if not query.sql.startswith(word, int(at)):
        said = query.said(word, "something")
        return Explained("PARSE_SYNTAX_ERROR", f"a text of the query cannot be read: {said} is not expected in it")
    wanted = re.findall(r"'([^']*)'", expected)
    but = f", but {' or '.join(f'`{each}`' for each in wanted)}" if wanted and len(wanted) <= 3 else ""
    return Explained("PARSE_SYNTAX_ERROR", f"`{word}` is not expected here{but}", int(at))


SAID: list[Rule] = [
    *(_said(*each) for each in _SAID),
    _said(
        r"NON_FOLDABLE_INPUT\]",
        "DATATYPE_MISMATCH",
        "an argument of a function must be a number or a text in the query, not a column",
        (),
    ),
    _said(
        "^Physical plan does not support logical expression",
        "UNSUPPORTED_FEATURE",
        "Sail cannot compute a part of this query, such as its sub-query: write a JOIN, or run with `--engine spark`",
        (),
    ),
    _said(
        "^Failed to coerce arguments to satisfy a call to",
        "DATATYPE_MISMATCH",
        "an argument of a function or an operator has a type that it does not take: cast it",
        (),
    ),
    rule(
        r"^found (\S{1,80}) at (\d+):\d+ expected (.*)",
        lambda found, query: _unexpected(found[1], found[2], found[3], query),
    ),
]
