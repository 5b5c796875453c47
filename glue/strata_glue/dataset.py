"""One dataset: sources → views → SQL → written aside → published."""

from __future__ import annotations

from typing import Any

from strata_glue import sources
from strata_glue.errors import DatasetError
from strata_glue.group import Dataset
from strata_glue.publish import Attempt, Published
from strata_glue.session import Engine, dataset_session
from strata_glue.store import Store

UNSTORABLE = {
    "interval": "an interval lands in Parquet as a number without a unit: compute seconds or minutes",
    "void": "a column of NULLs only has no type: cast it",
    "variant": "Athena cannot read variant: cast it",
}
"""Types that the target cannot hold, by the start of their name, with what to do instead."""


def run_dataset(dataset: Dataset, engine: Engine, store: Store, params: dict[str, Any], attempt: str) -> Published:
    """Builds the dataset; without a target its rows are counted only. Raises whatever went wrong; the old content then stands."""
    resolved = [sources.resolve(source, store) for source in dataset.sources]
    with dataset_session(engine) as session:
        for source in resolved:
            sources.read(source, session, store).createOrReplaceTempView(engine.view_name(source.source.table))
        frame = session.sql(dataset.sql, args=params) if params else session.sql(dataset.sql)
        schema = frame.schema
        if dataset.target is None:
            return Published(rows=frame.count(), bytes=0, files=0)
        check_columns(schema)
        return _write(frame, schema, Attempt(store, dataset.target, attempt))


def _write(frame: Any, schema: Any, attempt: Attempt) -> Published:
    try:
        frame.write.mode("append").parquet(attempt.engine_path())
        return attempt.publish(schema)
    except BaseException:
        attempt.tidy()
        raise


def check_columns(schema: Any) -> None:
    """Refuses results that Parquet or Athena would hold wrongly or not at all."""
    seen: dict[str, str] = {}
    for field in schema.fields:
        if field.name.lower() in seen:
            raise DatasetError(
                "RESULT_COLUMNS",
                f"two columns of the result are called `{field.name}`: name them apart (Athena ignores case)",
            )
        seen[field.name.lower()] = field.name
        kind = field.dataType.simpleString()
        for start, remedy in UNSTORABLE.items():
            if kind.startswith(start):
                raise DatasetError("RESULT_COLUMNS", f"column `{field.name}` is {kind}: {remedy}")
    if not seen:
        raise DatasetError("RESULT_COLUMNS", "the result has no column")
