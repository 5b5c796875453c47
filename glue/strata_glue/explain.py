"""What an engine says of a query, as one sentence in the user's own names, the same for Spark and Sail.

Engines name a mistake by their own parts (`ObjectName([Identifier("citty")])`, `customers."#1"`, a logical plan). Only the
mistakes below are put into other words; any other message stays the engine's. A message may hold a row's value, and a value
may be any text, such as another message: a name counts only if the SQL has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

from strata_glue.sql_words import SqlWords


@dataclass(frozen=True)
class Explained:
    """A mistake in the user's names."""

    kind: str
    """Spark's error class, without its sub-class."""
    message: str
    """Without values of rows."""
    offset: int | None = None
    """Where in the SQL, as found by its own tokens; None where that is not sure."""
    shown: str | None = None
    """The same with the value, where there is one."""


def explain(text: str, sql: str, names: Collection[str]) -> Explained | None:
    """The mistake that an engine's message tells of, or None. `names`: tables and columns that the SQL may use."""
    query = SqlWords(sql, names)
    for pattern, make in _MISTAKES:
        found = pattern.search(text)
        explained = make(found, query) if found else None
        if explained is not None:
            return explained
    return None


def _unknown_column(name: str, query: SqlWords) -> Explained | None:
    qualifier, _, last = name.rpartition(".")
    if not query.has(name):
        return None
    if qualifier and query.knows(last):
        message = f"there is no column `{last}` in `{qualifier}`, or no table or alias of that name"
    elif query.is_alias(last) and "." not in name:
        message = f"`{name}` is an alias of this SELECT, which the rest of it cannot use here: repeat the expression, or put the query into a CTE"
    else:
        message = f"there is no column `{name}`{query.nearest(last)}"
    return Explained(
        "UNRESOLVED_COLUMN", message, query.misused(last) if query.is_alias(last) else query.place_of(name)
    )


def _ambiguous(name: str, candidates: list[str], query: SqlWords) -> Explained | None:
    if not query.has(name):
        return None
    said = f", for example `{candidates[0]}`" if candidates else ", by its table's name or alias before a dot"
    message = f"column `{name}` is in more than one table: write which is meant{said}"
    return Explained("AMBIGUOUS_REFERENCE", message, query.place_of(name))


def _not_grouped(name: str, query: SqlWords) -> Explained | None:
    if not query.has(name):
        return None
    what = f"`{name}`" if name else "a column of the SELECT"
    message = f"{what} is neither in GROUP BY nor inside an aggregate function: add it to GROUP BY, or write `any_value({name or '…'})`"
    return Explained("MISSING_AGGREGATION", message, query.place_of(name) if name else None)


def _no_group(query: SqlWords) -> Explained:
    message = "the SELECT mixes columns and aggregate functions without GROUP BY: group by the columns"
    return Explained("MISSING_GROUP_BY", message, query.only("SELECT"))


_TYPES = {"INT8": "TINYINT", "INT16": "SMALLINT", "INT32": "INT", "INT64": "BIGINT", "FLOAT32": "FLOAT"} | {
    "FLOAT64": "DOUBLE",
    "DATE32": "DATE",
    "UTF8": "STRING",
}


_SPARK_TYPE = re.compile(
    r"TINYINT|SMALLINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\s?\d+\)|STRING|BINARY|BOOLEAN|DATE|TIME|TIMESTAMP(_NTZ|_LTZ)?"
    r"|INTERVAL( (YEAR|MONTH|DAY|HOUR|MINUTE|SECOND|TO))*"
)


def _type(name: str) -> str:
    """Spark's name of a type; what is none may be a value."""
    known = _TYPES.get(name.upper(), name.upper())
    return known if _SPARK_TYPE.fullmatch(known) else "that type"


def _bad_cast(value: str | None, target: str, query: SqlWords) -> Explained:
    kind = _type(target)
    remedy = "clean the column, or write `try_cast`, which gives NULL instead"
    if kind in ("DATE", "TIMESTAMP"):
        remedy = "give the text's format (`try_to_timestamp(…, 'yyyy-MM-dd')`), or write `try_cast`, which gives NULL instead"
    message = f"a value cannot be cast to {kind}: {remedy}"
    shown = None if value is None else f"the value {value} cannot be cast to {kind}: {remedy}"
    return Explained("CAST_INVALID_INPUT", message, query.only("CAST", "TO_DATE", "TO_TIMESTAMP"), shown)


FOREIGN = {
    "strftime": "date_format",
    "getdate": "current_timestamp",
    "group_concat": "listagg",
    "json_extract": "get_json_object",
    "isnumeric": "try_cast",
    "charindex": "locate",
}
"""Functions of other dialects → Spark's."""


def _unknown_function(name: str, query: SqlWords) -> Explained | None:
    plain = name.rpartition(".")[2]
    if not query.has(plain):
        return None
    known = _functions()
    other = FOREIGN.get(plain.lower()) or next(iter(get_close_matches(plain.lower(), sorted(known), 1, 0.6)), None)
    if plain.lower() in known:
        message = f"this engine does not know the function `{plain}`, which Spark has: run with `--engine spark`"
    else:
        message = f"Spark SQL has no function `{plain}`" + (f": did you mean `{other}`?" if other else "")
    return Explained("UNRESOLVED_ROUTINE", message, query.place_of(plain))


def _functions() -> set[str]:
    """Names of Spark's functions: those that PySpark has, which are nearly all."""
    functions = import_module("pyspark.sql.functions")
    return {name for name, value in vars(functions).items() if callable(value) and not name.startswith("_")}


def _zero(query: SqlWords, kind: str) -> Explained:
    message = "a row divides by zero: write `try_divide(a, b)` or `a / nullif(b, 0)`, which give NULL instead"
    return Explained(kind, message, query.only("/", "%", "DIV", "MOD"))


def _misplaced(what: str, query: SqlWords) -> Explained:
    message = f"{what} stands where none may, for example in WHERE: compute it in a sub-query and filter outside it"
    return Explained("INVALID_WHERE_CONDITION", message, query.only("WHERE"))


def _union(left: str, right: str, query: SqlWords) -> Explained:
    message = f"the two sides of UNION have {left} and {right} columns: select the same columns in both"
    return Explained("NUM_COLUMNS_MISMATCH", message, query.only("UNION"))


def _overflow(value: str, target: str, query: SqlWords) -> Explained:
    kind = _type(target)
    remedy = "cast to a wider type, or write `try_cast`, which gives NULL instead"
    return Explained(
        "CAST_OVERFLOW",
        f"a value does not fit into {kind}: {remedy}",
        query.only("CAST"),
        f"the value {value} does not fit into {kind}: {remedy}",
    )


def _cannot_combine(left: str, sign: str, right: str, query: SqlWords) -> Explained:
    kinds = [_type(each) for each in (left, right)]
    remedy = ": write `||` or `concat` to join texts" if sign == "+" and "STRING" in kinds else ": cast one of them"
    message = f"`{sign}` cannot combine {kinds[0]} and {kinds[1]}{remedy}"
    return Explained("DATATYPE_MISMATCH", message, query.only(sign))


def _unknown_field(name: str, query: SqlWords) -> Explained | None:
    if not query.has(name):
        return None
    return Explained("FIELD_NOT_FOUND", f"there is no field `{name}`{query.nearest(name)}", query.place_of(name))


def _unknown_table(name: str, query: SqlWords) -> Explained | None:
    if not query.has(name):
        return None
    return Explained(
        "TABLE_OR_VIEW_NOT_FOUND", f"there is no table `{name}`{query.nearest(name)}", query.place_of(name)
    )


def _parts(text: str) -> str:
    """`[Identifier("c"), Identifier("id")]` or `` `c`.`id` `` → `c.id`."""
    return ".".join(re.findall(r'Identifier\("((?:[^"\\]|\\.)*)"\)', text) or re.findall(r"`([^`]*)`", text))


_Make = Callable[["re.Match[str]", SqlWords], Explained | None]
_MISTAKES: list[tuple[re.Pattern[str], _Make]] = [
    (
        re.compile(r"with name ((?:`[^`]*`\.?)+) cannot be resolved"),
        lambda found, query: _unknown_column(_parts(found[1]), query),
    ),
    (
        re.compile(r"attribute ObjectName\((\[.*?\])\) is missing from the schema"),
        lambda found, query: _unknown_column(_parts(found[1]), query),
    ),
    (
        re.compile(r"Reference ((?:`[^`]*`\.?)+) is ambiguous, could be: \[(.*?)\]"),
        lambda found, query: _ambiguous(_parts(found[1]), [_parts(each) for each in found[2].split(", ")], query),
    ),
    (
        re.compile(r"ambiguous attribute: ObjectName\((\[.*?\])\)"),
        lambda found, query: _ambiguous(_parts(found[1]), [], query),
    ),
    (
        re.compile(r'The non-aggregating expression "([^"]*)"'),
        lambda found, query: _not_grouped(found[1], query),
    ),
    (re.compile(r"\[MISSING_GROUP_BY\]"), lambda _, query: _no_group(query)),
    (
        re.compile(
            r"""No field named (?:\w+\.)?"#\d+".*\nValid fields are|No field named (?:\w+\.)?"#\d+"\.\s*\nValid"""
        ),
        lambda _, query: _not_grouped(query.ungrouped(), query) if query.only("GROUP") else _no_group(query),
    ),
    (
        re.compile(
            r"""The value (.*) of the type "[^"]*" cannot be cast to "([A-Z0-9_ (),<>]*)" because it is malformed""",
            re.S,
        ),
        lambda found, query: _bad_cast(found[1], found[2], query),
    ),
    (
        re.compile(r"Cannot cast string ('.*') to value of (\w+) type", re.S),
        lambda found, query: _bad_cast(found[1], found[2], query),
    ),
    (
        re.compile(r"^invalid timestamp: (.*)$", re.S),
        lambda found, query: _bad_cast(f"'{found[1]}'", "TIMESTAMP", query),
    ),
    (re.compile(r"^invalid date: (.*)$", re.S), lambda found, query: _bad_cast(f"'{found[1]}'", "DATE", query)),
    (
        re.compile(r"^expected .* datetime field at byte offset \d+"),
        lambda _, query: _bad_cast(None, "TIMESTAMP", query),
    ),
    (
        re.compile(r"\[CANNOT_PARSE_TIMESTAMP\] Text ('.*') could not be parsed", re.S),
        lambda found, query: _bad_cast(found[1], "TIMESTAMP", query),
    ),
    (
        re.compile(r"Cannot resolve (?:routine|function) ((?:`[^`]*`\.?)+)"),
        lambda found, query: _unknown_function(_parts(found[1]), query),
    ),
    (re.compile(r"^unknown function: (\w+)"), lambda found, query: _unknown_function(found[1], query)),
    (re.compile(r"\[REMAINDER_BY_ZERO\]|^Remainder by zero"), lambda _, query: _zero(query, "REMAINDER_BY_ZERO")),
    (re.compile(r"\[DIVIDE_BY_ZERO\]|(?i:^divi\w+ by zero)"), lambda _, query: _zero(query, "DIVIDE_BY_ZERO")),
    (
        re.compile(
            r"Physical plan does not support logical expression WindowFunction|use window functions inside WHERE"
        ),
        lambda _, query: _misplaced("a window function", query),
    ),
    (
        re.compile(r"Physical plan does not support logical expression AggregateFunction|\[INVALID_WHERE_CONDITION\]"),
        lambda _, query: _misplaced("an aggregate function", query),
    ),
    (
        re.compile(r"UNION queries have different number of columns: left has (\d+) columns whereas right has (\d+)"),
        lambda found, query: _union(found[1], found[2], query),
    ),
    (
        re.compile(r"the first input has (\d+) columns and the second input has (\d+) columns"),
        lambda found, query: _union(found[1], found[2], query),
    ),
    (
        re.compile(
            r"Can't cast value (\S+) to type (\w+)|The value (\S+) of the type \S+ cannot be cast to \"(\w+)\" due to an overflow"
        ),
        lambda found, query: _overflow(found[1] or found[3], found[2] or found[4], query),
    ),
    (
        re.compile(r"Cannot coerce arithmetic expression (\w+) (\S+) (\w+) to valid types"),
        lambda found, query: _cannot_combine(found[1], found[2], found[3], query),
    ),
    (
        re.compile(r"missing or ambiguous field: (\w+)|No such struct field `([^`]*)`"),
        lambda found, query: _unknown_field(found[1] or found[2], query),
    ),
    (
        re.compile(r"Table or view not found: (\S+)|The table or view ((?:`[^`]*`\.?)+) cannot be found"),
        lambda found, query: _unknown_table(found[1] or _parts(found[2]), query),
    ),
]
"""In order: the first that fits is told."""
