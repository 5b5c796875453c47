"""Named moments of an attempt, for tests that end the process at each of them."""

from __future__ import annotations

from collections.abc import Callable

_watchers: list[Callable[[str], None]] = []


def step(name: str) -> None:
    """Says that a moment is reached. Nothing happens unless a test watches."""
    for watcher in _watchers:
        watcher(name)


def watch(watcher: Callable[[str], None]) -> None:
    """Has every later step told to `watcher`, in the thread that reaches it."""
    _watchers.append(watcher)


def unwatch(watcher: Callable[[str], None]) -> None:
    """Ends `watch`."""
    _watchers.remove(watcher)
