"""A semaphore for datasets that compute at the same time: large ones leave a slot to small ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

LARGE_BYTES = 64 * 1024 * 1024
"""Bytes of sources from which on a dataset is large: it keeps an engine busy for longer than a start-up."""

TINY_SLOTS = 16
"""Tiny datasets (tiny.py) at once, unless the user sets a number: they mostly wait for a store and for the driver."""


class Semaphore:
    """Has `slots` slots; large datasets take at most all but one, so that small ones do not wait behind them.

    `all_slots`: how many there are for tiny datasets too, which may fill what is over `slots`; default: no more.
    """

    def __init__(self, slots: int, all_slots: int | None = None) -> None:
        self._slots = slots
        self._all_slots = max(slots, all_slots or slots)
        self._large_slots = max(1, slots - 1)
        self._taken = self._taken_by_tiny = self._taken_by_large = 0
        self._changed = Condition()

    @contextmanager
    def slot(self, size: int, tiny: bool = False) -> Iterator[None]:
        """Waits for a slot for a dataset whose sources have `size` bytes, and holds it."""
        large = size >= LARGE_BYTES
        with self._changed:
            self._changed.wait_for(lambda: self._is_free(large, tiny))
            self._count(1, large, tiny)
        try:
            yield
        finally:
            with self._changed:
                self._count(-1, large, tiny)
                self._changed.notify_all()

    def _count(self, number: int, large: bool, tiny: bool) -> None:
        self._taken += number
        self._taken_by_tiny += number * tiny
        self._taken_by_large += number * large

    def _is_free(self, large: bool, tiny: bool) -> bool:
        if self._taken >= self._all_slots:
            return False
        return tiny or (
            self._taken - self._taken_by_tiny < self._slots and (not large or self._taken_by_large < self._large_slots)
        )
