"""Arguments and operands that do not fit: their number, their types, conditions that are none; and what an engine breaks on."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

from strata_glue.engine.explain.arguments import (
    NUMBERS,
    PLACES,
    different_types,
    lambda_condition,
    misfit,
    not_in_pairs,
    received_types,
    values_expected,
    without_arguments,
    wrong_argument,
    wrong_lambda,
    wrong_number,
)
from strata_glue.engine.explain.explained import Explained, Rule, rule
from strata_glue.engine.explain.foreign_functions import FOREIGN_TYPES
from strata_glue.engine.explain.operands import (
    cannot_combine,
    no_cast_of,
    no_condition_in,
    no_field_number,
    no_index,
    no_like,
    no_logical,
    no_order_of,
    not_comparable_types,
    one_operand,
    results_of_case,
    two_operands,
)
from strata_glue.engine.explain.query import Call, QueryText
from strata_glue.engine.explain.words import type_name


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


TYPES: list[Rule] = [
    rule(
        r'Cannot resolve "([^\n]*?)" due to data type mismatch: (?:The )?(\w+)? ?(?:[Pp]arameter)(?: (\d+))? requires the (.*?) type, however "(.*?)" has the type "(.*?)"\.',
        lambda found, query: wrong_argument(
            found[1], found[2] or PLACES.get(found[3], ""), found[4], found[5], found[6], query
        ),
    ),
    rule(
        r'operands of the binary operator have incompatible types \("(.*?)" and "(.*?)"\)',
        lambda found, _: two_operands(found[1], found[2]),
    ),
    rule(
        r'binary operator requires the input type (.*?), not "(.*?)"', lambda found, _: one_operand(found[1], found[2])
    ),
    rule(
        r"Input to `(\w+)` should all be the same type, but it's \[?\(?(.*?)\)?\]?\.",
        lambda found, query: different_types(found[1], re.findall(r'"([^"]*)"', found[2]), query),
    ),
    rule(
        r'requires return "BOOLEAN" type, but the actual is "(\w+)" type',
        lambda found, query: lambda_condition(found[1], query),
    ),
    rule(
        r'The `?([\w=<>!]+)`? does not support ordering on type "(.*?)"',
        lambda found, query: no_order_of(found[1], found[2], query),
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
        lambda found, query: no_index(found[1], query),
    ),
    rule(
        r"^expected at least one value, but got an empty vector|^Spark `concat_ws` function requires 1 to ",
        lambda _, query: without_arguments(query),
    ),
    rule(r"^(\w+) requires (\d+(?: or \d+)*) arguments?", lambda found, query: wrong_number(found[1], found[2], query)),
    rule(
        r"`(\w+)` function requires (\d+(?: or \d+)*) arguments?, got",
        lambda found, query: wrong_number(found[1], found[2], query) or misfit(found[1], [], query),
    ),
    rule(
        r"WRONG_NUM_ARGS[.\w]*\] The `(\w+)` requires ([^.]*?) parameters? but the actual number is",
        lambda found, query: wrong_number(found[1], found[2].replace("[", "").replace("]", ""), query),
    ),
    rule(
        r"^(no|one|two|three|four|five|six) values? expected: (\[.*\])$",
        lambda found, query: values_expected(found[1], found[2], query),
    ),
    rule(r"^(?:map\(k1, v1|named_struct requires an even)", lambda _, query: not_in_pairs(query)),
    rule(
        r"^Function '(\w+)' failed to match any signature",
        lambda found, query: (
            misfit(found[1], received_types(found.string), query)
            or (
                misfit("percentile_approx", received_types(found.string), query)
                if found[1].startswith("approx_percentile")
                else None
            )
        ),
    ),
    rule(
        r"^(?:Unsupported Data Type: )?Spark `(\w+)` function expects (.*?)(?:, got (.*))?$",
        lambda found, query: misfit(found[1], [], query),
    ),
    rule(
        r"^(?:The argument of the )?Spark `(\w+)` function can only be",
        lambda found, query: misfit(found[1], [], query),
    ),
    rule(
        r"^`(\w+)` does not support (.+) input$",
        lambda found, query: misfit(found[1], [found[2]], query),
    ),
    rule(
        r"^(\w+) does not support type ([\w()<>:, ']+?)(?:\. |$)",
        lambda found, query: misfit(found[1], [found[2]], query),
    ),
    rule(
        r"^(size|cardinality|inline|inline_outer|explode|posexplode)\S* (?:expects|should only be called with).*?(?:, got (\w+))?$",
        lambda found, query: misfit(
            found[1], [found[2] or ""], query, "an ARRAY of STRUCT" if "inline" in found[1] else "an ARRAY or a MAP"
        ),
    ),
    rule(r"^The array_concat function can only accept list", lambda _, query: different_types("concat", [], query)),
    rule(r"common type for arguments to (\w+)", lambda found, query: different_types(found[1], [], query)),
    rule(
        r"^Failed to coerce then \((.*?)\) and else \((.*?)\) to common types in CASE",
        lambda found, query: results_of_case(found[1], query),
    ),
    rule(
        r"Expect to get struct but got (\w+)",
        lambda found, query: different_types("coalesce", [], query) if query.calls_of("coalesce") else None,
    ),
    rule(
        r"^Failed to coerce arguments to satisfy a call to '(\w+)' function",
        lambda found, query: misfit(found[1], [], query),
    ),
    rule(
        r"^Cannot create filter with non-boolean predicate .* returning (\S+)$",
        lambda found, query: no_condition_in("filter", found[1], query),
    ),
    rule(
        r'\[DATATYPE_MISMATCH\.FILTER_NOT_BOOLEAN\].* of type "([^"]*)" is not a boolean',
        lambda found, query: no_condition_in("filter", found[1], query),
    ),
    rule(
        r'^Join condition must be boolean type, but got (\S+)|\[JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE\].*has the invalid type "([^"]*)"',
        lambda found, query: no_condition_in("join", found[1] or found[2], query),
    ),
    rule(
        r"^Cannot infer common argument type for logical boolean operation (.+?) (AND|OR) (.+)$",
        lambda found, query: no_logical(found[2], found[1], found[3], query),
    ),
    rule(
        r"^Cannot infer common argument type for comparison operation (.+?) (IS (?:NOT )?DISTINCT FROM) (.+)$",
        lambda found, query: no_logical(found[2], found[1], found[3], query) if query.only("NOT") is not None else None,
    ),
    rule(
        r"^Cannot infer common argument type for comparison operation (.+?) (<=>|[<>]=?|!=|=|IS (?:NOT )?DISTINCT FROM) (.+)$",
        lambda found, query: not_comparable_types(found[2], found[1], found[3], query),
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
        lambda found, query: cannot_combine(found[1], found[2], found[3], query),
    ),
    rule(r"^Unsupported (?:TRY_)?CAST from (.+) to (.+)$", lambda found, query: no_cast_of(found[1], found[2], query)),
    rule(
        r"^cannot cast (date|timestamp|interval) to (\w+)$", lambda found, query: no_cast_of(found[1], found[2], query)
    ),
    rule(
        r'data type mismatch: cannot cast "([^"]*)" to "([^"]*)"',
        lambda found, query: no_cast_of(found[1], found[2], query),
    ),
    rule(
        r"^There isn't a common type to coerce (.+) and (.+) in I?LIKE expression",
        lambda found, query: no_like(found[1], found[2], query),
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
        r"^invalid extraction value for struct|\[INVALID_EXTRACT_FIELD_TYPE\]", lambda _, query: no_field_number(query)
    ),
    rule(
        r"^Function '(\w+)' requires (\w+), but received \w+ \(DataType: (.*?)\)\.",
        lambda found, query: misfit(found[1], [found[3]], query),
    ),
    rule(
        r"^(\w+) function takes exactly (one|two|three|four) arguments?",
        lambda found, query: wrong_number(found[1], str(NUMBERS[found[2]]), query),
    ),
    rule(r"^cannot extract value from data type: (.+)$", lambda found, query: no_index(found[1], query)),
    rule(
        r"^the lambda function declares (\d+) parameters \(.*\) but only (\d+)",
        lambda found, query: wrong_lambda(found[1], found[2], query),
    ),
    rule(
        r"INVALID_LAMBDA_FUNCTION_CALL\.NUM_ARGS_MISMATCH\].* expects (\d+) arguments?, but got (\d+)",
        lambda found, query: wrong_lambda(found[1], found[2], query),
    ),
    rule(r"lambda must return boolean, got (\w+)", lambda found, query: lambda_condition(found[1], query)),
    rule(
        r"^found (\w+) at \d+:\d+ expected data type|Unsupported data type \"(\w+)",
        lambda found, query: _unknown_type(found[1] or found[2], query),
    ),
    rule(r"_InactiveRpcError|_MultiThreadedRendezvous", lambda _, query: _broke(query)),
    rule(r"^Resources exhausted|OutOfMemoryError", lambda _, query: _memory(query)),
]
