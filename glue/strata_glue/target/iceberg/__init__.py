"""Iceberg tables as targets and sources: one pointer for every reader, moved by one commit.

catalog.py   where a table is: its address, on AWS and in a lake
history.py   what a table's metadata says: snapshots, executions, columns
metadata.py  updates of a lake's metadata, which pyiceberg applies
lake.py      a lake's metadata files: the newest counts, a commit adds one
bounds.py    files of a lake's tables are in the lake
evolution.py how a result's columns become the table's, in the JVM
types.py     Iceberg's types and Spark's
tables.py    what an engine must be able to do
open.py      which way a job run has to its tables
spark.py     Apache Spark with Iceberg's runtime (Glue, and here)
sail.py      Sail, in a lake
attempt.py   one try at one table
target.py    a table as a target: begin, recover, go back
recovery.py  `strata recover`, without an engine
"""
