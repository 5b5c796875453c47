"""Iceberg tables in the Glue catalog and on S3, as in Glue 6.0, with moto for both: the catalog's settings are the job's own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from conftest import ENGINE

JARS = os.environ.get("STRATA_ICEBERG_AWS_JARS", "")
"""Folders with Iceberg's runtime, its AWS bundle and S3A, divided as a path is."""

if ENGINE != "spark" or not JARS:
    pytest.skip("needs Spark, and jars for AWS (STRATA_ICEBERG_AWS_JARS)", allow_module_level=True)

OUT = "s3://bkt/out/d/"

CHILD = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
sys.modules["pyiceberg"] = sys.modules["fastavro"] = None  # Glue has neither
from engines import start_engine
from strata_glue.arguments.parse import from_mapping
from strata_glue.target.iceberg.catalog import IcebergTable
from strata_glue.target.iceberg.open import open_tables
from strata_glue.job import run_job
from strata_glue.engine.session import dataset_session
from strata_glue.fail_points import watch
from strata_glue.store import open_store

engine, store = start_engine("spark", Path(sys.argv[1])), open_store(sys.argv[2])
table = IcebergTable("db", "d", "s3://bkt/out/d/")
answers = []
pending = json.loads(sys.stdin.read())

def run(arguments):
    run_job(from_mapping(arguments), engine, store, lambda event: answers.append(event))

def step(name):
    # The last job runs while the one before it commits.
    if name == "committing" and len(pending) == 1:
        run(pending.pop())

watch(step)
while pending:
    run(pending.pop(0))
    tables = open_tables(engine, store)
    with dataset_session(engine) as session:
        snapshot = tables.history(table).current.id
        answers.append({"rows": sorted(row["a"] for row in tables.read(table, snapshot, session).collect())})
print(json.dumps(answers))
"""


def environment(endpoint: str) -> dict[str, str]:
    settings = {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": "us-east-1",
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        # S3FileIO finds moto by AWS_ENDPOINT_URL; it has no host names for buckets.
        "spark.sql.catalog.strata.s3.path-style-access": "true",
    }
    words = [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
    classes = os.pathsep.join(f"{folder}/*" for folder in JARS.split(os.pathsep))
    return {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYSPARK_SUBMIT_ARGS": " ".join(["--driver-class-path", classes, *words, "pyspark-shell"]),
    }


def job(sql: str, write: str, execution: str) -> dict:
    dataset = {
        "sql_name": "d",
        "sql_text": sql,
        "tables": [{"table_name": "t", "s3_path": "s3://bkt/raw/"}],
        "s3_target": OUT,
    }
    settings = {"format": "iceberg", "table": {"database": "db", "name": "d"}, "write": write, "merge_key": ["a"]}
    publish = json.dumps({"d": settings})
    return {"group_list": json.dumps([dataset]), "publish": publish, "execution": execution}


def test_tables_of_the_glue_catalog_are_made_changed_merged_and_of_two_writers_one_wins(
    endpoint, tmp_path, monkeypatch
):
    import boto3

    for name, value in environment(endpoint).items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    s3, glue = boto3.client("s3"), boto3.client("glue")
    s3.create_bucket(Bucket="bkt")
    glue.create_database(DatabaseInput={"Name": "db"})
    raw = io.BytesIO()
    parquet.write_table(pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]}), raw)
    s3.put_object(Bucket="bkt", Key="raw/a.parquet", Body=raw.getvalue())
    jobs = [
        job("SELECT a, b FROM t WHERE a < 3", "replace", "one"),
        job("SELECT a, upper(b) AS b FROM t WHERE a > 1", "merge", "two"),
        job("SELECT a + 10 AS a, b, 1 AS c FROM t", "replace", "three"),
        job("SELECT 0L AS a, b, c FROM (SELECT 'late' AS b, 1 AS c)", "replace", "late"),
        job("SELECT 50L AS a, 'quick' AS b, 1 AS c", "append", "quick"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), endpoint, str(Path(__file__).parents[2] / "local" / "engine")],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        env=environment(endpoint),
        check=False,
    )
    assert done.returncode == 0, "\n".join(each for each in done.stderr.splitlines() if "\tat " not in each)[-3000:]
    answers = json.loads(done.stdout.splitlines()[-1])
    events = [each for each in answers if each.get("event") == "dataset_finished"]
    assert [each.get("error", {}).get("class") for each in events] == [None, None, None, None, "TARGET_CHANGED"]
    assert [each["generation"] for each in events] == [1, 2, 3, 4, None]
    assert [each["rows"] for each in answers if "event" not in each] == [
        [1, 2],
        [1, 2, 3],
        [11, 12, 13],
        [11, 12, 13, 50],
    ]
    table = glue.get_table(DatabaseName="db", Name="d")["Table"]
    assert table["Parameters"]["table_type"] == "ICEBERG"
    assert table["StorageDescriptor"]["Location"] == OUT.rstrip("/")
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]][:3] == ["a", "b", "c"]
    left = [each["Key"] for each in s3.list_objects_v2(Bucket="bkt", Prefix="out/d/_strata/").get("Contents", [])]
    assert left == []
