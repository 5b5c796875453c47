"""What Spark's functions give whatever they get, and what their first argument may be (`test_results.py` asks Spark)."""

from __future__ import annotations

_GIVES = {
    "int": (
        "year month day dayofmonth quarter hour minute second weekofyear dayofweek dayofyear weekday unix_date size cardinality "
        "array_size length char_length character_length len bit_length octet_length ascii bit_count hash instr locate "
        "position levenshtein find_in_set regexp_count regexp_instr datediff date_diff"
    ),
    "bigint": (
        "crc32 unix_timestamp to_unix_timestamp xxhash64 factorial unix_seconds unix_millis unix_micros timestampdiff "
        "array_position grouping_id"
    ),
    "double": (
        "sign signum sqrt exp expm1 ln log log10 log1p log2 cbrt sin cos tan asin acos atan atan2 sinh cosh tanh degrees radians "
        "months_between rand randn pow power skewness kurtosis percent_rank cume_dist"
    ),
    "string": (
        "upper lower ucase lcase trim ltrim rtrim btrim initcap md5 sha sha1 sha2 hex base64 soundex chr char space from_unixtime "
        "monthname dayname bin concat_ws substring_index repeat translate regexp_replace regexp_extract regexp_substr date_format "
        "to_json replace split_part format_number format_string printf get_json_object uuid array_join"
    ),
    "date": (
        "last_day to_date add_months next_day make_date current_date curdate trunc date_from_unix_date try_to_date date_add "
        "date_sub dateadd"
    ),
    "timestamp": "to_timestamp current_timestamp now from_utc_timestamp to_utc_timestamp date_trunc try_to_timestamp",
    "boolean": "isnull isnotnull isnan startswith endswith contains array_contains arrays_overlap regexp_like",
    "binary": "unhex unbase64",
    "array<string>": "split",
    "tinyint": "grouping",
}
RESULTS = {name: kind for kind, names in _GIVES.items() for name in names.split()}
"""Function → the type of its result, whatever its arguments."""

LISTS = frozenset("array collect_list collect_set array_agg".split())
"""Functions that make an ARRAY of their arguments."""

WITH_UNIT = frozenset("datediff date_diff dateadd date_add".split())
"""Functions that have another result with a unit of time as the first of three arguments."""

NUMBERS = frozenset("tinyint smallint int bigint float double decimal string".split())
_SPANS = frozenset(("interval ds", "interval ym"))
_DAYS = frozenset("string date timestamp timestamp_ntz".split())
_TAKES = (
    (NUMBERS | _SPANS | {"timestamp"}, "sum avg mean"),
    (NUMBERS | _SPANS, "abs negative sign signum"),
    (
        NUMBERS,
        "round bround ceil floor ceiling sqrt exp ln log10 log2 stddev variance stddev_pop var_pop skewness kurtosis cbrt sin cos "
        "degrees radians factorial bin make_date from_unixtime chr char space isnan",
    ),
    (
        _DAYS,
        "year month day dayofmonth quarter hour minute second weekofyear dayofweek dayofyear weekday last_day unix_timestamp "
        "to_unix_timestamp monthname dayname",
    ),
    (frozenset(("array", "map")), "explode explode_outer posexplode size cardinality"),
    (
        frozenset(("array",)),
        "array_size array_distinct array_max array_min sort_array flatten array_compact array_contains array_position array_join",
    ),
    (frozenset(("map",)), "map_keys map_values map_entries"),
    (NUMBERS | _SPANS | _DAYS | {"boolean", "binary"}, "get_json_object"),
    (frozenset(("string", "boolean")), "count_if bool_and bool_or every"),
    (frozenset(("string", "binary")), "md5 sha1 base64 crc32"),
)
TAKES = {name: kinds for kinds, names in _TAKES for name in names.split()}
"""Function → kinds of types (`type_names.kind_of`) that its first argument may have, beside a NULL."""
