"""An engine's message without values of rows, for logs, events and the ledger.

Engines put values anywhere, quoted or not, and a value may be any text. So only words that cannot be values stay: those of
the SQL, names of its tables and columns, types, and the words of the messages of Spark 4.1, Spark 3.5 and Sail 0.7. All
others, and every number that the SQL does not have, become `…`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

RAISED = "the query failed, or raised an error of its own, whose text may hold values and so is not shown"
"""Replaces the message if the SQL raises errors itself."""


def without_values(message: str, sql: str, names: Collection[str] = ()) -> str:
    """The message with `…` for possible values. `names`: of tables and columns that the SQL reads."""
    if _RAISES.search(sql):
        return RAISED
    known = {word.lower() for text in (sql, *names) for word in _PART.findall(text)}
    shown = _without_quoted(message, sql, known)
    shown = _OTHER.sub(lambda other: other[0] if other[0] in sql else "…", shown)
    shown = _WORD.sub(lambda word: word[0] if _is_known(word[0], known) else "…", shown)
    return _SEVERAL.sub("…", shown)


def without_quoted(message: str) -> str:
    """The message of a file system or a store, in which only quoted text may contain a value, of a partition."""
    return _without_quoted(message, "", set())


def _without_quoted(message: str, sql: str, known: set[str]) -> str:
    """Quoted text that the SQL does not have is a value, up to the last quote: a value may contain quotes."""
    for found in _QUOTED.finditer(message):
        text = found[2]
        of_sql = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", sql) if text else True
        parts = _PART.findall(text)
        if of_sql or (parts and all(part.lower() in known | _NAMED for part in parts)) or _is_engines(text):
            continue
        end = message.rindex(found[1]) + 1
        return f"{message[: found.start()]}{found[1]}…{found[1]}{message[end:]}"
    return message


def _is_engines(text: str) -> bool:
    """True for types, settings and functions, which engines quote."""
    return (
        _TYPE.fullmatch(text) is not None or text in _SETTINGS or re.fullmatch(r"(try|spark)_[a-z_]+", text) is not None
    )


def _is_known(word: str, known: set[str]) -> bool:
    if _is_engines(word):
        return True
    parts = _PART.findall(word)
    return all(part.lower() in known or part.lower() in _WORDS or _TYPE.fullmatch(part) for part in parts)


_RAISES = re.compile(r"\b(raise_error|assert_true)\s*\(", re.IGNORECASE)
_QUOTED = re.compile(r"(['\"])(.*?)\1", re.DOTALL)
_PART = re.compile(r"[^\W_]+")
_TYPE = re.compile(
    r"(?i)(u?int|float|decimal|date|time|utf|large_?utf)\d*|(decimal|numeric|char|varchar)\d*\(\d+(, ?\d+)?\)"
    r"|boolean|binary|string|tinyint|smallint|bigint|double|timestamp(_ntz|_ltz)?|void|interval( [a-z ]+)?"
    r"|(array|map|struct)<[^'\"]*>"
)
_WORD = re.compile(r"(?i)decimal\d*\(\d+, ?\d+\)|[^\W_](?:[\w.:+/-]*\w)?")
_OTHER = re.compile(r"[^\x00-\x7f…]+|(\\x[0-9A-Fa-f]{2})+|[({\[]{2,}|[*?|^~\\]{2,}")
_SEVERAL = re.compile(r"…(?:[^\w`…]*…)+")

_SETTINGS = frozenset({"spark.sql.ansi.enabled", "spark.sql.mapKeyDedupPolicy", "LAST_WIN", "true", "false"})
_NAMED = frozenset({"element", "item", "key", "value", "entries", "list"})
"""Names that Parquet and Arrow give to parts of nested columns."""

_WORDS = frozenset(
    "aborted abs accepted access accessing add again allow allowed already ambiguous an and ansi any apache are area argument"
    " arguments arithmetic array arrow as at attribute available base be because been before between bit bitwise body both"
    " boundaries bounds broken bucket but by bypass byte bytes call called calling can candidate cannot case cast casts"
    " catalog cause caused change changed char character charset check class closed coerce coercion column columns common compile"
    " compute connection cont contain contains conv conversion convert converted correct corrupt could criteria data datatype"
    " date dates datetime day days decimal decode decoded decrypt default defined denied details detected device did diff"
    " digits directory disk divide division divisor do does double driver due duplicate duplicated either element elements"
    " else empty enabled encode encoded encoding encountered encrypt end ensure error escape even exceeded exceeds exception"
    " execution executor exist exists expect expected expects explicit expression extract factorial failed false field fields"
    " file files first folder following footer for forbidden form format formatted found from func function functions get"
    " given got granularity group happened has have heap hex hour hourofday however id identifier if illegal implemented in"
    " incompatible index infer infinite inner input insert inserted instead int integer integral internal interval"
    " intervaldaytime into invalid io is it its java job join json key keys large largeutf last least left length less limit"
    " line list literal literals long lost lpad make malformed many map match matches matching max maximum may mean memory"
    " message meta method microsecond might millisecond milliseconds min minute mismatch missing mod mode month monthofyear"
    " more most multiple multiply must name names nan nano near necessary need neither no non none nor not null number numeric"
    " objectname occurred of offset on one only op open operands operation operator option or other out overflow overflowing"
    " parameter parquet parse parsed parser parsing path pattern per percent permission please pos position precision process"
    " properly provided quarter raised range reached read reading reason reached record records refused regex regexp region"
    " regular remainder remove repeat repetition replace represent represented requested required requires reset resolve"
    " resolved result return returned right routine row rows rpc same scalar scale schema search second separators sequence"
    " server service session set setting shall should signed size slice smallint so something space spark split sql start"
    " statement status step store string struct subquery subtract such suggestion support supported syntax system table"
    " takes target task terminated text than that the them then there this time timed timeout times timestamp timezone tinyint"
    " to tolerate too true trunc try tuple two type types unable unclosed unexpected unicode uniform unit unix unknown"
    " unresolved unsupported up url us use used user userdefined using utc utf util valid value values variable view want was"
    " week were when where which while with without write writing written year you zero zone".split()
)
"""Words of the templates of the engines' messages."""
