"""Sessions: each dataset has one of its own, which sees only its own tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

REQUIRED_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
"""Results depend on them: a session that refuses one runs no dataset."""

WANTED_SETTINGS = {
    # `${x}` in SQL is text, not a setting of the session.
    "spark.sql.variable.substitute": "false",
    # INT96, Spark's default, has no statistics and is deprecated in Parquet.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Types of partition columns come from the commit record; guessing would make `007` the number 7.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # The committer's marker files are nobody's business in an attempt's folder.
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}
SETTINGS = {
    **REQUIRED_SETTINGS,
    **WANTED_SETTINGS,
    # Datasets that run at the same time share the cores; the default gives all of them to whoever came first.
    "spark.scheduler.mode": "FAIR",
}
"""For the builder of the one application; the first two are set on every session, too, since `newSession()` does not inherit."""


class Engine(Protocol):
    """What computes."""

    name: str
    """Name and version, for example `spark 4.1.1` or `sail 0.7.2`."""
    parallelism: int
    """Datasets that may run at the same time."""

    def new_session(self) -> Any:
        """A `SparkSession` isolated from all others."""

    def view_name(self, table: str) -> str:
        """The table's name as `createOrReplaceTempView` takes it."""

    def close_session(self, session: Any) -> None:
        """Gives the session's resources back."""


class ClassicEngine:
    """A `SparkSession` in this process: Glue, or Spark on a laptop."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark
        self._pools = itertools.count(1)
        self.name = f"spark {spark.version}"
        # Each dataset needs the driver for planning and committing, while the cores compute others. More than 16 at
        # once rarely fit a driver's memory.
        self.parallelism = max(2, min(16, 2 * int(spark.sparkContext.defaultParallelism)))

    def new_session(self) -> Any:
        session = self._spark.newSession()
        # A pool a dataset, of this thread's jobs: FAIR shares between pools.
        self._spark.sparkContext.setLocalProperty("spark.scheduler.pool", f"dataset-{next(self._pools)}")
        return session

    def view_name(self, table: str) -> str:
        """Spark parses the name, so one with a blank must stand in backticks."""
        return "`" + table.replace("`", "``") + "`"

    def close_session(self, session: Any) -> None:
        """Views go with the session that holds them; asking for their names would cost a job."""


class ConnectEngine:
    """A Spark Connect server: Sail, or Spark's own. `remote` is its `sc://` address."""

    def __init__(self, remote: str, name: str, parallelism: int) -> None:
        self._remote, self.name, self.parallelism = remote, name, parallelism

    def new_session(self) -> Any:
        from pyspark.sql import SparkSession

        return SparkSession.builder.remote(self._remote).create()

    def view_name(self, table: str) -> str:
        """Sail takes the name as it is."""
        return table

    def close_session(self, session: Any) -> None:
        with suppress(Exception):  # a server that is going away cannot release it, and need not
            session.stop()


@contextmanager
def dataset_session(engine: Engine) -> Iterator[Any]:
    """A session with our settings, given back at the end."""
    session = engine.new_session()
    try:
        for key, value in REQUIRED_SETTINGS.items():
            session.conf.set(key, value)
        for key, value in WANTED_SETTINGS.items():
            with suppress(Exception):  # an engine may not know a setting (Sail), or hold it fixed
                session.conf.set(key, value)
        yield session
    finally:
        engine.close_session(session)
