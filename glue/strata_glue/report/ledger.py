"""The ledger: one JSON record an attempt, and samples of rows that failed an expectation, under the state's own prefix.

    <state>/ledger/<dataset>/<time>-<attempt>.json
    <state>/samples/<dataset>/<time>-<attempt>.json

It records what happened; nothing depends on it. A state that cannot be written is an event and fails no dataset.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from urllib.parse import quote

from strata_glue.contract import LedgerRecord, LedgerSample, SourceColumns
from strata_glue.payload import PayloadError, as_json, read
from strata_glue.store import Store
from strata_glue.store.local import LocalStore

KEPT_RECORDS = 100
"""Records kept of each dataset, and as many samples; older ones go when a new one comes."""


class Ledger:
    """The ledger of one state. `state`: `s3://…` on AWS, else a folder."""

    def __init__(self, state: str, store: Store) -> None:
        if state.startswith("s3://"):
            self._store, self._root = store, state.rstrip("/") + "/"
        else:
            # Samples are rows: of no interest to other users of the machine.
            self._store, self._root = LocalStore(state, private=True), "s3://"

    def files(self, dataset: str) -> list[str]:
        """Names of a dataset's records, oldest first."""
        return [each.path for each in self._store.list(self._root + _folder("ledger", dataset))]

    def sources(self, dataset: str, name: str) -> tuple[SourceColumns, ...]:
        """The key `sources` of a record; nothing where it has none that can be read."""
        stored = self._store.get(self._root + _folder("ledger", dataset), name)
        try:
            return read(tuple[SourceColumns, ...], json.loads(stored.content if stored else "{}").get("sources") or [])
        except (AttributeError, PayloadError, RecursionError, ValueError):
            return ()  # by another version, or by hand

    def write(self, record: LedgerRecord, files: list[str] | None = None) -> None:
        """Adds a record; the oldest beyond `KEPT_RECORDS` go. `files`: the names of the others, if the caller has them."""
        self._add("ledger", record.dataset, record.attempt, record, files)

    def sample(self, dataset: str, attempt: str, rows: dict[str, list[str]]) -> str:
        """Keeps offending rows by expectation; returns where, relative to the state."""
        sample = LedgerSample(dataset, {name: tuple(each) for name, each in rows.items()})
        return self._add("samples", dataset, attempt, sample)

    def _add(
        self,
        kind: str,
        dataset: str,
        attempt: str,
        content: LedgerRecord | LedgerSample,
        files: list[str] | None = None,
    ) -> str:
        folder = _folder(kind, dataset)
        # By time, so that a listing is in order; the attempt makes it unique whatever the clock says.
        name = f"{datetime.now(timezone.utc).strftime('%Y%m%dT%H%M%S%fZ')}-{attempt}.json"
        location = self._root + folder
        self._store.put(location, name, (json.dumps(as_json(content), ensure_ascii=False, indent=1) + "\n").encode())
        # By a clock that is behind the new one may be the oldest: it stays all the same.
        known = [file.path for file in self._store.list(location)] if files is None else files
        others = [path for path in known if path != name]
        self._store.delete(location, others[: -(KEPT_RECORDS - 1)])
        return folder + name


def _folder(kind: str, dataset: str) -> str:
    return f"{kind}/{safe_name(dataset)}/"


def safe_name(dataset: str) -> str:
    """A dataset's name as a folder: no `/`, no `=`, no dots alone, and not too long for a file system."""
    name = quote(dataset, safe=" ,;@!()+-_")
    name = re.sub(r"^\.+$", lambda dots: "%2E" * len(dots.group()), name)
    name = name or "%"
    return name if len(name.encode()) <= 200 else f"{name[:160]}-{_digest(dataset)}"


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:16]
