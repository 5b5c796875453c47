"""NaN beside other values: larger than any number, equal to itself, whatever a file's statistics leave out."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE, Lake

pytestmark = pytest.mark.usefixtures("either_way")

NAN = math.nan
NEGATIVE = float(np.array([0xFFF8000000000000], dtype=np.uint64).view(np.float64)[0])
"""What C and numpy make of 0/0."""

COLUMNS: dict[str, list[list[Any]]] = {
    "one": [[NAN, NAN, 1.0]],
    "float": [[1.5, NAN]],
    "files": [[1.0, NAN], [2.0, NAN]],
    "nulls": [[None, 1.0, NAN]],
    "signs": [[NEGATIVE, NAN, 1.0, NEGATIVE]],
    "struct": [[1.0, NAN]],
}
"""Values by source, a list a file."""

QUESTIONS = {
    "all": ("SELECT count_if(isnan(x)) AS n FROM t", "nan"),
    "groups": ("SELECT max(n) AS n FROM (SELECT count(*) AS n FROM t GROUP BY x HAVING isnan(max(x)))", "nan"),
    "larger": ("SELECT count(*) AS n FROM t WHERE x > 5", "nan"),
    "text": ("SELECT count(*) AS n FROM t WHERE x = 'NaN'", "nan"),
    "itself": ("SELECT count(*) AS n FROM t WHERE x IN (double('NaN'))", "nan"),
    "number": ("SELECT count(*) AS n FROM t WHERE x = 1.0D", "ones"),
    "largest": ("SELECT count(*) AS n FROM (SELECT max(x) AS x FROM t) WHERE isnan(x)", "1"),
    "smallest": ("SELECT count(*) AS n FROM (SELECT min(x) AS x FROM t) WHERE isnan(x)", "0"),
    "distinct": ("SELECT count(*) AS n FROM (SELECT DISTINCT x FROM t WHERE x > 5)", "1"),
    "joined": ("SELECT count(*) AS n FROM t AS a JOIN t AS b ON a.x = b.x WHERE isnan(a.x)", "pairs"),
    "computed": ("SELECT count(*) AS n FROM (SELECT x + 1 AS y FROM t) WHERE y > 5", "nan"),
}


@pytest.fixture(autouse=True)
def sources(lake: Lake) -> None:
    for name, files in COLUMNS.items():
        for index, values in enumerate(files):
            kind = pa.float32() if name == "float" else pa.float64()
            column = pa.array(values, kind)
            if name == "struct":
                column = pa.StructArray.from_arrays([column], ["y"])
            lake.write(f"s3://b/raw/{name}/", {"x": column, "k": list(range(len(values)))}, f"{index}.parquet")


def of(name: str, sql: str) -> str:
    return sql.replace("FROM t", "FROM (SELECT x.y AS x FROM t)") if name == "struct" else sql


def test_nan_is_larger_than_any_number_and_equal_to_itself(lake: Lake, dataset: Any) -> None:
    sets, expected = [], {}
    for source, files in COLUMNS.items():
        values = [value for file in files for value in file]
        nans = sum(1 for value in values if value is not None and math.isnan(value))
        counts = {"nan": nans, "ones": values.count(1.0), "pairs": nans * nans, "1": 1, "0": 0}
        queries = {}
        for question, (sql, answer) in QUESTIONS.items():
            if source == "struct" and question == "joined":
                queries[question] = "SELECT count(*) AS n FROM t AS a JOIN t AS b ON a.x.y = b.x.y WHERE isnan(a.x.y)"
            else:
                queries[question] = of(source, sql)
            expected[f"{source} {question}"] = counts[answer]
        if ENGINE == "spark":
            queries = {"all": " UNION ALL ".join(named(question, sql) for question, sql in queries.items())}
        for name, sql in queries.items():
            sets.append(dataset(f"{source}_{name}", sql, {"t": f"s3://b/raw/{source}/"}))
    result, events = lake.run(*sets)
    assert result.status == "SUCCEEDED", {name: each["error"] for name, each in events.items() if "error" in each}
    got = {}
    for each in sets:
        source, _, name = each["sql_name"].partition("_")
        for row in lake.read(each["s3_target"]):
            got[f"{source} {row.get('question', name)}"] = row["n"]
    assert got == expected


def named(question: str, sql: str) -> str:
    """A part of one query with all of a source's questions, as Spark gets them. Sail's queries are corrected one by one."""
    return f"SELECT '{question}' AS question, n FROM ({sql})"


GROUPED = {
    "a": [1.5, NAN, None],
    "b": [NAN, 2.5, 0.5],
    "c": [None, NAN, NAN],
    "d": [3.5, -1.0, None],
    "e": [None, None, None],
}
"""Values of groups in the order of their rows."""


def test_the_largest_and_the_least_of_groups_know_nan(lake: Lake, dataset: Any) -> None:
    rows = [(group, index, value) for group, values in GROUPED.items() for index, value in enumerate(values)]
    groups, places, values = (list(each) for each in zip(*rows, strict=True))
    lake.write("s3://b/raw/g/", {"g": groups, "i": places, "x": values, "f": pa.array(values, pa.float32())})
    sql = (
        "SELECT g, max(x) AS a, min(x) AS b, max(DISTINCT f), min(f) AS d, max(x + 1) FILTER (WHERE i < 2) AS e, max(i) AS i, "
        "max(max(x)) OVER (PARTITION BY g) AS w FROM t GROUP BY g HAVING max(x) > 0 OR min(x) IS NULL"
    )
    one = "SELECT DISTINCT g, (SELECT max(b.x) FROM t AS b WHERE b.g = a.g) AS a FROM t AS a"
    _, events = lake.run(dataset("d", sql, {"t": "s3://b/raw/g/"}), dataset("one", one, {"t": "s3://b/raw/g/"}))
    assert {name: event.get("error") for name, event in events.items()} == {"d": None, "one": None}
    found = {row.pop("g"): [str(value) for value in row.values()] for row in lake.read("s3://b/out/d/")}
    assert found == {
        "a": ["nan", "1.5", "nan", "1.5", "nan", "2", "nan"],
        "b": ["nan", "0.5", "nan", "0.5", "nan", "2", "nan"],
        "c": ["nan", "nan", "nan", "nan", "nan", "2", "nan"],
        "d": ["3.5", "-1.0", "3.5", "-1.0", "4.5", "2", "3.5"],
        "e": ["None", "None", "None", "None", "None", "2", "None"],
    }
    largest = {row["g"]: str(row["a"]) for row in lake.read("s3://b/out/one/")}
    assert largest == {"a": "nan", "b": "nan", "c": "nan", "d": "3.5", "e": "None"}


def test_nan_goes_through_a_target_an_expectation(lake: Lake, dataset: Any) -> None:
    expectations = [
        {"name": "u", "kind": "unique", "quick": "SELECT 1 AS n", "sample": "SELECT `x` FROM `strata_result`", "count": "SELECT coalesce(sum(n - 1), 0) AS n FROM (SELECT count(*) AS n FROM `strata_result` GROUP BY `x`)"},
        {"name": "e", "kind": "expression", "failing": "NOT (`x` <= 5)"},
        {"name": "v", "kind": "accepted_values", "failing": "`x` IS NOT NULL AND `x` NOT IN (1)"},
    ]  # fmt: skip
    for each in expectations:
        each["severity"] = "warn"
    _, events = lake.run(
        dataset("d", "SELECT x, k FROM t", {"t": "s3://b/raw/signs/"}),
        dataset("again", "SELECT x, count(*) AS n FROM d WHERE x > 5 GROUP BY x", {"d": "s3://b/out/d/"}),
        publish=json.dumps({"d": {"expectations": expectations}}),
        waits_for={"again": ["d"]},
    )
    assert {each["name"]: each["failing"] for each in events["d"]["expectations"]} == {"u": 2, "e": 3, "v": 3}
    assert [row["n"] for row in lake.read("s3://b/out/again/")] == [3]


def test_no_file_of_the_job_has_a_largest_value_without_nan(lake: Lake, dataset: Any) -> None:
    many = "SELECT CASE WHEN k = 0 THEN double('NaN') ELSE 1D END AS x, k FROM t"
    result, events = lake.run(
        dataset("few", many, {"t": "s3://b/raw/one/"}),
        dataset("merged", f"SELECT x, p FROM ({many}) CROSS JOIN (SELECT explode(sequence(1, 40)) AS p)", {"t": "s3://b/raw/one/"}),
        publish=json.dumps({"merged": {"partition_by": ["p"]}}),
    )  # fmt: skip
    assert result.status == "SUCCEEDED", events
    files = [*lake.path("s3://b/out/few/").glob("*.parquet"), *lake.path("s3://b/out/merged/").rglob("*.parquet")]
    assert len(files) > 40
    for file in files:
        metadata = parquet.read_metadata(file)
        column = metadata.row_group(0).column(metadata.schema.names.index("x"))
        found = column.statistics
        assert found is None or not found.has_min_max or math.isnan(found.max), (
            file
        )  # Spark says NaN, and is not believed
