"""Calls of a function that an engine refuses: for each its message here, and the functions that give the position."""

from __future__ import annotations

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Rule, fixed
from strata_glue.engine.sql.words import RANKINGS

_PERCENTILES = "percentile percentile_approx approx_percentile percentile_cont percentile_disc"

FUNCTIONS: list[Rule] = [
    fixed(
        r"FAILED_FUNCTION_CALL\].*`(?:lag|lead)`|^Expected an integer value$|^There is only support Literal types for field|^Expected a signed integer literal for the second",
        "DATATYPE_MISMATCH",
        "the second argument of {} must be a whole number in the query, not a text or a column",
        "lag lead nth_value",
    ),
    fixed(
        r"INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC",
        "INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC",
        "the window of {} must not have ORDER BY: delete it",
        "median percentile_cont percentile_disc",
    ),
    fixed(
        r"^Window Frame .* must match the required|^Cannot specify window frame for",
        "INVALID_WINDOW_FRAME",
        "the window of {} must not have ROWS or RANGE: delete it",
        " ".join(RANKINGS - {"nth_value"}),
    ),
    fixed(
        r"STACK_COLUMN_DIFF_TYPES\]",
        "DATATYPE_MISMATCH",
        "the values of one column of {} have different types: cast them to one",
        "stack",
    ),
    fixed(
        r"VALUE_OUT_OF_RANGE\].*The offset must be between",
        "VALUE_OUT_OF_RANGE",
        "the second argument of {} must be a whole number from 1 on",
        "nth_value",
    ),
    fixed(
        r"AES_KEY_LENGTH\]|\[INVALID_PARAMETER_VALUE.*`key` in `aes_",
        "INVALID_PARAMETER_VALUE",
        "the key of {} must have 16, 24 or 32 bytes",
        "aes_encrypt aes_decrypt try_aes_decrypt",
    ),
    fixed(
        r"^JsonParseException$|\[MALFORMED_RECORD_IN_PARSING",
        "MALFORMED_RECORD_IN_PARSING",
        "a value is not JSON: clean the column, or write `try_parse_json`, which gives NULL instead",
        "parse_json from_json",
    ),
    fixed(
        r"ARRAY_FUNCTION_DIFF_TYPES\]",
        "DATATYPE_MISMATCH",
        "the value for {} has another type than the ARRAY's elements: cast it",
        "array_contains array_position array_remove array_append array_prepend array_insert",
    ),
    fixed(
        r"INVALID_JSON_SCHEMA\].*must be a struct",
        "DATATYPE_MISMATCH",
        "{} takes a STRUCT, an ARRAY or a MAP: write `named_struct('name', value)`",
        "to_json",
    ),
    fixed(
        r"^spark_date_format: expected string array",
        "DATATYPE_MISMATCH",
        "the format of {} must be a text, such as 'yyyy-MM-dd'",
        "date_format",
    ),
    fixed(
        r"^Execution\(\"Invalid argument type|^Plan\(\"Invalid conversion|^Argument index \d+ is out of bounds"
        r"|^(?:IllegalFormatConversion|UnknownFormatConversion|MissingFormatArgument)Exception$",
        "INVALID_PARAMETER_VALUE",
        "the format of {} does not fit its other arguments: write `%s` for each of them",
        "format_string printf",
    ),
    fixed(
        r"^The second argument of sha2 must be",
        "INVALID_PARAMETER_VALUE",
        "the second argument of {} must be 224, 256, 384 or 512",
        "sha2",
    ),
    fixed(
        r"^Date arithmetic overflow|^Timestamp out of range$|cannot convert timestamp value",
        "DATETIME_OVERFLOW",
        "a date or a time is computed that is out of its range: compare with a limit before",
        "date_add date_sub add_months from_unixtime date_format INTERVAL",
    ),
    fixed(
        r"^field position must not be zero",
        "INVALID_INDEX_OF_ZERO",
        "the place in {} is 0: the first part has place 1",
        "split_part",
    ),
    fixed(
        r"^stack expects first argument",
        "VALUE_OUT_OF_RANGE",
        "the first argument of {} must be a whole number from 1 on",
        "stack",
    ),
    fixed(
        r"^invalid Unicode scalar value",
        "INVALID_PARAMETER_VALUE",
        "a number in {} is not a valid character: use numbers from 0 on",
        "chr char",
    ),
    fixed(
        r"^cast Timestamp\(Nanosecond",
        "ENGINE_CANNOT",
        "Sail cannot mix DATEs and TIMESTAMPs in {}: cast the DATE to TIMESTAMP, or run with `--engine spark`",
        "coalesce nvl ifnull greatest least CASE UNION",
    ),
    fixed(
        r"^Spark `(\w+)`: Expr requires a single value",
        "ENGINE_CANNOT",
        "Sail computes {} of a text in the query only, not of a column: run with `--engine spark`",
        "aes_encrypt aes_decrypt try_aes_encrypt try_aes_decrypt",
    ),
    fixed(
        r"^cannot convert .*? to i64", "DATATYPE_MISMATCH", "an argument of {} must be a whole number", "range RANGE"
    ),
    fixed(
        r"^String .* does not match the expected regex pattern|\[INVALID_FORMAT",
        "INVALID_FORMAT",
        "a text does not fit the format of {}, or the format is not valid: it may have 9, 0, `.`, `,`, `$`, S",
        "to_number try_to_number to_char",
    ),
    fixed(
        "keys and values lists in the same row must have equal|The key array and value array of MapData must have",
        "INVALID_PARAMETER_VALUE",
        "{} needs as many keys as values in each row",
        "map_from_arrays",
    ),
    fixed(
        "Illegal sequence boundaries",
        "INVALID_PARAMETER_VALUE",
        "{} cannot get from its start to its end by its step: the step is 0 or has the wrong sign",
        "sequence",
    ),
    fixed(
        "^Unsupported date_trunc granularity",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown unit: write one of microsecond, millisecond, second, minute, hour, day, week, month, quarter, year",
        "date_trunc",
    ),
    fixed(
        r"^Date part '.*' not supported|\[INVALID_EXTRACT_FIELD\]",
        "INVALID_EXTRACT_FIELD",
        "{} has an unknown part: write one of year, quarter, month, week, day, dayofweek, doy, hour, minute, second",
        "extract date_part datepart",
    ),
    fixed(
        r"^datediff unit: |\[INVALID_PARAMETER_VALUE\.DATETIME_UNIT\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown unit: write one from MICROSECOND to YEAR, without quotes",
        "date_diff datediff timestampdiff dateadd timestampadd",
    ),
    fixed(
        r"^Invalid input syntax for type interval",
        "CAST_INVALID_INPUT",
        "a value cannot be read as a number of an interval: cast it to INT",
        "add_months date_add INTERVAL",
    ),
    fixed(
        r"^Percentile value|VALUE_OUT_OF_RANGE\].*[Pp]ercentage",
        "VALUE_OUT_OF_RANGE",
        "the percentage of {} must be a number from 0 to 1",
        _PERCENTILES,
    ),
    fixed(
        r"^NTILE requires a positive|(?:VALUE_OUT_OF_RANGE|NON_FOLDABLE_INPUT)\].*[Bb]uckets",
        "VALUE_OUT_OF_RANGE",
        "the number of {} must be a whole number from 1 on, not a column",
        "ntile",
    ),
    fixed(
        r"^SUM not supported for Null|^\[return_type\]",
        "INVALID_USAGE_OF_STAR_OR_REGEX",
        "{} takes a column, not `*`",
        "sum avg min max",
    ),
    fixed(
        r"Unsupported charset|^UnsupportedEncodingException$|\[INVALID_PARAMETER_VALUE\.CHARSET\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown character set: write one of US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16, UTF-32",
        "encode decode",
    ),
    fixed(
        r"The fmt value must to be|^There is no built-in encoding named|\[INVALID_PARAMETER_VALUE\.BINARY_FORMAT\]",
        "INVALID_PARAMETER_VALUE",
        "{} has an unknown format: write one of 'utf-8', 'base64', 'hex'",
        "to_binary try_to_binary",
    ),
    fixed(
        r"^Expected a literal value for the first arg of",
        "NON_FOLDABLE_INPUT",
        "the argument of {} must be a text in the query, not a column",
        "schema_of_json schema_of_csv",
    ),
    fixed(
        r"^requires a boolean literal as the second|^The second argument in \w+ should be a boolean literal",
        "NON_FOLDABLE_INPUT",
        "the second argument of {} must be true or false",
        "first last any_value first_value last_value",
    ),
    fixed(
        r"Window function \w+\(.* requires .*ordered|requires window to be ordered",
        "WINDOW_FUNCTION_WITHOUT_ORDER_BY",
        sentences.window_without_order("{}"),
        " ".join(RANKINGS),
    ),
    fixed(
        r"requires an OVER clause|\[WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE\]",
        "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
        "{} is a window function: write `OVER (PARTITION BY … ORDER BY …)` after it",
        " ".join(RANKINGS),
    ),
]
