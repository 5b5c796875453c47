"""An attempt's own folder: where the engine writes, and what then lies there."""

from __future__ import annotations

from strata_glue.store import DataFile, Store
from strata_glue.store.base import is_data_path
from strata_glue.target.parquet.leftovers import ATTEMPTS


class Staging:
    """What attempts of every format have in common: a new folder below the target that nobody else looks into."""

    def __init__(self, store: Store, target: str, attempt: str) -> None:
        self.store, self.target, self.name = store, target, attempt
        self.folder = f"{ATTEMPTS}{attempt}/"
        """Relative to the target."""
        self._written: list[str] | None = None
        """What the last listing found; tidying needs no other."""

    @property
    def location(self) -> str:
        """The attempt's own folder, as a location."""
        return f"{self.target}{self.folder}"

    def put(self, name: str, content: bytes) -> None:
        """Writes a whole file of the attempt; nothing else is to lie there."""
        self._written = [name]
        self.store.put(self.location, name, content)

    def written(self) -> list[DataFile]:
        """The attempt's visible files, by one listing, when the engine is done."""
        listed = self.store.list(self.location)
        self._written = [file.path for file in listed]
        return [file for file in listed if is_data_path(file.path)]
