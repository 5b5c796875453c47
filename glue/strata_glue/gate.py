"""Who may compute now: a number of datasets at once, of which large ones leave a place to small ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

LARGE_BYTES = 64 * 1024 * 1024
"""Bytes of sources from which on a dataset is large: it keeps an engine busy for longer than a start-up."""


class Gate:
    """Lets `places` in at once; of large ones one less, so that small ones do not wait behind them."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._large_places = max(1, places - 1)
        self._inside = self._large_inside = 0
        self._changed = Condition()

    @contextmanager
    def turn(self, size: int) -> Iterator[None]:
        """Waits for a place for a dataset whose sources have `size` bytes, and holds it."""
        large = size >= LARGE_BYTES
        with self._changed:
            self._changed.wait_for(lambda: self._has_place(large))
            self._inside += 1
            self._large_inside += large
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._large_inside -= large
                self._changed.notify_all()

    def _has_place(self, large: bool) -> bool:
        return self._inside < self._places and (not large or self._large_inside < self._large_places)
