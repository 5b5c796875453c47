"""Functions that Sail computes otherwise than Spark without an error, as one list: calls are rewritten where there is a right
way to write them, else the run warns of them or refuses them.

`test_functions.py` holds it against Spark's own examples and against docs/engines.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Right:
    """A call that Sail computes as Spark does if it is written otherwise."""

    name: str
    arguments: int
    """Their number."""
    template: str
    """The same call on Spark."""
    only: str = ""
    """Regular expression that the call's text has, if not every call is rewritten."""


@dataclass(frozen=True)
class Difference:
    """Calls that Sail computes otherwise."""

    names: str
    """Of functions, with blanks between them."""
    what: str
    """Does Sail, and what Spark."""
    remedy: str = ""
    """What to write instead, if there is anything."""
    only: str = ""
    """Regular expression that the call's text has, if not every call differs."""
    arguments: int = 1
    """At least so many."""
    types: str = ""
    """Regular expression of the types of which one argument is, if others do not differ: as `typeof` names them."""
    window: str = ""
    """Regular expression of the words of a call's window, if only calls with such a one differ."""
    is_refused: bool = False
    """True for a call that is never right."""


_INITCAP = (
    "array_join(transform(split(lower({0}), ' '), strata_word -> "
    "concat(upper(substring(strata_word, 1, 1)), substring(strata_word, 2))), ' ')"
)
_COMPUTED = r",(?!\s*-?\d+\s*[,)])"
"""An argument behind the first that is no whole number as it is."""
_WITH_NAN = ("sqrt", "sin", "cos", "tan", "cot", "atanh")
"""Functions that give a negative NaN, which is less than any number on Sail."""
_EXPLODE = ("explode", "explode_outer", "posexplode", "posexplode_outer")
_MAP = r"^\w+\s*\(\s*(?:map|map_from_\w+|map_filter|str_to_map)\s*\("
_PLACE = "if(({1}) IS NULL, NULL, {0}), {1}"

RIGHT = [
    *(Right(name, 2, "coalesce({0}, {1})") for name in ("nvl", "ifnull")),
    Right("zeroifnull", 1, "coalesce({0}, 0)"),
    Right("nvl2", 3, "if(({0}) IS NOT NULL, {1}, {2})"),
    Right("nullif", 2, "CASE WHEN ({0}) = ({1}) THEN NULL ELSE {0} END"),
    *(Right(name, 2, f"CAST({name}({{0}}, {{1}}) AS INT)") for name in ("datediff", "date_diff", "regexp_count")),
    Right("isnan", 1, "coalesce(isnan({0}), false)"),
    Right("initcap", 1, _INITCAP),
    Right("rint", 1, "bround(CAST({0} AS DOUBLE), 0)"),
    Right("hypot", 2, "hypot(CAST({0} AS DOUBLE), CAST({1} AS DOUBLE))"),
    Right("log", 1, "ln({0})"),
    *(Right(name, 1, f"CAST({{0}} AS {name})") for name in ("tinyint", "smallint", "int", "bigint")),
    *(Right(name, 1, f"nanvl({name}({{0}}), double('NaN'))") for name in _WITH_NAN),
    *(Right(name, 2, f"nanvl({name}({{0}}, {{1}}), double('NaN'))") for name in ("pow", "power")),
    *(Right(name, 1, f"{name}(map_concat({{0}}))", _MAP) for name in _EXPLODE),
    Right("timestamp_seconds", 1, "timestamp_micros(CAST(({0}) * 1000000L AS BIGINT))"),
    Right("from_json", 2, "from_json(nullif({0}, ''), {1})"),
    Right("from_json", 3, "from_json(nullif({0}, ''), {1}, {2})"),
    Right("date_trunc", 2, "date_trunc({0}, CAST({1} AS TIMESTAMP))"),
    Right("get", 2, "get({0}, nullif(greatest({1}, -1), -1))"),
    *(Right(name, 2, f"{name}({{0}}, if(({{1}}) < 0, 0, {{1}}))", _COMPUTED + r"|,\s*-") for name in ("left", "right")),
    *(Right(name, 2, f"{name}({_PLACE})", _COMPUTED) for name in ("substring", "substr")),
    *(Right(name, 3, f"{name}({_PLACE}, {{2}})", _COMPUTED) for name in ("substring", "substr")),
]

LISTS = {"collect_list": "array_agg", "array_agg": "array_agg", "collect_set": "collect_set"}
"""Lists of the values in a window: on Sail, `collect_list` has those that are NULL, and NULL stands for an empty list."""

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
"""In the order in which they are said."""
