"""Formats, patterns and literals that cannot be read: of dates, regular expressions, schemas, time zones."""

from __future__ import annotations

import re

from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText


def no_fit(value: str | None, query: QueryText) -> Explained:
    """A text that is not as the format of a function says."""
    called, place = query.function(*FORMATS)
    remedy = "correct the format, clean the column, or write `try_to_timestamp(…, …)`, which gives NULL instead"
    of = f"the format of {called or 'a function'}"
    shown = None if value is None else f"the value {value} does not fit {of}: {remedy}"
    return Explained("CANNOT_PARSE_TIMESTAMP", f"a value does not fit {of}: {remedy}", place, shown)


_LETTERS = {
    "Y": "week-based: write `y`",
    "w": "of weeks",
    "W": "of weeks",
    "u": "of weekdays: write `E`",
    "e": "of weekdays: write `E`",
}


def too_wide(query: QueryText) -> Explained:
    called, place = query.function(*FORMATS)
    message = (
        f"the format of {called or 'a date'} repeats a letter too often: write at most `yyyy`, `MMMM`, `dd`, `EEEE`"
    )
    return Explained("INVALID_DATETIME_PATTERN", message, place)


def unrecognized(pattern: str, query: QueryText) -> Explained:
    """Spark's words name the whole format."""
    if re.search(r"y{7}|([A-Za-z])\1{5}", pattern) and pattern in query.sql:
        return too_wide(query)
    unknown = [each for each in pattern if each in _LETTERS or (each.isalpha() and each not in _READ)]
    return no_pattern(unknown[0] if unknown else "", query)


_READ = frozenset("GyQqMLdDEFahHkKmsSVzOXxZ")
"""Letters of Spark's formats."""


def no_pattern(letter: str, query: QueryText) -> Explained:
    called, place = query.function(*FORMATS)
    if re.search(r"'[^']*%[A-Za-z]", query.sql):
        message = f"Spark's formats have no `%`: write the format of {called or 'a date'} as in `yyyy-MM-dd HH:mm:ss`"
        return Explained("INVALID_DATETIME_PATTERN", message, place)
    why = f" ({_LETTERS[letter]})" if letter in _LETTERS else ""
    said = f": it has the letter `{letter}`{why}" if letter and letter in query.sql else ""
    message = f"Spark does not read the format of {called or 'a date'}{said}: write it as in `yyyy-MM-dd HH:mm:ss`"
    return Explained("INVALID_DATETIME_PATTERN", message, place)


FORMATS = (
    "to_date",
    "to_timestamp",
    "date_format",
    "try_to_timestamp",
    "from_unixtime",
    "unix_timestamp",
    "to_unix_timestamp",
    "to_char",
)


TYPED = {
    "DATE": "'2024-12-31'",
    "TIMESTAMP": "'2024-12-31' or '2024-12-31 23:59:59'",
    "TIMESTAMP_NTZ": "'2024-12-31' or '2024-12-31 23:59:59'",
    "TIMESTAMP_LTZ": "'2024-12-31' or '2024-12-31 23:59:59'",
    "TIME": "'23:59:59'",
    "INTERVAL": "INTERVAL '1' DAY or INTERVAL 1 DAY",
}
"""Types that stand before a text of the query, and how it is written."""


def literal(kind: str, place: int | None) -> Explained:
    """A text of the query that is no value of the type before it."""
    return Explained(
        "INVALID_TYPED_LITERAL", f"the text after {kind} is not a valid {kind}: write {TYPED[kind]}", place
    )


def literal_at(kind: str, query: QueryText) -> Explained:
    return literal(kind, query.only(kind))


def no_moment(query: QueryText, *kinds: str) -> Explained | None:
    found = [kind for kind in kinds if query.only(kind) is not None]
    return literal_at(found[0], query) if len(found) == 1 else None


def part_range(part: str, query: QueryText) -> Explained:
    message = f"{f'the {part.lower()} is out of its range: ' if part else ''}there is no such day or time"
    return Explained("DATETIME_FIELD_OUT_OF_BOUNDS", message, query.function("make_date", "make_timestamp")[1])


_REGEX = (
    "rlike",
    "regexp",
    "regexp_like",
    "regexp_replace",
    "regexp_extract",
    "regexp_extract_all",
    "regexp_count",
    "regexp_instr",
    "regexp_substr",
    "split",
)


def no_regex(query: QueryText) -> Explained:
    called, place = query.function(*_REGEX)
    place = place if place is not None else query.only("RLIKE", "REGEXP")
    message = f"the regular expression{' of ' + called if called else ''} is not valid: close its brackets, and put `\\\\` before signs that it should match"
    return Explained("INVALID_PARAMETER_VALUE", message, place)


def group_index(query: QueryText) -> Explained:
    called, place = query.function("regexp_extract", "regexp_extract_all")
    return Explained(
        "INVALID_PARAMETER_VALUE",
        f"the regular expression of {called or 'a function'} has fewer groups in brackets than the number asked for",
        place,
    )


def no_schema(schema: str, query: QueryText) -> Explained:
    called, place = query.function("from_json", "from_csv", "from_xml")
    said = f" `{schema}`" if schema and schema in query.sql else ""
    message = f"the schema{said} of {called or 'from_json'} cannot be read: write `name type, name type`, for example `id INT, name STRING`"
    return Explained("INVALID_SCHEMA", message, place)


def schema_literal(query: QueryText) -> Explained:
    called, place = query.function("from_json", "from_csv", "from_xml")
    return Explained(
        "INVALID_SCHEMA", f"the schema of {called or 'from_json'} must be a text in the query, not a column", place
    )


def no_timezone(query: QueryText) -> Explained:
    message = "a time zone does not exist: write it as 'America/Los_Angeles' or '+02:00'"
    return Explained(
        "INVALID_TIMEZONE", message, query.function("from_utc_timestamp", "to_utc_timestamp", "convert_timezone")[1]
    )
