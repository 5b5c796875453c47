"""SQL that an engine does not support, as one list: a pattern of its words, and what to write instead.

Most of it Spark supports and Sail does not. The compiler refuses what no version of Spark supports, except a few forms that
it reads as something else.
"""

from __future__ import annotations

from dataclasses import dataclass

SAIL, SPARK_3, SPARK_4 = "sail", "spark 3.5", "spark 4"
EVERY = (SAIL, SPARK_3, SPARK_4)
_NEWER = (SAIL, SPARK_3)
"""Engines that lack what is new in Spark 4."""

SYNTAX = r"^found .* expected |\[PARSE_SYNTAX_ERROR\]|^\[?PARSE_"
_NAME = r"^attribute ObjectName|\[UNRESOLVED_COLUMN|with name .* cannot be resolved"
_FUNCTION = r"^unknown (?:table )?function: |^function: |[Cc](?:annot|ould not) resolve (?:routine|function)?"
SHOWN = 60
"""Tokens in which a construct is searched."""
REACH = 4
"""Tokens after a construct's beginning within which an engine stops."""


@dataclass(frozen=True)
class Construct:
    """A form of SQL that some engines refuse."""

    name: str
    """Its name in a message, with backticks."""
    written: str
    """Regular expression of its words in capitals, a blank between two; texts are `''`, numbers `0`, names in backticks `` `` ``."""
    lacks: tuple[str, ...]
    """Engines that do not support it."""
    write: str = ""
    """What to write instead, if anything."""
    behind: str = ""
    """Regular expression of the word before it, which is empty at the beginning of the SQL; empty for any word."""
    says: str = SYNTAX
    """Regular expression of an engine's error for it."""
    reach: int = REACH


COMPUTED = "does not read `[…]` with a computed place"
COUNTED = "write `element_at(…)`, which counts from 1 in an ARRAY"
_KEYWORDS = "SELECT|DISTINCT|ALL|WHERE|AND|OR|NOT|ON|BY|WHEN|THEN|ELSE|CASE|IN|LIKE|BETWEEN|HAVING|FROM|JOIN|AS|IS|OVER|USING|UNION|LIMIT"
OPERAND = rf"(?!(?:{_KEYWORDS})$)[A-Z_]\w*|``|\)|\]"
"""Words that an operator may follow."""
_AGGREGATES = r"SUM|COUNT|COUNT_IF|AVG|MEAN|MIN|MAX|M(?:AX|IN)_BY|ANY_VALUE|FIRST|LAST|MEDIAN|PERCENTILE\w*|STD\w*|VAR\w*|BOOL_AND|BOOL_OR|EVERY|ANY|SOME|TRY_SUM|TRY_AVG|APPROX_\w+"

CONSTRUCTS = [
    # Spark supports these.
    Construct(
        "`FOR` without brackets in `PIVOT`", r"PIVOT \( .*? FOR (?!\()", (SAIL,), "write `FOR (column)`", reach=SHOWN
    ),
    Construct("pipes (`|>`)", r"(?:FROM [^()]*?)?\| >", _NEWER, "write sub-queries or WITH"),
    Construct("a query that begins with FROM", r"FROM .*? SELECT ", (SAIL,), "write `SELECT … FROM`", r"|\("),
    Construct("`ORDER BY ALL`", r"ORDER BY ALL\b", (SAIL,), "name the columns", says=r'^attribute .*"(?i:all)"'),
    Construct("`GROUP BY ALL`", r"GROUP BY ALL\b", (SAIL,), "name the columns", says=r'^attribute .*"(?i:all)"'),
    Construct("`* EXCEPT (…)`", r"\* EXCEPT \(", _NEWER, "name the columns", r"SELECT|DISTINCT|,|\."),
    Construct(
        "`LIKE ANY`",
        r"I?LIKE (?:ANY|SOME) \(",
        (SAIL,),
        "write `LIKE … OR … LIKE …`",
        says=rf"'bool_or'|^quantified pattern|{SYNTAX}",
    ),
    Construct(
        "`LIKE ALL`",
        r"I?LIKE ALL \(",
        (SAIL,),
        "write `LIKE … AND … LIKE …`",
        says=rf"^(?:unknown )?function: all$|^quantified pattern|{SYNTAX}",
    ),
    Construct(
        "`CLUSTER BY`", "CLUSTER BY ", (SAIL,), "delete it (Strata divides the rows into files)", says="^CLUSTER BY$"
    ),
    Construct(
        "`DISTRIBUTE BY`",
        "DISTRIBUTE BY ",
        (SAIL,),
        "delete it (Strata divides the rows into files)",
        says="^DISTRIBUTE BY$",
    ),
    Construct(
        "a path behind a column (`doc:name`)",
        r": (?:[A-Z_]\w*|``|\[)",
        _NEWER,
        "write `get_json_object(doc, '$.name')`",
        OPERAND,
        reach=0,
    ),
    Construct("the cast `::`", ": : ", (SPARK_3,), "write `CAST(… AS …)`", reach=1),
    Construct("`COLLATE`", r"COLLATE [A-Z]\w*", _NEWER, "", OPERAND),
    Construct(
        "`WITH RECURSIVE`",
        "RECURSIVE ",
        _NEWER,
        "",
        "WITH",
        rf"{SYNTAX}|TABLE_OR_VIEW_NOT_FOUND|cannot be found|Table or view not found",
        SHOWN,
    ),
    Construct(
        "`TABLESAMPLE (… ROWS)`",
        r"TABLESAMPLE \( \S+ ROWS",
        (SAIL,),
        "write `LIMIT` in a sub-query",
        says="^TABLESAMPLE with",
    ),
    Construct(
        "`decode` with pairs",
        r"DECODE \(",
        (SAIL,),
        "write `CASE … WHEN … THEN … END`",
        says=r"`decode` function requires 2 arguments, got (?:[3-9]|\d\d)",
    ),
    Construct(
        "`[OFFSET(…)]`",
        r"\[ (?:SAFE_)?(?:OFFSET|ORDINAL) \(",
        EVERY,
        "write the number alone, counted from 0",
        says=f"^extraction must|{SYNTAX}|{_FUNCTION}",
    ),
    Construct(
        COMPUTED.removeprefix("does not read "),
        r"\[ ",
        (SAIL,),
        COUNTED,
        OPERAND,
        says="^extraction must be a literal",
    ),
    Construct(
        "GROUPING SETS behind columns", "GROUPING SETS", (SAIL,), "write `GROUP BY GROUPING SETS (…)`", r"(?!BY$).*"
    ),
    Construct(
        "a LATERAL sub-query that uses columns around it",
        r"LATERAL \( SELECT",
        (SAIL,),
        "write a JOIN",
        says="^No field named",
    ),
    Construct(
        "NOT IN with a sub-query that uses columns around it",
        r"NOT IN \( SELECT",
        (SAIL,),
        "write `NOT EXISTS (…)`, which passes over NULLs",
        says="^null_aware anti join",
    ),
    Construct(
        "comparisons of rows (`(a, b) = …`)",
        r"(?:(?:NOT )?IN|=) \(",
        (SAIL,),
        "write `a = … AND b = …`",
        r"\)",
        says=r"^Unsupported CAST from Struct\(.*\) to Struct\(",
    ),
    Construct(
        "this part of a date",
        r"(?:EXTRACT \( |DATE_?PART \( )",
        (SAIL,),
        "write `dayofweek(…)`, `weekday(…) + 1` (Monday is 1) or `date_format(…)`",
        says=r"^Date part '(?i:DAYOFWEEK|DAYOFWEEK_ISO|DOW_ISO|YEAROFWEEK)' not supported",
    ),
    Construct(
        "this aggregate function in `ORDER BY`",
        rf"ORDER BY (?:(?!SELECT |FROM |UNION |OVER ).)*?(?<!\w)(?:{_AGGREGATES}) \(",
        (SAIL,),
        "give it a name in `SELECT`, and order by that name",
        r"(?!\($).*",
        r'^No field named \S+"#\d+|^Physical plan does not support logical expression AggregateFunction',
    ),
    Construct(
        "an aggregate function in `HAVING` of a column whose name the result has, too",
        "HAVING ",
        (SAIL,),
        "write the column with its table (`t.a`)",
        says=r"^Aggregate function calls cannot be nested: .*\(\w+\([^()]*\) AS ",
    ),
    Construct(
        "a column named like a unit behind an interval and `AND`",
        r"INTERVAL \S+ [A-Z]+ (?:AND|OR) (?:YEAR|QUARTER|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S? (?!\()",
        (SAIL,),
        "write backticks around it",
        says="literal expression: ",
    ),
    # No version of Spark supports these, and the compiler reads them as something else.
    Construct(
        "the operator `->`",
        r"- > (?:''|0)",
        EVERY,
        "write `get_json_object(…, '$.name')`",
        says="Found the unresolved operator",
    ),
    Construct(
        "`TABLESAMPLE` of bytes",
        r"TABLESAMPLE \( \d+[A-Z]+ \)",
        EVERY,
        "write `TABLESAMPLE (… PERCENT)`",
        says=f"{SYNTAX}|byteLengthLiteral",
    ),
    Construct(
        "`FLATTEN`",
        r"FLATTEN \( INPUT ",
        EVERY,
        "write `LATERAL VIEW explode(…) t AS x`",
        says=f"{SYNTAX}|{_FUNCTION}|{_NAME}|NAMED_PARAMETER",
    ),
    Construct(
        "intervals in `date_add` and `date_sub`",
        r"DATE_(?:ADD|SUB) \( .* INTERVAL ",
        EVERY,
        "write `date + INTERVAL 1 DAY`",
        says=r"^Invalid input syntax for type interval|UNEXPECTED_INPUT_TYPE",
    ),
    Construct(
        "`=>` in a lambda function",
        r"(?:FILTER|TRANSFORM|EXISTS|FORALL|AGGREGATE|REDUCE|ARRAY_SORT) \( .*? , [A-Z_]\w* = > ",
        EVERY,
        "write `x -> …`",
        says=f"{SYNTAX}|{_NAME}|NAMED_PARAMETER",
    ),
    Construct(
        "`RLIKE ANY`",
        r"(?:RLIKE|REGEXP) (?:ANY|SOME|ALL) \(",
        EVERY,
        "write `RLIKE 'a|b'`",
        says=rf"'bool_or'|WRONG_NUM_ARGS|{SYNTAX}|{_FUNCTION}",
    ),
    Construct(
        "`TRY_CONVERT`", r"TRY_CONVERT \(", EVERY, "write `try_cast(… AS …)`", says=f"{SYNTAX}|{_FUNCTION}|{_NAME}"
    ),
    Construct(
        "`CAST` with a comma",
        r"T?R?Y?_?CAST \( \S+ ,",
        EVERY,
        "write `CAST(… AS …)`",
        says=f"{SYNTAX}|{_FUNCTION}|{_NAME}|WRONG_NUM_ARGS",
    ),
]
"""The message names the first one that is nearest before the position where the engine stopped."""
