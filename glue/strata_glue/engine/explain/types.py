"""Arguments and operands of the wrong number or type, conditions that are not BOOLEAN, and crashes of an engine."""

from __future__ import annotations

from strata_glue.engine.explain.arguments import (
    different_types,
    lambda_condition,
    misfit,
    no_collection,
    values_expected,
    wrong_argument,
    wrong_call,
    wrong_lambda,
    wrong_number,
)
from strata_glue.engine.explain.explained import Rule, fixed, rule
from strata_glue.engine.explain.operands import (
    cannot_combine,
    no_bits,
    no_cast_of,
    no_condition_in,
    no_index,
    no_like,
    no_logical,
    no_order_of,
    not_comparable_types,
    one_operand,
    results_of_case,
)

TYPES: list[Rule] = [
    rule(
        r'Cannot resolve "([^\n]*?)" due to data type mismatch: (?:The (\w+) parameter|Parameter (\d+)) requires the (.*?) type, however '
        r'"(.*?)" has the type "(.*?)"\.',
        wrong_argument,
    ),
    fixed(
        r'operands of the binary operator have incompatible types \("(.*?)" and "(.*?)"\)',
        "DATATYPE_MISMATCH",
        "the two sides of an operator are {1} and {2}, which do not go together: cast one of them",
    ),
    rule(r'binary operator requires the input type (.*?), not "(.*?)"', one_operand),
    rule(r"Input to `(\w+)` should all be the same type, but it's \[?\(?(.*?)\)?\]?\.", different_types),
    rule(r'The `?([\w=<>!]+)`? does not support ordering on type "(.*?)"', no_order_of),
    fixed(
        r'GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE\].* data type "(.*?)" is not',
        "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
        "GROUP BY and DISTINCT cannot compare values of {1}: group by a part of them",
        "GROUP DISTINCT",
    ),
    rule(r'INVALID_EXTRACT_BASE_FIELD_TYPE\].* but got "(.*?)"|^cannot extract value from data type: (.+)$', no_index),
    rule(
        r"^(\w+) requires (\d+(?: or \d+)*) arguments?"
        r"|WRONG_NUM_ARGS[.\w]*\] The `(\w+)` requires ([^.]*?) parameters? but the actual number is",
        wrong_number,
    ),
    rule(r"`(\w+)` function requires (\d+(?: or \d+)*) arguments?, got", wrong_call),
    rule(r"^(no|one|two|three|four|five|six) values? expected: (\[.*\])$", values_expected),
    rule(r"^Function '(\w+)' failed to match any signature(?:.*?but received .*? \(DataType: (.*?)\)\.|())", misfit),
    rule(
        r"^(?:Unsupported Data Type: )?Spark `(\w+)` function expects |^(?:The argument of the )?Spark `(\w+)` function can only be"
        r"|^Failed to coerce arguments to satisfy a call to '(\w+)' function",
        misfit,
        "",
    ),
    rule(r"^(\w+) does not support type ([\w()<>:, ']+?)(?:\. |$)", misfit),
    rule(
        r"^(size|cardinality|inline|inline_outer|explode|posexplode)\S* (?:expects|should only be called with)(?:.*, got (\w+)|.*())$",
        no_collection,
    ),
    rule(r"^The array_(concat) function can only accept list|common type for arguments to (\w+)", different_types, ""),
    rule(r"^Failed to coerce then \((.*?)\) and else \(.*?\) to common types in CASE", results_of_case),
    rule(r"Expect to get struct but got ", different_types, "coalesce", ""),
    rule(
        r"^Cannot create filter with non-boolean predicate .* returning (\S+)$"
        r'|\[DATATYPE_MISMATCH\.FILTER_NOT_BOOLEAN\].* of type "([^"]*)" is not a boolean',
        no_condition_in,
        "WHERE HAVING",
    ),
    rule(
        r"^Join condition must be boolean type, but got (\S+)"
        r'|\[JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE\].*has the invalid type "([^"]*)"',
        no_condition_in,
        "ON",
    ),
    rule(r"^Cannot infer common argument type for logical boolean operation (.+?) (AND|OR) (.+)$", no_logical),
    rule(
        r"^Cannot infer common argument type for comparison operation (.+?) (<=>|[<>]=?|!=|=|IS (?:NOT )?DISTINCT FROM) (.+)$",
        not_comparable_types,
    ),
    fixed(
        r"^Can not find compatible types to compare (.+?) with \[",
        "DATATYPE_MISMATCH",
        "IN compares {1} with other types: cast them to one",
        "IN",
    ),
    rule(r"^Cannot coerce arithmetic expression (.+?) ([-+*/%]) (.+) to valid types", cannot_combine),
    rule(
        r"^cannot cast (date|timestamp|interval) to (\w+)$"
        r'|data type mismatch: cannot cast "([^"]*)" to "([^"]*)"|^Unsupported (?:TRY_)?CAST from (.+) to (.+)$',
        no_cast_of,
    ),
    rule(r"^There isn't a common type to coerce (.+) and (.+) in I?LIKE expression", no_like),
    rule(r"^Cannot infer common type for bitwise operation (.+) ([&|^]) (.+)$", no_bits),
    fixed(
        r"^invalid extraction value for struct|\[INVALID_EXTRACT_FIELD_TYPE\]",
        "INVALID_EXTRACT_FIELD",
        "a STRUCT is read by the name of a field: write `column.field`",
        "[",
    ),
    rule(
        r"^the lambda function declares (\d+) parameters \(.*\) but only (\d+)"
        r"|INVALID_LAMBDA_FUNCTION_CALL\.NUM_ARGS_MISMATCH\].* expects (\d+) arguments?, but got (\d+)",
        wrong_lambda,
    ),
    rule(
        r'lambda must return boolean, got (\w+)|requires return "BOOLEAN" type, but the actual is "(\w+)" type',
        lambda_condition,
    ),
    fixed(
        r"_InactiveRpcError|_MultiThreadedRendezvous",
        "ENGINE_BROKE",
        "Sail failed on this query without a reason: correct it, or run with `--engine spark`, which says more",
    ),
    fixed(
        r"^Resources exhausted|OutOfMemoryError",
        "OUT_OF_MEMORY",
        "the engine ran out of memory: read less (filter before joins, name columns instead of `*`), or run on a larger machine",
    ),
]
