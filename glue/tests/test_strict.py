"""What Spark's analyzer refuses, the run on Sail refuses; and nothing that Spark takes is refused: type by type.

`strict.json` has Spark's answers, the rules are held against all of them, and each engine against a sample.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE

from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.refusals import refusals
from strata_glue.engine.session import Engine, dataset_session
from strata_glue.errors import DatasetError

VALUES = {
    "bool": "true", "i8": "CAST(1 AS TINYINT)", "i16": "CAST(1 AS SMALLINT)", "i32": "1", "i64": "1L", "f32": "CAST(1 AS FLOAT)", "f64": "1D",
    "dec": "CAST(1 AS DECIMAL(10,2))", "str": "'1'", "bin": "X'61'", "dt": "DATE'2020-01-01'", "ts": "TIMESTAMP'2020-01-01 00:00:00'",
    "ntz": "TIMESTAMP_NTZ'2020-01-01 00:00:00'", "iym": "INTERVAL '1' YEAR", "ids": "INTERVAL '1' DAY", "ai": "array(1)", "txts": "array('a')",
    "mp": "map('a', 1)", "st": "struct(1 AS a)", "st2": "struct('x' AS a)",
}  # fmt: skip
"""A column of each type, and its value."""
NAMES = [*VALUES, "'1'", "NULL"]
TYPES = {"iym": "interval year", "ids": "interval day", "ai": "array<int>", "txts": "array<string>", "mp": "map<string,int>"} | {
    "bool": "boolean", "i8": "tinyint", "i16": "smallint", "i32": "int", "i64": "bigint", "f32": "float", "f64": "double", "dec": "decimal(10,2)",
    "str": "string", "bin": "binary", "dt": "date", "ts": "timestamp", "ntz": "timestamp_ntz", "st": "struct<a:int>", "st2": "struct<a:string>",
}  # fmt: skip

SPARK = json.loads(Path(__file__).with_name("strict.json").read_text(encoding="utf-8"))
"""A query → its first operand → a letter for each of NAMES (as far as they go) as its second operand, or its only one: `.` if
Spark 4.1 and 3.5 take it, `x` if both refuse it, `?` if they differ. Recorded from both in November 2026."""


def asked() -> Iterator[tuple[str, str]]:
    """Each query, and whether Spark takes it."""
    for context, rows in SPARK.items():
        for first, answers in rows.items():
            for name, answer in zip(NAMES, answers, strict=False):
                yield context.format(*([first, name] if first else [name])), answer


def fake(sql: str) -> tuple[Any, str]:
    """A fake: what Sail's plan has for types of the columns."""
    found = re.findall(r"'strata_(\d+)', typeof\((?:\w+\.)?(\w+)\)", sql)
    return None, "".join(f'Utf8("strata_{number}"), Utf8("{TYPES[name]}"), ' for number, name in found)


def test_the_rules_are_sparks() -> None:
    """Each type with each in each context: 11,836 queries."""
    wrong = [
        sql for sql, answer in asked() if answer != "?" and bool(refusals(QueryTypes(sql, fake))) is not (answer == "x")
    ]
    assert wrong == []


@pytest.fixture(scope="module")
def session(engine: Engine) -> Iterator[Any]:
    with dataset_session(engine) as session:
        rows = session.sql("SELECT " + ", ".join(f"{value} AS {name}" for name, value in VALUES.items()))
        rows.createOrReplaceTempView("t")
        yield session


def outcome(engine: Engine, session: Any, sql: str) -> str:
    """`taken`; `refused`, with Spark's words; `failed`, by the engine."""
    try:
        engine.query(sql, session, {}, []).schema  # noqa: B018
        return "taken"
    except DatasetError as error:
        return "refused" if error.offset is not None else "failed"
    except Exception:
        return "failed"


def test_engines_answer_as_the_list_says(engine: Engine, session: Any) -> None:
    """Every 61st query, so that each context and type is among them. What Sail cannot do, it fails by itself."""
    for sql, answer in list(asked())[::61]:
        found = outcome(engine, session, sql)
        if ENGINE == "spark" and answer != "?":
            assert found == ("taken" if answer == "." else "failed"), sql
        if ENGINE == "sail":
            assert found != ("taken" if answer == "x" else "refused"), sql


REFUSED = [
    "SELECT k AS v FROM (SELECT i32, str FROM t) UNPIVOT INCLUDE NULLS (w FOR k IN (i32)) WHERE w",
    "SELECT * FROM (SELECT i32, str FROM t) PIVOT (sum(i32) AS s FOR (str) IN (('1'))) WHERE `1`",
    "SELECT i32 AS v FROM t WHERE exists(ai, e -> e > 1) AND (i32 + i32) * i32",
    # One window, one generator, one pattern: what no type shows.
    *[f"SELECT {each} OVER (PARTITION BY bool) AS v FROM t" for each in ("row_number()", "rank()", "ntile(2)", "lag(i32)", "nth_value(i32, 1)")],
    "SELECT rank() OVER w AS v FROM t WINDOW w AS (PARTITION BY bool)",
    "SELECT count(DISTINCT i32) OVER (PARTITION BY bool) AS v FROM t", "SELECT median(i32) OVER (ORDER BY i32) AS v FROM t",
    "SELECT nth_value(i32, 0) OVER (ORDER BY i32) AS v FROM t", "SELECT upper(explode(txts)) AS v FROM t", "SELECT sum(explode(ai)) AS v FROM t",
    "SELECT i32 FROM t LATERAL VIEW upper(str) u AS v",
    r"SELECT str LIKE 'a\\' AS v FROM t", r"SELECT str LIKE 'a\\b' AS v FROM t",
    # Arguments
    "SELECT upper(txts) AS v FROM t", "SELECT substring(ai, 1, 2) AS v FROM t", "SELECT dateadd(i32, 1) AS v FROM t", "SELECT add_months(f64, 1) AS v FROM t",
    "SELECT date_add(dt, i64) AS v FROM t", "SELECT date_sub(dt, 1.5) AS v FROM t", "SELECT date_add(dt, '1.5') AS v FROM t", "SELECT sqrt(dt) AS v FROM t WHERE 1 = 0",
    "SELECT array_join(txts, 1) AS v FROM t", "SELECT array_repeat(str, i64) AS v FROM t", "SELECT timestamp_seconds('1') AS v FROM t", "SELECT format_number(f64, 2L) AS v FROM t",
    "SELECT months_between(i32, dt) AS v FROM t", "SELECT count_if(i32) AS v FROM t", "SELECT median(ts) AS v FROM t", "SELECT collect_set(mp) AS v FROM t",
    "SELECT max_by(i32, mp) AS v FROM t", "SELECT greatest(i32) AS v FROM t", "SELECT least(i32) AS v FROM t", "SELECT round(f64, i32) AS v FROM t",
    "SELECT stack(2, i32, str) AS v FROM t", "SELECT stack(2, 1, 2L) AS v FROM t", "SELECT elt(5, 'a') AS v FROM t",
    # Types that come from below, from a sub-query, an aggregate function, a CTE, an alias
    "SELECT 1 AS v FROM (SELECT dt AS d, i32 AS i FROM t) WHERE d = i", "WITH c AS (SELECT dt AS d FROM t) SELECT d > 20260101 AS v FROM c",
    "SELECT max(dt) > 5 AS v FROM t", "SELECT max(dt) AS m FROM t HAVING m > 5", "SELECT i32 = (SELECT max(dt) FROM t) AS v FROM t",
    "SELECT 1 AS v FROM t AS a LEFT SEMI JOIN t AS b ON a.i32 = b.dt", "SELECT 1 AS v FROM t WHERE EXISTS (SELECT 1 FROM t AS u WHERE u.dt = t.i32)",
    "SELECT sum(CASE WHEN i32 THEN 1 END) AS v FROM t GROUP BY bool", "SELECT upper(CASE WHEN i32 THEN 'a' END) AS v FROM t",
    "SELECT v FROM VALUES (1), (DATE'2020-01-01') AS u(v)", "SELECT dt AS v FROM t UNION ALL (SELECT 1 UNION ALL SELECT 2)", "SELECT mp AS v FROM t ORDER BY v",
    "SELECT mp AS v FROM t ORDER BY 1", "SELECT * FROM (SELECT i32, dt FROM t) UNION ALL SELECT * FROM (SELECT i32, i64 FROM t)",
    "SELECT DISTINCT * FROM (SELECT i32, mp FROM t)", "SELECT 1 AS v FROM t WHERE i32 IN (SELECT * FROM (SELECT dt FROM t))", "SELECT CAST(current_date() AS INT) AS v", "SELECT dt + 1L AS v FROM t -- with a comment at its end",
]  # fmt: skip
TAKEN = [
    "SELECT k AS v FROM (SELECT i32, str FROM t) UNPIVOT INCLUDE NULLS (w FOR k IN (i32)) WHERE w > 0",
    "SELECT * FROM (SELECT i32, str FROM t) PIVOT (sum(i32) AS s FOR (str) IN (('1'))) WHERE `1` > 0",
    "SELECT exists(ai, e -> e > 1) AS v FROM t", "SELECT (i32 + i32) * i32 > 1 AS v FROM t",
    "WITH b AS (WITH a AS (SELECT 2 AS x) SELECT x FROM a), a AS (SELECT 1 AS x) SELECT b.x FROM a, b", "SELECT explode(ai) AS v, explode(txts) AS w FROM t",
    "SELECT rank() OVER w AS v FROM t WINDOW w AS (ORDER BY i32)", 
    "SELECT sum(i32) OVER (PARTITION BY bool) AS v FROM t", "SELECT count(DISTINCT i32) AS v FROM t", "SELECT explode(ai) AS v FROM t",
    "SELECT v FROM t LATERAL VIEW explode(ai) u AS v", "SELECT * FROM explode(array(1, 2))", r"SELECT str LIKE 'a\\%' AS v FROM t", r"SELECT str LIKE 'a\\\\' AS v FROM t",
    "SELECT str LIKE '%a\\_b' AS v FROM t", "SELECT ts + INTERVAL '1 23:59:59' DAY TO SECOND AS v FROM t",
    "SELECT upper(i32) AS v, lower(dt) AS w, concat(i32, 'a') AS x, substring(i32, 1) AS y FROM t", "SELECT year(ts) AS v, date_add(ts, 1) AS w FROM t",
    "SELECT datediff('2020-01-01', dt) AS v FROM t", "SELECT date_add(dt, '1') AS v FROM t", "SELECT sqrt('2') AS v FROM t", "SELECT round(f64, 1 + 1) AS v FROM t",
    "SELECT array_join(ai, ',') AS v, array_repeat(str, 2) AS w, timestamp_seconds(1.5) AS x, format_number(f64, '0.0') AS y FROM t", "SELECT greatest(*) AS v FROM (SELECT 1, 2)",
    "SELECT dateadd(DAY, 1, dt) AS v FROM t", "SELECT elt(1, 'a') AS v FROM t", "SELECT stack(2, 1, NULL) AS v FROM t", "SELECT greatest(i32, f64) AS v FROM t",
    "SELECT dt = '2020-01-01' AS v, i32 = '1' AS w, i32 IN ('1', '2') AS x, dt BETWEEN '2020-01-01' AND ts AS y FROM t",
    "SELECT max(i32) AS m FROM t GROUP BY dt HAVING m > 5", "SELECT i32 AS dt FROM t ORDER BY dt", "SELECT upper(str) AS str, count(*) AS n FROM t GROUP BY upper(str)",
    "SELECT transform(ai, dt -> dt + 1) AS v FROM t", "SELECT filter(txts, i32 -> i32 = 'a') AS v FROM t", "SELECT mp['a'] = 1 AS v, st.a > 0 AS w FROM t",
    "SELECT 1 AS v FROM t WHERE NOT bool OR i32 IS NULL AND str RLIKE 'a'", "SELECT -i32 + - f64 * 2 AS v FROM t", "SELECT dt - INTERVAL 1 DAY AS v FROM t",
    "SELECT CASE WHEN i32 = 1 THEN NULL ELSE dt END AS v FROM t", "SELECT v FROM VALUES (1), (NULL), (2.5) AS u(v)", "SELECT dt AS v FROM t UNION ALL SELECT NULL",
    "SELECT * FROM (SELECT i32, dt FROM t) UNION ALL SELECT u.*, ts FROM (SELECT i64 FROM t) AS u JOIN t", "SELECT DISTINCT * FROM (SELECT i32, st FROM t)",
    "SELECT * FROM (SELECT ai FROM t) LATERAL VIEW explode(ai) u AS v UNION ALL SELECT array(1), 1",
    "SELECT i32 FROM t WHERE (i32, str) IN (SELECT i32, str FROM t)",
    "SELECT a.i32 FROM t AS a JOIN t AS b USING (i32) WHERE i32 > 0",
]  # fmt: skip


IS_OLD = ENGINE == "spark" and version("pyspark").startswith("3.")
if not IS_OLD:  # Spark 3.5 wants the same names
    TAKEN.append("SELECT struct(i32, 'x') = struct(1, 'y') AS v, struct(1 AS a) IN (struct(2 AS b)) AS w FROM t")


def test_what_no_list_of_types_shows(engine: Engine, session: Any) -> None:
    """On Spark each is computed: some it refuses in its optimizer. What Sail cannot do, it fails by itself."""
    wrong = []
    for sql, is_good in [*((sql, False) for sql in REFUSED), *((sql, True) for sql in TAKEN)]:
        if ENGINE == "sail":
            found = outcome(engine, session, sql)
            wrong += [(sql, found)] if found == ("refused" if is_good else "taken") else []
            continue
        try:
            engine.query(sql, session, {}, []).collect()
            wrong += [] if is_good else [(sql, "taken")]
        except Exception as error:
            wrong += [(sql, str(error)[:200])] if is_good else []
    assert wrong == []
