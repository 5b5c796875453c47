"""Puts whole roots to Spark's own analyzer: a JSON list on stdin, a list of answers on stdout.

A root is ``{"sources": {table: {column: type}}, "datasets": [{"name", "sql", "reads": {table: source or dataset}}]}``, its datasets in an
order in which each follows those that it reads. An answer is, by dataset, ``{"outputs": [[name, type], …]}``, or
``{"refused": [error condition, first, last]}`` with the offsets of the fragment that Spark names (from 0, in code points; ``null`` without one).
A dataset that reads a refused one has no answer.
"""

import json
import logging
import sys
import tempfile

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

ANSI = "spark.sql.ansi.enabled"


def main() -> None:
    with tempfile.TemporaryDirectory() as warehouse:  # Spark makes one, in the current folder by default
        answer_all(warehouse)


def answer_all(warehouse: str) -> None:
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config(ANSI, "true")
        .config("spark.sql.warehouse.dir", warehouse)
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    logging.disable(logging.CRITICAL)  # PySpark logs each error with its stack
    analyzer = Analyzer(spark)
    json.dump([analyzer.answers(root) for root in json.load(sys.stdin)], sys.stdout)


class Analyzer:
    """Keeps the tables of the last root: most roots change one of them."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.views: dict[str, object] = {}
        self.frames: dict[str, tuple[dict[str, str], DataFrame]] = {}

    def answers(self, root: dict) -> dict[str, dict]:
        found: dict[str, DataFrame] = {name: self.empty(name, columns) for name, columns in root["sources"].items()}
        answers: dict[str, dict] = {}
        for dataset in root["datasets"]:
            reads = dataset["reads"]
            if not all(table in found for table in reads.values()):
                continue
            self.show({name: found[table] for name, table in reads.items()})
            answer, frame = self.analyze(dataset["sql"])
            answers[dataset["name"]] = answer
            if frame is not None:  # its columns alone: plans of plans grow without end
                found[dataset["name"]] = self.spark.createDataFrame([], frame.schema)
        return answers

    def empty(self, name: str, columns: dict[str, str]) -> DataFrame:
        """A table without rows; the same one while its columns stay."""
        known = self.frames.get(name)
        if known is None or list(known[0].items()) != list(columns.items()):
            items = ", ".join(f"CAST(NULL AS {type}) AS `{column}`" for column, type in columns.items())
            known = self.frames[name] = (columns, self.spark.sql(f"SELECT {items} WHERE false"))
        return known[1]

    def show(self, frames: dict[str, DataFrame]) -> None:
        for name in set(self.views) - set(frames):
            self.spark.catalog.dropTempView(name)
        for name, frame in frames.items():
            if self.views.get(name) is not frame:
                frame.createOrReplaceTempView(name)
        self.views = dict(frames)

    def analyze(self, sql: str) -> tuple[dict, DataFrame | None]:
        try:
            frame = self.spark.sql(sql)
        except PySparkException as error:
            return {"refused": refusal(error)}, None
        outputs = [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]
        names = [name.lower() for name, _ in outputs]
        if len(set(names)) < len(names):  # Spark refuses the file, not the query
            return {"outputs": outputs, "refused": ["COLUMN_ALREADY_EXISTS", None, None]}, None
        return {"outputs": outputs}, frame


def refusal(error: PySparkException) -> list:
    places = [(place.startIndex(), place.stopIndex()) for place in error.getQueryContext() or []]
    first, last = places[0] if places else (None, None)
    return [error.getCondition(), first, last]


if __name__ == "__main__":
    main()
