"""Puts the queries of ``spark-answers.json`` to Spark's analyzer and writes its answers beside them.

    .venv/spark-4.1/bin/python test/compiler/names/record_spark_answers.py

An answer is the list of the result's column names, or ``{"error", "line", "column"}`` (from 1; no place where Spark names none).
"""

import json
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import SparkSession

PATH = Path(__file__).with_name("spark-answers.json")


def main() -> None:
    record = json.loads(PATH.read_text())
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    for name, columns in record["tables"].items():
        ddl = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
        spark.createDataFrame([], ddl).createOrReplaceTempView(name)
    answers = {sql: answer(spark, sql) for sql in record["answers"]}
    lines = ",\n".join(f"    {json.dumps(sql)}: {json.dumps(found)}" for sql, found in answers.items())
    tables = ",\n".join(f"    {json.dumps(name)}: {json.dumps(columns)}" for name, columns in record["tables"].items())
    PATH.write_text(
        f'{{\n  "spark": "{spark.version}",\n  "tables": {{\n{tables}\n  }},\n  "answers": {{\n{lines}\n  }}\n}}\n'
    )


def answer(spark: SparkSession, sql: str) -> list[str] | dict[str, object]:
    try:
        return spark.sql(sql).columns
    except Py4JJavaError:  # Spark's own bug: a lateral alias inside a generator
        return {"error": "INTERNAL_ERROR"}
    except PySparkException as error:
        found: dict[str, object] = {"error": error.getCondition()}
        origin = getattr(error, "_origin", None)
        if isinstance(error, AnalysisException) and origin is not None:
            line, start = origin.line(), origin.startPosition()
            if line.isDefined() and start.isDefined():
                found |= {"line": line.get(), "column": start.get() + 1}
        return found


if __name__ == "__main__":
    main()
