"""Zero rows, every type, every write mode with every kind of expectation: the same outcome on every engine."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
from decimal import Decimal
from typing import Any

import pytest
from conftest import ENGINE, Lake

from strata_glue.engine.session import dataset_session

pytestmark = pytest.mark.usefixtures("either_way")

RAW = "s3://b/raw/t/"
OUT = "s3://b/out/d/"
UTC = datetime.timezone.utc

TYPES: dict[str, tuple[str, Any]] = {
    "boolean": ("true", True),
    "tinyint": ("CAST(-5 AS TINYINT)", -5),
    "smallint": ("CAST(300 AS SMALLINT)", 300),
    "int": ("7", 7),
    "bigint": ("CAST(5000000000 AS BIGINT)", 5_000_000_000),
    "float": ("CAST(1.5 AS FLOAT)", 1.5),
    "double": ("1.5D", 1.5),
    "decimal": ("CAST(1.10 AS DECIMAL(10,2))", Decimal("1.10")),
    "string": ("'ä b'", "ä b"),
    "binary": ("CAST('x' AS BINARY)", b"x"),
    "date": ("DATE'2026-01-02'", datetime.date(2026, 1, 2)),
    "timestamp": (
        "TIMESTAMP'2026-01-02 03:04:05.12'",
        datetime.datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC),
    ),
    "timestamp_ntz": (
        "TIMESTAMP_NTZ'2026-01-02 03:04:05'",
        datetime.datetime(2026, 1, 2, 3, 4, 5),
    ),
}

PARTITIONS = [kind for kind in TYPES if kind not in ("float", "double", "binary")]


@pytest.fixture(autouse=True)
def raw(lake: Lake) -> None:
    lake.write(RAW, {"a": list(range(6))})


def run(lake: Lake, dataset: Any, sql: str, **settings: Any) -> dict[str, Any]:
    """Runs `d`, and a reader of it; returns `d`'s last event."""
    _, events = lake.run(
        dataset("d", sql, {"t": RAW}),
        dataset("reader", "SELECT * FROM d", {"d": OUT}),
        publish=json.dumps({"d": settings}),
        waits_for={"reader": ["d"]},
    )
    event = events["d"]
    assert (event["status"] == "SUCCEEDED") is (events["reader"]["status"] == "SUCCEEDED"), events
    return event


def read_back(lake: Lake) -> list[dict[str, Any]]:
    """What the reader of `d` saw."""
    return lake.read("s3://b/out/reader/")


@pytest.mark.parametrize("write", ["replace", "append", "replace_partitions"])
def test_a_result_without_rows_keeps_its_types(lake: Lake, dataset: Any, write: str) -> None:
    """An empty file that the job itself writes (Sail writes none) has the types that the engine's own files have."""
    columns = ", ".join(f"{literal} AS `{kind}`" for kind, (literal, _) in TYPES.items())
    sql = f"SELECT a, {columns}, a % 2 AS k FROM t"
    settings = {"write": write, "partition_by": ["k"]} if write == "replace_partitions" else {"write": write}
    event = run(lake, dataset, f"{sql} WHERE a < 0", **settings)
    assert (event["status"], event["rows"]) == ("SUCCEEDED", 0), event
    assert read_back(lake) == []
    event = run(lake, dataset, sql, **settings)
    assert (event["status"], event["rows"]) == ("SUCCEEDED", 6), event
    event = run(lake, dataset, f"{sql} WHERE a < 0", **settings)
    assert (event["status"], event["rows"]) == ("SUCCEEDED", 0 if write == "replace" else 6), event
    values = {kind: value for kind, (_, value) in TYPES.items()}
    got = [{kind: row[kind] for kind in TYPES} for row in read_back(lake)]
    assert got == ([] if write == "replace" else [values] * 6)


@pytest.mark.parametrize("kind", PARTITIONS)
def test_partitions_of_each_type_are_replaced(lake: Lake, dataset: Any, kind: str) -> None:
    """One of two partitions: a value, and NULL beside it."""
    literal, value = TYPES[kind]
    settings = {"write": "replace_partitions", "partition_by": ["k"]}
    sql = f"SELECT CASE WHEN a < 3 THEN {literal} END AS k, a FROM t"
    assert run(lake, dataset, sql, **settings)["status"] == "SUCCEEDED"
    event = run(lake, dataset, f"SELECT {literal} AS k, a + 100 AS a FROM t WHERE a = 0", **settings)
    assert (event["status"], event["rows"]) == ("SUCCEEDED", 4), event
    assert {(row["k"], row["a"]) for row in read_back(lake)} == {(value, 100), (None, 3), (None, 4), (None, 5)}


UNIQUE = "SELECT count(*) AS n FROM `strata_result` GROUP BY `a`, `b` HAVING count(*) > 1"
MISSING = "`strata_result` AS r LEFT ANTI JOIN `strata_reference_0` AS o ON r.`a` = o.`id` WHERE r.`a` IS NOT NULL"
EXPECTATIONS: dict[str, dict[str, Any]] = {
    "not_null": {"failing": "`b` IS NULL"},
    "accepted_values": {"failing": "`b` IS NOT NULL AND `b` NOT IN ('x', 'y')"},
    "expression": {"failing": "NOT (`a` < 100)"},
    "unique": {
        "quick": "SELECT 1 AS n",
        "count": f"SELECT coalesce(sum(n - 1), 0) AS n FROM ({UNIQUE})",
        "sample": UNIQUE,
    },
    "references": {
        "count": f"SELECT count(*) AS n FROM {MISSING}",
        "sample": f"SELECT r.* FROM {MISSING}",
        "reads": [{"view": "strata_reference_0", "location": "s3://b/raw/other/"}],
    },
    "row_count min": {"rows": {"min": 4}},
    "row_count max": {"rows": {"max": 4}},
    "row_count change": {"rows": {"change": 0.1}},
    "freshness": {"newest": "unix_micros(max(CAST(`at` AS TIMESTAMP)))", "within_seconds": 86400, "of": "day"},
}

GOOD = "(0, 'x'), (1, 'y'), (2, 'x'), (2, 'y')"
BAD: dict[str, tuple[str, int | None]] = {
    "not_null": ("(0, 'x'), (1, NULL), (2, NULL), (3, 'y')", 2),
    "accepted_values": ("(0, 'x'), (1, 'z'), (2, NULL), (3, 'y')", 1),
    "expression": ("(100, 'x'), (1, 'y'), (2, 'x'), (NULL, 'y')", 1),
    "unique": ("(0, 'x'), (0, 'x'), (0, 'x'), (1, 'x')", 2),
    "references": ("(7, 'x'), (NULL, 'y'), (8, 'x'), (1, 'x')", 2),
    "row_count min": ("(0, 'x'), (1, 'x'), (2, 'x')", None),
    "row_count max": ("(0, 'x'), (1, 'x'), (2, 'x'), (3, 'x'), (4, 'x')", None),
    "row_count change": ("(0, 'x'), (1, 'x'), (2, 'x'), (3, 'x'), (4, 'x')", None),
    "freshness": (GOOD, None),
}
DAYS = {True: "2026-01-02", False: "2026-01-04"}


@pytest.mark.parametrize("kind", EXPECTATIONS)
@pytest.mark.parametrize("write", ["replace", "append", "replace_partitions"])
def test_each_expectation_in_each_write_mode(lake: Lake, dataset: Any, kind: str, write: str) -> None:
    """Two good runs are committed; a bad one fails with the number of its rows, and changes nothing."""
    lake.write("s3://b/raw/other/", {"id": [0, 1, 2, 3, 4]})
    expectation = {"name": kind, "kind": kind.split()[0], "severity": "error", **EXPECTATIONS[kind]}
    settings: dict[str, Any] = {"write": write, "expectations": [expectation]}
    if write == "replace_partitions":
        settings["partition_by"] = ["k"]

    def once(values: str, good: bool) -> dict[str, Any]:
        columns = "a, b, DATE'2026-01-02' AS at, 1 AS k"
        group = dataset("d", f"SELECT {columns} FROM VALUES {values} AS v(a, b)", {"t": RAW})
        arguments = {"params": json.dumps({"day": DAYS[good]}), "param_types": '{"day": "date"}'}
        return lake.run(group, publish=json.dumps({"d": settings}), **arguments)[1]["d"]

    for _ in range(2):
        event = once(GOOD, True)
        assert (event["status"], event["expectations"][0]["status"]) == ("SUCCEEDED", "PASSED"), event
    files = {path: path.stat().st_ino for path in lake.path(OUT).rglob("*") if path.is_file()}
    values, failing = BAD[kind]
    event = once(values, False)
    assert (event["status"], event["error"]["class"]) == ("FAILED", "EXPECTATIONS_FAILED"), event
    assert event["expectations"][0]["failing"] == failing
    assert {path: path.stat().st_ino for path in lake.path(OUT).rglob("*") if path.is_file()} == files


def test_two_expectations_with_the_same_name_are_two(lake: Lake, dataset: Any) -> None:
    both = [
        {"name": "same", "kind": "expression", "severity": "error", "failing": failing}
        for failing in ("`a` < 2", "`a` < 0")
    ]
    event = run(lake, dataset, "SELECT a FROM t", expectations=both)
    assert [each["failing"] for each in event["expectations"]] == [2, 0]
    assert event["status"] == "FAILED"


def test_an_append_is_compared_with_what_the_last_run_added(lake: Lake, dataset: Any) -> None:
    change = {"name": "rows", "kind": "row_count", "severity": "error", "rows": {"change": 0.2}}
    for rows in (6, 12, 18):
        event = run(lake, dataset, "SELECT a FROM t", write="append", expectations=[change])
        assert (event["status"], event["rows"]) == ("SUCCEEDED", rows), event
    assert (
        run(lake, dataset, "SELECT a FROM t WHERE a < 4", write="append", expectations=[change])["status"] == "FAILED"
    )


SPARK = importlib.metadata.version("pyspark") if ENGINE == "spark" else ""

_NO_NAN = (
    "SELECT CAST(max(CASE WHEN m = 2 THEN 0 ELSE 1 END) AS INT) AS a FROM (SELECT id % 200 AS g, median(CASE WHEN id < 200 THEN "
    "double('NaN') WHEN id < 400 THEN 1D ELSE 2D END) AS m FROM range(600) GROUP BY id % 200)"
)
"""1 if NaN is not the largest number for the median of any of 200 groups."""

DIFFERENT: dict[str, tuple[str, Any, Any]] = {
    "a division by 0 that an earlier condition excludes": (
        "SELECT a FROM VALUES (1, 1), (2, 0) AS v(a, b) WHERE b <> 0 AND a / b > 0",
        "FAILED",
        1,
    ),
    "what overflows, and an earlier condition excludes": (
        "SELECT a FROM VALUES (1), (2), (2147483647) AS v(a) WHERE a < 2 AND a + 1 > 0",
        "FAILED",
        1,
    ),
    # Spark 3.5 takes it for two texts beside each other, as Sail does.
    "a quote twice in a text": ("SELECT length('x''y') AS a", 2, 2 if SPARK.startswith("3.") else 3),
    "bround of a DECIMAL literal": ("SELECT CAST(bround(2.5) AS INT) AS a", "FAILED", 2),
    "zip_with": ("SELECT size(zip_with(array(1), array(2), (x, y) -> x + y)) AS a", "FAILED", 1),
    "hash of NULL": ("SELECT hash(NULL) AS a", "FAILED", 42),
    "digits of a division": (
        "SELECT CAST(x / y * 10000000 AS INT) AS a FROM VALUES (CAST(1 AS DECIMAL(10,2)), CAST(3 AS DECIMAL(10,2))) AS v(x, y)",
        3333330,
        3333333,
    ),
    "digits of a wide product": (
        "SELECT length(CAST(x * 2.0 AS STRING)) AS a FROM VALUES (CAST(1 AS DECIMAL(38,18))) AS v(x)",
        21,
        18,
    ),
    "text of a DOUBLE": ("SELECT length(CAST(a * 2000000D AS STRING)) AS a FROM t WHERE a = 5", 10, 5),
    "decode": ("SELECT length(decode(max(a), 1, 'x', 5, 'yz')) AS a FROM t", "FAILED", 2),
    "FROM first": ("FROM t SELECT max(a) AS a", "FAILED", 5),
    "a place that is computed": ("SELECT max(array(1, 2)[a - a]) AS a FROM t", "FAILED", 1),
    "a division by 0 that is not reached": (
        "SELECT CAST(CASE WHEN 0 = 2 THEN 1 / 0 ELSE 1 END AS INT) AS a",
        "FAILED",
        1,
    ),
    "a text plus a DECIMAL": ("SELECT CAST(s + 0.5D + 0.5 AS INT) AS a FROM VALUES ('1') AS v(s)", "FAILED", 2),
    "a text beside an INT": (
        "SELECT CAST(i = '3000000000' AS INT) AS a FROM (SELECT CAST(max(a) AS INT) AS i FROM t)",
        "FAILED",
        0,
    ),
    "PIVOT": ("SELECT `1` AS a FROM (SELECT 1 AS k, 2 AS v) PIVOT (sum(v) FOR k IN (1))", "FAILED", 2),
    "columns but one": (
        "SELECT * EXCEPT (b) FROM (SELECT a, 1 AS b FROM t) WHERE a = 5",
        "FAILED",
        "FAILED" if SPARK.startswith("3.") else 5,
    ),
    "WHERE on a LATERAL VIEW": (
        "SELECT y AS a FROM t LATERAL VIEW explode(array(1, 7)) AS y WHERE y > 1 LIMIT 1",
        "FAILED",
        7,
    ),
    "a DATE beside a TIMESTAMP": (
        "SELECT CASE WHEN a = 5 THEN DATE'2020-01-02' ELSE TIMESTAMP'2020-01-01 10:00:00' END AS a FROM t WHERE a = 5",
        "FAILED",
        datetime.datetime(2020, 1, 2, tzinfo=UTC),
    ),
    "median with NaN": (_NO_NAN, "FAILED", 0),
    "median without NaN": (
        _NO_NAN.replace(" END) AS m", " END) FILTER (WHERE id >= 200) AS m").replace("m = 2", "m = 1.5"),
        0,
        0,
    ),
    "a column of DIV without a name": ("SELECT CAST(`(5 div 2)` AS INT) AS a FROM (SELECT 5 div 2)", "FAILED", 2),
    "a column of a DATE without a name": (
        "SELECT day(`date_add(d, 1)`) AS a FROM (SELECT d + 1 FROM VALUES (DATE'2020-01-01') AS v(d))",
        "FAILED",
        2,
    ),
    "a column of IN without a name": ("SELECT CAST(`in_list` AS INT) AS a FROM (SELECT 1 IN (1, 2))", 1, "FAILED"),
    "DECIMALs of 38 digits that overflow": (
        "SELECT CAST(a + b > 0 AS INT) AS a FROM VALUES (CAST(9e37 AS DECIMAL(38,0)), CAST(5e37 AS DECIMAL(38,0))) AS v(a, b)",
        1,
        "FAILED",
    ),
    "a sum of DECIMALs of 38 digits that overflows": (
        "SELECT CAST(sum(d) > 0 AS INT) AS a FROM VALUES (CAST(9e37 AS DECIMAL(38,0))), (CAST(5e37 AS DECIMAL(38,0))) AS v(d)",
        1,
        "FAILED",
    ),
    "an INTERVAL that overflows": (
        "SELECT CAST(INTERVAL '1' DAY * l < INTERVAL '0' DAY AS INT) AS a FROM VALUES (9223372036854775807L) AS v(l)",
        1,
        "FAILED",
    ),
    "mode of what is equally frequent": (
        "SELECT CAST(max(m) AS INT) AS a FROM (SELECT mode(1 + id % 3) AS m FROM range(600) GROUP BY id % 200) WHERE m <> 2",
        3,
        1,
    ),
    "max_by over a moving frame": (
        "SELECT max_by(a, a) OVER (ORDER BY a ROWS 1 PRECEDING) AS a FROM t WHERE a = 5",
        "FAILED",
        5,
    ),
    "lag with a column as default": ("SELECT lag(a, 1, a) OVER (ORDER BY a) AS a FROM t WHERE a = 5", "FAILED", 5),
    "elt beyond its values": ("SELECT CAST(elt(a + 1, 'x') IS NULL AS INT) AS a FROM t WHERE a = 5", 1, "FAILED"),
    "date_add of a text": ("SELECT day(date_add(DATE'2020-01-01', s)) AS a FROM VALUES ('1.5') AS v(s)", 2, "FAILED"),
    "GROUP BY ALL": ("SELECT a FROM VALUES (1), (1) AS v(a) GROUP BY ALL", "FAILED", 1),
}
"""What a result is on Sail, and on Spark: a value, or that it fails."""


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_the_docs_say_about_sail_is_true(lake: Lake, dataset: Any, what: str) -> None:
    """Nothing is done about these; docs/engines.md lists them, and this fails when one is gone."""
    sql, on_sail, on_spark = DIFFERENT[what]
    event = run(lake, dataset, sql)
    expected = on_sail if ENGINE == "sail" else on_spark
    if expected != "FAILED":
        assert (event["status"], [row["a"] for row in read_back(lake)]) == ("SUCCEEDED", [expected]), event
    else:
        assert event["status"] == expected, event


def test_a_decimal_beside_a_text_or_a_whole_number_is_as_on_spark(lake: Lake, dataset: Any) -> None:
    lake.write("s3://b/raw/s/", {"s": ["0.53"], "d": [Decimal("1.25")], "k": [1]})
    compared = ["s > 0.5", "0.5 < s", "s BETWEEN 0.5 AND 0.55", "NOT s IN (0.5, 0.6)", "s = 0.53", "d > 1 AND d < 1.5"]
    computed = {
        "d * 100": "decimal(7,2)",
        "d * -1": "decimal(5,2)",
        "7 - d": "decimal(4,2)",
        "d % 4": "decimal(3,2)",
        "sum(d) OVER () * 1000": "decimal(18,2)",
        "coalesce(d, 0)": "decimal(12,2)",
        "d * k": "decimal(24,2)",
    }
    every = [f"{each} AS v{index}" for index, each in enumerate([*compared, *computed])]
    with dataset_session(lake.engine) as session:
        rows = lake.engine.prepared(session.read.parquet(str(lake.path("s3://b/raw/s/"))), session, True)
        rows.createOrReplaceTempView("t")
        warnings: list[str] = []
        frame = lake.engine.query(f"SELECT {', '.join(every)} FROM t LIMIT 1", session, {}, warnings)
        assert [frame.collect()[0][index] for index in range(len(compared))] == [True] * len(compared)
        types = [field.dataType.simpleString() for field in frame.schema.fields[len(compared) :]]
    assert dict(zip(computed, types, strict=True)) == computed
    assert warnings == []


def test_a_whole_number_divided_by_a_decimal_literal_stays_a_decimal(lake: Lake) -> None:
    """Two whole numbers are divided as DOUBLEs: what replaces a literal in a trial must not be taken for one."""
    lake.write("s3://b/raw/s/", {"k": [7], "x": [1.5], "d": [Decimal("2.25")]})
    decimal = ["k / 0.3", "1 / 0.3", "2 / 3BD", "k / 100.0", "k / 3BD", "d / 0.3", "sum(k) OVER () / 100.0"]
    double = ["x / 0.3", "k / 0.3 + x", "0.3 / x", "-0.5 / x"]
    every = [f"{each} AS v{index}" for index, each in enumerate([*decimal, *double])]
    with dataset_session(lake.engine) as session:
        rows = lake.engine.prepared(session.read.parquet(str(lake.path("s3://b/raw/s/"))), session, True)
        rows.createOrReplaceTempView("t")
        frame = lake.engine.query(f"SELECT {', '.join(every)} FROM t", session, {}, [])
        types = [field.dataType.simpleString().partition("(")[0] for field in frame.schema.fields]
        values = [float(value) for value in frame.collect()[0]]
    assert types == ["decimal"] * len(decimal) + ["double"] * len(double)
    wanted = [23.3333, 3.3333, 0.6666, 0.07, 2.3333, 7.5, 0.07, 5.0, 24.8333, 0.2, -0.333333]
    assert values == pytest.approx(wanted, abs=1e-4)


def test_a_deep_expression_does_not_end_the_engine(lake: Lake, dataset: Any) -> None:
    deep = {
        "sums": "+".join(["a"] * 700),
        "brackets": f"{'(' * 70}a{')' * 70}",
        "cases": f"{'CASE WHEN a >= 0 THEN ' * 60}a{' END' * 60}",
    }
    _, events = lake.run(*[dataset(name, f"SELECT {sql} AS a FROM t", {"t": RAW}) for name, sql in deep.items()])
    assert {name: event.get("error") for name, event in events.items()} == dict.fromkeys(deep)
    results = {name: sorted(row["a"] for row in lake.read(f"s3://b/out/{name}/")) for name in deep}
    assert results == {"sums": [0, 700, 1400, 2100, 2800, 3500], "brackets": [*range(6)], "cases": [*range(6)]}


WARNED = {
    "SELECT d / 3 AS a FROM s": "a DECIMAL is divided",
    "SELECT CAST(d / k AS DECIMAL(10,2)) AS a FROM s": "a DECIMAL is divided",
    "SELECT round(sum(d) / count(*), 1) AS a FROM s": "a DECIMAL is divided",
    "SELECT v + 1 AS a FROM (SELECT CAST(d AS DECIMAL(38,18)) * 2.0 AS v FROM s)": "column `a` is computed",
    "SELECT avg(d) AS a FROM s": "`avg`: of a DECIMAL, Sail truncates the last digit",
    "SELECT CAST(x AS STRING) AS a FROM s": "a DOUBLE or FLOAT becomes text",
    "SELECT concat('n', CAST(x * 2 AS STRING)) AS a FROM s": "a DOUBLE or FLOAT becomes text",
    "SELECT coalesce(CAST(k AS INT), '5') AS a FROM s": "`coalesce` has a number and a text: its type is INT on Sail, BIGINT on Spark",
    "SELECT nvl(d, '5') AS a FROM s": "`nvl` has a number and a text: its type is DECIMAL(3,2) on Sail, DOUBLE on Spark",
    "SELECT coalesce(k, '5') AS a, coalesce(x, '5') AS b, coalesce(d, 0) AS c, element_at(array('n'), 1) AS e FROM s": "",
    "SELECT d * k + 1 - d AS a, x / 2 AS b, k / 3 AS c, avg(k) OVER () AS e, CAST(k AS STRING) AS f, d / x AS g FROM s": "",
    "SELECT CAST(d AS DOUBLE) / 3 AS a, CAST(CAST(d AS DECIMAL(38,18)) * 2.0 AS DECIMAL(20,4)) AS b FROM s": "",
    "SELECT CAST(d AS DECIMAL(38,18)) AS a, CAST(x > 0.5 AS STRING) AS b, CAST(CAST(x AS INT) AS STRING) AS c FROM s": "",
}


def test_a_run_says_where_sail_computes_otherwise(lake: Lake, dataset: Any) -> None:
    """On Sail; Spark has nothing to say."""
    lake.write("s3://b/raw/s/", {"d": [Decimal("1.25")], "k": [1], "x": [0.5]})
    group = [dataset(f"d{index}", sql, {"s": "s3://b/raw/s/"}) for index, sql in enumerate(WARNED)]
    _, events = lake.run(*group)
    for index, (sql, expected) in enumerate(WARNED.items()):
        event = events[f"d{index}"]
        assert event["status"] == "SUCCEEDED", event
        warnings = event.get("warnings", [])
        assert len(warnings) == (1 if expected and ENGINE == "sail" else 0), (sql, warnings)
        assert all(each.startswith(expected) for each in warnings), (sql, warnings)
