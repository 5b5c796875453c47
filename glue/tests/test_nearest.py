"""Suggestions of the job follow the compiler's rule: one table of names holds both (test/compiler/messages.test.ts)."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import ENGINE

from strata_glue.engine.explain.nearest import nearest

ROOT = Path(__file__).parents[2]
NAMES = json.loads((ROOT / "test" / "compiler" / "nearest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "known", "meant"), NAMES)
def test_a_name_means_the_nearest_one_that_is_near(name, known, meant):
    assert nearest(name, known) == meant


def test_a_name_of_any_length_gets_its_suggestion_at_once():
    assert nearest("a" * 100_000, ["a" * 99_999, "b"]) is None


@pytest.mark.skipif(ENGINE == "sail", reason="Spark's own list")
def test_the_compilers_list_of_functions_is_sparks(engine):
    spark = version("pyspark").rpartition(".")[0]
    text = (ROOT / "compiler" / "functions" / f"spark-{spark}.ts").read_text(encoding="utf-8").split("`")[-2]
    known = {name for line in re.split(r"\n(?! )", text.strip()) for name in line.partition(":")[2].split()}
    names = {row[0] for row in engine.new_session().sql("SHOW FUNCTIONS").collect()}
    # Operators that Spark lists beside its functions; `between` is also a function from Spark 4 on.
    assert {name for name in names if re.fullmatch(r"[a-z_]\w*", name)} - {"between", "case"} == known - {"between"}
