"""Fail points: named moments of an attempt at which tests end the process."""

from __future__ import annotations

from collections.abc import Callable

_watchers: list[Callable[[str], None]] = []


def fail_point(name: str) -> None:
    """Calls the watchers, which only tests have."""
    for watcher in _watchers:
        watcher(name)


def watch(watcher: Callable[[str], None]) -> None:
    """Calls `watcher` with the name of every later fail point, in the thread that reaches it."""
    _watchers.append(watcher)


def unwatch(watcher: Callable[[str], None]) -> None:
    """Ends `watch`."""
    _watchers.remove(watcher)
