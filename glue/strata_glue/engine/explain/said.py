"""Mistakes that need no more than a sentence: an engine's message, ours, and the functions or words that it is about."""

from __future__ import annotations

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.sql.words import RANKINGS

_PERCENTILES = ("percentile", "percentile_approx", "approx_percentile", "percentile_cont", "percentile_disc")

_SAID: list[tuple[str, str, str, tuple[str, ...]]] = [
    (
        r"\[INVALID_FORMAT\.ESC",
        "INVALID_FORMAT",
        sentences.BACKSLASH,
        ("LIKE", "ILIKE"),
    ),
    (
        r"^\[DECIMAL_PRECISION_EXCEEDS",
        "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
        "a DECIMAL of the query has more than 38 digits: cast to at most DECIMAL(38, …)",
        ("DECIMAL", "NUMERIC", "DEC"),
    ),
    (
        r"SET_OPERATION_ON_MAP_TYPE",
        "UNSUPPORTED_FEATURE",
        sentences.MAPS_IN_SETS,
        ("DISTINCT", "UNION", "INTERSECT", "EXCEPT"),
    ),
    (
        r"^FILTER expression is not of type boolean|INVALID_AGGREGATE_FILTER\.NOT_BOOLEAN",
        "DATATYPE_MISMATCH",
        sentences.FILTER,
        ("FILTER",),
    ),
    (
        r"^UnsupportedEncodingException$",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown character set: write one of US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16, UTF-32",
        ("encode", "decode"),
    ),
    (
        r"INVALID_TYPED_LITERAL\].*\"INTERVAL\"",
        "INVALID_TYPED_LITERAL",
        "an interval cannot be read: write it as INTERVAL '1' DAY or INTERVAL 1 DAY",
        ("INTERVAL",),
    ),
    (
        r"^window boundary must be a constant|^\s*Frame bound value must be a literal",
        "INVALID_WINDOW_FRAME",
        "the bounds of a window must be numbers, not columns",
        ("ROWS", "RANGE"),
    ),
    (
        r"^Invalid window frame: start bound|SPECIFIED_WINDOW_FRAME_(?:WRONG_COMPARISON|INVALID_BOUND)",
        "INVALID_WINDOW_FRAME",
        "the window ends before it begins: write the earlier bound first, such as `BETWEEN 1 PRECEDING AND CURRENT ROW`",
        ("ROWS", "RANGE"),
    ),
    (
        r"^range window frame requires exactly one|RANGE_FRAME_(?:MULTI|WITHOUT)_ORDER",
        "INVALID_WINDOW_FRAME",
        "RANGE with a number needs ORDER BY with one column: order by one, or write ROWS",
        ("RANGE",),
    ),
    (
        r"^Cannot cast string '.*' to value of UInt64|^Can't cast value -\d+ to type UInt64|SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
        "INVALID_WINDOW_FRAME",
        "the bounds of a window must be whole numbers from 0 on",
        ("ROWS", "RANGE"),
    ),
    (
        r"FAILED_FUNCTION_CALL\].*`(?:lag|lead)`|^Expected an integer value$|^There is only support Literal types for field|^Expected a signed integer literal for the second",
        "DATATYPE_MISMATCH",
        "the second argument of {} must be a whole number in the query, not a text or a column",
        ("lag", "lead", "nth_value"),
    ),
    (
        r"^Aggregate requires at least one grouping",
        "MISSING_GROUP_BY",
        "HAVING needs GROUP BY or an aggregate function: write WHERE",
        ("HAVING",),
    ),
    (
        r"INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC",
        "INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC",
        "the window of {} must not have ORDER BY: delete it",
        ("median", "percentile_cont", "percentile_disc"),
    ),
    (
        r"^Window Frame .* must match the required|^Cannot specify window frame for",
        "INVALID_WINDOW_FRAME",
        "the window of {} must not have ROWS or RANGE: delete it",
        tuple(RANKINGS - {"nth_value"}),
    ),
    (
        r"STACK_COLUMN_DIFF_TYPES\]",
        "DATATYPE_MISMATCH",
        "the values of one column of {} have different types: cast them to one",
        ("stack",),
    ),
    (
        r"VALUE_OUT_OF_RANGE\].*The offset must be between",
        "VALUE_OUT_OF_RANGE",
        "the second argument of {} must be a whole number from 1 on",
        ("nth_value",),
    ),
    (
        r"UNRESOLVED_ALL_IN_GROUP_BY\]",
        "UNRESOLVED_ALL_IN_GROUP_BY",
        "GROUP BY ALL cannot determine the columns of an expression with an aggregate function and a column: name the columns",
        ("GROUP",),
    ),
    (
        r"^Aggregate expression required for pivot",
        "UNSUPPORTED_FEATURE",
        "PIVOT needs an aggregate function before FOR, such as `sum(…)`",
        ("PIVOT",),
    ),
    (
        r"AES_KEY_LENGTH\]|\[INVALID_PARAMETER_VALUE.*`key` in `aes_",
        "INVALID_PARAMETER_VALUE",
        "the key of {} must have 16, 24 or 32 bytes",
        ("aes_encrypt", "aes_decrypt", "try_aes_decrypt"),
    ),
    (
        r"^JsonParseException$|\[MALFORMED_RECORD_IN_PARSING",
        "MALFORMED_RECORD_IN_PARSING",
        "a value is not JSON: clean the column, or write `try_parse_json`, which gives NULL instead",
        ("parse_json", "from_json"),
    ),
    (
        r"partition keys cannot be map type",
        "UNSUPPORTED_FEATURE",
        "DISTINCT, GROUP BY, PARTITION BY and joins cannot compare a MAP: use a part of it",
        ("DISTINCT",),
    ),
    (
        r"Cannot find main error class 'COLUMN_IS_NOT_VARIANT_TYPE'",
        "DATATYPE_MISMATCH",
        "a path (`column:name`) needs a VARIANT before it: write `get_json_object(column, '$.name')` for a text",
        (":",),
    ),
    (
        r"ARRAY_FUNCTION_DIFF_TYPES\]",
        "DATATYPE_MISMATCH",
        "the value for {} has another type than the ARRAY's elements: cast it",
        ("array_contains", "array_position", "array_remove", "array_append", "array_prepend", "array_insert"),
    ),
    (
        r"INVALID_JSON_SCHEMA\].*must be a struct",
        "DATATYPE_MISMATCH",
        "{} takes a STRUCT, an ARRAY or a MAP: write `named_struct('name', value)`",
        ("to_json",),
    ),
    (
        r"Decimal scale \(\d+\) cannot be greater than precision",
        "INVALID_PARAMETER_VALUE",
        "a DECIMAL(digits, decimals) must have at least as many digits as decimals",
        ("DECIMAL", "NUMERIC", "DEC"),
    ),
    (
        r"^spark_date_format: expected string array",
        "DATATYPE_MISMATCH",
        "the format of {} must be a text, such as 'yyyy-MM-dd'",
        ("date_format",),
    ),
    (
        r"^Execution\(\"Invalid argument type|^Plan\(\"Invalid conversion|^Argument index \d+ is out of bounds"
        r"|^(?:IllegalFormatConversion|UnknownFormatConversion|MissingFormatArgument)Exception$",
        "INVALID_PARAMETER_VALUE",
        "the format of {} does not fit its other arguments: write `%s` for each of them",
        ("format_string", "printf"),
    ),
    (
        r"^The second argument of sha2 must be",
        "INVALID_PARAMETER_VALUE",
        "the second argument of {} must be 224, 256, 384 or 512",
        ("sha2",),
    ),
    (
        r"^percentile\(\) requires a second",
        "WRONG_NUM_ARGS",
        "{} takes a column and a number from 0 to 1",
        ("percentile",),
    ),
    (
        r"^invalid escape character",
        "INVALID_PARAMETER_VALUE",
        "ESCAPE must have one sign",
        ("ESCAPE",),
    ),
    (
        r"^cast Time64\(",
        "RESULT_COLUMNS",
        "a column of the result is a time of day, which Parquet files of Spark do not have: cast it to STRING, or compute seconds",
        ("CURRENT_TIME", "TIME"),
    ),
    (
        r"^invalid window function expression",
        "UNSUPPORTED_EXPR_FOR_WINDOW",
        "a window function is not written as Spark reads it: it cannot have FILTER: write `sum(CASE WHEN … THEN … END) OVER (…)`",
        ("FILTER",),
    ),
    (
        r"^Date arithmetic overflow|^Timestamp out of range$|cannot convert timestamp value",
        "DATETIME_OVERFLOW",
        "a date or a time is computed that is out of its range: compare with a limit before",
        ("date_add", "date_sub", "add_months", "from_unixtime", "date_format", "INTERVAL"),
    ),
    (
        r"^field position must not be zero",
        "INVALID_INDEX_OF_ZERO",
        "the place in {} is 0: the first part has place 1",
        ("split_part",),
    ),
    (
        r"^stack expects first argument",
        "VALUE_OUT_OF_RANGE",
        "the first argument of {} must be a whole number from 1 on",
        ("stack",),
    ),
    (
        r"^invalid Unicode scalar value",
        "INVALID_PARAMETER_VALUE",
        "a number in {} is not a valid character: use numbers from 0 on",
        ("chr", "char"),
    ),
    (
        r"^cast Timestamp\(Nanosecond",
        "ENGINE_CANNOT",
        "Sail cannot mix DATEs and TIMESTAMPs in {}: cast the DATE to TIMESTAMP, or run with `--engine spark`",
        ("coalesce", "nvl", "ifnull", "greatest", "least", "CASE", "UNION"),
    ),
    (
        r"^cast Duration\(",
        "ENGINE_CANNOT",
        "Sail cannot subtract a DATE and a TIMESTAMP: cast the DATE to TIMESTAMP, or run with `--engine spark`",
        ("-",),
    ),
    (
        r"^Spark `(\w+)`: Expr requires a single value",
        "ENGINE_CANNOT",
        "Sail computes {} of a text in the query only, not of a column: run with `--engine spark`",
        ("aes_encrypt", "aes_decrypt", "try_aes_encrypt", "try_aes_decrypt"),
    ),
    (
        r"^SQL time travel is not supported|UNSUPPORTED_FEATURE\.TIME_TRAVEL",
        "UNSUPPORTED_FEATURE",
        "a dataset reads the current state of its tables: delete `AS OF`, or look at an earlier state by `strata query --as-of`",
        ("OF",),
    ),
    (
        r"^Unsupported LIMIT expression",
        "ENGINE_CANNOT",
        "Sail takes a number behind LIMIT, not a sub-query: run with `--engine spark`",
        ("LIMIT",),
    ),
    (
        r"^expected one statement",
        "PARSE_SYNTAX_ERROR",
        "the SQL has more than one statement: keep one SELECT",
        (";",),
    ),
    (
        r"^cannot convert .*? to i64",
        "DATATYPE_MISMATCH",
        "an argument of {} must be a whole number",
        ("range", "RANGE"),
    ),
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
        "a text does not fit the format of {}, or the format is not valid: it may have 9, 0, `.`, `,`, `$`, S",
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
        "{} has an unknown unit: write one of microsecond, millisecond, second, minute, hour, day, week, month, quarter, year",
        ("date_trunc",),
    ),
    (
        r"^Date part '.*' not supported|\[INVALID_EXTRACT_FIELD\]",
        "INVALID_EXTRACT_FIELD",
        "{} has an unknown part: write one of year, quarter, month, week, day, dayofweek, doy, hour, minute, second",
        ("extract", "date_part", "datepart"),
    ),
    (
        r"^datediff unit: |\[INVALID_PARAMETER_VALUE\.DATETIME_UNIT\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown unit: write one from MICROSECOND to YEAR, without quotes",
        ("date_diff", "datediff", "timestampdiff", "dateadd", "timestampadd"),
    ),
    (
        r"^interval: |\[INVALID_INTERVAL_FORMAT|^\s*Can only use numbers in the interval|^\s*requirement failed: \w+ \d+ outside range",
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
        "the percentage of {} must be a number from 0 to 1",
        _PERCENTILES,
    ),
    (
        r"^NTILE requires a positive|(?:VALUE_OUT_OF_RANGE|NON_FOLDABLE_INPUT)\].*[Bb]uckets",
        "VALUE_OUT_OF_RANGE",
        "the number of {} must be a whole number from 1 on, not a column",
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
        sentences.ROWS_OF_VALUES,
        ("VALUES",),
    ),
    (
        r"^Min/Max accumulator not implemented",
        "DATATYPE_MISMATCH",
        "Sail does not compute {} of a MAP, an ARRAY or a STRUCT: run with `--engine spark`",
        ("max", "min"),
    ),
    (
        r"Unsupported charset|\[INVALID_PARAMETER_VALUE\.CHARSET\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown character set: write one of US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16, UTF-32",
        ("encode", "decode"),
    ),
    (
        r"The fmt value must to be|^There is no built-in encoding named|\[INVALID_PARAMETER_VALUE\.BINARY_FORMAT\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown format: write one of 'utf-8', 'base64', 'hex'",
        ("to_binary", "try_to_binary"),
    ),
    (
        r"^Expected a literal value for the first arg of",
        "NON_FOLDABLE_INPUT",
        "the argument of {} must be a text in the query, not a column",
        ("schema_of_json", "schema_of_csv"),
    ),
    (
        r"^requires a boolean literal as the second|^The second argument in \w+ should be a boolean literal",
        "NON_FOLDABLE_INPUT",
        "the second argument of {} must be true or false",
        ("first", "last", "any_value", "first_value", "last_value"),
    ),
    (
        r"\[UNSUPPORTED_FEATURE\.LATERAL_JOIN_USING\]|\[NOT_ALLOWED_IN_FROM",
        "UNSUPPORTED_FEATURE",
        "a LATERAL sub-query cannot be joined by USING: write ON",
        ("LATERAL",),
    ),
    (
        r"\[DISTINCT_WINDOW_FUNCTION_UNSUPPORTED\]",
        "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
        sentences.DISTINCT_OVER,
        ("DISTINCT",),
    ),
    (
        r"Window function \w+\(.* requires .*ordered|requires window to be ordered",
        "WINDOW_FUNCTION_WITHOUT_ORDER_BY",
        sentences.window_without_order("{}"),
        tuple(RANKINGS),
    ),
    (
        r"requires an OVER clause|\[WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE\]",
        "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
        "{} is a window function: write `OVER (PARTITION BY … ORDER BY …)` after it",
        tuple(RANKINGS),
    ),
    (
        r"RECURSION_LEVEL_LIMIT_EXCEEDED",
        "RECURSION_LEVEL_LIMIT_EXCEEDED",
        "WITH RECURSIVE does not end: give its second SELECT a condition, such as `WHERE n < 10`",
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
        "the query is nested too deeply for the engine: divide it into CTEs or datasets",
        (),
    ),
]


def _said(pattern: str, kind: str, sentence: str, about: tuple[str, ...]) -> Rule:
    return rule(pattern, lambda _, query: _told(kind, sentence, about, query))


def _told(kind: str, sentence: str, about: tuple[str, ...], query: QueryText) -> Explained:
    words = [each for each in about if not each.islower()]
    called, place = query.function(*(each for each in about if each.islower()))
    if place is None and words:
        place = query.only(*words)
    return Explained(kind, sentence.format(called or "a function"), place)


SAID: list[Rule] = [
    *(_said(*each) for each in _SAID),
    _said(
        r"NON_FOLDABLE_INPUT\]",
        "DATATYPE_MISMATCH",
        sentences.NOT_CONSTANT,
        (),
    ),
    _said(
        "^Physical plan does not support logical expression",
        "ENGINE_CANNOT",
        "Sail cannot compute a part of this query, such as its sub-query: write a JOIN, or run with `--engine spark`",
        (),
    ),
    _said(
        "^Failed to coerce arguments to satisfy a call to",
        "DATATYPE_MISMATCH",
        "an argument of a function or an operator has a type that it does not take: cast it",
        (),
    ),
]
