"""Entry point of the Glue job: a Spark session, the arguments, `run_job`.

The package `strata_glue` comes by `--extra-py-files`. `awsglue` is not needed: nothing here is a DynamicFrame, and
its `getResolvedOptions` matches prefixes of names on Glue 5.1.
"""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

from strata_glue.arguments.parse import parse_command_line
from strata_glue.engine.session import SETTINGS, ClassicEngine
from strata_glue.errors import JobInputError
from strata_glue.job import run_job
from strata_glue.report.events import print_line
from strata_glue.store import open_store


def main(argv: list[str]) -> None:
    """Runs one stage. Raises with one line that names what failed: Glue shows it as the run's error message."""
    arguments = parse_command_line(argv)
    builder = SparkSession.builder
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    result = run_job(arguments, ClassicEngine(builder.getOrCreate()), open_store(arguments.store), print_line)
    if result.error is not None:
        raise RuntimeError(result.error)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except JobInputError as error:
        raise RuntimeError(str(error)) from None
