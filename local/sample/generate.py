"""`strata data`: writes the sample's raw tables into a lake.

    python local/sample/generate.py --scale small|medium|N --lake DIR

Each table is written aside and then swapped in, so that an interrupted run leaves no half table; a table that this
program did not write is not replaced. Summary on stderr, `{"tables": [{name, rows, bytes}]}` on stdout.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "glue"))

from strata_glue.store.folder import LakeRefused, take_lake  # noqa: E402

BUCKET, PREFIX = "postgres-repo", "raw/bookings"
MARKER = ".strata-sample.json"
"""In each table's folder: marks it as replaceable. Engines do not see names that start with a dot."""

SCALES = {"small": 0.02, "medium": 1.0}
SMALLEST, LARGEST = 0.002, 20.0
"""Below the first the tables are too small to keep every fact; above the second they do not fit into memory."""

TABLES = (
    "aircrafts_data",
    "airports_data",
    "boarding_passes",
    "bookings",
    "flights",
    "seats",
    "ticket_flights",
    "tickets",
)


class Refused(Exception):
    """The user's error, the remedy, and the exit code."""

    def __init__(self, message: str, remedy: str, code: int = 1) -> None:
        super().__init__(f"{message}\n  help: {remedy}")
        self.code = code


def factor_of(scale: str) -> float:
    """`small`, `medium` or a factor of medium."""
    try:
        factor = SCALES[scale] if scale in SCALES else float(scale)
    except ValueError:
        factor = float("nan")
    if not SMALLEST <= factor <= LARGEST:
        raise Refused(
            f"invalid `--scale {scale}`",
            f"write small, medium or a number from {SMALLEST} to {LARGEST:g} (1 is medium)",
            2,
        )
    return factor


def generate(factor: float, scale: str, lake: Path) -> list[dict[str, object]]:
    """Writes all tables; returns name, rows and bytes of each."""
    base = lake / BUCKET / PREFIX
    try:
        # A run takes it, too, so no run reads a table during a swap.
        _lock = take_lake(lake)
    except LakeRefused as refused:
        raise Refused(str(refused), refused.as_line["help"]) from None
    for name in TABLES:
        _refuse_foreign(base / name)
    from tables import make_tables

    return sorted(
        (_write(base, name, table, scale) for name, table in make_tables(factor)),
        key=lambda each: str(each["name"]),
    )


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise Refused(
            f"`{folder}` contains files that `strata data` did not write",
            "move them, or name another folder with --lake",
        )


def _write(base: Path, name: str, table: object, scale: str) -> dict[str, object]:
    import pyarrow.parquet as parquet

    aside, old = base / f".{name}.new", base / f".{name}.old"
    for folder in (aside, old):
        shutil.rmtree(folder, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        file = aside / "part-00000.parquet"
        parquet.write_table(table, file, compression="zstd", row_group_size=500_000)
        size = file.stat().st_size
        (aside / MARKER).write_text(json.dumps({"version": 1, "scale": scale}) + "\n")
        if (base / name).exists():
            (base / name).rename(old)
        aside.rename(base / name)
    finally:
        for folder in (aside, old):
            shutil.rmtree(folder, ignore_errors=True)
    rows = table.num_rows  # type: ignore[attr-defined]
    print(f"  {name:<16} {rows:>10,} rows {size / 1024:>10,.1f} KiB", file=sys.stderr)
    return {"name": name, "rows": rows, "bytes": size}


def _end_with_parent() -> None:
    """Cancels when standard input ends: the parent has ended, perhaps by SIGKILL."""

    def watch() -> None:
        # Not `sys.stdin`: its lock, held by this thread, would end a finished interpreter with an error.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()


def main(argv: list[str]) -> int:
    if os.environ.get("STRATA_PARENT_ON_STDIN") == "1":
        _end_with_parent()
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", default="small")
    parser.add_argument("--lake", required=True)
    options = parser.parse_args(argv)
    lake = Path(options.lake)
    try:
        tables = generate(factor_of(options.scale), options.scale, lake)
    except Refused as refused:
        print(f"strata: {refused}", file=sys.stderr)
        return refused.code
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free some space" if full else "name another folder with --lake"
        print(f"strata: {error.filename or lake}: {error.strerror or error}\n  help: {remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("strata: cancelled; unfinished tables are unchanged", file=sys.stderr)
        return 130
    print(json.dumps({"tables": tables}))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main(sys.argv[1:]))
