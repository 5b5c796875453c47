"""Whole numbers that grow too large fail on Sail as they do on Spark, at the same position, and nothing else fails or is warned of.

What is expected is computed here by Spark's rule (the wider type of two), and held against both engines.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

from strata_glue.engine.failure import Failure, failure_of
from strata_glue.engine.sail.operands import with_right_operands
from strata_glue.engine.sail.overflow import with_checks
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.session import Engine, dataset_session
from strata_glue.engine.sql.arithmetic import arithmetic_in, chain_of, is_chain
from strata_glue.engine.sql.selects import QueryReader
from strata_glue.engine.sql.tree import Node

BITS = {"t": 7, "s": 15, "i": 31, "l": 63}
NAMES = {"t": "tinyint", "s": "smallint", "i": "int", "l": "bigint"}
ARROW = {"t": pa.int8(), "s": pa.int16(), "i": pa.int32(), "l": pa.int64()}
PAIRS = ["max max", "max min", "min min", "min max", "one max", "one min", "two two", "none max"]


def _edge(word: str, bits: int) -> int | None:
    return {"max": 2**bits - 1, "min": -(2**bits), "one": 1, "two": 2, "none": None}[word]


ROWS: dict[str, pa.Array] = {
    "k": pa.array(range(len(PAIRS)), pa.int32()),
    **{
        f"{kind}{side}": pa.array([_edge(pair.split()[side], bits) for pair in PAIRS], ARROW[kind])
        for (kind, bits), side in itertools.product(BITS.items(), (0, 1))
    },
    "d": pa.array([None] * 7 + [2], pa.decimal128(10, 2)),
    "x": pa.array([1.5] * 8, pa.float64()),
}
"""`t0`, `t1` … `l0`, `l1`: pairs of edges."""

COMPUTE = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}


@pytest.fixture(scope="module")
def session(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """With the table `e`."""
    folder = tmp_path_factory.mktemp("overflow")
    parquet.write_table(pa.table(ROWS), folder / "1.parquet")
    with dataset_session(engine) as session:
        engine.prepared(session.read.parquet(str(folder)), session, True).createOrReplaceTempView("e")
        yield session


def outcome(engine: Engine, session: Any, sql: str) -> tuple[list[str], list[list[Any]]] | Failure:
    """Types and rows, or how it fails. A warning is an error here."""
    said: list[str] = []
    try:
        frame = engine.query(sql, session, {}, said)
        rows = [list(row) for row in frame.collect()]
    except Exception as error:
        return failure_of(error, sql)
    assert said == [], sql
    return [field.dataType.simpleString() for field in frame.schema.fields], rows


def overflows(found: Any) -> bool:
    return isinstance(found, Failure) and found.kind.split(".")[0] in (
        "ARITHMETIC_OVERFLOW",
        "BINARY_ARITHMETIC_OVERFLOW",
    )


@pytest.mark.parametrize("operator", COMPUTE)
def test_each_operator_on_the_edges_of_each_type(engine: Engine, session: Any, operator: str) -> None:
    """All pairs of types and edges: values and types where they fit; an error for each that does not."""
    wide = {}
    for left, right in itertools.product(BITS, BITS):
        kind = max(left, right, key=lambda each: BITS[each])
        a, b = (ROWS[f"{left}0"].to_pylist(), ROWS[f"{right}1"].to_pylist())
        values = [None if x is None else COMPUTE[operator](x, y) for x, y in zip(a, b, strict=True)]
        fit = {
            k: value for k, value in enumerate(values) if value is None or -(2 ** BITS[kind]) <= value < 2 ** BITS[kind]
        }
        wide[f"{left}0 {operator} {right}1"] = NAMES[kind], fit
    # Those that fit, in one query: a row computes only what fits in it.
    cases = [
        f"CASE WHEN k IN ({', '.join(map(str, fit))}) THEN {each} END AS v{index}"
        for index, (each, (_, fit)) in enumerate(wide.items())
    ]
    types, rows = outcome(engine, session, f"SELECT {', '.join(cases)} FROM e ORDER BY k")  # type: ignore[misc]
    for index, (each, (kind, fit)) in enumerate(wide.items()):
        assert (types[index], [row[index] for row in rows]) == (kind, [fit.get(k) for k in range(len(PAIRS))]), each
    for each, (_, fit) in wide.items():
        large = [k for k in range(len(PAIRS)) if k not in fit]
        for k in large[:2]:
            assert overflows(outcome(engine, session, f"SELECT {each} AS v FROM e WHERE k = {k}")), (each, k)


FAILING = [
    "SELECT(i0 + 1)* 2 AS v FROM e WHERE(i0 - 1)> 0 AND k = 0",
    "SELECT * FROM (SELECT l0, k DIV 2 AS h FROM e WHERE k < 2) PIVOT (sum(l0) FOR (h) IN ((0)))",
    "SELECT * FROM (SELECT i0, x FROM e WHERE k = 0) UNPIVOT INCLUDE NULLS (v FOR n IN (i0)) WHERE ^v + 1 > 0",
    "SELECT ^i0 + 1 AS v FROM e WHERE k < 2",
    "SELECT ^2147483647 + 1 AS v",
    "SELECT ^9223372036854775807 + 1 AS v",
    "SELECT ^i0 + 1 - 1 AS v FROM e WHERE k = 0",
    "SELECT (i0 + 1) * 0 AS v FROM e WHERE k = 0",
    "SELECT ^i0 * i1 + l1 AS v FROM e WHERE k = 0",
    "SELECT x + ^i0 * 2 AS v FROM e WHERE k = 0",
    "SELECT CAST(^i0 + 1 AS BIGINT) AS v FROM e WHERE k = 0",
    "SELECT CASE WHEN k = 0 THEN ^i0 + 1 ELSE 0 END AS v FROM e",
    "SELECT ^sum(l0) AS v FROM e WHERE k IN (0, 1)",
    "SELECT k DIV 2, ^sum(l0) AS v FROM e GROUP BY k DIV 2",
    "SELECT ^sum(l0) OVER (ORDER BY k) AS v FROM e",
    "SELECT ^sum(l0) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS v FROM e",
    "SELECT sum(l0 % 10 + 9223372036854775800) AS v FROM e WHERE k < 2",
    "SELECT sum(^i0 * 2) AS v FROM e",
    "SELECT ^sum(i0) * 9223372036854775807 AS v FROM e WHERE k < 2",
    "SELECT ^max(l0) - min(l0) AS v FROM e",
    "SELECT k FROM e WHERE ^i0 + 1 > 0",
    "SELECT a.k FROM e a JOIN e b ON a.l0 = ^b.l0 + 1",
    "SELECT k FROM e ORDER BY ^i0 - 2",
    "SELECT count(*) AS n FROM e GROUP BY ^i0 + 1",
    "SELECT k FROM e GROUP BY k HAVING ^max(i0) + 1 > 0",
    "SELECT transform(array(i0), y -> ^y + 1) AS v FROM e",
    "SELECT aggregate(array(i0, 1), 0, (a, y) -> ^a + y) AS v FROM e",
    "WITH q AS (SELECT ^l0 * 2 AS v FROM e) SELECT v FROM q",
    "SELECT (SELECT max(i0) FROM e) + 1 AS v",
    "SELECT CAST(l0 AS BIGINT) + 1L AS v FROM e",
    "SELECT timestamp_seconds(l0) AS v FROM e",
    "SELECT -i0 AS v FROM e",
    "SELECT abs(l0) AS v FROM e",
    "SELECT l0 DIV -1 AS v FROM e WHERE k = 2",
]
"""Each fails on both, at the position of `^` where there is one."""


@pytest.mark.parametrize("marked", FAILING)
def test_what_grows_too_large_fails_at_its_position(engine: Engine, session: Any, marked: str) -> None:
    found = outcome(engine, session, marked.replace("^", ""))
    assert overflows(found), found
    if "^" in marked:
        assert (found.line, found.column) == (1, marked.index("^") + 1), found  # type: ignore[union-attr]


RIGHT: dict[str, Any] = {
    "i0 % 10 + 1": 3,
    "i0 + 1": 3,
    "i0 % (i1 - 7)": 2,
    "(i0 - l0) % i1 + l1 DIV l0": 1,
    "-i0 * 2": -4,
    "i0 - 1 - 1": 0,
    "(i0 + 1) * (i0 - 1)": 3,
    "7 - i0 * 2 % 3": 6,
    "i0 DIV 2 * 3": 3,
    "i0 & 1 + 2": 2,
    "i0 + k * 2 = 14": True,
    "coalesce(i0 + l0, 1)": 4,
    "if(k > 0, i0, i0 * i0)": 2,
    "element_at(array(5, 6), i0 + 0)": 6,
    "named_struct('a', i0 * 2).a + 1": 5,
    "map('a', i0)['a'] * 3": 6,
    "(SELECT max(k) FROM e) + 1": 8,
    "i0 BETWEEN i0 - 1 AND i0 + 1": True,
    "nvl(i0, 0) * 2": 4,
    "sum(l0) OVER () + 1": 3,
    "row_number() OVER (ORDER BY k + 1) - 1": 0,
    "lag(i0, 1, 0) OVER (ORDER BY k) + 1": 1,
    "count(*) OVER () * 2": 2,
    "size(transform(array(1, i0), (y, at) -> y * at + 1))": 2,
    "aggregate(array(1, i0), 0L, (a, y) -> a + y)": 3,
    "length('abc') + 1": 4,
    "x * 2 + i0": 5.0,
    "i0 / 4 + i0": 2.5,
    "hash(i0) * 0": 0,
    "+".join(["i0"] * 100): 200,
    f"{'(' * 40}i0 + 1{')' * 40} * 2": 6,
}  # fmt: skip


def test_what_fits_is_right_and_without_a_warning(engine: Engine, session: Any) -> None:
    every = ", ".join(f"{each} AS v{index}" for index, each in enumerate(RIGHT))
    found = outcome(engine, session, f"SELECT {every} FROM e WHERE k = 6")
    assert not isinstance(found, Failure), found
    _, rows = found
    assert dict(zip(RIGHT, rows[0], strict=True)) == RIGHT


GROUPED = [
    "SELECT i0 + 1 AS z, count(*) AS c FROM e WHERE k > 5 GROUP BY i0 + 1 ORDER BY z",
    "SELECT e.i0 + 1 AS z, count(*) AS c FROM e WHERE k > 5 GROUP BY i0 + 1 ORDER BY z",
    "SELECT i0 + 1 AS z, count(*) AS c FROM e WHERE k > 5 GROUP BY 1 ORDER BY 1",
    "SELECT i0 + 1 AS z, sum(l0 - 1) AS c FROM e WHERE k > 5 GROUP BY i0 ORDER BY i0 + 1",
    "SELECT z, sum(c) AS c FROM (SELECT i0 * 2 - 1 AS z, count(*) AS c FROM e WHERE k > 5 GROUP BY i0 * 2 - 1) GROUP BY z ORDER BY z",
    "WITH q AS (SELECT l0 * 2 AS i0 FROM e WHERE k = 6) SELECT q.i0 - 1 AS z, count(*) - e.i0 + 2 AS c FROM q, e WHERE k = 6 GROUP BY q.i0 - 1, e.i0",
]  # fmt: skip


@pytest.mark.parametrize("sql", GROUPED)
def test_groups_of_computed_numbers_are_found(engine: Engine, session: Any, sql: str) -> None:
    _, rows = outcome(engine, session, sql)  # type: ignore[misc]
    assert [3, 1] in rows, rows


def test_names_of_columns_stay(engine: Engine, session: Any) -> None:
    frame = engine.query("SELECT i0 + 1, sum(l0) FROM e WHERE k = 6 GROUP BY i0", session, {})
    assert frame.columns == ["(i0 + 1)", "sum(l0)"]


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
@pytest.mark.parametrize("sql", ["SELECT `(i0 + 1)` AS v FROM (SELECT i0 + 1 FROM e)"])
def test_a_run_says_what_it_cannot_check(engine: Engine, session: Any, sql: str) -> None:
    said: list[str] = []
    engine.query(sql, session, {}, said)
    assert [each.partition(" is not checked")[0] for each in said] == ["whether whole numbers overflow in `i0 + 1`"]


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
def test_brackets_of_any_depth_are_read_or_reported() -> None:
    """The reader goes down with them, and Python ends that at some depth."""
    deep = f"SELECT {'(' * 500}a + -b{')' * 500} FROM t"

    def analyze(_: str) -> Any:
        raise AssertionError("Sail was asked")

    frame, said = with_checks(deep, QueryTypes(deep, analyze), analyze)
    assert frame is None and "nested this deeply" in said[0]
    assert with_right_operands(deep, analyze, QueryTypes(deep, analyze)) == deep


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
@pytest.mark.parametrize("call", ["median(x)", "median(DISTINCT x)", "percentile(x, array(0.5)) FILTER (WHERE k > 0)"])
def test_a_median_with_nan_is_refused_at_its_position(engine: Engine, session: Any, call: str) -> None:
    nan = "(SELECT k, if(k > 3, double('NaN'), x) AS x FROM e)"
    found = outcome(engine, session, f"SELECT {call} AS v FROM {nan}")
    assert isinstance(found, Failure) and (found.kind, found.line, found.column) == ("ENGINE_CANNOT", 1, 8), found
    assert not isinstance(outcome(engine, session, f"SELECT {call} AS v FROM e"), Failure)


PROVEN = [
    "SELECT dayofweek(a) + 5 % 7 + 1, year(a) * 100 + month(a), (unix_timestamp(a) - unix_timestamp(b)) / 60 FROM t",
    "SELECT count(*) * 100 / 7 - 1, length(s) + 1, 1 + 2 * 3, *, t.* FROM t WHERE exists(a, x -> x > 1) LIMIT 10",
    "SELECT a || b, 'x' || 1 + 2, a / b * c, DATE '2020-01-01' + INTERVAL 1 DAY, x'1F', -a, - 1 FROM t",
    "SELECT row_number() OVER (ORDER BY a) - 1, sum(count(*)) OVER () / 2, CAST(a AS DECIMAL(10, 2)) FROM t GROUP BY a",
]


@pytest.mark.parametrize("sql", PROVEN)
def test_what_cannot_overflow_costs_nothing(sql: str) -> None:
    """Not even a request to Sail, with columns of any type."""

    def analyze(_: str) -> Any:
        raise AssertionError("Sail was asked")

    assert with_checks(sql, QueryTypes(sql, analyze), analyze) == (None, [])


def _shown(node: Node, sql: str) -> str:
    if is_chain(node):
        first, rest = chain_of(node)
        return f"({_shown(first, sql)}" + "".join(f" {sign} {_shown(right, sql)}" for sign, right in rest) + ")"
    return sql[slice(*node.span)]


READ = {
    "SELECT a + b * c - d AS e": ["(a + (b * c) - d)"],
    "SELECT -a - -1, - (b + c)": ["(b + c)", "(-a - -1)"],
    "SELECT (a + b) * c, f(a - 1) % 2": ["(a - 1)", "((a + b) * c)", "(f(a - 1) % 2)"],
    "SELECT CASE WHEN a > 1 THEN b + 1 ELSE -c END * 2": ["(b + 1)", "(CASE WHEN a > 1 THEN b + 1 ELSE -c END * 2)"],
    "SELECT *, t.*, count(*) * 2 FROM t": ["(count(*) * 2)"],
    "SELECT transform(y, x -> x + 1), a.b[c - 1]::DECIMAL(10, 2) + `d e`": ["(x + 1)", "(c - 1)", "(a.b[c - 1]::DECIMAL(10, 2) + `d e`)"],
    "SELECT sum(DISTINCT a) FILTER (WHERE b > 1) OVER (ORDER BY c + 1) / 2": ["(c + 1)", "(sum(DISTINCT a) FILTER (WHERE b > 1) OVER (ORDER BY c + 1) / 2)"],
    "SELECT a || b + 1, INTERVAL 1 DAY * 2, DATE'2020-01-01' - 1, :p + 1": ["(a || b + 1)", "(INTERVAL 1 DAY * 2)", "(DATE'2020-01-01' - 1)", "(:p + 1)"],
    "SELECT a WHERE b BETWEEN c - 1 AND d + 1 AND NOT e * 2 IN (f / 2)": ["(c - 1)", "(d + 1)", "(e * 2)", "(f / 2)"],
}  # fmt: skip


@pytest.mark.parametrize("sql", READ)
def test_operands_are_read_as_spark_reads_them(sql: str) -> None:
    reader = QueryReader(sql)
    reader.whole()
    found = [_shown(each, sql) for each in arithmetic_in(reader)]
    assert sorted(found) == sorted(READ[sql])
