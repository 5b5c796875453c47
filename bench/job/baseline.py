"""A plain job, as most teams write it: what `npm run bench:job` compares Strata with. It is not tuned, and must not be.

    python bench/job/baseline.py LAKE GROUPS          every stage of GROUPS (what `strata groups` prints), one after another
    python bench/job/baseline.py LAKE GROUPS STAGE    one stage, in this process

LAKE: a folder, or `s3://`.

One Spark application a stage, as Glue starts them; datasets one after another; `mode("overwrite")` on the target. All
settings are Spark's defaults but those that this machine needs: memory as ours has it, no web page, one time zone.
"""

import json
import subprocess
import sys
from pathlib import Path


def main(lake, groups_file, stage=None):
    groups = json.loads(Path(groups_file).read_text())
    if stage is not None:
        run_stage(lake, groups[stage])
        return
    for name in groups:
        subprocess.run([sys.executable, __file__, lake, groups_file, name], check=True)


def run_stage(lake, datasets):
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.appName("etl")
        .master("local[*]")
        .config("spark.driver.memory", "2g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    for dataset in datasets:
        for table in dataset["tables"]:
            spark.read.parquet(folder(lake, table["s3_path"])).createOrReplaceTempView(table["table_name"])
        result = spark.sql(dataset["sql_text"])
        result.write.mode("overwrite").parquet(folder(lake, dataset["s3_target"]))
    spark.stop()


def folder(lake, location):
    if lake == "s3://":
        return location
    return location.replace("s3://", lake.rstrip("/") + "/", 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
