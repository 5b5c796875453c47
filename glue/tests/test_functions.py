"""Spark's own examples of its functions, and edges of those that Sail computes otherwise: nothing differs silently.

`functions.json` holds what Spark 4.1.1 computes, and which of it Sail 0.7.2 cannot do ("loud") or is known to differ in ("said").
`UPDATE_GOLDENS=1` writes it again: first with Spark, then with Sail.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

from strata_glue.engine.sail.differences import DIFFERENT
from strata_glue.engine.sail.functions import with_right_calls
from strata_glue.engine.sail.rewrites import LISTS, REWRITES
from strata_glue.engine.session import Engine, dataset_session
from strata_glue.errors import DatasetError

GOLDEN = Path(__file__).with_name("functions.json")
DOCS = Path(__file__).parents[2] / "docs" / "engines.md"
D = decimal.Decimal

ROWS = {
    "k": pa.array(range(7), pa.int32()),
    "i": pa.array([None, 3, -2, 0, 1, 13, 300], pa.int32()),
    "l": pa.array([None, 3, -2, 0, 1, 2**53 + 1, -5_000_000_000], pa.int64()),
    "x": pa.array([None, 3.5, -2.5, 0.0, 1e-7, math.nan, 1e20], pa.float64()),
    "n": pa.array([None, D("3.50"), D("-2.50"), D("0.00"), D("0.05"), D("12345678.90"), D("2.50")], pa.decimal128(10, 2)),
    "s": pa.array([None, "abc", "Straße o'neil x-y", "", "a b,c  ", "12", '{"a":1,"b":[1,2]}'], pa.string()),
    "dt": pa.array([None, *(datetime.date(*each) for each in [(2016, 7, 30), (1969, 12, 31), (2024, 2, 29), (2015, 1, 1)]), None, None], pa.date32()),
    "ts": pa.array([None, *(datetime.datetime(*each) for each in [(2016, 7, 30, 11, 22, 33), (1969, 12, 31, 23, 59, 59, 500000), (2024, 2, 29), (2015, 1, 1)]), None, None], pa.timestamp("us", "UTC")),
    "b": pa.array([None, True, False, True, False, True, False], pa.bool_()),
}  # fmt: skip

_WINDOWS = [
    *[f"{each} OVER (PARTITION BY b ORDER BY k)" for each in (
        "lag(x)", "lag(s, 1, 'none')", "lead(n, 2)", "lag(i, 1, 0)", "lead(dt, 1, DATE'2015-01-01')", "lag(ts) IGNORE NULLS", "lag(i, -1)", "lag(i, 1, 0.5)",
        "first_value(i)", "last_value(s)", "nth_value(n, 2)", "ntile(2)", "first_value(x, true)", "any_value(i) IGNORE NULLS", "count_if(b)")],
    *[f"{each} OVER (ORDER BY k ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING)" for each in (
        "first(n)", "last(x) IGNORE NULLS", "nth_value(s, 1)", "count(*)", "sum(i)", "min(ts)", "avg(l)", "any_value(dt)")],
    *[f"{each} OVER (PARTITION BY b ORDER BY {order})" for each in ("rank()", "cume_dist()", "percent_rank()", "count(*)")
        for order in ("x", "x DESC", "n DESC NULLS FIRST", "s NULLS LAST", "ts DESC", "i % 2")],
    *[f"sum(k) OVER (ORDER BY {order} RANGE BETWEEN {frame})" for order, frame in (
        ("x", "1.5 PRECEDING AND CURRENT ROW"), ("x DESC", "1 PRECEDING AND UNBOUNDED FOLLOWING"), ("n", "0.5 PRECEDING AND 2.5 FOLLOWING"),
        ("n DESC NULLS FIRST", "CAST(2.5 AS DECIMAL(10,2)) PRECEDING AND CURRENT ROW"), ("ts", "INTERVAL 3000 DAYS PRECEDING AND INTERVAL 1 DAY PRECEDING"),
        ("ts DESC", "INTERVAL '600' DAY PRECEDING AND CURRENT ROW"), ("i NULLS LAST", "UNBOUNDED PRECEDING AND 1 PRECEDING"))],
]  # fmt: skip

SAME = [
    "nvl(n, 1)", "ifnull(n, k)", "nvl2(s, i, 2)", "zeroifnull(n)", "nullif(n, 2)", "nullif(2, n)", "nullif(s, '')", "datediff(dt, ts)",
    "date_diff(dt, DATE'2015-01-01')", "regexp_count(s, '[a-c]')", "isnan(x)", "initcap(s)", "rint(x)", "rint(n)", "hypot(l, 4)", "log(2 + i * i)",
    "timestamp_seconds(n)", "from_json(s, 'a INT')", "from_json(s, 'a INT', map('mode', 'PERMISSIVE'))",
    "get(array(1, 2, 3), i)", "get(array(1, 2, 3), -1)", "left(s, i)", "left(s, -1)", "left(s, 2)", "right(s, i)", "right(s, -1)",
    "substring('Spark SQL', i)", "substr('Spark SQL', i)", "substring('Spark SQL', i, 2)", "substr(s, i, 1)", "substring(s, 2, 3)",
    "date_trunc('MONTH', dt)", "date_trunc('WEEK', ts)", "nvl(left(nvl(s, 'x, y'), i), initcap('a-b'))", "hash(s, i, x)", "round(x)", "concat(s, i)",
    "to_json(struct(i, s))", "format_string('%d %s', i, s)", "extract(hour FROM ts)", "left('abc', 2)", "split(s, ',')", "bround(x)", "bround(2.5D)",
    "weekday(dt)", "weekday(ts)", "CAST(n AS STRING)", "concat(s, CAST(ts AS STRING))", "concat_ws('-', s, i)", "log(2, 2 + i * i)", "xxhash64(n)",
    "chr(65)", "locate('b', s, 2)", "get_json_object(s, '$.b[1]')", "i - k", "ts - ts", "if(b, s, 'x')", "pmod(i, 3)", "round(n, 1)", "substring(s, -2)",
    "collect_list(i) OVER (ORDER BY k)", "collect_list(s) OVER (ORDER BY k ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING)", "collect_list(n) OVER (PARTITION BY i)",
    "array_agg(x) OVER (ORDER BY k)", "array_agg(struct(dt, b)) OVER (ORDER BY k ROWS 1 PRECEDING)", "array_agg(ts) OVER (ORDER BY k ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING)",
    "array_sort(collect_set(b) OVER (ORDER BY k))", "size(collect_list(nvl(l, i)) OVER (ORDER BY k))", "collect_list(array(i)) OVER (PARTITION BY b ORDER BY k)",
    "sum(x) OVER (ORDER BY k)", "sum(n) OVER (ORDER BY k ROWS 1 PRECEDING)", "avg(i) OVER (ORDER BY k ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)", "max(x) OVER (ORDER BY k ROWS 1 PRECEDING)",
    "sqrt(x)", "sqrt(x) > 5", "sin(i)", "cos(i)", "tan(i)", "cot(1 + i * i)", "atanh(x) > 5", "pow(x, 0.5D) > 5", "power(x, 0.5D)", "-x > 5", "-x * 2", "2 - -CAST(x AS FLOAT) > 5",
    "s || ts", "ts || s || ts", "concat(s, ts)", "shiftleft(i, 33L)", "i << 33L", "l >> k", "shiftright(l, CAST(k AS BIGINT))", "ts::BIGINT", "-ts::INT",
    "tinyint(k)", "smallint(i)", "int(n)", "bigint(ts)", "CAST(ts AS BIGINT)", "CAST(ts - INTERVAL 1 DAY AS INT)", "unix_seconds(ts)", "unix_timestamp(ts)", "to_unix_timestamp(ts)",
    *[f"(SELECT max(value) FROM (SELECT {each}(map('k', 5))))" for each in ("explode", "explode_outer", "posexplode", "posexplode_outer")],
    "(SELECT median(i) FROM t)", "(SELECT median(x) FILTER (WHERE NOT isnan(x)) FROM t)", "(SELECT percentile(x, array(0.25, 0.5)) FROM t WHERE k < 5)",
    *_WINDOWS,
]  # fmt: skip
SAID = [
    "format_string('%s', n)", "format_string('%s', x)", "printf('%s', n)", "concat_ws('-', s, ts)", "to_json(struct(n))", "to_csv(struct(x))",
    "CAST(array(s) AS STRING)", "try_cast(array(s) AS STRING)", "hash(n)", "hash(i, n)", "avg(n) OVER ()", "mean(n) OVER ()", "try_avg(n) OVER ()",
    "(SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY i) FROM t)", "round(n)", "round(n, 0)", "pmod(n, 3)", "try_mod(n, 2)",
    "ceil(i / 7, 3)", "ceiling(i / 7, -3)", "floor(i / 7, 3)", "left(encode(s, 'utf-8'), 3)", "right(encode(s, 'utf-8'), 3)", "substring(encode(s, 'utf-8'), 2)",
    "substr(encode(s, 'utf-8'), 2)", "lpad(unhex('61'), 5)", "rpad(unhex('61'), 5)", "extract(dow FROM ts)", "date_part('dow', ts)",
    "datepart('dow', ts)", "extract(hour FROM ts - TIMESTAMP'2015-01-01')", "split(s, '')", "split('abc', CAST(i AS STRING))", "bround(2.5)",
    "get_json_object(s, '$.b[*]')", "array_contains(array(1, NULL), k)", "arrays_overlap(array(1, 2, 3), array(n, 4))", "conv(i, 10, 2)", "chr(k + 255)", "char(k + 255)",
    "locate('b', s, i)", "position('b', s, i)", "substring(s, -10, 9)", "substr(s, -10, 9)", "substring('Spark' FROM i)", "substr('Spark' FROM i)",
    "overlay(encode(s, 'utf-8') PLACING encode('x', 'utf-8') FROM 1)", "json_array_length(s)", "parse_url('http://a.b/c?d=1', 'QUERY', s)",
    "log1p(x * x)", "log(i, 100)", "width_bucket(1 / nullif(x, 0), 0, 10, 5)", "quote('a\\\\b')", "is_valid_utf8(s)", "bitmap_bit_position(i)",
    "bitmap_bucket_number(i)", "make_date(2019, k, NULL)", "percentile_approx(i, 0.5) OVER ()", "approx_percentile(i, 0.5) OVER ()", "try_multiply(-2147483648, k)", "dt - DATE'2015-01-01'", "1 - (dt - dt)", "s || x", "concat(s, x * 2)", "array_join(array(x), '-')",
    "if(b, s, i)", "array(i, s)", "CASE WHEN b THEN i ELSE s END", "sentences('a 1,2')", "asinh(x)", "acosh(l)", "try_parse_url('in valid://a.b/c?d=1', 'QUERY')",
    *[f"{each}(x) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)" for each in "sum avg mean std stddev stddev_samp stddev_pop variance var_samp var_pop".split()],
    *[f"{each} OVER (ORDER BY k ROWS 2 PRECEDING)" for each in ("covar_samp(x, k)", "covar_pop(x, k)", "corr(x, k)", "percentile(x, 0.5)", "sum(CAST(x AS FLOAT) * 2)")],
    "sum(x) OVER (ORDER BY k RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)", "(SELECT var_pop(x) FROM t)", "(SELECT stddev_pop(x) FROM t)",
    "median(x) OVER (PARTITION BY b)", "percentile(x, 0.5) OVER (PARTITION BY b)", "(SELECT mode(i) FROM t)", "(SELECT listagg(x) FROM t WHERE k = 6)", "(SELECT string_agg(ts, ',') FROM t WHERE k = 2)",
    "(SELECT median(c) FROM VALUES ('1'), ('2') AS v(c))", "(SELECT percentile(c, 0.5) FROM VALUES ('1'), ('2') AS v(c))",
    "s || (ts - TIMESTAMP'2015-01-01')", "concat(s, ts - TIMESTAMP'2015-01-01')", "try_add(ts, INTERVAL '1' DAY)", "try_subtract(ts, INTERVAL '1' DAY)",
]  # fmt: skip
"""Each must be refused on Sail, or warned of."""

BY_CHANCE = [
    f"SELECT k, {each} AS v FROM t" for each in SAID if each.startswith(("median(x) OVER", "percentile(x, 0.5) OVER"))
]
"""Of those, what may be Spark's value, since it depends on the order of rows."""

LEFT = {
    "(SELECT corr(x, k) FROM t)": "`corr` of NaN",
    "format_number(double('infinity'), 2)": "`format_number` of infinity",
    "format_number(x * 1.2345678901234567D, 2)": "beyond 15 digits",
    "mask('a\U0001f600', 'X', 'x', 'n', 'o')": "`mask` of emoji",
    "unix_seconds(try_make_timestamp(0, 1, 1, 1, 1, 1))": "years below 1 in `try_make_timestamp`",
    "typeof(n % 3)": "`%` of a DECIMAL inside `typeof`",
    "(SELECT f - f > 5 FROM (SELECT double('infinity') + max(k) AS f FROM t))": "NaN of infinities",
}
"""What differs on Sail silently, and the words of docs/engines.md for it."""

_UNSTABLE = re.compile(
    r"\b(?:rand\w*|uniform|uuid|shuffle|current_\w+|now|curdate|localtimestamp|monotonically\w*|spark_partition_id|input_file\w*|version"
    r"|session_user|user|java_method|reflect|try_reflect|\w*aes_encrypt|collect_set|sleep|approx_\w+|\w*sketch\w*|hll_\w+"
    r"|theta_\w+|kll_\w+|\w*variant\w*|\w*parse_json|st_\w+|TIME'[^']*'|\w*to_time|make_time|xpath\w*)\b",
    re.IGNORECASE,
)
"""Examples that are another value each time, or of a type that no target takes."""
_PLAIN = re.compile(
    r"SELECT (?!.*\b(?:FROM (?:VALUES|\(|\w+ *\()|explode|inline|stack|json_tuple)).*", re.IGNORECASE | re.DOTALL
)
_TABLE = re.compile(r"SELECT k, (.*) AS v FROM t", re.DOTALL)
_EACH = 20


def plain(value: Any) -> Any:
    """As JSON has it; floating-point numbers to 11 digits, as `strata parity` compares 12."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else f"{value + 0.0:.11g}"
    if isinstance(value, (bytes, bytearray)):
        return f"bytes {bytes(value).hex()}"
    if isinstance(value, dict):
        return {"map": sorted(([plain(key), plain(each)] for key, each in value.items()), key=str)}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def outcome(run: Callable[[str, list[str]], Any], sql: str) -> dict[str, Any]:
    """Types and rows, and the warnings; or how it fails."""
    said: list[str] = []
    try:
        frame = run(sql, said)
        rows = sorted(([plain(value) for value in row] for row in frame.collect()), key=str)
        types = [field.dataType.simpleString() for field in frame.schema.fields]
        return {"types": types, "rows": rows, "said": said}
    except DatasetError as error:
        return {"said": [str(error)]}
    except Exception as error:
        return {"failed": str(error)[:200]}


def together(run: Callable[[str, list[str]], Any], queries: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The outcome of each, with many expressions in one query: the same, and much quicker."""
    found: dict[str, dict[str, Any]] = {}
    groups: dict[bool, list[str]] = {True: [], False: []}
    for sql in queries:
        if _TABLE.fullmatch(sql) or _PLAIN.fullmatch(sql):
            groups[_TABLE.fullmatch(sql) is not None].append(sql)
        else:
            found[sql] = outcome(run, sql)
    for of_table, every in groups.items():
        for at in range(0, len(every), _EACH):
            found.update(_grouped(run, every[at : at + _EACH], of_table))
    return found


def _grouped(run: Callable[[str, list[str]], Any], queries: list[str], of_table: bool) -> dict[str, dict[str, Any]]:
    if len(queries) == 1:
        return {queries[0]: outcome(run, queries[0])}
    expressions = [_TABLE.fullmatch(sql)[1] if of_table else sql[len("SELECT ") :] for sql in queries]  # type: ignore[index]
    names = ", ".join(f"{each} AS v{index}" for index, each in enumerate(expressions))
    whole = outcome(run, f"SELECT k, {names} FROM t" if of_table else f"SELECT {names}")
    first = 1 if of_table else 0
    if "rows" not in whole or len(whole["types"]) != len(queries) + first:
        half = len(queries) // 2
        return _grouped(run, queries[:half], of_table) | _grouped(run, queries[half:], of_table)
    return {
        sql: {
            "types": whole["types"][:first] + [whole["types"][index]],
            "rows": sorted((row[:first] + [row[index]] for row in whole["rows"]), key=str),
            "said": whole["said"],
        }
        for index, sql in enumerate(queries, first)
    }


def examples(session: Any) -> list[str]:
    """Of all functions that this Spark has."""
    found: list[str] = []
    for (name,) in session.sql("SHOW FUNCTIONS").collect():
        text = "\n".join(row[0] for row in session.sql(f"DESCRIBE FUNCTION EXTENDED `{name}`").collect())
        found += [" ".join(each.split("\n")) for each in re.findall(r"^\s*> (SELECT .*?);[ \t]*$", text, re.M | re.S)]
    return [sql for sql in dict.fromkeys(found) if is_stable(sql)]


def is_stable(sql: str) -> bool:
    """False, too, for a column of NULLs without a type, and for `CASE` with conditions that are always true or false: Sail says one type and writes another, which is refused
    where it is written (`test_a_type_that_sail_does_not_write_is_refused`)."""
    return not _UNSTABLE.search(sql) and not any(
        each in sql for each in ("unix_timestamp()", "mode(col, false)", "CASE WHEN 1 ", "(NULL), (NULL)")
    )


def edges() -> list[str]:
    return [f"SELECT k, {each} AS v FROM t" for each in [*SAME, *SAID, *LEFT]]


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return "rows" in one and one["types"] == other["types"] and one["rows"] == other["rows"]


def is_silent(got: dict[str, Any], spark: dict[str, Any]) -> bool:
    """True if Sail computes another thing, and neither fails nor warns."""
    return "rows" in got and not same(got, spark) and not got["said"]


def write(golden: dict[str, Any]) -> None:
    lists = {key: value for key, value in golden.items() if key != "spark"}
    rows = ",\n".join(f"{json.dumps(sql)}: {json.dumps(value)}" for sql, value in golden["spark"].items())
    GOLDEN.write_text(f'{json.dumps(lists, indent=0)[:-2]},\n"spark": {{\n{rows}\n}}}}\n')


@pytest.fixture(scope="module")
def run(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterable[Any]:
    """SQL and a list for warnings → a DataFrame, beside a table `t`; and the session."""
    folder = tmp_path_factory.mktemp("functions")
    parquet.write_table(pa.table(ROWS), folder / "1.parquet")
    with dataset_session(engine) as session:
        engine.prepared(session.read.parquet(str(folder)), session, True).createOrReplaceTempView("t")
        yield lambda sql, said: engine.query(sql, session, {}, said), session


@pytest.mark.skipif(ENGINE != "spark", reason="asks Spark")
def test_the_values_are_sparks(engine: Engine, run: Any) -> None:
    if engine.name.startswith("spark 3"):
        pytest.skip("the values are Spark 4.1's")
    query, session = run
    if os.environ.get("UPDATE_GOLDENS"):
        got = together(query, [*examples(session), *edges()])
        spark = {sql: {key: each[key] for key in ("types", "rows")} for sql, each in got.items() if "rows" in each}
        write({"loud": [], "said": [], "spark": spark})
    golden = json.loads(GOLDEN.read_text())["spark"]
    got = together(query, golden)
    assert {sql: each for sql, each in got.items() if not same(each, golden[sql])} == {}
    assert set(edges()[: len(SAME)]) <= set(golden)


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
def test_no_example_of_spark_differs_silently(run: Any) -> None:
    query, _ = run
    golden = json.loads(GOLDEN.read_text())
    left = edges()[-len(LEFT) :]
    spark = {sql: each for sql, each in golden["spark"].items() if sql not in left}
    if os.environ.get("UPDATE_GOLDENS"):
        got = {sql: outcome(query, sql) for sql in spark}
        golden["loud"] = [sql for sql, each in got.items() if "failed" in each]
        differing = [sql for sql, each in got.items() if "failed" not in each and not same(each, spark[sql])]
        golden["said"] = [*differing, *(sql for sql in BY_CHANCE if sql not in differing)]
        write(golden)
    loud, said = set(golden["loud"]), set(golden["said"])
    got = together(query, [sql for sql in spark if sql not in loud | said])
    assert {sql: (each, spark[sql]) for sql, each in got.items() if not same(each, spark[sql])} == {}
    assert len(got) > 450
    reported = {sql: outcome(query, sql) for sql in golden["said"]}
    assert {
        sql: (each, spark[sql]) for sql, each in reported.items() if is_silent(each, spark[sql]) or "failed" in each
    } == {}


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
def test_each_function_of_the_list_is_as_on_spark_or_reported(run: Any) -> None:
    """Each of `SAME` is Spark's value without a warning, each of `SAID` is refused or warned of; and the list has no other."""
    query, _ = run
    spark = json.loads(GOLDEN.read_text())["spark"]
    got = {sql: outcome(query, sql) for sql in edges()}
    right, wrong = (
        [got[sql] for sql in part] for part in (edges()[: len(SAME)], edges()[len(SAME) : len(SAME) + len(SAID)])
    )
    assert [
        (each, got[sql])
        for each, sql in zip(SAME, edges(), strict=False)
        if got[sql].get("said") != [] or not same(got[sql], spark[sql])
    ] == []
    assert [each for each, found in zip(SAID, wrong, strict=True) if not found.get("said")] == []
    assert len(right) == len(SAME)
    reported = " ".join(text for each in wrong for text in each["said"])
    docs = DOCS.read_text()
    for each, words in LEFT.items():
        sql = f"SELECT k, {each} AS v FROM t"
        assert is_silent(got[sql], spark[sql]), f"{each} is right, or reported: take it out of the list and of the docs"
        assert words in " ".join(docs.split()), words
    for difference in DIFFERENT:
        assert difference.what in reported, difference
        assert difference.what in docs, difference
        for name in difference.names.split():
            assert any(re.search(rf"\b{name}\(", each, re.IGNORECASE) for each in SAID), name
            assert f"`{name}`" in docs, name
    for each in REWRITES:
        assert any(re.search(rf"\b{each.name}\(", case) for case in SAME), each
        assert f"`{each.name}`" in docs, each
    for name in LISTS:
        assert f"`{name}`" in docs, name


def test_rewritten_calls_do_not_grow_without_end() -> None:
    """Some arguments are written twice: what is nested stays as it is from some length on."""
    deep = with_right_calls(f"SELECT {'nullif(' * 60}a{', 0)' * 60}, nvl(a, 1) AS b")
    assert len(deep) < 1_000_000 and deep.endswith("coalesce(a, 1) AS b")
    text = "SELECT 'nvl(a, 1)' AS `nvl(a, 1)`, /* nvl(a, 1) */ nvl AS nvl"
    assert with_right_calls(text) == text


@pytest.mark.skipif(ENGINE != "sail", reason="of Sail")
def test_a_rewritten_call_keeps_its_name(run: Any) -> None:
    query, _ = run
    assert query("SELECT nvl(i, 1), datediff(dt, dt) FROM t", []).columns == ["nvl(i, 1)", "datediff(dt, dt)"]
