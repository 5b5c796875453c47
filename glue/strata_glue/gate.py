"""Who may compute now: a number of datasets at once, of which large ones leave a place to small ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

LARGE_BYTES = 64 * 1024 * 1024
"""Bytes of sources from which on a dataset is large: it keeps an engine busy for longer than a start-up."""

TINY_PLACES = 16
"""Tiny datasets (tiny.py) at once, unless the user says a number: they mostly wait for a store and for the driver."""


class Gate:
    """Lets `places` in at once; of large ones one less, so that small ones do not wait behind them.

    `all_places`: with tiny ones, which may fill what is over `places`; default: no more.
    """

    def __init__(self, places: int, all_places: int | None = None) -> None:
        self._places = places
        self._all_places = max(places, all_places or places)
        self._large_places = max(1, places - 1)
        self._inside = self._tiny_inside = self._large_inside = 0
        self._changed = Condition()

    @contextmanager
    def turn(self, size: int, tiny: bool = False) -> Iterator[None]:
        """Waits for a place for a dataset whose sources have `size` bytes, and holds it."""
        large = size >= LARGE_BYTES
        with self._changed:
            self._changed.wait_for(lambda: self._has_place(large, tiny))
            self._count(1, large, tiny)
        try:
            yield
        finally:
            with self._changed:
                self._count(-1, large, tiny)
                self._changed.notify_all()

    def _count(self, number: int, large: bool, tiny: bool) -> None:
        self._inside += number
        self._tiny_inside += number * tiny
        self._large_inside += number * large

    def _has_place(self, large: bool, tiny: bool) -> bool:
        if self._inside >= self._all_places:
            return False
        return tiny or (
            self._inside - self._tiny_inside < self._places and (not large or self._large_inside < self._large_places)
        )
