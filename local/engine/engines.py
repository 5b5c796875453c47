"""Engines on this machine: Sail in this process, or Apache Spark in local mode."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from isolation import stop_listening
from strata_glue.engine.session import SETTINGS, ClassicEngine, ConnectEngine, Engine
from strata_glue.store.local import scratch
from without_pandas import put_off_pandas

SHORT_RUN = (
    "-XX:+UseParallelGC"
    " -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000"
)
"""A run here is over in half a minute: a third of it would go into compiling Java that is hardly used again. Loops over
rows are still compiled in full (their own threshold is unchanged), and a collector that stops the program costs the least."""

FEW_ROWS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""For a small lake: compiling anything in full costs more than it saves."""

SMALL_LAKE = 8 * 1024 * 1024
"""Largest size of a small lake in bytes."""

ALWAYS = "-Xss16m -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError -Xlog:disable -Xlog:all=error:stderr"
"""Out of memory, a thread of Java dies, and others would wait for it for ever: so the JVM exits, and the run reports it.
Java prints a line about an archive of classes that does not fit, and continues without it: users need not see it.
Spark plans by recursion: with a thread's stack of 1 MiB, Java's default, a sum of 700 columns is a StackOverflowError."""

SAIL_SETTINGS = {
    # Parquet's least and largest value leave NaN out. Sail would take a column of 1.0 and NaN for 1.0 in every row, and
    # skip files and row groups in which only NaN is larger than a number (apache/datafusion#24804).
    "SAIL_EXECUTION__COLLECT_STATISTICS": "false",
    "SAIL_PARQUET__PRUNING": "false",
    # Nor must what Sail writes mislead another reader.
    "SAIL_PARQUET__STATISTICS_ENABLED": "none",
    # Sail plans by recursion: with 8 MiB, its default, an expression of 700 terms ends the process, and with it every dataset
    # that it computes. Memory is taken only where it is used.
    "SAIL_RUNTIME__STACK_SIZE": str(256 * 1024 * 1024),
}
"""Sail reads its settings from the environment when its server is made. Results depend on these: the user's environment cannot
change them. At scale medium they cost nothing that can be measured (CPU of a whole run: 9.16 s with, 9.43 s without)."""

ARCHIVE = Path(sys.prefix) / "classes.jsa"
"""Classes of a Spark session, as `archive.py` keeps them."""


def start_engine(
    name: str, lake: Path, jars: Path | None = None, java: Sequence[str] = (), *, isolated: bool = False
) -> Engine:
    """Starts `sail` or `spark`; both keep what they write beside data out of the current folder.

    For Spark: `jars`, a folder of more jars; `java`, more options of Java, instead of the archive of classes.
    `isolated`: no other process reaches this process's loopback device (isolation.py). Otherwise Spark asks for secrets
    and Sail stops listening once we are connected; where it cannot, the engine's `is_open` is true.
    """
    return _start_sail(isolated) if name == "sail" else _start_spark(lake, jars, java)


class SailEngine(ConnectEngine):
    """Sail in this process."""

    def __init__(self, server: Any, isolated: bool) -> None:
        host, port = server.listening_address
        cores = os.cpu_count() or 2
        # As on Spark (session.py): while some wait for files, plans and commits, the cores compute others.
        super().__init__(f"sc://{host}:{port}", f"sail {version('pysail')}", max(2, min(16, 2 * cores)))
        self._server = server  # a server without a reference stops
        self.is_open = False
        if not isolated:
            # gRPC shares one connection between sessions, as long as one of them holds it.
            self._holding = self.new_session()
            _ = self._holding.version  # connects: the first question does
            self.is_open = not stop_listening((host, port))

    def new_session(self) -> Any:
        from pyspark.sql.connect.client import DefaultChannelBuilder
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession

        # A connection that gRPC gave up for want of work could not be made again.
        channel = DefaultChannelBuilder(self._remote, [("grpc.client_idle_timeout_ms", 2**31 - 1)])
        session = SparkSession.builder.channelBuilder(channel).create()
        # One request in thousands fails and succeeds at once when it is repeated. A server in this process that still does
        # not answer is gone permanently: PySpark would repeat for ten minutes, and the process would not end before, because
        # PySpark gives results back in threads that the end of the process waits for.
        session.client.set_retry_policies([DefaultPolicy(max_retries=3)])
        # At the end of the process each session's client cleans up a cache of models that no dataset has; if the server is
        # gone or no longer listens, it retries for ten minutes.
        atexit.unregister(session.client._cleanup_ml_cache)
        return session


def _start_sail(isolated: bool) -> Engine:
    cores = os.cpu_count() or 2
    os.environ.update(SAIL_SETTINGS)
    os.environ.setdefault("SAIL_EXECUTION__DEFAULT_PARALLELISM", str(cores))
    os.environ.setdefault("RUST_LOG", "error")
    put_off_pandas()
    import pyspark.sql.connect.session  # noqa: F401  takes longer than the moment in which others may connect
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    return SailEngine(server, isolated)


def _start_spark(lake: Path, jars: Path | None, java: Sequence[str]) -> Engine:
    from pyspark.sql import SparkSession

    own = Path(tempfile.mkdtemp(prefix="spark-", dir=scratch(lake)))
    builder: Any = SparkSession.builder.master("local[*]").appName("strata")
    settings = {
        **SETTINGS,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": os.environ.get("STRATA_SPARK_MEMORY", "2g"),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        # Other processes that reach this loopback device (isolation.py) need a secret, which is new for each run.
        "spark.authenticate": "true",
        # 200, the default, makes 200 tasks and files of a laptop's rows.
        "spark.sql.shuffle.partitions": str((os.cpu_count() or 2) * 2),
        "spark.local.dir": str(own),
        "spark.sql.warehouse.dir": str(own / "warehouse"),
        "spark.driver.extraJavaOptions": " ".join(
            [whole(f"-Dderby.system.home={own}"), *_java_options(lake, jars, java)]
        ),
    }
    if jars is not None:
        # Not `spark.jars`: that copies each of them at every start.
        settings["spark.driver.extraClassPath"] = os.pathsep.join(str(jar) for jar in sorted(jars.glob("*.jar")))
    elif "PYSPARK_SUBMIT_ARGS" not in os.environ:
        # The checked file system starts `chmod` three times a file and leaves a checksum beside it; this one once. Iceberg,
        # and S3A for what it buffers, insist on the checked one.
        settings["spark.hadoop.fs.file.impl"] = "org.apache.hadoop.fs.RawLocalFileSystem"
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return ClassicEngine(spark)


def _java_options(lake: Path, jars: Path | None, java: Sequence[str]) -> list[str]:
    options = ["-Dlog4j2.level=ERROR", ALWAYS, FEW_ROWS if _is_small(lake) else SHORT_RUN, *java]
    # More jars, before Spark's, make another order of jars: the archive would not fit.
    if not java and jars is None and "PYSPARK_SUBMIT_ARGS" not in os.environ and ARCHIVE.exists():
        options.append(whole(f"-XX:SharedArchiveFile={ARCHIVE}"))
    return options


def whole(option: str) -> str:
    """An option with a path in it, as Spark's launcher takes it for one, whatever the path has."""
    return '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_small(lake: Path) -> bool:
    size, seen = 0, set()
    for folder, folders, names in os.walk(lake, followlinks=True):  # buckets may be links
        place = os.path.realpath(folder)
        if place in seen:
            folders.clear()
            continue
        seen.add(place)
        for name in names:
            with suppress(FileNotFoundError):  # another process has just removed it
                size += (Path(folder) / name).stat().st_size
        if size > SMALL_LAKE:
            return False
    return True
