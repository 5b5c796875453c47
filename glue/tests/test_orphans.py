"""A run that is killed, at any step: it has committed all or nothing, and the next run or `recover` leaves nothing of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ENGINE

GLUE = Path(__file__).parents[1]


@pytest.mark.skipif(ENGINE != "sail", reason="the killed runs share a server, which is Sail's")
def test_the_next_run_and_recover_leave_nothing_of_a_run_killed_at_any_step(tmp_path: Path) -> None:
    script = [sys.executable, str(Path(__file__).parent / "orphans.py"), str(tmp_path)]
    done = subprocess.run(script, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(GLUE)})
    assert done.returncode == 0, done.stderr[-3000:]
    runs = json.loads(done.stdout)
    assert {(name, step): each for name, steps in runs.items() for step, each in steps.items() if _left(each)} == {}
    dirty = {
        name: {step.split(" ", 1)[1] for step, each in steps.items() if each["dirty"]} for name, steps in runs.items()
    }
    assert dirty["parquet"] >= {"written", "audited", "committing", "committed"}
    for steps in runs.values():
        new = [each["new"] for each in steps.values()]
        committed = [step.split(" ", 1)[1] for step in steps].index("committed")
        assert new == [0] * committed + [1] * (len(new) - committed), steps
    for name in ("iceberg", "iceberg append"):
        assert dirty[name] >= {"written", "committing", "metadata written", "branch written", "committed"}


def _left(each: dict[str, list[str]]) -> bool:
    return each["run"] != [] or each["recover"] != []
