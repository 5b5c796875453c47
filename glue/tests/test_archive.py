"""The archive of Spark's classes: used where it fits, ignored where it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import TAKES_ROWS

ROOT = Path(__file__).parents[2]
LOCAL = ROOT / "local" / "engine"
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'glue'}{os.pathsep}{LOCAL}"}
START = """
import sys
from pathlib import Path
import engines

engines.ARCHIVE = Path(sys.argv[1])
engine = engines.start_engine("spark", Path(sys.argv[2]))
maps = Path(f"/proc/{engine._spark.sparkContext._gateway.proc.pid}/maps").read_text()
print("mapped" if sys.argv[1] in maps else "not mapped", engine.name)
"""

LIMIT = 600
"""Seconds: only what hangs takes so long, whatever else the machine does."""

pytestmark = pytest.mark.skipif(not TAKES_ROWS, reason="made for Spark 4.1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Spark's launcher divides options at blanks."""
    made = tmp_path / "a  b 'c' \"d\" ü"
    made.mkdir()
    return made


def started(archive: Path, lake: Path) -> tuple[str, str]:
    """What a session with the archive reports, and all output of its process."""
    command = [sys.executable, "-c", START, str(archive), str(lake)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT, check=True)
    return done.stdout.splitlines()[-1], done.stdout + done.stderr


def test_it_is_made_and_used(folder: Path) -> None:
    archive = folder / "classes.jsa"
    subprocess.run(
        [sys.executable, str(LOCAL / "archive.py"), str(archive)], env=ENVIRONMENT, check=True, timeout=LIMIT
    )
    assert [each.name for each in folder.iterdir()] == ["classes.jsa"]
    said, everything = started(archive, folder / "lake")
    assert said == "mapped spark 4.1.1"
    assert "[cds" not in everything


def test_one_that_does_not_fit_is_silently_ignored(folder: Path) -> None:
    archive = folder / "classes.jsa"
    archive.write_text("no archive")
    said, everything = started(archive, folder / "lake")
    assert said == "not mapped spark 4.1.1"
    assert "[cds" not in everything


def test_where_it_cannot_be_made_nothing_is_left(folder: Path) -> None:
    archive = folder / "classes.jsa"
    command = [sys.executable, str(LOCAL / "archive.py"), str(archive)]
    none = {**ENVIRONMENT, "JAVA_HOME": str(folder)}
    done = subprocess.run(command, env=none, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode != 0
    assert list(folder.iterdir()) == []


def test_java_does_not_outlive_the_set_up_that_started_it(folder: Path) -> None:
    command = [sys.executable, str(LOCAL / "archive.py"), str(folder / "classes.jsa")]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, start_new_session=True)
    while not any("java" in name for name in group_of(process.pid)):
        assert process.poll() is None
        time.sleep(0.02)
    process.stdin.close()
    assert process.wait(LIMIT) == -signal.SIGKILL
    while group_of(process.pid):
        time.sleep(0.02)


def group_of(group: int) -> list[str]:
    """Programs of a process group."""
    names = []
    for process in (each.name for each in Path("/proc").iterdir() if each.name.isdigit()):
        with suppress(OSError):
            if os.getpgid(int(process)) == group and "Z (zombie)" not in Path("/proc", process, "status").read_text():
                names.append(Path("/proc", process, "comm").read_text())
    return names
