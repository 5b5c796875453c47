"""Earlier generations: which of them are kept, and where their files are."""

from __future__ import annotations

from strata_glue.contract import Generation
from strata_glue.store import Store
from strata_glue.target.parquet.record import KEPT_FOLDER, Record


def kept_after(base: Record | None, keep: int, whole: bool) -> tuple[tuple[Generation, ...], tuple[str, ...]]:
    """Generations to keep, newest first, and the files of those that no longer are kept."""
    if base is None:
        return (), ()
    all_of_them = (base.as_generation(), *base.kept) if whole else base.kept  # damaged content cannot be restored
    kept, gone = all_of_them[:keep], all_of_them[keep:]
    needed = {file.path for generation in kept for file in generation.files}
    # The content's files are not among the kept ones yet. If they get there later, a writer that finishes this record late
    # must not delete them.
    needed.update(file.path for file in base.files)
    waste = {file.path for generation in gone for file in generation.files} - needed
    return kept, tuple(sorted({*waste, *base.kept_drops}))


def kept_copies(store: Store, target: str, record: Record) -> dict[str, str]:
    """Files that are dropped but belong to a kept generation, with the path where they are kept.

    A missing one was kept before, or is lost: a damaged old generation must not block the new one.
    """
    needed = {file.path for generation in record.kept for file in generation.files}
    leaving = [path for path in record.drops if path in needed]
    if not leaving:
        return {}
    there = {file.path for file in store.list(target)}
    return {path: KEPT_FOLDER + path for path in leaving if path in there}
