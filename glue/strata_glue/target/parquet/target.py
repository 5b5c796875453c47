"""A target that is a folder of Parquet files with a commit record."""

from __future__ import annotations

from strata_glue.errors import DatasetError
from strata_glue.target.attempt import Origin
from strata_glue.target.parquet.attempt import ParquetAttempt
from strata_glue.target.parquet.recover import generations, rebuilt, recover, restore
from strata_glue.target.target import Recovered, Target


class ParquetTarget(Target):
    """Files, and a commit record that says which of them are the content."""

    def begin(self, origin: Origin) -> ParquetAttempt:
        attempt = ParquetAttempt.begin(self.store, self.location, origin)
        if attempt.has_table:
            raise DatasetError(
                "TARGET_LAYOUT",
                f"{self.location} is an Iceberg table, but `format` is parquet: give the dataset another target, or "
                "drop the table and remove its files from the target first",
            )
        return attempt

    def recover(self, dataset: str) -> Recovered:
        return recover(self.store, dataset, self.location)

    def restore(self, dataset: str, generation: int) -> Recovered:
        return restore(self.store, dataset, self.location, generation)

    def rebuild(self, dataset: str, accept: bool) -> Recovered:
        return rebuilt(self.store, dataset, self.location, accept)

    def generations(self, dataset: str) -> Recovered:
        return generations(self.store, dataset, self.location)
