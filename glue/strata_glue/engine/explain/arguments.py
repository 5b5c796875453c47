"""Arguments of the wrong number or type."""

from __future__ import annotations

import re

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained
from strata_glue.engine.explain.query import QueryText
from strata_glue.engine.explain.words import OTHER_TYPE, type_name

_ORDINALS = {str(number): word for number, word in enumerate(sentences.PLACES, 1)}
_NUMBERS = {word: number for number, word in enumerate("no one two three four five six".split())}


def wrong_number(name: str, wanted: str, query: QueryText) -> Explained | None:
    """`wanted`: `2 or 3`, `1`, `[1, 2]`.

    The compiler finds wrong numbers (Q036) but of `*`, and of functions of which Sail takes fewer arguments than Spark.
    """
    wanted = re.sub(r"[\[\]]", "", wanted)
    if not re.fullmatch(r"[\d, or]+", wanted):
        return None
    wanted = re.sub(r"(\d), (\d+)$", r"\1 or \2", wanted.strip())
    calls = query.calls_of(name.lower().removeprefix("spark_"))
    allowed = {int(each) for each in re.findall(r"\d+", wanted)}
    wrong = [call for call in calls if call.arguments not in allowed] if allowed else calls
    if not wrong and calls and "*" in query.sql:
        return Explained(
            "WRONG_NUM_ARGS",
            f"`{calls[0].word.name}` takes {wanted} column{'s' if wanted != '1' else ''}, not `*`",
            query.start(calls),
        )
    if not wrong:
        return None
    called = f"`{wrong[0].word.name}`"
    plural = "argument" if wanted.strip() == "1" else "arguments"
    message = f"{called} takes {wanted.strip()} {plural}, not {wrong[0].arguments}"
    return Explained("WRONG_NUM_ARGS", message, query.start(wrong))


def wrong_call(name: str, wanted: str, query: QueryText) -> Explained | None:
    """For Sail's error that the number of arguments or their types are wrong."""
    return wrong_number(name, wanted, query) or misfit(name, "", query)


def values_expected(number: str, dump: str, query: QueryText) -> Explained:
    """Sail does not name the function, only its arguments: `two values expected: [Column(…)]`."""
    wanted = _NUMBERS[number]
    given = _items_in(dump)
    calls = [call for call in query.calls if call.arguments == given]
    if len({call.name for call in calls}) == 1:
        return Explained(
            "WRONG_NUM_ARGS", f"`{calls[0].word.name}` takes {_counted(wanted)}, not {given}", query.start(calls)
        )
    return Explained("WRONG_NUM_ARGS", f"a function that takes {_counted(wanted)} got {given}")


def _counted(number: int) -> str:
    return f"{number} argument" if number == 1 else f"{number} arguments"


def _items_in(dump: str) -> int:
    depth, items = 0, 1 if dump.strip("[] ") else 0
    for letter in dump.strip()[1:-1]:
        depth += (letter in "([{") - (letter in ")]}")
        items += letter == "," and depth == 0
    return items


def no_collection(name: str, kind: str, query: QueryText) -> Explained | None:
    return misfit(name, kind, query, "an ARRAY of STRUCT" if "inline" in name else "an ARRAY or a MAP")


def misfit(name: str, kind: str, query: QueryText, wanted: str = "") -> Explained | None:
    """An argument of the wrong type. `kind`: empty if unknown."""
    called, place = query.function(name)
    if not called:
        return None
    known = type_name(kind)
    if wanted:
        message = f"the argument of {called} must be {wanted}{'' if known == OTHER_TYPE else ', not ' + known}"
    elif known != OTHER_TYPE:
        message = f"{called} does not take {known}: cast the argument"
    else:
        message = f"an argument of {called} has a type that it does not take: cast the argument"
    return Explained("DATATYPE_MISMATCH", message, place)


def different_types(name: str, listed: str, query: QueryText) -> Explained:
    """`listed`: types, in quotes."""
    called, place = query.function(name)
    known = " and ".join(dict.fromkeys(type_name(each) for each in re.findall(r'"([^"]*)"', listed)))
    plain = {"CASEWHEN": "CASE", "CONCAT": "`||`"}.get(name.upper(), name.upper())
    if not called and name.upper() == "CONCAT":
        place = place_of_sign("||", query)
    message = sentences.no_common_type(f"the arguments of {called or plain}", known)
    return Explained("DATATYPE_MISMATCH", message, place)


def place_of_sign(sign: str, query: QueryText) -> int | None:
    """Offset of the only use of an operator of one or two signs."""
    found = [match.start() for match in re.finditer(rf"(?<![<>=!]){re.escape(sign)}(?![<>=])", query.sql)]
    tokens = {token.start for token in query.tokens}
    there = [start for start in found if start in tokens]
    return there[0] if len(there) == 1 else None


def wrong_lambda(given: str, wanted: str, query: QueryText) -> Explained:
    message = f"the lambda function has {given} parameters, and must have {wanted}"
    return Explained("INVALID_LAMBDA_FUNCTION_CALL", message, place_of_sign("->", query))


def lambda_condition(kind: str, query: QueryText) -> Explained:
    message = f"the lambda function must give BOOLEAN, not {type_name(kind)}: compare it with something"
    return Explained("DATATYPE_MISMATCH", message, place_of_sign("->", query))


def wrong_argument(expression: str, which: str, wanted: str, given: str, kind: str, query: QueryText) -> Explained:
    """Spark's: `"abs(tags)"`, `first` or `1`, `("NUMERIC" or "INTERVAL")`, `"tags"`, `"ARRAY<STRING>"`."""
    called, _ = query.function(expression.partition("(")[0])
    which = _ORDINALS.get(which, which if which.isalpha() else f"{which}th")
    takes = " or ".join(dict.fromkeys(re.findall(r'"([^"]*)"', wanted))) or "another type"
    what = query.quoted(given, "it")
    if "[" in expression and takes == "INTEGRAL":
        message = f"the place in an ARRAY must be a whole number, and {what} is {type_name(kind)}"
        return Explained("DATATYPE_MISMATCH", message, query.only("["))
    if takes == "BOOLEAN" and not called:
        message = sentences.no_condition(what, type_name(kind))
        return Explained("DATATYPE_MISMATCH", message)
    message = f"the {which} argument of {called or 'a function or an operator'} must be {takes}, and {what} is {type_name(kind)}: cast it"
    return Explained("DATATYPE_MISMATCH", message)
