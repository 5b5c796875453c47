"""Doubles, floats and decimals beside each other: several hundred expressions have Spark's values on Sail, or are refused.

`doubles.json` holds Spark 4.1.1's values. `UPDATE_GOLDENS=1` with Spark writes it again.
"""

from __future__ import annotations

import decimal
import itertools
import json
import math
import os
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

from strata_glue.engine.session import Engine, dataset_session
from strata_glue.errors import DatasetError

GOLDEN = Path(__file__).with_name("doubles.json")

VALUES = [1e-20, 0.3, 0.1 + 0.2, -0.5, 1e20, 1.5e15, math.nan, math.inf, None, 0.1]
ROWS = {
    "k": pa.array(range(len(VALUES)), pa.int32()),
    "x": pa.array(VALUES, pa.float64()),
    "f": pa.array(VALUES, pa.float32()),
    "d": pa.array([decimal.Decimal("0.30")] * len(VALUES), pa.decimal128(10, 2)),
    "e": pa.array([decimal.Decimal("0.300000000000000000")] * len(VALUES), pa.decimal128(38, 18)),
    "i": pa.array(range(len(VALUES)), pa.int32()),
    "b": pa.array([2**53 + 1 + index for index in range(len(VALUES))], pa.int64()),
    "st": pa.StructArray.from_arrays([pa.array(VALUES, pa.float64())], ["x"]),
}

LEFT = ["x", "f", "d", "e", "i", "b", "st.x", "x + 1", "-x", "abs(x)", "CAST(d AS DOUBLE)", "i / 7", "sqrt(i)"]
LITERALS = ["0.0", "0.3", "-0.5", "1000000000000000.5", ".1", "5."]
TEMPLATES = [
    "{0} > {1}", "{1} >= {0}", "{0} = {1}", "{0} <> {1}", "{0} <=> {1}", "{0} BETWEEN {1} AND 1.5", "{0} IN ({1}, 2.0)",
    "{0} NOT IN ({1}, 7.25)", "CASE WHEN {0} < {1} THEN 1 ELSE 2 END", "CASE {0} WHEN {1} THEN 1 ELSE 2 END",
    "coalesce({0}, {1})", "nullif({0}, {1})", "if(k > 3, {0}, {1})", "greatest({0}, {1})", "least({1}, {0})", "nvl({0}, {1})",
]  # fmt: skip
ARITHMETIC = ["{0} + {1}", "{1} - {0}", "{0} * {1}"]
MORE = [
    "x > d", "x = e", "f < d", "f > x", "x BETWEEN d AND e", "coalesce(x, d)", "x > 0.1 * 3", "x > d * 1.1", "x * 0.2 > d",
    "f + 1", "f > 5", "f * i", "f + b", "f = i", "round(x, 2) > 0.3", "round(f, 1)", "x / 3.0", "f / 3.0", "x % 0.3", "f % 0.25",
    "pow(x, 0.5)", "CAST(x AS DECIMAL(30, 15)) > 0.1", "CAST(0.3 AS DOUBLE) = x", "double(0.3) = x", "x > 0.3BD", "x > 0.3D",
    "x > 3e-1", "d > 0.3", "d = 0.30", "e > 0.3", "e * 2.0", "d + 0.5", "i + 0.5", "i > 0.5", "b > 9007199254740993.5",
    "array(x, 0.3)[1]", "named_struct('a', x > 0.3).a", "x > 0.3 AND d > 0.3", "NOT (x > 0.3 OR f IN (0.3, 0.5))",
    "sum(x) OVER () > 0.5", "avg(i) OVER () > 4.5", "max(x) OVER (ORDER BY k) >= 0.3", "count(*) OVER () / 3 > 3.3",
    "(SELECT max(x) FROM t) > 0.3", "exists(array(x), y -> y > 0.3)", "x > 0.3 /* 0.4 */ -- 0.5\n", "concat('0.3', '1.5') = '0.31.5'",
    "x > :p", "k IN (SELECT k FROM t WHERE x > 0.3)", "x IN (SELECT d FROM t)", "CASE WHEN x > 0.3 THEN 1.0 ELSE x END",
    "CASE WHEN x > 0.3 THEN e ELSE 0 END", "CASE WHEN x > 0.3 THEN d END > 0.1", "coalesce(e, 0)", "e > i", "e = b", "d > b",
    "CASE WHEN k > 3 THEN f ELSE NULL END", "coalesce(NULL, f)", "greatest(f, NULL)", "f > '0.1'", "f IN ('0.1', '0.3')", "f > '-0.5'", "x > '0.1'",
]  # fmt: skip


def corpus() -> list[str]:
    every = itertools.product(TEMPLATES, LEFT, LITERALS)
    thinned = [
        template.format(left, literal) for index, (template, left, literal) in enumerate(every) if index % 3 == 0
    ]
    sums = [template.format(left, literal) for template in ARITHMETIC for left in LEFT for literal in LITERALS[1:3]]
    return list(dict.fromkeys([*MORE, *thinned, *sums]))


STATEMENTS = [
    "SELECT k, x AS v FROM t UNION ALL SELECT 99, 0.1",
    "SELECT a.k, b.k AS v FROM t AS a JOIN (SELECT k, 0.3 AS y FROM t) AS b ON a.x = b.y",
    "SELECT a.k, b.k AS v FROM t AS a JOIN t AS b ON a.x = b.x AND b.x > 0.2",
    "WITH c AS (SELECT k, x AS y FROM t), g AS (SELECT k, y FROM c WHERE y < 0.3) SELECT k, y > 0.0 AS v FROM g",
    "SELECT k % 3 AS k, sum(x) AS v FROM t GROUP BY k % 3 HAVING sum(x) > 0.5",
    "SELECT k, v FROM (SELECT k, x AS v FROM t) WHERE v > 0.0 ORDER BY v LIMIT 3",
    "SELECT k, y AS v FROM t LATERAL VIEW explode(array(x)) AS y WHERE y >= 0.3",
]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("doubles")
    parquet.write_table(pa.table(ROWS), folder / "1.parquet")
    return str(folder)


def values(engine: Engine, session: Any, sql: str) -> list[Any] | str:
    """Type and values in order of `k`; REFUSED, or the error's class."""
    try:
        frame = engine.query(sql, session, {"p": decimal.Decimal("0.3")} if ":p" in sql else {})
        kind = frame.schema["v"].dataType.simpleString()
        found = sorted(((row["k"], row["v"]) for row in frame.collect()), key=lambda each: (each[0], str(each[1])))
        return [kind, *(_plain(value) for _, value in found)]
    except DatasetError as error:
        return f"REFUSED: {error}"
    except Exception as error:
        return f"FAILED: {type(error).__name__}"


_TABLE = re.compile(r"SELECT k, (.*) AS v FROM t", re.DOTALL)


def values_together(engine: Engine, session: Any, queries: list[str]) -> dict[str, list[Any] | str]:
    """`values` of each, for Spark: many expressions in one query, and those apart among which one fails."""
    expressions = [found[1] for found in map(_TABLE.fullmatch, queries) if found]
    assert len(expressions) == len(queries)
    if len(queries) == 1:
        return {queries[0]: values(engine, session, queries[0])}
    names = ", ".join(f"{each} AS v{index}" for index, each in enumerate(expressions))
    params = {"p": decimal.Decimal("0.3")} if ":p" in names else {}
    try:
        frame = engine.query(f"SELECT k, {names} FROM t", session, params)
        found = sorted(frame.collect(), key=lambda row: row["k"])
    except Exception:
        half = len(queries) // 2
        first = values_together(engine, session, queries[:half])
        return first | values_together(engine, session, queries[half:])
    kinds = [field.dataType.simpleString() for field in frame.schema.fields[1:]]
    return {sql: [kinds[index], *(_plain(row[index + 1]) for row in found)] for index, sql in enumerate(queries)}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    return str(value) if isinstance(value, decimal.Decimal) else value


LOUD = [
    "SELECT k, k IN (SELECT k FROM t WHERE x > 0.3) AS v FROM t",
    "SELECT k, y AS v FROM t LATERAL VIEW explode(array(x)) AS y WHERE y >= 0.3",
]
"""What Sail cannot do at all."""

REFUSED = [
    "x > d", "x = e", "f < d", "x BETWEEN d AND e", "coalesce(x, d)", "x > 0.1 * 3", "x > d * 1.1", "x * 0.2 > d",
    "f * i", "f + b", "f = i", "f > '0.1'", "f IN ('0.1', '0.3')", "x > :p", "x IN (SELECT d FROM t)",
]  # fmt: skip
REFUSED_STATEMENTS = ["SELECT a.k, b.k AS v FROM t AS a JOIN (SELECT k, 0.3 AS y FROM t) AS b ON a.x = b.y"]
"""A DOUBLE beside a DECIMAL that is not a literal: the author must write which type is meant."""


def documented(sql: str) -> bool:
    """True for differences of another kind that docs/engines.md has: types of `if` and `nullif`, scales of wide decimals."""
    return any(each in sql for each in ("if(k", "e * ", "e + ", "- e"))


def comparable(sql: str, found: Any) -> Any:
    """Without the row of NaN where the SQL negates it: Sail's is another NaN then (docs/engines.md)."""
    return [each for index, each in enumerate(found) if index != 1 + 6] if "-x" in sql else found


def test_doubles_beside_decimals_are_as_on_spark(engine: Engine, rows: str) -> None:
    if ENGINE == "spark" and engine.name.startswith("spark 3"):
        pytest.skip("the values are Spark 4.1's")
    queries = [f"SELECT k, {each} AS v FROM t" for each in corpus()] + STATEMENTS
    with dataset_session(engine) as session:
        frame = session.read.parquet(rows)
        engine.prepared(frame, session, True).createOrReplaceTempView("t")
        if ENGINE == "sail":
            got = {sql: values(engine, session, sql) for sql in queries}
        else:
            got = {sql: values(engine, session, sql) for sql in STATEMENTS}
            tables = [sql for sql in queries if sql not in got]
            for at in range(0, len(tables), 40):
                got.update(values_together(engine, session, tables[at : at + 40]))
            got = {sql: got[sql] for sql in queries}
    if ENGINE == "spark":
        if os.environ.get("UPDATE_GOLDENS"):
            GOLDEN.write_text(
                "{\n" + ",\n".join(f"{json.dumps(sql)}: {json.dumps(value)}" for sql, value in got.items()) + "\n}\n"
            )
        assert got == json.loads(GOLDEN.read_text())
        return
    golden = json.loads(GOLDEN.read_text())
    assert set(golden) == set(queries)
    computed = {sql: value for sql, value in got.items() if isinstance(value, list) and not documented(sql)}
    wrong = {
        sql: (value, golden[sql])
        for sql, value in computed.items()
        if comparable(sql, value) != comparable(sql, golden[sql])
    }
    assert wrong == {}
    assert len(computed) > 400
    assert [
        sql for sql, value in got.items() if str(value).startswith("FAILED") and isinstance(golden[sql], list)
    ] == LOUD
    refused = [sql for sql, value in got.items() if str(value).startswith("REFUSED")]
    assert set(refused) == {f"SELECT k, {each} AS v FROM t" for each in REFUSED} | set(REFUSED_STATEMENTS), refused


_BESIDE = "x / 2 AS u, f * x AS w, sqrt(i) AS y"
"""Expressions whose columns have the numbers that Sail gives to other columns further below."""
_NUMBER, _TEXT = "a FLOAT meets a whole number", "a DOUBLE or FLOAT becomes text"
SCOPES = {
    f"SELECT d * x AS a, {_BESIDE}, f + i AS v FROM t": _NUMBER,
    f"SELECT v + i AS z FROM (SELECT {_BESIDE}, f AS v, i FROM t)": _NUMBER,
    f"WITH c AS (SELECT {_BESIDE}, i AS v, k FROM t), g AS (SELECT k AS x, v, u FROM c) SELECT t.f * g.v AS z FROM g JOIN t ON g.x = t.k": _NUMBER,
    f"SELECT v * i AS z, row_number() OVER (PARTITION BY u ORDER BY w) AS r FROM (SELECT {_BESIDE}, max(f) OVER (ORDER BY k) AS v, i FROM t)": _NUMBER,
    "SELECT k, (SELECT max(f) FROM t AS u WHERE u.k = t.k) * i AS z, x / 2 AS y FROM t": _NUMBER,
    f"SELECT CAST(k AS STRING) AS a, {_BESIDE} FROM t": "",
    f"SELECT CAST(i AS STRING) AS a, CAST(d AS STRING) AS b, CAST(x > 1 AS STRING) AS c, {_BESIDE} FROM t WHERE x / 3 > 0": "",
    f"SELECT CAST(v AS STRING) AS z FROM (SELECT k AS v, {_BESIDE} FROM t) WHERE w > 0": "",
    f"SELECT CAST(v AS STRING) AS z FROM (SELECT x AS v, {_BESIDE} FROM t)": _TEXT,
    f"WITH c AS (SELECT k, i, {_BESIDE} FROM t), g AS (SELECT i AS n, k, u FROM c) SELECT CAST(n AS STRING) AS z, u FROM g": "",
    f"WITH c AS (SELECT k, i, {_BESIDE} FROM t), g AS (SELECT y AS n, k, u FROM c) SELECT CAST(n AS STRING) AS z, k FROM g": _TEXT,
    f"SELECT CAST(a.k AS STRING) AS z, b.u FROM t AS a JOIN (SELECT k, {_BESIDE} FROM t) AS b ON a.k = b.k": "",
    f"SELECT CAST(b.u AS STRING) AS z, a.k FROM t AS a JOIN (SELECT k, {_BESIDE} FROM t) AS b ON a.k = b.k": _TEXT,
    f"SELECT CAST(v AS STRING) AS z FROM (SELECT k AS v, {_BESIDE} FROM t UNION ALL SELECT i, x, x, x FROM t)": "",
    f"SELECT CAST(v AS STRING) AS z FROM (SELECT k AS v, {_BESIDE} FROM t UNION ALL SELECT x, i, i, i FROM t)": _TEXT,
    "SELECT CAST(count(x) AS STRING) AS a, CAST(max(i) AS STRING) AS b, sum(x) AS c, k % 2 AS h FROM t GROUP BY k % 2": "",
    "SELECT CAST(max(x) AS STRING) AS a, k % 2 AS h FROM t GROUP BY k % 2 HAVING max(x) > 0": _TEXT,
    "SELECT CAST(k % 2 + x AS STRING) AS a, count(*) AS n FROM t GROUP BY k % 2 + x": _TEXT,
    f"SELECT CAST(rank() OVER (PARTITION BY f ORDER BY x) AS STRING) AS a, CAST(sum(i) OVER (ORDER BY x) AS STRING) AS b, {_BESIDE} FROM t": "",
    "SELECT CAST(sum(x) OVER (PARTITION BY i ORDER BY k) AS STRING) AS a FROM t": _TEXT,
    "SELECT CAST((SELECT max(x) FROM t) AS STRING) AS a, CAST(k AS STRING) AS b FROM t": _TEXT,
    "SELECT CAST((SELECT max(i) FROM t) AS STRING) AS a, x / 2 AS b, (SELECT x / 4 FROM t WHERE k = 1) > 1 AS c FROM t": "",
    "SELECT k, (SELECT CAST(max(u.i + t.x) AS STRING) FROM t AS u WHERE u.k = t.k) AS v FROM t": _TEXT,
    "SELECT CAST(v AS STRING) AS z, concat('Projection:\\n  b', v) AS b FROM (SELECT k AS v, 'a\\n  c' AS a, x / 2 AS w FROM t)": "",
    "SELECT CAST(v AS STRING) AS z, 'a\\nProjection: k\\n' AS b FROM (SELECT x AS v, 'a\\n  c' AS a FROM t)": _TEXT,
    "SELECT CAST(x AS STRING) AS z, y FROM VALUES (1.5D, 1), (2.5D, 2) AS v(x, y)": _TEXT,
    "SELECT CAST(y AS STRING) AS z, x FROM VALUES (1.5D, 1), (2.5D, 2) AS v(x, y)": "",
    "SELECT CAST(CAST(x AS DOUBLE) * CAST(k AS INT) AS STRING) AS z FROM t": _TEXT,
    "SELECT k, CAST(y AS STRING) AS v FROM t LATERAL VIEW explode(array(x)) AS y": _TEXT,
    "SELECT x / 2 AS w, CAST(y AS STRING) AS v FROM t LATERAL VIEW explode(array(k)) AS y": "",
}  # fmt: skip
"""What a run on Sail warns of for each, or why it refuses it."""


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
def test_a_column_is_looked_up_where_it_is_used(engine: Engine, rows: str) -> None:
    """Each level of Sail's plan has numbers of its own for columns: those of one must not be taken for another's."""
    with dataset_session(engine) as session:
        engine.prepared(session.read.parquet(rows), session, True).createOrReplaceTempView("t")
        got = {}
        for sql in SCOPES:
            said: list[str] = []
            try:
                engine.query(sql, session, {}, said)
            except DatasetError as error:
                said = [str(error)]
            got[sql] = [" ".join(each.split()[:5]) for each in said]
    wanted = {sql: [" ".join(each.split()[:5])] if each else [] for sql, each in SCOPES.items()}
    assert got == wanted
