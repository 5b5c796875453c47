"""Functions that Sail silently computes otherwise than Spark, and that cannot be rewritten: a run warns of them or refuses them.

`test_functions.py` compares the list with Spark's own examples and with docs/engines.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """Calls that Sail computes otherwise than Spark."""

    names: str
    """Names of functions, separated by blanks."""
    what: str
    """The difference, as the warning describes it."""
    remedy: str = ""
    """What to write instead, if there is anything."""
    only: str = ""
    """Regular expression that the call's text has, if not every call differs."""
    arguments: int = 1
    """Least number of arguments of such a call."""
    types: str = ""
    """Regular expression of the types, as `typeof` names them, of which an argument must be one for the call to differ."""
    window: str = ""
    """Regular expression of the words of a call's window, if only calls with such a window differ."""
    is_refused: bool = False
    """True for a call that is never right."""


_MOVING = r"\b(?:ROWS|RANGE) (?:BETWEEN )?(?!BETWEEN|UNBOUNDED PRECEDING)"
"""A frame whose first row moves."""
_TIMES = "timestamp|interval"
_FRACTIONS = "decimal|double|float"

DIFFERENT = [
    Difference(
        "format_string printf",
        "of a DECIMAL, Sail writes its digits without the point (350 for 3.50); of a DOUBLE or FLOAT, 10000000 for 1.0E7",
        "`format_string('%s', CAST(x AS STRING))` of a DECIMAL, `format_number` of a DOUBLE",
        types=_FRACTIONS,
    ),
    Difference(
        "concat",
        "of an INTERVAL, Sail writes `1 days 0 hours 0 mins`, Spark `INTERVAL '1' DAY`",
        types="interval",
    ),
    Difference("concat_ws", "Sail writes times as 2016-07-30T11:22:33Z", "`CAST(t AS STRING)`", types=_TIMES),
    Difference(
        "to_json",
        "Sail writes DECIMALs without trailing zeros (3.5 for 3.50), DOUBLEs as 1e+20 and times with six digits",
        "`CAST(x AS STRING)` for such values",
        types=f"{_FRACTIONS}|{_TIMES}",
    ),
    Difference(
        "to_csv",
        "Sail writes 0 and 0.0000001 for DOUBLEs, Spark 0.0 and 1.0E-7",
        "`CAST(x AS STRING)` for such values",
        types="double|float",
    ),
    Difference(
        "cast try_cast",
        "Sail writes NULL for a NULL inside an array, struct or map, Spark null",
        "`to_json`",
        r"\bAS\s+STRING\s*\)$",
        types="^(?:array|struct|map)<",
    ),
    Difference(
        "avg mean try_avg",
        "of a DECIMAL, Sail truncates the last digit where Spark rounds it, and the type of `try_avg` differs",
        "`avg(CAST(x AS DOUBLE))`",
        types="^decimal",
    ),
    Difference(
        "sum avg mean std stddev stddev_samp stddev_pop variance var_samp var_pop covar_samp covar_pop corr percentile",
        "over a frame whose first row moves, Sail subtracts the rows that leave it: a DOUBLE or FLOAT that was NaN, infinite or far "
        "larger than the others spoils later results, Spark computes each frame in full",
        "`CAST(x AS DECIMAL(…))`",
        types="double|float",
        window=_MOVING,
    ),
    Difference(
        "median percentile",
        "over a window of values with NaN, Sail's result depends on the order of rows",
        "`FILTER (WHERE NOT isnan(x))`",
        types="double|float",
        window="OVER",
    ),
    Difference(
        "median percentile",
        "of a STRING, Sail returns one of the strings, Spark a DOUBLE",
        "`median(CAST(x AS DOUBLE))`",
        types="^string$",
    ),
    Difference(
        "listagg string_agg",
        "Sail formats DOUBLEs and times differently (1e20, 2016-07-30T11:22:33Z)",
        "`listagg(CAST(x AS STRING))` of a time, `listagg(format_number(x, 2))` of a DOUBLE",
        types=f"double|float|{_TIMES}",
    ),
    Difference("mode", "of equally frequent values, Sail returns another one than Spark"),
    Difference(
        "var_pop stddev_pop",
        "of one value that is NaN or infinite, Sail returns 0, Spark NaN",
        types="double|float",
    ),
    Difference("percentile_cont", "Sail interpolates with six digits", "`percentile(x, 0.3)`"),
    Difference("hash", "Sail returns another number for a DECIMAL than Spark", "`xxhash64`", types="decimal"),
    Difference(
        "round",
        "Sail's type has a digit more than Spark's",
        "`CAST(… AS DECIMAL(…))`",
        r"^\w+\s*\([^,]*\)$|,\s*(?:0|-\d+)\s*\)$",
        types="^decimal",
    ),
    Difference(
        "pmod try_mod",
        "of a DECIMAL, Sail's type has more digits than Spark's",
        "`CAST(… AS DECIMAL(…))`",
        types="^decimal",
    ),
    Difference(
        "ceil ceiling floor",
        "to a number of digits, Sail rounds a DOUBLE or FLOAT to 15 digits first",
        "`ceil(CAST(x AS DECIMAL(38,18)), n)`",
        arguments=2,
        types="^(?:double|float)",
    ),
    Difference(
        "left right substring substr lpad rpad",
        "of a BINARY, Sail returns a STRING, Spark a BINARY",
        "`CAST(… AS BINARY)` around it",
        types="^binary",
    ),
    Difference(
        "try_add try_subtract", "of a TIMESTAMP, Sail returns a TIMESTAMP_NTZ", "`+` and `-`", types="^timestamp$"
    ),
    Difference(
        "extract date_part datepart",
        "of an interval, Sail counts all its hours, minutes or seconds, Spark those beyond whole days, hours or minutes, and types "
        "differ",
        types="^interval",
    ),
    Difference(
        "extract date_part datepart",
        "`dow` is 0 for Sunday on Sail, 1 on Spark",
        "`dayofweek(…)`",
        r"^\w+\s*\(\s*'?dow\b",
        is_refused=True,
    ),
    Difference(
        "split",
        "with an empty separator, Sail begins and ends the array with an empty string, Spark does not",
        only=r",\s*(''|\"\")\s*[,)]",
        is_refused=True,
    ),
    Difference(
        "split",
        "if the separator is empty, Sail begins and ends the array with an empty string, Spark does not",
        only=r"^\w+\s*\([^,]*,(?!\s*r?['\"])",
        arguments=2,
    ),
    Difference(
        "overlay",
        "of a BINARY, Sail returns a STRING, Spark a BINARY",
        "`CAST(… AS BINARY)` around it",
        r"\b(?:encode|unhex|unbase64|to_binary|binary)\b",
    ),
    Difference(
        "substring substr",
        "with FROM, Sail treats a position of NULL as 1",
        "`substring(s, place)`",
        r"\bFROM(?!\s+-?\d)",
    ),
    Difference(
        "bround",
        "Sail rounds a DECIMAL literal as `round` does, halves away from zero, and casts it to DOUBLE",
        "the literal with a D (`2.5D`)",
        r"^\w+\s*\(\s*-?(\d+\.\d*|\.\d+|\d+BD)\s*[,)]",
        is_refused=True,
    ),
    Difference(
        "get_json_object",
        "Sail returns NULL for a path with `[*]`, Spark the array",
        "`from_json`",
        r"\[\*\]",
        is_refused=True,
    ),
    Difference(
        "array_contains",
        "Sail returns false if the value is not in an array with a NULL, Spark NULL",
        "`exists(a, e -> e = x)`",
    ),
    Difference(
        "arrays_overlap",
        "Sail truncates DECIMALs and DOUBLEs to compare them with integers",
        types=_FRACTIONS,
    ),
    Difference("conv", "Sail returns another string or NULL for negative numbers and for strings that are not numbers"),
    Difference(
        "chr char",
        "from 256 on, Sail returns the character of that number, Spark that of its last 8 bits",
        only=r"^\w+\s*\((?!\s*\d{1,2}\s*\))",
    ),
    Difference(
        "locate position",
        "if the start position is 0 or NULL, Sail returns NULL for Spark's 0, or 0 for Spark's NULL",
        only=r",(?!\s*[1-9]\d*\s*\)$)[^,]*\)$",
        arguments=3,
    ),
    Difference(
        "substring substr",
        "Sail returns more characters than Spark if a position from the end is before the string's first character",
        only=r",\s*-\s*\d+\s*,",
        arguments=3,
    ),
    Difference("json_array_length", "Sail returns the number of fields of an object, Spark NULL"),
    Difference(
        "parse_url try_parse_url", "Sail returns a value if the string is not a URL or the key is NULL, Spark NULL"
    ),
    Difference("log1p asinh", "of numbers near 0, the digits of the two engines differ"),
    Difference(
        "log",
        "Sail returns NaN, 0 or infinity if the base is 0 or less, Spark NULL",
        only=r"^\w+\s*\((?!\s*[\d.])",
        arguments=2,
    ),
    Difference(
        "make_date",
        "with a literal NULL, Sail's type is void, Spark's DATE",
        "`CAST(NULL AS DATE)`",
        r"\bNULL\b",
    ),
    Difference(
        "percentile_approx approx_percentile",
        "Sail returns a DOUBLE, Spark the type of the column",
        "`CAST(…)` around it",
        types=r"^(?!double)\w",
    ),
    Difference(
        "try_add try_subtract try_multiply",
        "-2147483648 is a BIGINT on Sail, an INT on Spark",
        "`CAST(-2147483648 AS INT)`",
        r"-2147483648\b",
    ),
    Difference("width_bucket", "Sail returns NULL for infinity, Spark the first or last bucket"),
    Difference("sentences", "Sail treats a comma between digits as the end of a word"),
    Difference("quote", "Sail doubles backslashes, Spark does not"),
    Difference("is_valid_utf8", "Sail returns false for NULL, Spark NULL"),
    Difference(
        "bitmap_bit_position bitmap_bucket_number",
        "Sail returns the type of the argument, Spark a BIGINT",
        "`CAST(… AS BIGINT)`",
    ),
    Difference("acosh", "Sail returns NaN for large negative numbers, Spark -Infinity"),
]
"""In the order of the warnings."""
