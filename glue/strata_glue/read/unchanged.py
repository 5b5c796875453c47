"""Whether sources of other writers are still as they were listed: otherwise a result may mix two contents.

Strata's own files never change under their name, so content with a commit record and snapshots need no second look.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from strata_glue.arguments.group import called
from strata_glue.errors import DatasetError
from strata_glue.read.content import ContentFile
from strata_glue.read.resolved import ResolvedSource
from strata_glue.read.sources import SourceReader
from strata_glue.store import DataFile, Store, survey


@dataclass(frozen=True)
class _Listing:
    began: float
    """By the monotonic clock."""
    files: dict[str, DataFile]


class Unchanged:
    """Lists sources once more, for every dataset of a job run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._listings: dict[str, _Listing] = {}

    def check(self, reads: Sequence[ResolvedSource]) -> None:
        """Compares each source that has been read with its present files.

        Raises `DatasetError` (`SOURCE_CHANGED`) if a file is gone or was replaced. An added file is not an error: it
        was not read, and the next run reads it.
        """
        for each in reads:
            if not each.may_change:
                continue
            there = self._listed(each.content.location, time.monotonic())
            changed = [file for file in each.content.files if not _is_same(file, there.get(file.path))]
            if changed:
                raise _changed(each, changed, there)

    @contextmanager
    def noticed(self, reads: Sequence[ResolvedSource], sources: SourceReader) -> Iterator[None]:
        """A block that fails since a source went or was replaced under the engine raises that (`SOURCE_CHANGED`), and not what
        the engine makes of it. The source is listed again for its next reader in this run."""
        try:
            yield
        except Exception as problem:
            changed = self._change(problem, reads)
            if changed is None:
                raise
            for each in reads:
                sources.forget(each.source.location)
            if changed is problem:
                raise
            raise changed from problem

    def _change(self, problem: Exception, reads: Sequence[ResolvedSource]) -> DatasetError | None:
        if isinstance(problem, DatasetError) and problem.kind != "SOURCE_BROKEN":
            return problem if problem.kind == "SOURCE_CHANGED" else None
        try:
            self.check(reads)
        except DatasetError as changed:
            return changed if changed.kind == "SOURCE_CHANGED" else None
        except Exception:  # the first problem is the one to report
            return None
        return None

    def _listed(self, location: str, after: float) -> dict[str, DataFile]:
        """The files of a location, by a listing that began after reading had ended: many datasets may share one."""
        with self._lock:
            own = self._locks.setdefault(location, Lock())
        with own:
            known = self._listings.get(location)
            if known is None or known.began < after:
                began = time.monotonic()
                files = {file.path: file for file in survey(self._store, location).data}
                known = self._listings[location] = _Listing(began, files)
            return known.files


def _is_same(file: ContentFile, now: DataFile | None) -> bool:
    return now is not None and (now.size, now.tag) == (file.size, file.tag)


def _changed(source: ResolvedSource, changed: list[ContentFile], there: dict[str, DataFile]) -> DatasetError:
    first = changed[0]
    how = "was replaced" if first.path in there else "is gone"
    more = f" (and {len(changed) - 1} more of its files changed)" if len(changed) > 1 else ""
    return DatasetError(
        "SOURCE_CHANGED",
        f"{called(source.source)} changed while it was read: {source.content.location}{first.path} {how}{more}; "
        "nothing was committed: run it again when its files are complete, and have them written under new names",
    )
