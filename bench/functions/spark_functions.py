"""Asks this environment's Spark for its functions: a JSON list of ``[name, kind, counts, more]`` on stdout.

``kind``: ``scalar``, ``aggregate``, ``window``, ``generator`` or ``table`` (in FROM). ``counts``: the numbers of arguments that Spark's
analyzer does not refuse as wrong, up to ``MOST``; ``more``: whether it takes any number beyond.
"""

import json
import logging
import re
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

MOST = 9

_BEYOND = (20, 21)
_KINDS = {"agg_funcs": "aggregate", "window_funcs": "window", "generator_funcs": "generator"}


def main() -> None:
    logging.disable(logging.CRITICAL)
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    analysis = spark._jvm.org.apache.spark.sql.catalyst.analysis
    found = [
        *functions(spark, analysis.FunctionRegistry.builtin(), "SELECT `{}`({})", None),
        *functions(spark, analysis.TableFunctionRegistry.builtin(), "SELECT * FROM `{}`({})", "table"),
    ]
    json.dump(sorted(found), sys.stdout)


def functions(spark: SparkSession, registry, query: str, kind: str | None) -> list[list]:
    listed = registry.listFunction()
    found = []
    for index in range(listed.size()):
        identifier = listed.apply(index)
        name = identifier.funcName()
        # Operators are in the registry, too.
        if not re.fullmatch(r"[a-z_]\w*", name):
            continue
        group = registry.lookupFunction(identifier).get().getGroup()
        found.append([name, kind or _KINDS.get(group, "scalar"), *counts(spark, query.replace("{}", name, 1))])
    return found


def counts(spark: SparkSession, query: str) -> tuple[list[int], bool]:
    """The numbers of arguments that a function takes, and whether it takes any beyond."""

    def refusal(number: int) -> str | None:
        return wrong_number(spark, query.format(", ".join(["NULL"] * number)))

    most = refusal(_BEYOND[1])
    # The message lists what the constructors of the function's class take, which is not all that the function takes.
    listed = re.search(r"requires (\d+|\[[\d, ]+\]) parameters", most or "")
    until = max(map(int, re.findall(r"\d+", listed[1]))) + 2 if listed else MOST
    taken = [number for number in range(until + 1) if refusal(number) is None]
    return taken, most is None and refusal(_BEYOND[0]) is None


def wrong_number(spark: SparkSession, query: str) -> str | None:
    """Spark's message that the number of arguments is wrong. Other mistakes, such as of types, do not count."""
    try:
        spark._jsparkSession.sql(query)
    except PySparkException as error:
        condition = getattr(error, "getCondition", error.getErrorClass)  # Spark 3.5 has the older name
        return str(error) if re.match("WRONG_NUM_ARGS|REQUIRED_PARAMETER", condition() or "") else None
    except Exception:  # what Spark's own code throws on NULL
        return None
    return None


if __name__ == "__main__":
    main()
