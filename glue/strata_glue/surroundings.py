"""What a job run gives each of its datasets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from strata_glue.gate import Gate
from strata_glue.group import Dataset
from strata_glue.iceberg.open import OpenTables
from strata_glue.session import Engine
from strata_glue.sources import SourceReader
from strata_glue.store import Store
from strata_glue.unchanged import Unchanged


@dataclass(frozen=True)
class Surroundings:
    """What a job run gives each of its datasets."""

    engine: Engine
    store: Store
    sources: SourceReader
    tables: OpenTables
    params: dict[str, Any]
    """The run's parameters by name, typed."""
    gate: Gate
    unchanged: Unchanged = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unchanged", Unchanged(self.store))

    def query(self, dataset: Dataset, session: Any) -> Any:
        """The DataFrame of a dataset's SQL, whose tables are views of the session, with the run's parameters."""
        return session.sql(dataset.sql, args=self.params) if self.params else session.sql(dataset.sql)
