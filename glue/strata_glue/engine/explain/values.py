"""Values that a query cannot take: casts, numbers too large, zero, dates, patterns, places of arrays."""

from __future__ import annotations

from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.formats import (
    FORMATS,
    TYPED,
    group_index,
    literal_at,
    no_fit,
    no_moment,
    no_pattern,
    no_regex,
    no_schema,
    no_timezone,
    part_range,
    schema_literal,
    too_wide,
    unrecognized,
)
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import OTHER_TYPE, type_name

TRY_CAST = "or write `try_cast`, which gives NULL instead"


def _bad_cast(value: str | None, target: str, query: QueryText) -> Explained:
    kind = type_name(target)
    plain = "DECIMAL" if kind == "DECIMAL(38,10)" else kind  # what Sail casts texts to on their way to any DECIMAL
    places = [] if kind == OTHER_TYPE else query.casts_to(plain)
    if plain in ("DATE", "TIMESTAMP"):
        remedy = f"give the text's format (`try_to_timestamp(…, 'yyyy-MM-dd')`), {TRY_CAST}"
        if not places:
            found = query.calls_of(*_OF_TEXTS) or query.calls_of(*_OF_DATES)
            places = [query.words.tokens[call.at].start for call in found]
    elif places:
        remedy = f"clean the column, {TRY_CAST}"
    else:
        places = query.texts_as_numbers()
        remedy = f"the query uses a text as {plain} without a cast: clean the column, cast the other side to STRING, {TRY_CAST}"
    written = [] if places or value is None else [each.start for each in query.words.tokens if each.text == value]
    if len(written) == 1:
        return _bad_text(f"{value}", plain, written[0])
    place = places[0] if len(places) == 1 else None
    shown = None if value is None else f"the value {value} cannot be cast to {plain}: {remedy}"
    return Explained("CAST_INVALID_INPUT", f"a value cannot be cast to {plain}: {remedy}", place, shown)


def _bad_text(value: str, kind: str, place: int) -> Explained:
    """A text of the query where something of another type meets it: `d = '2026-13-45'`."""
    remedy = f"is not a valid {kind}: write {TYPED.get(kind, 'a number')}, or cast the other side to STRING"
    return Explained("CAST_INVALID_INPUT", f"a text of the query {remedy}", place, f"the text {value} {remedy}")


_OF_TEXTS = ("to_date", "to_timestamp", "try_to_timestamp", "date", "timestamp")
_OF_DATES = tuple(
    "year quarter month day dayofmonth dayofweek dayofyear weekofyear weekday hour minute second last_day next_day add_months"
    " date_add date_sub date_diff months_between date_trunc trunc date_format unix_timestamp unix_date extract date_part".split()
)
"""Functions that read a text as a DATE or a TIMESTAMP."""


def _overflow(value: str | None, kind: str, query: QueryText) -> Explained:
    places = [] if kind == OTHER_TYPE else query.casts_to(kind)
    remedy = f"cast to a wider type, {TRY_CAST}"
    return Explained(
        "CAST_OVERFLOW",
        f"a value does not fit into {kind}: {remedy}",
        places[0] if len(places) == 1 else None,
        None if value is None else f"the value {value} does not fit into {kind}: {remedy}",
    )


def _too_large(value: str, digits: str, most: str, query: QueryText) -> Explained:
    """Sail tells digits and the largest value: `4` and `99.99`."""
    return _overflow(value, f"DECIMAL({digits},{len(most.partition('.')[2])})", query)


def _arithmetic(place: str | None, query: QueryText) -> Explained:
    """`place`: characters before it, as engine/sail/overflow.py tells them."""
    message = (
        "a number grows too large for its type: cast to BIGINT or DECIMAL before the arithmetic, or write `try_add`, "
        "`try_multiply`, `try_sum`, which give NULL instead"
    )
    at = int(place) if place is not None and int(place) < len(query.sql) else query.only("+", "*")
    return Explained("ARITHMETIC_OVERFLOW", message, at if at is not None else query.function("sum")[1])


def _nan(name: str, query: QueryText) -> Explained | None:
    called, place = query.function(name)
    message = (
        f"{called} is of values with NaN, of which Sail's result depends on the order of rows: write "
        "`FILTER (WHERE NOT isnan(x))` behind it, or run with --engine spark"
    )
    return Explained("ENGINE_CANNOT", message, place) if called else None


def _zero(query: QueryText, kind: str) -> Explained:
    message = "a row divides by zero: write `try_divide(a, b)` or `a / nullif(b, 0)`, which give NULL instead"
    return Explained(kind, message, query.only("/", "%", "DIV", "MOD"))


def _index(index: str, size: str, query: QueryText) -> Explained:
    remedy = "write `get(array, index)` or `try_element_at(array, index)`, which give NULL instead"
    place = query.only("[") if query.only("[") is not None else query.function("element_at")[1]
    said = f"at index {index}" if query.said(index) else "at an index"
    of = f" of an array of {size}" if size else ", which it does not have"
    return Explained(
        "INVALID_ARRAY_INDEX",
        f"an array is read {said} beyond its end: {remedy}",
        place,
        f"an array is read at index {index}{of}: {remedy}",
    )


def _no_index(query: QueryText) -> Explained:
    remedy = "write `get(array, index)` or `try_element_at(array, index)`, which give NULL instead"
    return Explained(
        "INVALID_ARRAY_INDEX", f"an array is read beyond its end: {remedy}", query.function("element_at")[1]
    )


def _zero_index(query: QueryText) -> Explained:
    message = "the index of an array is 0: the first element has index 1 in `element_at`, 0 in `array[…]` and `get`"
    return Explained("INVALID_INDEX_OF_ZERO", message, query.function("element_at", "array_insert")[1])


def _map_key(query: QueryText) -> Explained:
    called, place = query.function("map", "map_from_arrays", "map_from_entries", "map_concat", "str_to_map")
    message = f"{called or 'a map'} gets a key twice: remove the double keys first"
    return Explained("DUPLICATED_MAP_KEY", message, place)


VALUES: list[Rule] = [
    rule(
        r"""The value (.*) of the type "[^"]*" cannot be cast to "([A-Z0-9_ (),<>]*)" because it is malformed""",
        lambda found, query: _bad_cast(found[1], found[2], query),
    ),
    rule(
        r"^Cannot cast (?:string|value) ('.*') to value of (\w+(?:\([\d, ]+\))?) type",
        lambda found, query: _bad_cast(found[1], found[2], query),
    ),
    rule(r"^invalid timestamp: (.*)$", lambda found, query: _bad_cast(f"'{found[1]}'", "TIMESTAMP", query)),
    rule(r"^Error parsing timestamp from ('.*'): ", lambda found, query: _bad_cast(found[1], "TIMESTAMP", query)),
    rule(r"^invalid date: (.*)$", lambda found, query: _bad_cast(f"'{found[1]}'", "DATE", query)),
    rule(
        r"datetime value does not match format at byte offset \d+: (.*)$",
        lambda found, query: no_fit(f"'{found[1]}'", query),
    ),
    rule(
        r"(?:expected .*|datetime value does not match format.*) at byte offset \d+|\binvalid (?:parsed \w+|numeric datetime field): "
        r"|\bInvalid value for \w+ \(valid values ",
        lambda _, query: no_fit(None, query) if query.calls_of(*FORMATS) else None,
    ),
    rule(
        r"PARSE_DATETIME_BY_NEW_PARSER\].*?Fail to parse ('.*') in the new parser",
        lambda found, query: no_fit(found[1], query),
    ),
    rule(
        r"\[CANNOT_PARSE_TIMESTAMP\] Text ('.*') could not be parsed",
        lambda found, query: no_fit(found[1], query),
    ),
    rule(
        r"^Can't cast value (\S+) to type (\w+)|The value (\S+) of the type \S+ cannot be cast to \"([\w(), ]+)\" due to an overflow",
        lambda found, query: _overflow(found[1] or found[3], type_name(found[2] or found[4]), query),
    ),
    rule(
        r"^Cannot cast to Decimal\d*\((\d+), (\d+)\)\. Overflowing on (\S+)",
        lambda found, query: _overflow(found[3], f"DECIMAL({found[1]},{found[2]})", query),
    ),
    rule(
        r"^(-?[\d.eE+]+) is too large to store in a Decimal\d* of precision (\d+)\. Max is (-?[\d.]+)",
        lambda found, query: _too_large(found[1], found[2], found[3], query),
    ),
    rule(
        r"\[NUMERIC_VALUE_OUT_OF_RANGE[.\w]*\]\s*(?:The )?(-?[\d.eE+]+)?.*?cannot be represented as Decimal\((\d+), ?(\d+)\)",
        lambda found, query: _overflow(found[1], f"DECIMAL({found[2]},{found[3]})", query),
    ),
    rule(
        r"\[(?:ARITHMETIC|BINARY_ARITHMETIC)_OVERFLOW[.\w]*\](?: strata at (\d{1,9}))?|^U?Int\d+ overflow on|^(?:Arithmetic overflow: )?Overflow happened on|^(?:long|integer) overflow$|^ArithmeticException$",
        lambda found, query: _arithmetic(found[1], query),
    ),
    rule(r"^strata: NaN in (median|percentile)", lambda found, query: _nan(found[1], query)),
    rule(r"\[REMAINDER_BY_ZERO\]|^Remainder by zero", lambda _, query: _zero(query, "REMAINDER_BY_ZERO")),
    rule(r"\[DIVIDE_BY_ZERO\]|(?i:^divi\w+ by zero)", lambda _, query: _zero(query, "DIVIDE_BY_ZERO")),
    rule(
        r"\[INVALID_ARRAY_INDEX(?:_IN_ELEMENT_AT)?\] The index (-?\d+) is out of bounds\. The array has (\d+) elements",
        lambda found, query: _index(found[1], found[2], query),
    ),
    rule(r"^element_at: the index is out of bounds", lambda _, query: _no_index(query)),
    rule(r"^\w+: the index 0 is invalid|\[INVALID_INDEX_OF_ZERO\]", lambda _, query: _zero_index(query)),
    rule(
        r"^invalid datetime pattern: .* width must be|\[INVALID_DATETIME_PATTERN\.LENGTH\]|^Too many pattern letters",
        lambda _, query: too_wide(query),
    ),
    rule(r"Fail to recognize '(.*?)' pattern", lambda found, query: unrecognized(found[1], query)),
    rule(r"Unrecognized datetime pattern: '(.*?)'", lambda found, query: unrecognized(found[1], query)),
    rule(r"^invalid datetime pattern: [\w -]+ letter '(\w)'", lambda found, query: no_pattern(found[1], query)),
    rule(
        r"DATETIME_WEEK_BASED_PATTERN\].*character: (\w)|^All week-based patterns are unsupported since Spark 3.0, detected: (\w)|^Unknown pattern letter: (\w)"
        r"|^Illegal pattern character: (\w)",
        lambda found, query: no_pattern(found[1] or found[2] or found[3] or found[4], query),
    ),
    rule(
        r"\[INVALID_DATETIME_PATTERN\.ILLEGAL_CHARACTER\].*?[Ii]llegal pattern character found in datetime pattern: '?(\w)",
        lambda found, query: no_pattern(found[1], query),
    ),
    rule(r"\[INVALID_DATETIME_PATTERN|DATETIME_PATTERN_RECOGNITION\]", lambda _, query: no_pattern("", query)),
    rule(
        r"^(?:Date|Time)Value \{",
        lambda _, query: no_moment(query, "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIME"),
    ),
    rule(
        r"\[INVALID_TYPED_LITERAL\] The value of the typed literal \"(DATE|TIMESTAMP|TIMESTAMP_NTZ|TIMESTAMP_LTZ|TIME)\"",
        lambda found, query: literal_at(found[1], query),
    ),
    rule(
        r"^Unable to parse date from -?\d+, -?\d+, -?\d+|^invalid input for Spark `make_timestamp\w*`: ",
        lambda _, query: part_range("", query),
    ),
    rule(
        r"^(Month|Day|Year) value '[^']*' is out of range|Invalid value for ([A-Z][a-z]+)Of\w+ \(valid|Invalid date '",
        lambda found, query: part_range(found[1] or found[2] or "", query),
    ),
    rule(
        r"Regular expression did not compile|^regex parse error|function: Invalid regex|\[INVALID_PARAMETER_VALUE\.PATTERN\]|^PatternSyntaxException$",
        lambda _, query: no_regex(query),
    ),
    rule(r"\[INVALID_PARAMETER_VALUE\.REGEX_GROUP_INDEX\]", lambda _, query: group_index(query)),
    rule(r"^Failed to parse schema '(.*?)': error in SQL parser", lambda found, query: no_schema(found[1], query)),
    rule(
        r"^`\w+` function requires the schema argument to be a string literal|\[INVALID_SCHEMA\.NON_STRING_LITERAL\]",
        lambda _, query: schema_literal(query),
    ),
    rule(r"\[INVALID_SCHEMA\.PARSE_ERROR\]|\[INVALID_SCHEMA", lambda _, query: no_schema("", query)),
    rule(r"\[DUPLICATED_MAP_KEY\]", lambda _, query: _map_key(query)),
    rule(r"\[INVALID_TIMEZONE\]|^ZoneRulesException$|^DateTimeException$", lambda _, query: no_timezone(query)),
]
