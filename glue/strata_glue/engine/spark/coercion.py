"""Which types Spark (ANSI on) mixes, compares and casts: its rules as one table, of types' names as `typeof` gives them.

`test_strict.py` compares it with Spark 4.1 and 3.5, type by type. An empty name is an unknown type: it fits all.
"""

from __future__ import annotations

from collections.abc import Sequence

from strata_glue.engine.spark.type_names import MOMENTS, NESTED, WHOLE, fields, is_nested, is_number, kind_of, parts_of


def common(names: Sequence[str], tight: bool = False) -> str | None:
    """The type that Spark gives values of these types in CASE, `coalesce`, UNION; empty if it is not known, None if there is none.

    `tight`: as in `greatest`, where no text becomes anything else.
    """
    if not names:
        return ""
    # Spark moves strings to the end, so that their position does not matter.
    ordered = (
        sorted(names, key=lambda name: kind_of(name) == "string")
        if not any(is_nested(name) for name in names)
        else names
    )
    result = ordered[0]
    for name in ordered[1:]:
        found = _common(result, name, tight)
        if found is None:
            return None
        result = found
    return "" if "" in names else result


def compared(one: str, other: str) -> str | None:
    """The type to which Spark casts two values to compare them; strings inside nested types are not cast."""
    return common([one, other], tight=is_nested(one))


def _common(one: str, other: str, tight: bool = False) -> str | None:
    left, right = kind_of(one), kind_of(other)
    if one == other or right == "void":
        return one
    if not left or not right:
        return ""
    if left == "void":
        return other
    if left == right and left in NESTED:
        return _common_nested(left, one, other, tight)
    if "string" in (left, right):
        return None if tight else _common_with_text(one if right == "string" else other)
    if is_number(one) and is_number(other):
        return _wider_number(one, other)
    if left in MOMENTS and right in MOMENTS:
        return max(one, other, key=MOMENTS.index)
    return one if left == right and left.startswith("interval") else None


def _common_with_text(other: str) -> str | None:
    kind = kind_of(other)
    if kind in NESTED or kind.startswith("interval"):
        return None
    return "bigint" if kind in WHOLE else "double" if is_number(other) else other


def _common_nested(kind: str, one: str, other: str, tight: bool) -> str | None:
    if kind != "struct":
        both = [_common(*pair, tight) for pair in zip(parts_of(one), parts_of(other), strict=False)]
        return None if None in both else one
    left, right = fields(one), fields(other)
    both = [_common(a, b, tight) for (_, a), (_, b) in zip(left, right, strict=False)]
    if len(left) != len(right) or None in both:
        return None
    # In some places Spark accepts other names of fields if the types are the same.
    return one if [name for name, _ in left] == [name for name, _ in right] else ""


def _wider_number(one: str, other: str) -> str:
    kinds = {kind_of(one), kind_of(other)}
    if "double" in kinds or ("float" in kinds and kinds != {"float"}):
        return "double"
    if "decimal" in kinds:
        return one if kind_of(one) == "decimal" else other
    return max(one, other, key=WHOLE.index)


def result_of(sign: str, one: str, other: str) -> str | None:
    """The type of `one sign other`; empty if unknown, None if Spark refuses it."""
    left, right = kind_of(one), kind_of(other)
    if not left or not right:
        return ""
    if sign == "||":
        return _joined(one, other)
    if sign in ("<<", ">>", ">>>"):
        return one if right in (*WHOLE, "string", "void") and left in (*WHOLE, "string", "void") else None
    if sign in ("&", "|", "^"):
        return _of_bits(one, other)
    if sign == "DIV":
        return _of_whole(left, right)
    moments = {left, right} & {*MOMENTS, "interval ym", "interval ds"}
    if moments and sign in ("+", "-", "*", "/"):
        return _of_times(sign, one, other)
    if moments or not {left, right} <= {*WHOLE, "float", "double", "decimal", "string", "void"}:
        return None
    if {left, right} in ({"string"}, {"string", "void"}):
        return None
    wider = _common(one, other) or ""
    return "double" if wider == "void" or (sign == "/" and not wider.startswith("decimal")) else wider


def _of_whole(left: str, right: str) -> str | None:
    """The type of DIV."""
    kinds = {left, right} - {"void"}
    if kinds <= {"interval ym"} or kinds <= {"interval ds"}:
        return "bigint"
    return (
        "bigint"
        if kinds <= {*WHOLE, "decimal", "string"} and kinds not in ({"string"}, {"string", "decimal"})
        else None
    )


def _joined(one: str, other: str) -> str | None:
    if "array" in (kind_of(one), kind_of(other)):
        return _common(one, other) if kind_of(one) == kind_of(other) else None
    if {kind_of(one), kind_of(other)} & {"map", "struct"}:
        return None
    return "binary" if one == other == "binary" else "string"


def _of_bits(one: str, other: str) -> str | None:
    wider = _common(one, other)
    if one == other == "string":
        return None
    return wider if wider is not None and (wider in WHOLE or wider in ("", "void")) else None


def _of_times(sign: str, one: str, other: str) -> str | None:
    left, right = kind_of(one), kind_of(other)
    if sign in ("*", "/"):
        numbers = (*WHOLE, "float", "double", "decimal", "string", "void")
        if left.startswith("interval") and right in numbers:
            return one
        return other if sign == "*" and right.startswith("interval") and left in numbers else None
    if left.startswith("interval") and right.startswith("interval"):
        return one if left == right else None
    if "string" in (left, right):
        other = right if left == "string" else left
        if sign == "+":
            return "" if other == "interval ds" else None
        return None if other == "interval ym" or left == "interval ds" else ""
    if "void" in (left, right):
        return ""
    if left.startswith("interval"):
        return _of_times(sign, other, one) if sign == "+" else None
    if right.startswith("interval"):
        return one if left in MOMENTS else None
    if left in MOMENTS and right in MOMENTS:
        return None if sign == "+" else "interval day to second"
    if left == "date" and right in ("tinyint", "smallint", "int"):
        return "date"
    return "date" if sign == "+" and right == "date" and left in ("tinyint", "smallint", "int") else None


def is_accepted(given: str, wanted: str) -> bool:
    """Whether Spark casts a type implicitly to one that a function takes, by the name in Spark's messages."""
    kind, want = kind_of(given), wanted.lower()
    if kind in ("", "void", want):
        return True
    if kind in NESTED or want in NESTED:
        return False
    if want == "interval":
        return kind.startswith("interval")
    if kind == "string" or want == "string":
        return True
    if want == "integral":
        return kind in WHOLE
    if want in ("smallint", "tinyint"):
        return False
    if want in (*WHOLE, "float", "double", "decimal", "numeric"):
        return is_number(given)
    return want in MOMENTS and kind in MOMENTS


def is_one_of(given: str, wanted: str) -> bool:
    """Whether a function takes a type without a cast."""
    kind, want = kind_of(given), wanted.lower()
    if kind in ("", "void", want):
        return True
    if want == "numeric":
        return is_number(given)
    return kind in WHOLE and (want == "integral" or (want == "int" and kind != "bigint"))


def can_cast(source: str, target: str) -> bool:
    """Whether Spark accepts `CAST(… AS …)`, whatever the values are."""
    left, right = kind_of(source), kind_of(target)
    if source == target or not left or not right or left == "void" or right == "string":
        return True
    if left in NESTED or right in NESTED:
        return left == right and _can_cast_nested(left, source, target)
    if right == "void":
        return False
    if left == "string":
        return True
    if right == "binary":
        return left == "binary"
    if right == "boolean":
        return left == "boolean" or is_number(source)
    if right in MOMENTS:
        return left in MOMENTS or (right == "timestamp" and is_number(source))
    if right.startswith("interval"):
        return left == right or left in WHOLE or left == "decimal"
    if left.startswith("interval"):
        return right in WHOLE or right == "decimal"
    return is_number(source) or left in ("boolean", "timestamp")


def _can_cast_nested(kind: str, source: str, target: str) -> bool:
    if kind != "struct":
        pairs = list(zip(parts_of(source), parts_of(target), strict=False))
    else:
        left, right = fields(source), fields(target)
        if len(left) != len(right):
            return False
        pairs = [(one, other) for (_, one), (_, other) in zip(left, right, strict=True)]
    return all(can_cast(one, other) for one, other in pairs)
