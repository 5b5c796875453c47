"""Puts SQL texts to Spark's own parser: a JSON list on stdin, a list of answers on stdout.

An answer is ``null`` for a text that Spark parses, else ``[error condition, line, column]`` (from 1; ``null`` where Spark names no place).
"""

import json
import sys

from py4j.protocol import Py4JJavaError
from pyspark.errors import ParseException, PySparkException
from pyspark.sql import SparkSession


def main() -> None:
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    parser = spark._jsparkSession.sessionState().sqlParser()
    json.dump([answer(parser, text) for text in json.load(sys.stdin)], sys.stdout)


def answer(parser, text: str) -> list | None:
    try:
        parser.parsePlan(text)
    except ParseException as error:
        origin = getattr(error, "_origin", None)
        condition = getattr(error, "getCondition", error.getErrorClass)  # Spark 3.5 has the older name
        return [condition(), *place(origin)]
    except (PySparkException, Py4JJavaError) as error:  # literals beyond their type
        return [type(error).__name__, None, None]
    return None


def place(origin) -> tuple[int | None, int | None]:
    try:
        return origin.line().get(), origin.startPosition().get() + 1
    except (Py4JJavaError, AttributeError):
        return None, None


if __name__ == "__main__":
    main()
