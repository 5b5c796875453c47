"""What Spark's analyzer refuses, the run on Sail refuses; and nothing that Spark takes is refused: type by type.

`strict.json` has Spark's answers, the rules are held against all of them, and each engine against a sample.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE

from strata_glue.errors import DatasetError
from strata_glue.query_types import QueryTypes
from strata_glue.refusals import refusals
from strata_glue.session import Engine, dataset_session

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
"""A query → what stands first in it → a letter for each of NAMES (as far as they go) that stands second, or alone in it: `.` if
Spark 4.1 and 3.5 take it, `x` if both refuse it, `?` if they differ. Asked of both in November 2026."""


def asked() -> Iterator[tuple[str, str]]:
    """Each query, and whether Spark takes it."""
    for context, rows in SPARK.items():
        for first, answers in rows.items():
            for name, answer in zip(NAMES, answers, strict=False):
                yield context.format(*([first, name] if first else [name])), answer


def told(sql: str) -> tuple[Any, str]:
    """A fake: what Sail's plan has for types of the columns."""
    found = re.findall(r"typeof\((?:\w+\.)?(\w+)\) != 'strata_(\d+)'", sql)
    return None, "".join(f'Utf8("{TYPES[name]}") != Utf8("strata_{number}") ' for name, number in found)


def test_the_rules_are_sparks() -> None:
    """Each type with each in each context: 11,836 queries."""
    wrong = [
        sql for sql, answer in asked() if answer != "?" and bool(refusals(QueryTypes(sql, told))) is not (answer == "x")
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
