"""The classes of a Spark session, read and checked once: `python local/engine/archive.py FILE`.

Java's class-data sharing (JEP 350): a session starts faster from an archive of what an earlier one loaded, some
140 MB. It fits the Java, the jars and the order of them that it was made with; Java goes without it where they differ.
Set-up calls this in a new environment; `engines.py` uses the file if it exists.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

import pyarrow as pa
from engines import ARCHIVE, start_engine, whole
from isolation import isolate

WARM_UP = "SELECT upper(a) AS a, count(*) AS n, max(date_add(DATE'2026-01-01', b)) AS day FROM t JOIN t AS u USING (a, b) GROUP BY a ORDER BY n"


def main(file: Path) -> int:
    isolate()
    if os.getpgid(0) == os.getpid():
        threading.Thread(target=_end_with_parent, daemon=True).start()
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)  # of one that was killed
    try:
        with tempfile.TemporaryDirectory() as folder:
            code = _archived(part, Path(folder))
        if code != 0 or not part.exists():
            print(f"Java ended with {code} and left no archive of classes", file=sys.stderr)
            return 1
        # A part of an archive would crash the Java that maps it: it gets its name when it is whole.
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return 0


def _end_with_parent() -> None:
    """Standard input ends with the set-up that started us, even by SIGKILL: Java is not to outlive it."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def _archived(file: Path, folder: Path) -> int:
    """Loads what a run loads, and lets Java exit by itself, which writes the archive. Returns its exit code."""
    spark = start_engine("spark", folder, None, [whole(f"-XX:ArchiveClassesAtExit={file}")])._spark  # type: ignore[attr-defined]
    rows = spark.createDataFrame(pa.table({"a": ["x", "y"], "b": pa.array([1, 2], pa.int32())}))
    rows.createOrReplaceTempView("t")
    spark.sql(WARM_UP).limit(10).toArrow()
    spark.sql(WARM_UP).write.parquet(str(folder / "a"))
    spark.read.parquet(str(folder / "a")).createOrReplaceTempView("t")
    spark.sql("SELECT count(*), max(a), sum(n) FROM t WHERE a <> 'z'").collect()
    gateway = spark.sparkContext._gateway
    spark.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    return int(gateway.proc.wait(120))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ARCHIVE))
