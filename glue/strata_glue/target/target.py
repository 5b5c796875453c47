"""What a dataset writes to, in either format."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any

from strata_glue.store import Store
from strata_glue.target.attempt import Attempt, Origin


@dataclass(frozen=True)
class Recovered:
    """What was done with one target."""

    dataset: str
    target: str
    action: str
    """`nothing`, `finished` (a publish), `cleaned` (orphans only), `restored` (a generation's rows, as a new generation),
    `rolled_back` (an Iceberg table, to a generation that keeps its number), `rebuilt`, `would_rebuild`, `listed` or
    `failed`."""
    generation: int | None = None
    files: int | None = None
    """Files of the current version."""
    removed: int = 0
    """Attempts and orphan files that were removed."""
    message: str | None = None
    generations: list[dict[str, Any]] | None = None
    """The current version and those that can be restored, newest first."""

    takes: list[dict[str, Any]] | None = None
    """Of a rebuild: files that are the content then, with their rows."""
    gives_up: list[dict[str, Any]] | None = None
    """Files that no longer are content, why, and their rows if known; those that exist are deleted."""
    leaves: list[str] | None = None
    """Files of others, which stay and are not read."""
    removes: list[str] | None = None
    """Orphan files of attempts and of earlier generations."""
    remembers: bool | None = None
    """True if the record could be read: executions and kept generations stay."""

    def as_line(self) -> str:
        """JSON, without what is unknown."""
        return json.dumps({key: value for key, value in asdict(self).items() if value is not None}, ensure_ascii=False)


class Target(ABC):
    """A dataset's location, in its format. Every method raises `DatasetError`."""

    def __init__(self, store: Store, location: str) -> None:
        self.store, self.location = store, location

    @abstractmethod
    def begin(self, origin: Origin) -> Attempt:
        """Finishes an earlier attempt that was interrupted, and notes what this one starts from."""

    @abstractmethod
    def recover(self, dataset: str) -> Recovered:
        """Publishes what is committed, and removes orphan files."""

    @abstractmethod
    def restore(self, dataset: str, generation: int) -> Recovered:
        """Makes an earlier generation's rows the content again."""

    @abstractmethod
    def rebuild(self, dataset: str, accept: bool) -> Recovered:
        """Makes the existing files the content, and gives up the others; without `accept` it only reports what it would do."""

    @abstractmethod
    def generations(self, dataset: str) -> Recovered:
        """The current version and those that can be restored. Changes nothing."""
