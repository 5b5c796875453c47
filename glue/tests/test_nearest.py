"""Suggestions of the job follow the compiler's rule: one table of names holds both (test/compiler/messages.test.ts)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from strata_glue.nearest import nearest

NAMES = json.loads((Path(__file__).parents[2] / "test" / "compiler" / "nearest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "known", "meant"), NAMES)
def test_a_name_means_the_nearest_one_that_is_near(name, known, meant):
    assert nearest(name, known) == meant


def test_a_name_of_any_length_is_answered_at_once():
    assert nearest("a" * 100_000, ["a" * 99_999, "b"]) is None
