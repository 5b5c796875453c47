"""Targets that are folders of Parquet files with a commit record."""
