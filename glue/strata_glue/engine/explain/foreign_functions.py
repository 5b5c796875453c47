"""Functions of other databases that no version of Spark has, and what to write instead (`test_nearest.py` checks them)."""

from __future__ import annotations

_WRITTEN = """
age                  timestampdiff(YEAR, start, end)
approx_distinct      approx_count_distinct(value)
array_cat            concat(list, list)
array_concat         concat(list, list)
array_concat_agg     flatten(collect_list(list))
array_length         size(list)
array_slice          slice(list, start, length)
array_to_string      array_join(list, ',')
arrayagg             collect_list(value)
at_timezone          from_utc_timestamp(time, zone)
byte_length          octet_length(text)
charindex            locate(part, text)
choose               elt(number, first, second)
clock_timestamp      current_timestamp()
concat_agg           array_join(collect_list(text), '')
contains_substr      contains(text, part)
countif              count_if(condition)
current_datetime     current_timestamp()
datalength           octet_length(text)
datefromparts        make_date(year, month, day)
datename             date_format(date, 'EEEE')
date_from_parts      make_date(year, month, day)
datetime             CAST(value AS TIMESTAMP)
datetime_add         timestampadd(DAY, number, time)
datetime_diff        timestampdiff(DAY, start, end)
datetime_sub         timestampadd(DAY, -number, time)
datetime_trunc       date_trunc('DAY', time)
div0                 coalesce(try_divide(a, b), 0)
ends_with            endswith(text, part)
eomonth              last_day(date)
format               format_string(format, value)
format_date          date_format(date, format)
format_datetime      date_format(time, format)
format_timestamp     date_format(time, format)
from_iso8601_date    to_date(text)
gen_random_uuid      uuid()
generate_array       sequence(start, end)
generate_date_array  sequence(start, end, INTERVAL 1 DAY)
generate_series      explode(sequence(start, end))
generate_uuid        uuid()
getdate              current_timestamp()
getutcdate           current_timestamp()
iff                  if(condition, value, otherwise)
isnumeric            try_cast(text AS DOUBLE) IS NOT NULL
json_array           to_json(array(value))
json_extract         get_json_object(text, '$.name')
json_extract_path_text get_json_object(text, '$.name')
json_extract_scalar  get_json_object(text, '$.name')
json_extract_string  get_json_object(text, '$.name')
json_object          to_json(named_struct('name', value))
json_query           get_json_object(text, '$.name')
json_value           get_json_object(text, '$.name')
list_agg             array_join(collect_list(text), ',')
list_contains        array_contains(list, value)
logical_and          bool_and(condition)
logical_or           bool_or(condition)
mid                  substring(text, start, length)
nchar                char(number)
newid                uuid()
object_construct     named_struct('name', value)
parse_date           to_date(text, format)
parse_datetime       to_timestamp(text, format)
parse_timestamp      to_timestamp(text, format)
patindex             regexp_instr(text, pattern)
ratio_to_report      value / sum(value) OVER ()
regexp_contains      regexp_like(text, pattern)
regexp_match         regexp_like(text, pattern)
regexp_matches       regexp_extract_all(text, pattern)
regexp_split_to_array split(text, pattern)
replicate            repeat(text, number)
row                  struct(value, value)
row_to_json          to_json(struct(*))
safe_add             try_add(a, b)
safe_convert         try_cast(value AS type)
safe_divide          try_divide(a, b)
safe_multiply        try_multiply(a, b)
safe_subtract        try_subtract(a, b)
sha256               sha2(text, 256)
sha512               sha2(text, 512)
split_to_array       split(text, pattern)
square               pow(value, 2)
starts_with          startswith(text, part)
str_split            split(text, pattern)
str_to_date          to_date(text, format)
strftime             date_format(date, format)
string_split         split(text, pattern)
string_to_array      split(text, pattern)
strptime             to_timestamp(text, format)
stuff                overlay(text PLACING part FROM start FOR length)
sysdate              current_timestamp()
sysdatetime          current_timestamp()
sysutcdatetime       current_timestamp()
systimestamp         current_timestamp()
timestamp_add        timestampadd(DAY, number, time)
timestamp_diff       timestampdiff(DAY, start, end)
timestamp_sub        timestampadd(DAY, -number, time)
timestamp_trunc      date_trunc('DAY', time)
to_base64            base64(text)
to_decimal           CAST(text AS DECIMAL(18, 2))
to_double            CAST(text AS DOUBLE)
to_hex               hex(value)
to_integer           CAST(text AS INT)
to_json_string       to_json(value)
to_jsonb             to_json(value)
try_to_decimal       try_cast(text AS DECIMAL(18, 2))
try_to_double        try_cast(text AS DOUBLE)
unicode              ascii(text)
uuid_string          uuid()
week                 weekofyear(date)
"""

NEWER = {
    "listagg": "array_join(collect_list(text), ',')",
    "string_agg": "array_join(collect_list(text), ',')",
    "dayname": "date_format(date, 'EEE')",
    "monthname": "date_format(date, 'MMM')",
    "parse_json": "get_json_object(text, '$.name')",
    "try_parse_json": "get_json_object(text, '$.name')",
    "try_to_date": "to_date(try_to_timestamp(text, format))",
}
"""Functions of Spark 4 → the call in Spark 3.5."""

FOREIGN = dict(line.split(maxsplit=1) for line in _WRITTEN.strip().splitlines())
"""Name in lower case → a call of Spark SQL."""

FOREIGN_NAMES = {
    "sysdate": "write `current_timestamp()`",
    "systimestamp": "write `current_timestamp()`",
    "rownum": "write `LIMIT`, or `row_number() OVER (ORDER BY …)`",
}
"""The same for names without brackets."""
