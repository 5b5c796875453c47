"""Sessions: each dataset has its own, which has only its tables."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from strata_glue.engine.nan import UNFILTERED, has_floats, with_one_nan
from strata_glue.engine.params import Value
from strata_glue.engine.sail.query_types import QueryTypes
from strata_glue.engine.sail.refusals import refuse
from strata_glue.engine.sail.types import with_right_types
from strata_glue.engine.spark.columns import quoted
from strata_glue.engine.sql.words import with_plain_blanks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REQUIRED_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
"""Results depend on them: in a session that refuses one no dataset runs."""

WANTED_SETTINGS = {
    # `${x}` in SQL is text, not a setting of the session.
    "spark.sql.variable.substitute": "false",
    # ``FROM text.`/path` `` reads nothing, even where no parser has seen it: sources are views.
    "spark.sql.runSQLOnFiles": "false",
    # INT96, Spark's default, has no statistics and is deprecated in Parquet.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Types of partition columns come from the commit record; guessing would make `007` the number 7.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # An attempt's folder has no use for the committer's marker files.
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}
SETTINGS = {
    **REQUIRED_SETTINGS,
    **WANTED_SETTINGS,
    # Datasets that run at the same time share the cores; by default the first one gets all of them.
    "spark.scheduler.mode": "FAIR",
    # Days before 1582 as they are: Spark 4's default; Spark 3.5 refuses them.
    **{
        f"spark.sql.parquet.{each}": "CORRECTED"
        for each in (
            "datetimeRebaseModeInRead",
            "datetimeRebaseModeInWrite",
            "int96RebaseModeInRead",
            "int96RebaseModeInWrite",
        )
    },
}
"""For the builder of the application. Sessions get the first two parts again: another program may have built it."""


_LOOKED_UP = ("org.apache.spark.api.python.PythonUtils", "org.apache.spark.sql.api.python.PythonSQLUtils")
"""Classes that PySpark looks up by their last name in nearly every call. Unless that name is imported, Py4J tries a dozen
packages each time, and Java searches all jars for each of them: a tenth of the time of a tiny dataset."""


_LAST_OF_16_BITS = 0xFFFF

_BOUND_PARAMETERS = ("spark.sql.legacy.parameterSubstitution.constantsOnly", "true")
"""Spark 4.1.1 writes values of parameters into the SQL's text, and counts each character beyond 16 bits (an emoji) before
them as one where the text has two: values get to a wrong place. With this setting it binds them as Spark 4.0 does."""


class Engine(Protocol):
    """An engine that computes queries."""

    name: str
    """Name and version, for example `spark 4.1.1` or `sail 0.7.2`."""
    parallelism: int
    """Datasets that may run at the same time."""
    takes_rows: bool
    """True if it takes and returns rows as Arrow data, without files (tiny.py)."""
    settings: dict[str, str]
    """Settings that each new session has by itself."""

    def new_session(self) -> SparkSession:
        """A `SparkSession` isolated from all others."""

    def view_name(self, table: str) -> str:
        """The table's name as `createOrReplaceTempView` takes it."""

    def view_names(self, table: str, sql: str) -> list[str]:
        """The names of the table in a query, each of which needs a view."""

    def prepared(self, frame: DataFrame, session: SparkSession, foreign: bool) -> DataFrame:
        """A table's rows as SQL is to see them; what the engine does with NaN is set right (engine/nan.py).

        `foreign`: true for files that Strata did not write.
        """

    def query(
        self, sql: str, session: SparkSession, params: dict[str, Value], warnings: list[str] | None = None
    ) -> DataFrame:
        """The DataFrame of a query. What the engine computes otherwise than Spark is added to `warnings`.

        Raises `DatasetError` if the result would be useless.
        """

    def close_session(self, session: SparkSession) -> None:
        """Releases the session's resources."""


class ClassicEngine:
    """A `SparkSession` in this process: Glue, or Spark on a laptop."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._pools = itertools.count(1)
        _import_classes(spark)
        _silence()
        self.name = f"spark {spark.version}"
        # Each dataset needs the driver for planning and committing, while the cores compute others. More than 16 at
        # once rarely fit a driver's memory.
        self.parallelism = max(2, min(16, 2 * int(spark.sparkContext.defaultParallelism)))
        # Those of the application, with which `newSession()` begins; it does not inherit changes by `spark.conf.set`.
        self.settings = dict(spark.sparkContext.getConf().getAll())
        self.takes_rows = int(spark.version.split(".")[0]) >= 4  # PySpark 3.5 has no way that is its interface

    def new_session(self) -> SparkSession:
        session = self._spark.newSession()
        # A pool for each dataset, for this thread's jobs: FAIR shares between pools.
        self._spark.sparkContext.setLocalProperty("spark.scheduler.pool", f"dataset-{next(self._pools)}")
        return session

    def view_name(self, table: str) -> str:
        """Spark parses the name, so one with a blank needs backticks."""
        return quoted(table)

    def view_names(self, table: str, sql: str) -> list[str]:
        return [self.view_name(table)]

    def prepared(self, frame: DataFrame, session: SparkSession, foreign: bool) -> DataFrame:
        if foreign and has_floats(frame.schema):
            session.conf.set(*UNFILTERED)
        return frame

    def query(
        self, sql: str, session: SparkSession, params: dict[str, Value], warnings: list[str] | None = None
    ) -> DataFrame:
        sql = with_plain_blanks(sql)
        if not params:
            return session.sql(sql)
        if any(ord(character) > _LAST_OF_16_BITS for character in sql):
            session.conf.set(*_BOUND_PARAMETERS)
        return session.sql(sql, args=params)

    def close_session(self, session: SparkSession) -> None:
        """Views are dropped with the session; listing their names would cost a job."""


def _silence() -> None:
    """PySpark 4 prints each error of a query with the values of rows in Spark's messages; the job must not (engine/failure.py)."""
    with suppress(ImportError):
        from pyspark.logger import PySparkLogger

        for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
            PySparkLogger.getLogger(name).disabled = True


def _import_classes(spark: SparkSession) -> None:
    with suppress(Exception):  # only slower without it
        from py4j.java_gateway import java_import

        for name in _LOOKED_UP:
            java_import(spark.sparkContext._jvm, name)


class ConnectEngine:
    """A Spark Connect server: Sail, or Spark's own. `remote` is its `sc://` address."""

    def __init__(self, remote: str, name: str, parallelism: int) -> None:
        self._remote, self.name, self.parallelism = remote, name, parallelism
        self.settings: dict[str, str] = {}
        self.takes_rows = False  # Sail starts no job; its own writer is as fast

    def new_session(self) -> SparkSession:
        from pyspark.sql import SparkSession

        made: SparkSession = SparkSession.builder.remote(self._remote).create()
        return made

    def view_name(self, table: str) -> str:
        """Sail does not parse the name."""
        return table

    def view_names(self, table: str, sql: str) -> list[str]:
        """Every spelling in the SQL: Sail distinguishes `T` from `t`, Spark does not."""
        spelt = re.findall(rf"(?<!\w){re.escape(table)}(?!\w)", sql, re.IGNORECASE)
        return sorted({table, *spelt})

    def prepared(self, frame: DataFrame, session: SparkSession, foreign: bool) -> DataFrame:
        return with_one_nan(frame)

    def query(
        self, sql: str, session: SparkSession, params: dict[str, Value], warnings: list[str] | None = None
    ) -> DataFrame:
        def analyze(text: str) -> tuple[DataFrame, str]:
            frame: Any = session.sql(text, args=params) if params else session.sql(text)
            return frame, frame._explain_string(extended=True)  # which the common class of frames lacks

        plain = with_plain_blanks(sql)
        types = QueryTypes(plain, analyze)
        frame = with_right_types(plain, analyze, warnings, types)
        refuse(types)
        return frame

    def close_session(self, session: SparkSession) -> None:
        with suppress(Exception):  # a server that is going away cannot release it, and need not
            session.stop()
        # A failure's traceback keeps the session until the garbage collector finds it, in whatever thread, in the middle of
        # any call. PySpark would then close it again, which waits for threads that may wait for that call: for ever.
        connection: Any = session  # the common class of sessions has no client
        connection.client.close = lambda: None


@contextmanager
def dataset_session(engine: Engine) -> Iterator[SparkSession]:
    """A session with these settings, closed at the end."""
    session = engine.new_session()
    try:
        for key, value in REQUIRED_SETTINGS.items():
            session.conf.set(key, value)
        for key, value in WANTED_SETTINGS.items():
            if engine.settings.get(key) == value:
                continue
            with suppress(Exception):  # an engine may not know a setting (Sail), or hold it fixed
                session.conf.set(key, value)
        yield session
    finally:
        engine.close_session(session)
