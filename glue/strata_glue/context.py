"""What a job run gives each of its datasets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from strata_glue.contract import Dataset
from strata_glue.engine.params import Value
from strata_glue.engine.session import Engine
from strata_glue.read.sources import SourceReader
from strata_glue.read.unchanged import Unchanged
from strata_glue.semaphore import Semaphore
from strata_glue.store import Store
from strata_glue.target.iceberg.open import OpenTables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class RunContext:
    """What a job run gives each of its datasets."""

    engine: Engine
    store: Store
    sources: SourceReader
    tables: OpenTables
    params: dict[str, Value]
    """The run's parameters by name, typed."""
    semaphore: Semaphore
    unchanged: Unchanged = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unchanged", Unchanged(self.store))

    def query(self, dataset: Dataset, session: SparkSession, warnings: list[str] | None = None) -> DataFrame:
        """The DataFrame of a dataset's SQL, whose tables are views of the session, with the run's parameters.

        What the engine computes otherwise than Spark is added to `warnings`.
        """
        return self.engine.query(dataset.sql, session, self.params, warnings)
