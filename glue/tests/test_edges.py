"""Values and names at the edges, through source, expectation, partition folder and reader: one job each, every engine."""

from __future__ import annotations

import json
import math
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from conftest import Lake

NAN = math.nan
NAMES = [
    "order id",
    "a.b",
    "x=y",
    "Größe",
    "名前",
    "select",
    "it's",
    'q"q',
    "c,d",
    "(x)",
    "t`t",
    "n\tt",
    "e{}",
    "$v",
    "n" * 200,
]


def quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def unique(*names: str) -> dict[str, Any]:
    """As the compiler writes it (test/fixtures/expectations/publish.json)."""
    key = ", ".join(map(quoted, names))
    known = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in names)
    groups = f"FROM `strata_result` WHERE {known} GROUP BY {key} HAVING count(*) > 1"
    return {
        **{"name": "e", "kind": "unique", "severity": "warn", "quick": "SELECT 1 AS n"},
        "count": f"SELECT coalesce(sum(n - 1), 0) AS n FROM (SELECT count(*) AS n {groups})",
        "sample": f"SELECT {key}, count(*) AS rows {groups}",
    }


def each(failing: str) -> dict[str, Any]:
    return {"name": "e", "kind": "expression", "severity": "warn", "failing": failing}


EDGES: dict[str, tuple[Any, dict[str, Any], int]] = {
    # name: (column, expectation, rows that fail)
    "nan_unique": ([NAN, NAN, 1.0], unique("x"), 1),
    "zero_unique": ([0.0, -0.0], unique("x"), 1),
    "null_unique": (pa.array([None, None, 1], pa.int64()), unique("x"), 0),
    "text_unique": (["", "", "a", "A", "a ", "é", "e\u0301"], unique("x"), 1),
    "bytes_unique": ([b"", b"", b"a", b"A"], unique("x"), 1),
    "decimal_unique": ([Decimal("1.0"), Decimal("1.00")], unique("x"), 1),
    "moment_unique": (pa.array([datetime(2020, 1, 1)] * 2, pa.timestamp("us")), unique("x"), 1),
    "struct_unique": ([{"a": 1}, {"a": 1}, {"a": None}, {"a": None}], unique("x"), 2),
    "array_unique": ([[1], [1], [], [NAN], [NAN]], unique("x"), 2),
    "no_rows_unique": (pa.array([], pa.int64()), unique("x"), 0),
    "nan_not_null": ([NAN], each("`x` IS NULL"), 0),
    "empty_not_null": (["", "a"], each("`x` IS NULL"), 0),
    "nan_is_large": ([NAN, 1.0], each("NOT (x <= 100)"), 1),
    "nan_is_none_of": ([NAN], each("`x` IS NOT NULL AND `x` NOT IN (1, 2)"), 1),
    "none_of_fractions": ([0.1, 0.2], each("`x` IS NOT NULL AND `x` NOT IN (0.1, 0.2)"), 0),
    "beyond_double": ([2**53 + 1], each("`x` IS NOT NULL AND `x` NOT IN (9007199254740992)"), 1),
    "number_of_text": (["1", "2"], each("`x` IS NOT NULL AND `x` NOT IN (1, 2)"), 0),
    "float_or_null": (
        pa.array([0.5, None], pa.float32()),
        each("NOT (CASE WHEN x > 9 THEN x ELSE NULL END IS NULL)"),
        0,
    ),
    "in_a_map": (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), each("NOT (x['k'] = 1)"), 0),
    "no_rows": (pa.array([], pa.int64()), each("NOT (x > 0)"), 0),
}


def test_expectations_of_values_at_the_edges(lake: Lake, dataset: Any) -> None:
    for name, (column, _, _) in EDGES.items():
        lake.write(f"s3://b/raw/{name}/", {"x": column})
    publish = {name: {"expectations": [expectation]} for name, (_, expectation, _) in EDGES.items()}
    group = [dataset(name, "SELECT x FROM t", {"t": f"s3://b/raw/{name}/"}) for name in EDGES]
    _, events = lake.run(*group, publish=json.dumps(publish))
    found = {name: events[name].get("error") or events[name]["expectations"][0]["failing"] for name in EDGES}
    assert found == {name: failing for name, (_, _, failing) in EDGES.items()}


def test_odd_names_of_columns(lake: Lake, dataset: Any) -> None:
    lake.write("s3://b/raw/t/", {name: [index] for index, name in enumerate(NAMES)})
    kept = [*NAMES[:5], "t`t"]
    settings = {
        "partition_by": ["a.b"],
        "expectations": [unique("a.b", "名前"), {**each("`t``t` IS NULL"), "name": "f"}],
    }
    _, events = lake.run(
        dataset("all", "SELECT * FROM t", {"t": "s3://b/raw/t/"}),
        dataset("some", f"SELECT {', '.join(map(quoted, kept))} FROM t", {"t": "s3://b/raw/t/"}),
        dataset("again", "SELECT `a.b` AS ab, `名前` AS n, * FROM some", {"some": "s3://b/out/some/"}),
        publish=json.dumps({"some": settings}),
        waits_for={"again": ["some"]},
    )
    assert {name: event.get("error") for name, event in events.items()} == dict.fromkeys(["all", "some", "again"])
    assert lake.read("s3://b/out/all/") == [{name: index for index, name in enumerate(NAMES)}]
    values = {name: NAMES.index(name) for name in kept}
    assert lake.read("s3://b/out/again/") == [{"ab": 1, "n": 4, **values}]
    assert [outcome["status"] for outcome in events["some"]["expectations"]] == ["PASSED", "PASSED"]


VALUES = [
    "1/2",
    "EUR=",
    "NOEQUAL",
    None,
    "a b",
    "a+b",
    "h:m",
    "x%y",
    "%2F",
    "Ünï 東京",
    "007",
    "null",
    "'",
    "a\nb",
    "🎉",
    " x ",
]


def test_odd_values_of_partitions_come_back(lake: Lake, dataset: Any) -> None:
    """Written by the job into folders, and read from them by their commit record."""
    lake.write("s3://b/raw/t/", {"id": VALUES, "n": list(range(len(VALUES)))})
    result, events = lake.run(
        dataset("d", "SELECT * FROM t", {"t": "s3://b/raw/t/"}),
        dataset("again", "SELECT id, n FROM d", {"d": "s3://b/out/d/"}),
        dataset("one", "SELECT n FROM d WHERE id IN ('%2F', '007', 'Ünï 東京') OR id IS NULL", {"d": "s3://b/out/d/"}),
        publish=json.dumps({"d": {"partition_by": ["id"]}}),
        waits_for={"again": ["d"], "one": ["d"]},
    )
    assert result.status == "SUCCEEDED", events
    again = sorted(lake.read("s3://b/out/again/"), key=lambda row: row["n"])
    assert [row["id"] for row in again] == VALUES
    assert sorted(row["n"] for row in lake.read("s3://b/out/one/")) == [3, 8, 9, 10]
