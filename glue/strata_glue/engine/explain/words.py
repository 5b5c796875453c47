"""An engine's message that no rule explains, made readable: its first sentence, with Spark's names of types, and without
prefixes, dumps of plans, classes and column numbers. Values are not removed here (engine/redaction.py).
"""

from __future__ import annotations

import re

LONGEST_MESSAGE = 600
"""Characters of a message in an event line; the rest is in the job's log."""

LONGEST_READ = 4000
"""Characters of an engine's message that are read: plans can have any length."""

_PREFIX = re.compile(
    r"\s*(?:\[return_type\]|(?:Error during planning|Execution error|Internal error|Schema error|Arrow error|External error"
    r"|Compute error|Cast error|Parser error|Invalid argument error|invalid argument|not implemented"
    r"|This feature is not implemented|failed to call '\w+'|Function '\w+' user-defined coercion failed with"
    r"|(?:[a-z]\w*\.){2,}[A-Z]\w*):)\s*"
)
_ENDS = (
    "\nJVM stacktrace",
    "\n\tat ",
    "\n== SQL",
    ";\n'",
    ";\n",
    "\n\n",
    " No function matches the given name and argument types",
    ".\n\nThis issue was likely caused by a bug",
    "\nThis issue was likely caused by a bug",
    "\nbacktrace:",
    " Please, refer to '",
    " If necessary set ",
)
_TYPES = {"INT8": "TINYINT", "INT16": "SMALLINT", "INT32": "INT", "INT64": "BIGINT", "UINT64": "BIGINT"} | {
    "FLOAT32": "FLOAT",
    "FLOAT64": "DOUBLE",
    "DATE32": "DATE",
    "UTF8": "STRING",
    "LARGEUTF8": "STRING",
    "UTF8VIEW": "STRING",
    "NULL": "VOID",
    "UINT8": "SMALLINT",
    "UINT16": "INT",
    "UINT32": "BIGINT",
    "LARGEBINARY": "BINARY",
    "BINARYVIEW": "BINARY",
}
_ARROW = re.compile(
    r"\b(U?Int(?:8|16|32|64)|Float(?:32|64)|Date32|(?:Large)?Utf8(?:View)?|LargeBinary|BinaryView)\b(?!\()"
)
_DECIMAL = re.compile(r"\bDecimal(?:128|256)?\((\d+), ?(-?\d+)\)")
_MOMENT = re.compile(
    r"\bTimestamp\((?:µs|ns|ms|s|\w+second), ?(?:None|Some\(\"[^\"]*\"\)|\"[^\"]*\")\)|\bTimestamp\(\w+\)"
)
_SPAN = re.compile(r"\b(?:Interval|Duration)\(\w+\)")
_TIME = re.compile(r"\bTime(?:32|64)\(\w+\)")
_LIST = re.compile(r"\b(?:Large)?List\((?:non-null )?([A-Z]\w*(?:\(\d+,\d+\)|<[^<>]*>)?)(?:, field: '\w+')?\)")
_MAP = re.compile(r"\bMap\((?:[^()]|\([^()]*\))*\)")
_STRUCT = re.compile(r"\bStruct\((?:[^()]|\([^()]*\))*\)")
_SPARK_TYPE = re.compile(
    r"TINYINT|SMALLINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL(\(\d+,\s?-?\d+\))?|STRING|(VAR)?CHAR(\(\d+\))?|BINARY|BOOLEAN|DATE|TIME(\(\d\))?|VOID|VARIANT"
    r"|TIMESTAMP(_NTZ|_LTZ)?|INTERVAL( (YEAR|MONTH|DAY|HOUR|MINUTE|SECOND|TO))*|ARRAY(<[A-Z0-9_<>(),: ]*>)?|MAP|STRUCT"
)


OTHER_TYPE = "another type"
"""The name of an unknown type, whose own name may be a value."""


def type_name(name: str) -> str:
    """Spark's name of a type; any other text may be a value, and is not repeated."""
    known = with_spark_types(name.strip().strip('"'))
    known = re.sub(r"<.*", "", known) if known.upper().startswith(("MAP<", "STRUCT<")) else known
    known = _TYPES.get(known.upper(), known.upper())
    return known if _SPARK_TYPE.fullmatch(known) else OTHER_TYPE


def with_spark_types(text: str) -> str:
    """The text with Spark's names for Arrow's types."""
    text = _ARROW.sub(lambda found: _TYPES[found[1].upper()], text)
    text = _DECIMAL.sub(r"DECIMAL(\1,\2)", text)
    text = _SPAN.sub("INTERVAL", _TIME.sub("TIME", _MOMENT.sub("TIMESTAMP", text)))
    for _ in range(3):  # lists of lists
        text = _LIST.sub(r"ARRAY<\1>", text)
    return _STRUCT.sub("STRUCT", _MAP.sub("MAP", text))


def without_prefixes(text: str) -> str:
    """The message without the names of the engine's layers."""
    found = _PREFIX.match(text)
    while found:
        text = text[found.end() :]
        found = _PREFIX.match(text)
    return text


def first_sentence(text: str) -> str:
    """The readable part of an engine's message."""
    text = text[:LONGEST_READ]
    text = re.sub(r"^\s*\[[A-Z][A-Z0-9_.]+\]\s*", "", text)
    for end in _ENDS:
        text = text.split(end)[0]
    text = re.sub(r"\s*SQLSTATE: \w{5}", "", text)
    text = re.sub(r";?\s*\(?line \d+,? pos(?:ition)? \d+\)?", "", text)
    text = with_spark_types(without_prefixes(text))
    text = re.sub(r"^Cannot resolve (\".*?\") due to data type mismatch:", r"\1:", text, flags=re.DOTALL)
    text = re.sub(r"\w+\((?:\w+ \{|\w+\(\w+ \{).*|\b[A-Z]\w+ \{ .*", "…", text, flags=re.DOTALL)  # a dump
    text = re.sub(r"\bObjectName\(\[(.*?)\]\)", lambda found: ".".join(_IDENTIFIER.findall(found[1])) or "…", text)
    text = re.sub(r"\b(?:[a-z]\w*\.){2,}([A-Z]\w*)(?:\$\w+)*", r"\1", text)  # a class of Java
    text = re.sub(r"""(\b\w+)#\d+L?\b""", r"\1", text)
    text = re.sub(r"""['"]?(?:\b(\w+)\.)?"?#\d+\b"?['"]?""", lambda found: _column_of(found[1]), text)
    text = re.sub(r"\bspark_(?=[a-z_]+\b['`(])", "", text)
    text = " ".join(text.replace("__auto_generated_subquery_name.", "").split())
    return (text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…") or "no reason given"


_IDENTIFIER = re.compile(r'Identifier\("((?:[^"\\]|\\.)*)"\)')


def _column_of(table: str | None) -> str:
    return f"a column of {table}" if table else "a column"
