"""Invalid formats and patterns: of dates, regular expressions, schemas."""

from __future__ import annotations

import re

from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText

FORMATS = "to_date to_timestamp date_format try_to_timestamp from_unixtime unix_timestamp to_unix_timestamp to_char"
"""Functions with a format."""
_REGEX = "rlike regexp regexp_like regexp_replace regexp_extract regexp_extract_all regexp_count regexp_instr regexp_substr split"


def no_fit(value: str, query: QueryText) -> Explained | None:
    """A string that does not match the format of a function. `value`: empty if the engine does not name it."""
    if not query.calls_of(*FORMATS.split()):
        return None
    called, place = query.function(*FORMATS.split())
    remedy = "correct the format, clean the column, or write `try_to_timestamp(…, …)`, which gives NULL instead"
    of = f"the format of {called or 'a function'}"
    shown = f"the value '{value}' does not fit {of}: {remedy}" if value else None
    return Explained("CANNOT_PARSE_TIMESTAMP", f"a value does not fit {of}: {remedy}", place, shown)


_LETTERS = {
    "Y": "week-based: write `y`",
    "w": "of weeks",
    "W": "of weeks",
    "u": "of weekdays: write `E`",
    "e": "of weekdays: write `E`",
}


def unrecognized(pattern: str, query: QueryText) -> Explained:
    """Spark's message has the whole format."""
    unknown = [each for each in pattern if each in _LETTERS or (each.isalpha() and each not in _READ)]
    return no_pattern(unknown[0] if unknown else "", query)


_READ = frozenset("GyQqMLdDEFahHkKmsSVzOXxZ")
"""Letters of Spark's formats."""


def no_pattern(letter: str, query: QueryText) -> Explained:
    called, place = query.function(*FORMATS.split())
    if re.search(r"'[^']*%[A-Za-z]", query.sql):
        message = f"Spark's formats have no `%`: write the format of {called or 'a date'} as in `yyyy-MM-dd HH:mm:ss`"
        return Explained("INVALID_DATETIME_PATTERN", message, place)
    note = f" ({_LETTERS[letter]})" if letter in _LETTERS else ""
    why = f": it has the letter `{letter}`{note}" if letter and letter in query.sql else ""
    message = f"Spark does not read the format of {called or 'a date'}{why}: write it as in `yyyy-MM-dd HH:mm:ss`"
    return Explained("INVALID_DATETIME_PATTERN", message, place)


def part_range(part: str, query: QueryText) -> Explained:
    message = f"{f'the {part.lower()} is out of its range: ' if part else ''}there is no such day or time"
    return Explained("DATETIME_FIELD_OUT_OF_BOUNDS", message, query.function("make_date", "make_timestamp")[1])


def no_regex(query: QueryText) -> Explained:
    called, place = query.function(*_REGEX.split())
    place = place if place is not None else query.only("RLIKE", "REGEXP")
    message = f"the regular expression{' of ' + called if called else ''} is not valid: close its brackets, and put `\\\\` before signs that it should match"
    return Explained("INVALID_PARAMETER_VALUE", message, place)


def no_schema(schema: str, query: QueryText) -> Explained:
    called, place = query.function("from_json", "from_csv", "from_xml")
    name = f" `{schema}`" if schema and schema in query.sql else ""
    message = f"the schema{name} of {called or 'from_json'} cannot be read: write `name type, name type`, for example `id INT, name STRING`"
    return Explained("INVALID_SCHEMA", message, place)
