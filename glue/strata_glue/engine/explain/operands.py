"""Operands and conditions of the wrong type: of comparisons, operators, casts and `[…]`."""

from __future__ import annotations

import re
from itertools import pairwise

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.arguments import place_of_sign
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import OTHER_TYPE, type_name, with_spark_types


def no_condition_in(kind: str, clauses: str, query: QueryText) -> Explained:
    there = [word for word in clauses.split() if query.has_word(word)]
    clause = there[0] if len(there) == 1 else ""
    message = sentences.no_condition_of(clause, type_name(kind))
    return Explained("DATATYPE_MISMATCH", message, query.only(clause) if clause else None)


def no_logical(left: str, sign: str, right: str, query: QueryText) -> Explained:
    kinds = [kind for kind in (type_name(left), type_name(right)) if kind != "BOOLEAN"]
    message = sentences.no_logical(sign, kinds[0] if kinds else OTHER_TYPE, "the other side")
    return Explained("DATATYPE_MISMATCH", message, query.only(sign))


def not_comparable_types(left: str, sign: str, right: str, query: QueryText) -> Explained:
    if "DISTINCT" in sign and query.only("NOT") is not None:
        return no_logical(left, "NOT", right, query)
    kinds = f"{type_name(left)} and {type_name(right)}"
    message = sentences.not_comparable(kinds, sign if sign in query.sql else "")
    place = place_of_sign(sign, query)
    return Explained("DATATYPE_MISMATCH", message, query.only("BETWEEN") if place is None else place)


_COMPUTING = ("substring", "substr", "date_add", "date_sub", "slice", "overlay", "sequence")
"""Functions that Sail rewrites as arithmetic, which its messages then name."""


def cannot_combine(left: str, sign: str, right: str, query: QueryText) -> Explained:
    kinds = [type_name(each) for each in (left, right)]
    calls = query.calls_of(*_COMPUTING)
    there = any(token.text == sign for token in query.tokens)
    if calls and not there:
        names = {call.word.name for call in calls}
        called = f"`{names.pop()}`" if len(names) == 1 else "a function"
        message = f"an argument of {called} is {kinds[1]}, where {called} counts with {kinds[0]}: cast it"
        return Explained("DATATYPE_MISMATCH", message, query.start(calls))
    remedy = (
        ": write `||` or `concat` to join texts"
        if sign == "+" and "STRING" in kinds and not calls
        else ": cast one of them"
    )
    what = f"`{sign}`" if not calls else f"`{sign}` or `{calls[0].word.name}`"
    return Explained(
        "DATATYPE_MISMATCH",
        f"{what} cannot combine {kinds[0]} and {kinds[1]}{remedy}",
        None if calls else query.only(sign),
    )


def no_bits(left: str, sign: str, right: str, query: QueryText) -> Explained:
    message = f"`{sign}` takes whole numbers, not {type_name(left)} and {type_name(right)}: cast them"
    return Explained("DATATYPE_MISMATCH", message, query.only(sign))


def no_cast_of(source: str, target: str, query: QueryText) -> Explained:
    kind = type_name(target)
    places = [] if kind == OTHER_TYPE else query.casts_to(kind)
    message = sentences.no_cast(type_name(source), kind)
    if not places:
        message += ", which the query asks for without a cast: an argument or an operand has the wrong type"
        places = [call.word.start for call in query.calls_of(*_COMPUTING)]
    return Explained("DATATYPE_MISMATCH", message, places[0] if len(places) == 1 else None)


def results_of_case(kinds: str, query: QueryText) -> Explained:
    known = [kind for kind in (type_name(each) for each in with_spark_types(kinds).split(", ")) if kind != OTHER_TYPE]
    message = sentences.no_common_type("the results of CASE", " and ".join(dict.fromkeys(known)))
    return Explained("DATATYPE_MISMATCH", message, query.only("CASE"))


def no_index(kind: str, query: QueryText) -> Explained:
    message = f"`[…]` and `.name` take an ARRAY, a MAP or a STRUCT, not {type_name(kind)}"
    tokens = query.tokens
    chained = [token.start for before, token in pairwise(tokens) if (before.text, token.text) == ("]", "[")]
    place = chained[0] if len(chained) == 1 else query.only("[")
    return Explained("INVALID_EXTRACT_BASE_FIELD_TYPE", message, place)


def no_like(left: str, right: str, query: QueryText) -> Explained | None:
    place = query.only("LIKE", "ILIKE", "RLIKE")
    if place is not None:
        kinds = f"{type_name(left)} and {type_name(right)}"
        return Explained("DATATYPE_MISMATCH", f"LIKE compares texts, not {kinds}: cast them to STRING", place)
    called, place = query.function("date_trunc")
    message = f"the first argument of {called} must be a unit of time: write `{called.strip('`')}('month', …)`"
    return Explained("DATATYPE_MISMATCH", message, place) if called else None


def one_operand(wanted: str, kind: str, _: QueryText) -> Explained:
    takes = " or ".join(re.findall(r'"([^"]*)"', wanted)) or wanted
    remedy = "compare it with something" if takes == "BOOLEAN" else "cast it"
    return Explained("DATATYPE_MISMATCH", f"an operator takes {takes}, not {type_name(kind)}: {remedy}")


def no_order_of(name: str, kind: str, query: QueryText) -> Explained:
    called, place = query.function(name)
    plain = f"`{name}`" if not name.isalnum() else "ORDER BY"
    message = sentences.no_order(called or plain, type_name(kind))
    return Explained("DATATYPE_MISMATCH", message, place)
