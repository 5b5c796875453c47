"""Iceberg tables as targets and sources: one pointer for every reader, moved by one commit.

catalog.py   where a table is: its address, on AWS and in a lake
history.py   what a table's metadata says: snapshots, executions, columns
types.py     Iceberg's types and Spark's
tables.py    what an engine must be able to do; open_tables
spark.py     Apache Spark with Iceberg's runtime (Glue, and here)
sail.py      Sail, in a lake
attempt.py   one try at one table
"""
