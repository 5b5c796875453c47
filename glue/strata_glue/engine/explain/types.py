"""Arguments and operands that do not fit: their number, their types, conditions that are none; and what an engine breaks on."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from itertools import pairwise

from strata_glue.engine.explain import sentences
from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.foreign_functions import FOREIGN_TYPES
from strata_glue.engine.explain.query import Call, QueryText
from strata_glue.engine.explain.words import OTHER_TYPE, type_name, with_spark_types

_NUMBERS = {word: number for number, word in enumerate("no one two three four five six".split())}


def _arguments(name: str, wanted: str, query: QueryText) -> Explained | None:
    """`wanted`: `2 or 3`, `1`."""
    if "2n" in wanted:
        return _even(query)
    if wanted.strip()[:1] in ("<", ">"):
        return _too_few(name, int(re.sub(r"\D", "", wanted) or 0) + (wanted.strip()[1:2] != "="), query)
    wanted = re.sub(r"(\d), (\d+)$", r"\1 or \2", wanted.strip())
    calls = query.calls_of(name.lower().removeprefix("spark_"))
    allowed = {int(each) for each in re.findall(r"\d+", wanted)}
    wrong = [call for call in calls if call.arguments not in allowed] if allowed else calls
    if not wrong and calls and "*" in query.sql:
        return Explained(
            "WRONG_NUM_ARGS",
            f"`{calls[0].name}` takes {wanted} column{'s' if wanted != '1' else ''}, not `*`",
            query.start(calls),
        )
    if not wrong:
        return None
    called = f"`{wrong[0].name}`"
    plural = "argument" if wanted.strip() == "1" else "arguments"
    message = f"{called} takes {wanted.strip()} {plural}, not {wrong[0].arguments}"
    return Explained("WRONG_NUM_ARGS", message, query.start(wrong))


def _too_few(name: str, fewest: int, query: QueryText) -> Explained | None:
    called, place = query.function(name)
    if not called:
        return None
    return Explained("WRONG_NUM_ARGS", f"{called} takes at least {_counted(fewest)}", place)


def _values_expected(number: str, dump: str, query: QueryText) -> Explained:
    """Sail names no function, and shows what it was given: `two values expected: [Column(…)]`."""
    wanted = _NUMBERS[number]
    given = _items_in(dump)
    calls = [call for call in query.calls if call.arguments == given]
    if len({call.name.lower() for call in calls}) == 1:
        return Explained(
            "WRONG_NUM_ARGS", f"`{calls[0].name}` takes {_counted(wanted)}, not {given}", query.start(calls)
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


def _even(query: QueryText) -> Explained:
    calls = [call for call in query.calls_of("map", "named_struct") if call.arguments % 2]
    called = f"`{calls[0].name}`" if calls else "map"
    return Explained(
        "WRONG_NUM_ARGS",
        f"{called} takes pairs, a key and a value each: an even number of arguments",
        query.start(calls),
    )


_FEWEST = {"lpad": 2, "rpad": 2, "split": 2, "round": 1, "bround": 1, "ceil": 1, "floor": 1, "concat_ws": 1}
"""Of functions whose calls with fewer arguments Sail refuses without a word of their number."""


def _at_least(call: Call, fewest: int, place: int | None) -> Explained:
    message = f"`{call.name}` takes at least {_counted(fewest)}, not {call.arguments}"
    return Explained("WRONG_NUM_ARGS", message, place)


def _without_arguments(query: QueryText) -> Explained | None:
    empty = [call for call in query.calls if call.arguments == 0 and _FEWEST.get(call.name.lower(), 0)]
    return _at_least(empty[0], _FEWEST[empty[0].name.lower()], query.start(empty)) if empty else None


def _misfit(name: str, kinds: list[str], query: QueryText, wanted: str = "") -> Explained | None:
    """An argument of a function is of a type that it does not take."""
    called, place = query.function(name)
    if not called:
        return None
    short = [call for call in query.calls_of(name) if call.arguments < _FEWEST.get(call.name.lower(), 0)]
    if short:
        return _at_least(short[0], _FEWEST[short[0].name.lower()], query.start(short))
    known = [kind for kind in (type_name(each) for each in kinds) if kind != OTHER_TYPE]
    if wanted:
        message = f"the argument of {called} must be {wanted}{', not ' + known[0] if known else ''}"
    elif known:
        message = f"{called} does not take {' and '.join(known)}: cast the argument"
    else:
        message = f"an argument of {called} has a type that it does not take: cast the argument"
    return Explained("DATATYPE_MISMATCH", message, place)


def _different(name: str, kinds: list[str], query: QueryText) -> Explained:
    called, place = query.function(name)
    known = " and ".join(dict.fromkeys(kind for kind in (type_name(each) for each in kinds) if kind != OTHER_TYPE))
    plain = {"CASEWHEN": "CASE", "CONCAT": "`||`"}.get(name.upper(), name.upper())
    if not called and name.upper() == "CONCAT":
        place = _sign("||", query)
    message = sentences.no_common_type(f"the arguments of {called or plain}", known)
    return Explained("DATATYPE_MISMATCH", message, place)


def _no_condition(where: str, kind: str, query: QueryText) -> Explained:
    words = {"filter": ("WHERE", "HAVING"), "join": ("ON",)}[where]
    there = [word for word in words if any(token.text.upper() == word for token in query.words.tokens)]
    clause = there[0] if len(there) == 1 else ""
    message = sentences.no_condition_of(clause, type_name(kind))
    return Explained("DATATYPE_MISMATCH", message, query.only(clause) if clause else None)


def _logical(sign: str, left: str, right: str, query: QueryText) -> Explained:
    kinds = [kind for kind in (type_name(left), type_name(right)) if kind != "BOOLEAN"]
    if "DISTINCT" in sign:
        sign = "NOT"
    message = sentences.no_logical(sign, kinds[0] if kinds else OTHER_TYPE, "the other side")
    return Explained("DATATYPE_MISMATCH", message, query.only(sign))


def _not_comparable(sign: str, left: str, right: str, query: QueryText) -> Explained:
    kinds = f"{type_name(left)} and {type_name(right)}"
    message = sentences.not_comparable(kinds, sign if sign in query.sql else "")
    place = _sign(sign, query)
    return Explained("DATATYPE_MISMATCH", message, query.only("BETWEEN") if place is None else place)


def _sign(sign: str, query: QueryText) -> int | None:
    """Where an operator of one or two signs is, if there is one only."""
    found = [match.start() for match in re.finditer(rf"(?<![<>=!]){re.escape(sign)}(?![<>=])", query.sql)]
    tokens = {token.start for token in query.words.tokens}
    there = [start for start in found if start in tokens]
    return there[0] if len(there) == 1 else None


_COMPUTING = ("substring", "substr", "date_add", "date_sub", "slice", "overlay", "sequence")
"""Functions that Sail writes as arithmetic, and names so in its messages."""


def _cannot_combine(left: str, sign: str, right: str, query: QueryText) -> Explained:
    kinds = [type_name(each) for each in (left, right)]
    calls = query.calls_of(*_COMPUTING)
    there = any(token.text == sign for token in query.words.tokens)
    if calls and not there:
        names = {call.name for call in calls}
        called = f"`{names.pop()}`" if len(names) == 1 else "a function"
        message = f"an argument of {called} is {kinds[1]}, where {called} counts with {kinds[0]}: cast it"
        return Explained("DATATYPE_MISMATCH", message, query.start(calls))
    remedy = (
        ": write `||` or `concat` to join texts"
        if sign == "+" and "STRING" in kinds and not calls
        else ": cast one of them"
    )
    what = f"`{sign}`" if not calls else f"`{sign}` or `{calls[0].name}`"
    return Explained(
        "DATATYPE_MISMATCH",
        f"{what} cannot combine {kinds[0]} and {kinds[1]}{remedy}",
        None if calls else query.only(sign),
    )


def _no_cast(source: str, target: str, query: QueryText) -> Explained:
    kind = type_name(target)
    places = [] if kind == OTHER_TYPE else query.casts_to(kind)
    message = sentences.no_cast(type_name(source), kind)
    if not places:
        message += ", which the query asks for without a cast: an argument or an operand has the wrong type"
        places = [query.words.tokens[call.at].start for call in query.calls_of(*_COMPUTING)]
    return Explained("DATATYPE_MISMATCH", message, places[0] if len(places) == 1 else None)


def _lambda(given: str, wanted: str, query: QueryText) -> Explained:
    message = f"the lambda function has {given} parameters, and must have {wanted}"
    return Explained("INVALID_LAMBDA_FUNCTION_CALL", message, query.only("->") or _arrow(query))


def _arrow(query: QueryText) -> int | None:
    found = [match.start() for match in re.finditer("->", query.sql)]
    return found[0] if len(found) == 1 else None


def _lambda_condition(kind: str, query: QueryText) -> Explained:
    message = f"the lambda function must give BOOLEAN, not {type_name(kind)}: compare it with something"
    return Explained("DATATYPE_MISMATCH", message, _arrow(query))


def _unknown_type(name: str, query: QueryText) -> Explained | None:
    said = query.said(name)
    if not said:
        return None
    remedy = f": write {FOREIGN_TYPES[name.lower()]}" if name.lower() in FOREIGN_TYPES else ""
    return Explained("UNSUPPORTED_DATATYPE", f"Spark SQL has no type {said}{remedy}", query.words.place_of(name))


def _broke(query: QueryText) -> Explained:
    """Sail gave up without a reason; a call with fewer arguments than PySpark's function of that name has may be it."""
    short = [call for call in query.calls if call.arguments < _fewest(call)]
    what = f": `{short[0].name}` may have too few arguments" if len({call.name for call in short}) == 1 else ""
    message = (
        f"Sail failed on this query without a reason{what}: correct it, or run with `--engine spark`, which says more"
    )
    return Explained("ENGINE_BROKE", message, query.start(short))


def _fewest(call: Call) -> int:
    """Arguments that PySpark's function of that name must have; 0 if there is none."""
    function = getattr(import_module("pyspark.sql.functions"), call.name.lower(), None)
    if call.name.lower() == "coalesce":
        return 1
    if not inspect.isfunction(function):
        return 0
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(
        each.kind in kinds and each.default is each.empty for each in inspect.signature(function).parameters.values()
    )


def _memory(query: QueryText) -> Explained:
    message = "the engine ran out of memory: read less (filter before joins, name columns instead of `*`), or run on a larger machine"
    return Explained("OUT_OF_MEMORY", message)


def _received(text: str) -> list[str]:
    found = re.search(r"but received (.*?) \(DataType: (.*?)\)\.", text)
    return [found[2]] if found else []


def _case(kinds: str, query: QueryText) -> Explained:
    known = [kind for kind in (type_name(each) for each in with_spark_types(kinds).split(", ")) if kind != OTHER_TYPE]
    message = sentences.no_common_type("the results of CASE", " and ".join(dict.fromkeys(known)))
    return Explained("DATATYPE_MISMATCH", message, query.only("CASE"))


def _no_index(kind: str, query: QueryText) -> Explained:
    message = f"`[…]` and `.name` take an ARRAY, a MAP or a STRUCT, not {type_name(kind)}"
    tokens = query.words.tokens
    chained = [token.start for before, token in pairwise(tokens) if (before.text, token.text) == ("]", "[")]
    place = chained[0] if len(chained) == 1 else query.only("[")
    return Explained("INVALID_EXTRACT_BASE_FIELD_TYPE", message, place)


def _no_like(left: str, right: str, query: QueryText) -> Explained | None:
    place = query.only("LIKE", "ILIKE", "RLIKE")
    if place is not None:
        kinds = f"{type_name(left)} and {type_name(right)}"
        return Explained("DATATYPE_MISMATCH", f"LIKE compares texts, not {kinds}: cast them to STRING", place)
    called, place = query.function("date_trunc")
    message = f"the first argument of {called} must be a unit of time: write `{called.strip('`')}('month', …)`"
    return Explained("DATATYPE_MISMATCH", message, place) if called else None


def _no_field_number(query: QueryText) -> Explained:
    message = "a STRUCT is read by the name of a field: write `column.field`"
    return Explained("INVALID_EXTRACT_FIELD", message, query.only("["))


_PLACES = {str(number): name for number, name in enumerate(sentences.PLACES, 1)}


def _wrong_argument(expression: str, which: str, wanted: str, given: str, kind: str, query: QueryText) -> Explained:
    """Spark's: `"abs(tags)"`, `first`, `("NUMERIC" or "INTERVAL")`, `"tags"`, `"ARRAY<STRING>"`."""
    called, _ = query.function(expression.partition("(")[0])
    takes = " or ".join(dict.fromkeys(re.findall(r'"([^"]*)"', wanted))) or "another type"
    what = query.said(given, "it")
    if "[" in expression and takes == "INTEGRAL":
        message = f"the place in an ARRAY must be a whole number, and {what} is {type_name(kind)}"
        return Explained("DATATYPE_MISMATCH", message, query.only("["))
    if takes == "BOOLEAN" and not called:
        message = sentences.no_condition(what, type_name(kind))
        return Explained("DATATYPE_MISMATCH", message)
    message = f"the {which + ' ' if which else ''}argument of {called or 'a function or an operator'} must be {takes}, and {what} is {type_name(kind)}: cast it"
    return Explained("DATATYPE_MISMATCH", message)


def _operands(left: str, right: str) -> Explained:
    message = f"the two sides of an operator are {type_name(left)} and {type_name(right)}, which do not go together: cast one of them"
    return Explained("DATATYPE_MISMATCH", message)


def _operand(wanted: str, kind: str) -> Explained:
    takes = " or ".join(re.findall(r'"([^"]*)"', wanted)) or wanted
    remedy = "compare it with something" if takes == "BOOLEAN" else "cast it"
    return Explained("DATATYPE_MISMATCH", f"an operator takes {takes}, not {type_name(kind)}: {remedy}")


def _no_order(name: str, kind: str, query: QueryText) -> Explained:
    called, place = query.function(name)
    plain = f"`{name}`" if not name.isalnum() else "ORDER BY"
    message = sentences.no_order(called or plain, type_name(kind))
    return Explained("DATATYPE_MISMATCH", message, place)


TYPES: list[Rule] = [
    rule(
        r'Cannot resolve "([^\n]*?)" due to data type mismatch: (?:The )?(\w+)? ?(?:[Pp]arameter)(?: (\d+))? requires the (.*?) type, however "(.*?)" has the type "(.*?)"\.',
        lambda found, query: _wrong_argument(
            found[1], found[2] or _PLACES.get(found[3], ""), found[4], found[5], found[6], query
        ),
    ),
    rule(
        r'operands of the binary operator have incompatible types \("(.*?)" and "(.*?)"\)',
        lambda found, _: _operands(found[1], found[2]),
    ),
    rule(r'binary operator requires the input type (.*?), not "(.*?)"', lambda found, _: _operand(found[1], found[2])),
    rule(
        r"Input to `(\w+)` should all be the same type, but it's \[?\(?(.*?)\)?\]?\.",
        lambda found, query: _different(found[1], re.findall(r'"([^"]*)"', found[2]), query),
    ),
    rule(
        r'requires return "BOOLEAN" type, but the actual is "(\w+)" type',
        lambda found, query: _lambda_condition(found[1], query),
    ),
    rule(
        r'The `?([\w=<>!]+)`? does not support ordering on type "(.*?)"',
        lambda found, query: _no_order(found[1], found[2], query),
    ),
    rule(
        r'GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE\].* data type "(.*?)" is not',
        lambda found, query: Explained(
            "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
            f"GROUP BY and DISTINCT cannot compare values of {type_name(found[1])}: group by a part of them",
            query.only("GROUP", "DISTINCT"),
        ),
    ),
    rule(
        r"INVALID_EXTRACT_BASE_FIELD_TYPE\].* but got \"(.*?)\"",
        lambda found, query: _no_index(found[1], query),
    ),
    rule(
        r"^expected at least one value, but got an empty vector|^Spark `concat_ws` function requires 1 to ",
        lambda _, query: _without_arguments(query),
    ),
    rule(r"^(\w+) requires (\d+(?: or \d+)*) arguments?", lambda found, query: _arguments(found[1], found[2], query)),
    rule(
        r"`(\w+)` function requires (\d+(?: or \d+)*) arguments?, got",
        lambda found, query: _arguments(found[1], found[2], query) or _misfit(found[1], [], query),
    ),
    rule(
        r"WRONG_NUM_ARGS[.\w]*\] The `(\w+)` requires ([^.]*?) parameters? but the actual number is",
        lambda found, query: _arguments(found[1], found[2].replace("[", "").replace("]", ""), query),
    ),
    rule(
        r"^(no|one|two|three|four|five|six) values? expected: (\[.*\])$",
        lambda found, query: _values_expected(found[1], found[2], query),
    ),
    rule(r"^(?:map\(k1, v1|named_struct requires an even)", lambda _, query: _even(query)),
    rule(
        r"^Function '(\w+)' failed to match any signature",
        lambda found, query: (
            _misfit(found[1], _received(found.string), query)
            or (
                _misfit("percentile_approx", _received(found.string), query)
                if found[1].startswith("approx_percentile")
                else None
            )
        ),
    ),
    rule(
        r"^(?:Unsupported Data Type: )?Spark `(\w+)` function expects (.*?)(?:, got (.*))?$",
        lambda found, query: _misfit(found[1], [], query),
    ),
    rule(
        r"^(?:The argument of the )?Spark `(\w+)` function can only be",
        lambda found, query: _misfit(found[1], [], query),
    ),
    rule(
        r"^`(\w+)` does not support (.+) input$",
        lambda found, query: _misfit(found[1], [found[2]], query),
    ),
    rule(
        r"^(\w+) does not support type ([\w()<>:, ']+?)(?:\. |$)",
        lambda found, query: _misfit(found[1], [found[2]], query),
    ),
    rule(
        r"^(size|cardinality|inline|inline_outer|explode|posexplode)\S* (?:expects|should only be called with).*?(?:, got (\w+))?$",
        lambda found, query: _misfit(
            found[1], [found[2] or ""], query, "an ARRAY of STRUCT" if "inline" in found[1] else "an ARRAY or a MAP"
        ),
    ),
    rule(r"^The array_concat function can only accept list", lambda _, query: _different("concat", [], query)),
    rule(r"common type for arguments to (\w+)", lambda found, query: _different(found[1], [], query)),
    rule(
        r"^Failed to coerce then \((.*?)\) and else \((.*?)\) to common types in CASE",
        lambda found, query: _case(found[1], query),
    ),
    rule(
        r"Expect to get struct but got (\w+)",
        lambda found, query: _different("coalesce", [], query) if query.calls_of("coalesce") else None,
    ),
    rule(
        r"^Failed to coerce arguments to satisfy a call to '(\w+)' function",
        lambda found, query: _misfit(found[1], [], query),
    ),
    rule(
        r"^Cannot create filter with non-boolean predicate .* returning (\S+)$",
        lambda found, query: _no_condition("filter", found[1], query),
    ),
    rule(
        r'\[DATATYPE_MISMATCH\.FILTER_NOT_BOOLEAN\].* of type "([^"]*)" is not a boolean',
        lambda found, query: _no_condition("filter", found[1], query),
    ),
    rule(
        r'^Join condition must be boolean type, but got (\S+)|\[JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE\].*has the invalid type "([^"]*)"',
        lambda found, query: _no_condition("join", found[1] or found[2], query),
    ),
    rule(
        r"^Cannot infer common argument type for logical boolean operation (.+?) (AND|OR) (.+)$",
        lambda found, query: _logical(found[2], found[1], found[3], query),
    ),
    rule(
        r"^Cannot infer common argument type for comparison operation (.+?) (IS (?:NOT )?DISTINCT FROM) (.+)$",
        lambda found, query: _logical(found[2], found[1], found[3], query) if query.only("NOT") is not None else None,
    ),
    rule(
        r"^Cannot infer common argument type for comparison operation (.+?) (<=>|[<>]=?|!=|=|IS (?:NOT )?DISTINCT FROM) (.+)$",
        lambda found, query: _not_comparable(found[2], found[1], found[3], query),
    ),
    rule(
        r"^Can not find compatible types to compare (.+?) with \[",
        lambda found, query: Explained(
            "DATATYPE_MISMATCH",
            f"IN compares {type_name(found[1])} with other types: cast them to one",
            query.only("IN"),
        ),
    ),
    rule(
        r"^Cannot coerce arithmetic expression (.+?) ([-+*/%]) (.+) to valid types",
        lambda found, query: _cannot_combine(found[1], found[2], found[3], query),
    ),
    rule(r"^Unsupported (?:TRY_)?CAST from (.+) to (.+)$", lambda found, query: _no_cast(found[1], found[2], query)),
    rule(r"^cannot cast (date|timestamp|interval) to (\w+)$", lambda found, query: _no_cast(found[1], found[2], query)),
    rule(
        r'data type mismatch: cannot cast "([^"]*)" to "([^"]*)"',
        lambda found, query: _no_cast(found[1], found[2], query),
    ),
    rule(
        r"^There isn't a common type to coerce (.+) and (.+) in I?LIKE expression",
        lambda found, query: _no_like(found[1], found[2], query),
    ),
    rule(
        r"^Cannot infer common type for bitwise operation (.+) ([&|^]) (.+)$",
        lambda found, query: Explained(
            "DATATYPE_MISMATCH",
            f"`{found[2]}` takes whole numbers, not {type_name(found[1])} and {type_name(found[3])}: cast them",
            query.only(found[2]),
        ),
    ),
    rule(
        r"^invalid extraction value for struct|\[INVALID_EXTRACT_FIELD_TYPE\]", lambda _, query: _no_field_number(query)
    ),
    rule(
        r"^Function '(\w+)' requires (\w+), but received \w+ \(DataType: (.*?)\)\.",
        lambda found, query: _misfit(found[1], [found[3]], query),
    ),
    rule(
        r"^(\w+) function takes exactly (one|two|three|four) arguments?",
        lambda found, query: _arguments(found[1], str(_NUMBERS[found[2]]), query),
    ),
    rule(r"^cannot extract value from data type: (.+)$", lambda found, query: _no_index(found[1], query)),
    rule(
        r"^the lambda function declares (\d+) parameters \(.*\) but only (\d+)",
        lambda found, query: _lambda(found[1], found[2], query),
    ),
    rule(
        r"INVALID_LAMBDA_FUNCTION_CALL\.NUM_ARGS_MISMATCH\].* expects (\d+) arguments?, but got (\d+)",
        lambda found, query: _lambda(found[1], found[2], query),
    ),
    rule(r"lambda must return boolean, got (\w+)", lambda found, query: _lambda_condition(found[1], query)),
    rule(
        r"^found (\w+) at \d+:\d+ expected data type|Unsupported data type \"(\w+)",
        lambda found, query: _unknown_type(found[1] or found[2], query),
    ),
    rule(r"_InactiveRpcError|_MultiThreadedRendezvous", lambda _, query: _broke(query)),
    rule(r"^Resources exhausted|OutOfMemoryError", lambda _, query: _memory(query)),
]
