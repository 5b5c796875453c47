"""What is known of a dataset's attempt so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from strata_glue.contract import SourceColumns
from strata_glue.target.attempt import Version
from strata_glue.target.expectations import Outcome


@dataclass
class Work:
    """What is known of a dataset's attempt so far; the ledger records it even if the attempt fails."""

    status: str = "SUCCEEDED"
    rows: int | None = None
    """Of the target's current version."""
    rows_written: int | None = None
    """Of this attempt's result; None where nothing was computed."""
    bytes: int | None = None
    files: int | None = None
    rows_in: int | None = None
    generation: int | None = None
    snapshot: str | None = None
    """Of an Iceberg table."""
    repeated: bool = False
    """This execution had committed before, so that nothing was done."""
    sources: list[SourceColumns] = field(default_factory=list)
    """Columns of the sources that its pipeline does not write, as far as they could be read."""
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    """What its SQL reads: table → column → type. No values, wherever an engine says them."""
    warnings: list[str] = field(default_factory=list)
    """What the author should know, whether it succeeds or not; names, never values of rows."""
    outcomes: list[Outcome] = field(default_factory=list)
    samples: dict[str, list[str]] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds by phase: `read`, `write`, `audit`, `commit`."""
    on_start: Callable[[], None] | None = None
    """Called once, when the dataset has a place to compute in, or is settled without one."""

    def start(self) -> None:
        """Reports that the dataset has begun, once."""
        on_start, self.on_start = self.on_start, None
        if on_start is not None:
            on_start()

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Adds the time of a block to a phase."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase] = round(self.seconds.get(phase, 0.0) + time.monotonic() - started, 4)

    def set_version(self, version: Version) -> None:
        """The target's content is this."""
        self.rows, self.bytes, self.files = version.rows, version.bytes, version.files
        self.generation, self.snapshot = version.generation, version.snapshot
