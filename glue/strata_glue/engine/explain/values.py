"""Errors of values: casts, overflows, division by zero, dates, patterns, indexes of arrays."""

from __future__ import annotations

import re

from strata_glue.engine.explain.explained import Explained, Rule, fixed, rule
from strata_glue.engine.explain.formats import (
    FORMATS,
    no_fit,
    no_pattern,
    no_regex,
    no_schema,
    part_range,
    unrecognized,
)
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import OTHER_TYPE, type_name

_GET = "write `get(array, index)` or `try_element_at(array, index)`, which give NULL instead"
TRY_CAST = "or write `try_cast`, which gives NULL instead"


def _bad_cast(value: str, target: str, query: QueryText) -> Explained:
    kind = type_name(target)
    plain = "DECIMAL" if kind == "DECIMAL(38,10)" else kind  # what Sail casts texts to on their way to any DECIMAL
    places = [] if kind == OTHER_TYPE else query.casts_to(plain)
    if plain in ("DATE", "TIMESTAMP"):
        remedy = f"give the text's format (`try_to_timestamp(…, 'yyyy-MM-dd')`), {TRY_CAST}"
        if not places:
            found = query.calls_of(*_OF_TEXTS) or query.calls_of(*_OF_DATES)
            places = [call.word.start for call in found]
    elif places:
        remedy = f"clean the column, {TRY_CAST}"
    else:
        places = query.texts_as_numbers()
        remedy = f"the query uses a text as {plain} without a cast: clean the column, cast the other side to STRING, {TRY_CAST}"
    written = [] if places else [each.start for each in query.tokens if each.text == value]
    if len(written) == 1:
        return _bad_text(value, plain, written[0])
    place = places[0] if len(places) == 1 else None
    shown = f"the value {value} cannot be cast to {plain}: {remedy}"
    return Explained("CAST_INVALID_INPUT", f"a value cannot be cast to {plain}: {remedy}", place, shown)


_WRITTEN = {
    "DATE": "'2024-12-31'",
    "TIMESTAMP": "'2024-12-31' or '2024-12-31 23:59:59'",
    "TIMESTAMP_NTZ": "'2024-12-31' or '2024-12-31 23:59:59'",
    "INTERVAL": "INTERVAL '1' DAY or INTERVAL 1 DAY",
}
"""How values of a type are written."""


def _bad_text(value: str, kind: str, place: int) -> Explained:
    """A string literal that is compared with another type: `d = '2026-13-45'`."""
    remedy = f"is not a valid {kind}: write {_WRITTEN.get(kind, 'a number')}, or cast the other side to STRING"
    return Explained("CAST_INVALID_INPUT", f"a text of the query {remedy}", place, f"the text {value} {remedy}")


_OF_TEXTS = ("to_date", "to_timestamp", "try_to_timestamp", "date", "timestamp")
_OF_DATES = tuple(
    "year quarter month day dayofmonth dayofweek dayofyear weekofyear weekday hour minute second last_day next_day add_months"
    " date_add date_sub date_diff months_between date_trunc trunc date_format unix_timestamp unix_date extract date_part".split()
)
"""Functions that read a string as a DATE or a TIMESTAMP."""


def _overflow(value: str, target: str, query: QueryText) -> Explained:
    """`value`: empty if the engine does not name it."""
    kind = type_name(target)
    places = [] if kind == OTHER_TYPE else query.casts_to(kind)
    remedy = f"cast to a wider type, {TRY_CAST}"
    return Explained(
        "CAST_OVERFLOW",
        f"a value does not fit into {kind}: {remedy}",
        places[0] if len(places) == 1 else None,
        f"the value {value} does not fit into {kind}: {remedy}" if value else None,
    )


def _too_large(value: str, digits: str, most: str, query: QueryText) -> Explained:
    """Sail names the digits and the largest value: `4` and `99.99`."""
    return _overflow(value, f"DECIMAL({digits},{len(most.partition('.')[2])})", query)


def _arithmetic(place: str, query: QueryText) -> Explained:
    """`place`: the offset that engine/sail/overflow.py reports, or empty."""
    message = (
        "a number grows too large for its type: cast to BIGINT or DECIMAL before the arithmetic, or write `try_add`, "
        "`try_multiply`, `try_sum`, which give NULL instead"
    )
    at = int(place) if place and int(place) < len(query.sql) else query.only("+", "*")
    return Explained("ARITHMETIC_OVERFLOW", message, at if at is not None else query.function("sum")[1])


def _index(index: str, size: str, query: QueryText) -> Explained:
    place = query.only("[") if query.only("[") is not None else query.function("element_at")[1]
    where = f"at index {index}" if query.quoted(index) else "at an index"
    of = f" of an array of {size}" if size else ", which it does not have"
    return Explained(
        "INVALID_ARRAY_INDEX",
        f"an array is read {where} beyond its end: {_GET}",
        place,
        f"an array is read at index {index}{of}: {_GET}",
    )


_ZERO = "a row divides by zero: write `try_divide(a, b)` or `a / nullif(b, 0)`, which give NULL instead"

VALUES: list[Rule] = [
    rule(
        r"""The value (.*) of the type "[^"]*" cannot be cast to "([A-Z0-9_ (),<>]*)" because it is malformed"""
        r"""|^Cannot cast (?:string|value) ('.*') to value of (\w+(?:\([\d, ]+\))?) type""",
        _bad_cast,
    ),
    (
        re.compile(r"^invalid (timestamp|date): (.*)$", re.DOTALL),
        lambda found, query: _bad_cast(f"'{found[2]}'", found[1], query),
    ),
    rule(r"^Error parsing timestamp from ('.*'): ", _bad_cast, "TIMESTAMP"),
    rule(
        r"datetime value does not match format at byte offset \d+: (.*)$"
        r"|(?:(?:expected .*|datetime value does not match format.*) at byte offset \d+|\binvalid parsed \w+: "
        r"|\binvalid numeric datetime field: |\bInvalid value for \w+ \(valid values )()",
        no_fit,
    ),
    rule(
        r"PARSE_DATETIME_BY_NEW_PARSER\].*?Fail to parse '(.*)' in the new parser"
        r"|\[CANNOT_PARSE_TIMESTAMP\] Text '(.*)' could not be parsed",
        no_fit,
    ),
    rule(
        r"^Can't cast value (\S+) to type (\w+)"
        r'|The value (\S+) of the type \S+ cannot be cast to "([\w(), ]+)" due to an overflow'
        r"|\[NUMERIC_VALUE_OUT_OF_RANGE[.\w]*\]\s*(?:The )?((?:-?[\d.eE+]+)?).*?cannot be represented as (Decimal\(\d+, ?\d+\))",
        _overflow,
    ),
    (
        re.compile(r"^Cannot cast to (Decimal\d*\(\d+, \d+\))\. Overflowing on (\S+)"),
        lambda found, query: _overflow(found[2], found[1], query),
    ),
    rule(r"^(-?[\d.eE+]+) is too large to store in a Decimal\d* of precision (\d+)\. Max is (-?[\d.]+)", _too_large),
    rule(
        r"\[(?:ARITHMETIC|BINARY_ARITHMETIC)_OVERFLOW[.\w]*\](?: strata at (\d{1,9})|())|(?:^U?Int\d+ overflow on"
        r"|^(?:Arithmetic overflow: )?Overflow happened on|^(?:long|integer) overflow$|^ArithmeticException$)()",
        _arithmetic,
    ),
    fixed(
        r"^strata: NaN in (?:median|percentile)",
        "ENGINE_CANNOT",
        "{} is of values with NaN, of which Sail's result depends on the order of rows: write `FILTER (WHERE NOT isnan(x))` "
        "behind it, or run with --engine spark",
        "median percentile",
    ),
    fixed(r"\[REMAINDER_BY_ZERO\]|^Remainder by zero", "REMAINDER_BY_ZERO", _ZERO, "/ % DIV MOD"),
    fixed(r"\[DIVIDE_BY_ZERO\]|(?i:^divi\w+ by zero)", "DIVIDE_BY_ZERO", _ZERO, "/ % DIV MOD"),
    rule(
        r"\[INVALID_ARRAY_INDEX(?:_IN_ELEMENT_AT)?\] The index (-?\d+) is out of bounds\. The array has (\d+) elements",
        _index,
    ),
    fixed(
        r"^element_at: the index is out of bounds",
        "INVALID_ARRAY_INDEX",
        f"an array is read beyond its end: {_GET}",
        "element_at",
    ),
    fixed(
        r"^\w+: the index 0 is invalid|\[INVALID_INDEX_OF_ZERO\]",
        "INVALID_INDEX_OF_ZERO",
        "the index of an array is 0: the first element has index 1 in `element_at`, 0 in `array[…]` and `get`",
        "element_at array_insert",
    ),
    fixed(
        r"^invalid datetime pattern: .* width must be|\[INVALID_DATETIME_PATTERN\.LENGTH\]|^Too many pattern letters",
        "INVALID_DATETIME_PATTERN",
        "the format of {} repeats a letter too often: write at most `yyyy`, `MMMM`, `dd`, `EEEE`",
        FORMATS,
    ),
    rule(r"Fail to recognize '(.*?)' pattern|Unrecognized datetime pattern: '(.*?)'", unrecognized),
    rule(
        r"^invalid datetime pattern: [\w -]+ letter '(\w)'|DATETIME_WEEK_BASED_PATTERN\].*character: (\w)"
        r"|^All week-based patterns are unsupported since Spark 3.0, detected: (\w)|^Unknown pattern letter: (\w)"
        r"|^Illegal pattern character: (\w)|Illegal pattern character found in datetime pattern: '?(\w)",
        no_pattern,
    ),
    rule(r"\[INVALID_DATETIME_PATTERN|DATETIME_PATTERN_RECOGNITION\]", no_pattern, ""),
    rule(
        r"^(Month|Day|Year) value '[^']*' is out of range|Invalid value for ([A-Z][a-z]+)Of\w+ \(valid"
        r"|(?:Invalid date '|^Unable to parse date from -?\d+, |^invalid input for Spark `make_timestamp\w*`: )()",
        part_range,
    ),
    rule(
        r"Regular expression did not compile|^regex parse error|function: Invalid regex|\[INVALID_PARAMETER_VALUE\.PATTERN\]"
        r"|^PatternSyntaxException$",
        no_regex,
    ),
    fixed(
        r"\[INVALID_PARAMETER_VALUE\.REGEX_GROUP_INDEX\]",
        "INVALID_PARAMETER_VALUE",
        "the regular expression of {} has fewer groups in brackets than the number asked for",
        "regexp_extract regexp_extract_all",
    ),
    rule(r"^Failed to parse schema '(.*?)': error in SQL parser", no_schema),
    fixed(
        r"^`\w+` function requires the schema argument to be a string literal|\[INVALID_SCHEMA\.NON_STRING_LITERAL\]",
        "INVALID_SCHEMA",
        "the schema of {} must be a text in the query, not a column",
        "from_json from_csv from_xml",
    ),
    rule(r"\[INVALID_SCHEMA", no_schema, ""),
    fixed(
        r"\[DUPLICATED_MAP_KEY\]",
        "DUPLICATED_MAP_KEY",
        "{} gets a key twice: remove the double keys first",
        "map map_from_arrays map_from_entries map_concat str_to_map",
    ),
    fixed(
        r"\[INVALID_TIMEZONE\]|^ZoneRulesException$|^DateTimeException$",
        "INVALID_TIMEZONE",
        "a time zone does not exist: write it as 'America/Los_Angeles' or '+02:00'",
        "from_utc_timestamp to_utc_timestamp convert_timezone",
    ),
]
