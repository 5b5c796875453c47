"""Suggestions of the job follow the compiler's rule: one table of names holds both (test/compiler/messages.test.ts)."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import ENGINE

from strata_glue.engine.explain.foreign_functions import FOREIGN, NEWER
from strata_glue.engine.explain.nearest import nearest
from strata_glue.engine.spark.functions import SPARK_3, SPARK_4

NAMES = json.loads((Path(__file__).parents[2] / "test" / "compiler" / "nearest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "known", "meant"), NAMES)
def test_a_name_means_the_nearest_one_that_is_near(name, known, meant):
    assert nearest(name, known) == meant


def test_a_name_of_any_length_gets_its_suggestion_at_once():
    assert nearest("a" * 100_000, ["a" * 99_999, "b"]) is None


def test_functions_of_other_databases_are_not_sparks_and_their_replacements_are():
    assert [name for name in FOREIGN if name in SPARK_3 | SPARK_4] == []
    assert [name for name in NEWER if name not in SPARK_4] == []
    grammar = {"cast", "try_cast", "over", "decimal", "timestampadd", "timestampdiff"}
    written = {name: re.findall(r"(\w+)\(", call.lower()) for name, call in {**FOREIGN, **NEWER}.items()}
    assert {name: calls for name, calls in written.items() if not {*calls} <= SPARK_3 | grammar} == {}


@pytest.mark.skipif(ENGINE == "sail", reason="Spark's own list")
def test_the_list_of_functions_is_sparks(engine):
    session = engine.new_session()
    names = {row[0] for row in session.sql("SHOW FUNCTIONS").collect()}
    known = SPARK_3 | SPARK_4 if version("pyspark").startswith("4.") else SPARK_3
    assert {name for name in names if re.fullmatch(r"[a-z_]\w*", name)} == known
