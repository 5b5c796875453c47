"""In which order a group's datasets run: each when what it reads of the group is there, as many at once as there is room."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

MOST_THREADS = 64
"""Datasets whose sources are looked up at once; the semaphore (semaphore.py) bounds how many compute."""


def run_all(
    names: list[str], waits_for: dict[str, set[str]], run: Callable[[str], str], settle: Callable[[str], str | None]
) -> dict[str, str]:
    """Runs every dataset after those that it waits for; answers the status of each.

    `settle` says the status of one that need not run, else None; `run` runs one, in a thread, and never raises. One that
    waits for nobody else's failure goes on, whatever the others do.
    """
    status: dict[str, str] = {}
    pending = list(names)
    running: dict[Future[str], str] = {}
    with ThreadPoolExecutor(max_workers=max(1, min(MOST_THREADS, len(names)))) as pool:
        while pending or running:
            ready = [name for name in pending if all(each in status for each in waits_for[name])]
            for name in ready:
                pending.remove(name)
                settled = settle(name)
                if settled is None:
                    running[pool.submit(run, name)] = name
                else:
                    status[name] = settled
            if running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    status[running.pop(future)] = future.result()
            elif pending and not ready:
                raise RuntimeError(
                    f"datasets depend on each other: {', '.join(pending)}"
                )  # the compiler reports cycles
    return status
