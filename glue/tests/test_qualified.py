"""Tables with a database in SQL (`db.t`): the job changes their names as the compiler computed it.

`test/fixtures/qualified.json` has the changes that the compiler makes (test/compiler/qualified.test.ts), and Spark's result of
the author's text over real databases.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, Lake

from strata_glue.engine.session import ClassicEngine, Engine

CASES = json.loads((Path(__file__).parents[2] / "test" / "fixtures" / "qualified.json").read_text("utf-8"))
TABLES = {
    "db.t": ("s3://bkt/db_t/", {"id": [1, 2], "x": [1, 5]}),
    "b.t": ("s3://bkt/b_t/", {"id": [1, 3], "y": [20, 30]}),
    "spark_catalog.db.t": ("s3://bkt/db_t/", {"id": [1, 2], "x": [1, 5]}),
}


def settings(sql: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"qualified_names": {"sql": hashlib.sha256(sql.encode()).hexdigest(), "changes": changes}}


def of(name: str, sql: str, target: str | None = None) -> dict[str, Any]:
    tables = [{"table_name": table, "s3_path": location} for table, (location, _) in TABLES.items()]
    own = {"s3_target": target} if target else {}
    return {"sql_name": name, "sql_file": f"{name}.sql", "sql_text": sql, "tables": tables, **own}


@pytest.fixture
def tables(lake: Lake) -> Lake:
    for location, columns in TABLES.values():
        lake.write(location, columns)
    return lake


@pytest.mark.usefixtures("either_way")
def test_a_query_has_the_result_of_its_written_text(tables: Lake) -> None:
    group = [of(f"d{index}", case["sql"], f"s3://bkt/out/d{index}/") for index, case in enumerate(CASES)]
    publish = {f"d{index}": settings(case["sql"], case["changes"]) for index, case in enumerate(CASES)}
    result, events = tables.run(*group, publish=json.dumps(publish))
    assert {name: event["error"] for name, event in events.items() if event.get("error")} == {}
    assert result.status == "SUCCEEDED"
    for index, case in enumerate(CASES):
        rows = tables.read(f"s3://bkt/out/d{index}/")
        assert [list(row) for row in rows[:1]] == [case["columns"]], case["sql"]
        assert sorted([list(row.values()) for row in rows], key=str) == case["rows"], case["sql"]


@pytest.mark.skipif(ENGINE != "spark", reason="Sail has no databases that a test could make")
def test_spark_has_this_result_over_databases(engine: Engine) -> None:
    assert isinstance(engine, ClassicEngine)
    session = engine.new_session()
    for table, values in {"db.t (id, x)": "(1, 1), (2, 5)", "b.t (id, y)": "(1, 20), (3, 30)"}.items():
        session.sql(f"CREATE DATABASE {table.split('.')[0]}")
        session.sql(f"CREATE VIEW {table} AS SELECT * FROM VALUES {values}")
    try:
        for case in CASES:
            if case["changes"]:
                frame = session.sql(case["sql"])
                assert frame.columns == case["columns"]
                assert sorted([list(row) for row in frame.collect()], key=str) == case["rows"], case["sql"]
    finally:
        for database in ("db", "b"):
            session.sql(f"DROP DATABASE {database} CASCADE")


def test_a_position_is_that_of_the_written_text(tables: Lake) -> None:
    sql = "SELECT '😀' AS e,\n db.t.x, db.t.nope FROM db.t\n WHERE db.t.x > 0"
    start = sql.index("db.t.x")
    second, third, last = sql.index("db.t.nope"), sql.index("FROM db.t") + 5, sql.rindex("db.t")
    changes = [
        {"start": start, "end": start + 4, "text": "`t`"},
        {"start": second, "end": second + 4, "text": "`t`"},
        {"start": third, "end": third + 4, "text": "`db.t`"},
        {"start": third + 4, "end": third + 4, "text": " AS `t`"},
        {"start": last, "end": last + 4, "text": "`t`"},
    ]
    _, events = tables.run(of("d", sql), publish=json.dumps({"d": settings(sql, changes)}))
    error = events["d"]["error"]
    assert "nope" in error["message"]
    assert (error["line"], error["column"]) == (2, 10)
    assert error["frame"] == " db.t.x, db.t.nope FROM db.t\n         ^"


@pytest.mark.parametrize(
    ("sql", "change", "message"),
    [
        ("SELECT x FROM db.t ", {"start": 14, "end": 18}, "another SQL text than `sql_text`"),
        ("SELECT '\ud83d' AS e", {"start": 14, "end": 18}, "another SQL text than `sql_text`"),
        ("SELECT x FROM db.t", {"start": 14, "end": 99}, "overlap"),
    ],
)
def test_places_of_another_text_run_nothing(tables: Lake, sql: str, change: dict[str, int], message: str) -> None:
    written = "SELECT x FROM db.t"
    publish = {"d": settings(written, [{**change, "text": "`db.t`"}])}
    result, events = tables.run(of("d", sql), publish=json.dumps(publish))
    assert events == {}
    assert result.error is not None
    assert result.error.startswith("--publish of d: `qualified_names` ")
    assert message in result.error
