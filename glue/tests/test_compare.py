"""What `strata parity` reports about two targets (local/engine/compare.py)."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

from strata_glue.engine.session import Engine, dataset_session
from strata_glue.errors import DatasetError

pytestmark = pytest.mark.skipif(ENGINE != "sail", reason="Sail compares")

from compare import compare  # noqa: E402  # isort: skip
from tables import Table  # noqa: E402  # isort: skip

TABLE = Table("t", "s3://b/t/", False)


class Sides:
    """Makes targets, and compares them."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder, self._engine = folder, engine

    def rows(self, sql: str) -> pa.Table:
        with dataset_session(self._engine) as session:
            return session.sql(sql).toArrow()

    def target(self, rows: str | pa.Table, schema: dict[str, str] | None = None, by: str | None = None) -> Path:
        """A lake with the target; with a record where its schema is given."""
        lake = self._folder / uuid.uuid4().hex
        target = lake / "b" / "t"
        target.mkdir(parents=True)
        table = self.rows(rows) if isinstance(rows, str) else rows
        if by is None:
            parquet.write_table(table, target / "part-0.parquet")
        else:
            parquet.write_to_dataset(table, target, partition_cols=[by], basename_template="part-{i}.parquet")
        if schema is not None:
            (target / "_strata").mkdir()
            (target / "_strata" / "commit.json").write_text(json.dumps(_record(target, schema, by)))
        return lake

    def compared(self, sail: Path | str, spark: Path | str, key: tuple[str, ...] = ()) -> dict[str, Any]:
        lakes = [str(self.target(each) if isinstance(each, str) else each) for each in (sail, spark)]
        return compare(dict(zip(("sail", "spark"), lakes, strict=True)), TABLE, key, self._engine)


def _record(target: Path, schema: dict[str, str], by: str | None) -> dict[str, Any]:
    files = [
        {"path": file.relative_to(target).as_posix(), "rows": 1, "bytes": file.stat().st_size}
        for file in target.rglob("*.parquet")
    ]
    texts = dict.fromkeys(("attempt", "execution", "pipeline", "stage", "dataset", "time"), "")
    return {
        **{"strata": 1, "generation": 1, "published": True, "write": "replace", "keep": 0, "fingerprints": {}},
        **{"executions": [], "drops": [], "kept": [], "kept_drops": [], "partition_by": [by] if by else []},
        **{"files": files, "schema": [{"name": name, "type": kind} for name, kind in schema.items()], **texts},
    }


@pytest.fixture
def sides(tmp_path: Path, engine: Engine) -> Sides:
    return Sides(tmp_path, engine)


EQUAL = {
    "rows in another order": ("SELECT id FROM range(5)", "SELECT 4 - id AS id FROM range(5)"),
    "the same duplicates and NULLs": (
        "SELECT * FROM VALUES (1, NULL), (1, NULL), (NULL, 'x') t(a, b)",
        "SELECT * FROM VALUES (NULL, 'x'), (1, NULL), (1, NULL) t(a, b)",
    ),
    "NaN, both zeros, infinities": (
        "SELECT * FROM VALUES (double('NaN')), (double('-0.0')), (double('Infinity')) t(d)",
        "SELECT * FROM VALUES (0.0D), (double('NaN')), (double('Infinity')) t(d)",
    ),
    "sums in another order": ("SELECT 0.1D + 0.2D AS d", "SELECT 0.3D AS d"),
    # The 12th digit of the first is a 0, of the second a 1.
    "sums on both sides of a border of rounding": (
        "SELECT 1.00000000000499999D AS d, 1 AS a",
        "SELECT 1.00000000000500001D AS d, 1 AS a",
    ),
    "floats that agree in six digits": ("SELECT float('1.0000001') AS f", "SELECT float('1.0000002') AS f"),
    "nested values": (
        "SELECT struct(array(1, NULL) AS x, struct('a' AS z) AS y) AS s, map('k', 1, 'l', 2) AS m",
        "SELECT struct(array(1, NULL) AS x, struct('a' AS z) AS y) AS s, map('l', 2, 'k', 1) AS m",
    ),
    "no row on either side": ("SELECT 1 AS a WHERE false", "SELECT 1 AS a WHERE false"),
    "columns called like ours": (
        'SELECT 1 AS strata_count, 3 AS Strata_Place, 2 AS `a"b`',
        'SELECT 1 AS strata_count, 3 AS Strata_Place, 2 AS `a"b`',
    ),
}


@pytest.mark.parametrize("what", EQUAL)
def test_equal(sides: Sides, what: str) -> None:
    found = sides.compared(*EQUAL[what])
    assert (found["equal"], found["columns"], found["examples"]) == (True, [], [])
    assert found["rows"]["sail"] == found["rows"]["spark"]


DIFFERENT: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "a row more": ("SELECT * FROM VALUES (1), (2) t(a)", "SELECT 1 AS a", [{"sail": {"a": "2"}, "spark": None}]),
    "a duplicate more": (
        "SELECT 1 AS a",
        "SELECT * FROM VALUES (1), (1) t(a)",
        [{"sail": None, "spark": {"a": "1"}}],
    ),
    "no row at all": ("SELECT 1 AS a WHERE false", "SELECT 1 AS a", [{"sail": None, "spark": {"a": "1"}}]),
    "NULL is not a text": (
        "SELECT CAST(NULL AS STRING) AS a",
        "SELECT 'NULL' AS a",
        [{"sail": {"a": None}, "spark": None}, {"sail": None, "spark": {"a": "NULL"}}],
    ),
    "NaN is not NULL": (
        "SELECT double('NaN') AS a",
        "SELECT CAST(NULL AS DOUBLE) AS a",
        [{"sail": None, "spark": {"a": None}}, {"sail": {"a": "NaN"}, "spark": None}],
    ),
    "the last digit of a decimal": (
        "SELECT 12345678901234567890.123456789012345678BD AS a",
        "SELECT 12345678901234567890.123456789012345679BD AS a",
        [
            {"sail": {"a": "12345678901234567890.123456789012345678"}, "spark": None},
            {"sail": None, "spark": {"a": "12345678901234567890.123456789012345679"}},
        ],
    ),
    "the last digit of a bigint": (
        "SELECT 9007199254740993 AS a",
        "SELECT 9007199254740992 AS a",
        [{"sail": None, "spark": {"a": "9007199254740992"}}, {"sail": {"a": "9007199254740993"}, "spark": None}],
    ),
    "the ninth digit of a double": (
        "SELECT 1.00000001D AS a",
        "SELECT 1.00000002D AS a",
        [{"sail": {"a": "1.00000001"}, "spark": None}, {"sail": None, "spark": {"a": "1.00000002"}}],
    ),
    "a value inside": (
        "SELECT struct(array(1, 2) AS x) AS s",
        "SELECT struct(array(2, 1) AS x) AS s",
        [
            {"sail": {"s": '{"x": [1, 2]}'}, "spark": None},
            {"sail": None, "spark": {"s": '{"x": [2, 1]}'}},
        ],
    ),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_different(sides: Sides, what: str) -> None:
    sail, spark, examples = DIFFERENT[what]
    found = sides.compared(sail, spark)
    assert (found["equal"], found["columns"], found["examples"]) == (False, [], examples)


def test_different_rows_are_paired_by_the_key_and_five_of_them_shown(sides: Sides) -> None:
    sail = "SELECT id AS Id, id * 2 AS v FROM range(100) UNION ALL SELECT 7, 14"
    found = sides.compared(sail, "SELECT id AS Id, id * 3 AS v FROM range(100)", ("id",))
    assert found["rows"] == {"sail": 101, "spark": 100}
    assert found["examples"] == [
        {"sail": {"Id": f"{each}", "v": f"{each * 2}"}, "spark": {"Id": f"{each}", "v": f"{each * 3}"}}
        for each in range(1, 6)
    ]
    shorter = sides.compared(sail, "SELECT id AS Id, id * 3 AS v FROM range(3)", ("id",))
    assert shorter["examples"][-1] == {"sail": {"Id": "5", "v": "10"}, "spark": None}


def test_columns_that_differ_are_named_and_no_rows_compared(sides: Sides) -> None:
    def columns(sail: Path | str, spark: Path | str) -> list[dict[str, str | None]]:
        found = sides.compared(sail, spark)
        assert (found["equal"], found["examples"]) == (False, [])
        return found["columns"]

    assert columns("SELECT 1 AS a", "SELECT 1L AS a") == [{"name": "a", "sail": "int", "spark": "bigint"}]
    assert columns("SELECT 1 AS a, 2 AS b", "SELECT 1 AS a, 2 AS c") == [
        {"name": "b", "sail": "int", "spark": None},
        {"name": "c", "sail": None, "spark": "int"},
    ]
    assert columns("SELECT 1 AS a, 'x' AS b", "SELECT 'x' AS b, 1 AS a") == [
        {"name": "a", "sail": "int, column 1", "spark": "int, column 2"},
        {"name": "b", "sail": "string, column 2", "spark": "string, column 1"},
    ]
    one = "SELECT 1 AS a"
    assert columns(sides.target(one, {"a": "int"}), sides.target(one, {"a": "date"})) == [
        {"name": "a", "sail": "int", "spark": "date"}
    ]
    assert columns(sides.target(one, {"a": "bigint"}), sides.target("SELECT 1L AS a", {"a": "bigint"})) == [
        {"name": "a", "sail": "bigint, stored as int", "spark": "bigint, stored as bigint"}
    ]


def test_partitioned_targets_have_the_types_of_their_records(sides: Sides) -> None:
    def target(rows: str) -> Path:
        return sides.target(rows, {"id": "int", "day": "date"}, "day")

    rows = "SELECT CAST(id AS INT) AS id, date_add(DATE'2026-01-01', CAST(id AS INT)) AS day FROM range(3)"
    assert sides.compared(target(rows), target(rows))["equal"]
    other = sides.compared(target(rows), target(f"{rows} WHERE id < 2"), ("id",))
    assert other["examples"] == [{"sail": {"id": "2", "day": "2026-01-03"}, "spark": None}]


def test_a_target_that_lacks_a_file_of_its_record_is_refused(sides: Sides) -> None:
    whole, broken = (sides.target("SELECT 1 AS a", {"a": "int"}) for _ in range(2))
    (broken / "b" / "t" / "part-0.parquet").unlink()
    with pytest.raises(DatasetError, match=r"part-0\.parquet is gone"):
        sides.compared(whole, broken)


def test_a_target_that_is_not_there_has_no_rows(sides: Sides, tmp_path: Path) -> None:
    found = sides.compared(sides.target("SELECT 1 AS a"), tmp_path / "nothing")
    assert found == {
        "equal": False,
        "rows": {"sail": 1, "spark": 0},
        "columns": [],
        "examples": [{"sail": {"a": "1"}, "spark": None}],
    }
