"""Where locations are: one interface, two implementations — local folders and S3."""

from __future__ import annotations

from strata_glue.store.base import Conflict, DataFile, Store, Stored, Survey, Swap, survey
from strata_glue.store.local import LocalStore

__all__ = ["Conflict", "DataFile", "Swap", "Store", "Stored", "Survey", "open_store", "survey"]


def open_store(address: str | None) -> Store:
    """The store that `--store` names: absent, S3 of the job's own account; `http(s)://…`, an endpoint; else a lake folder."""
    if address and not address.startswith(("http://", "https://")):
        return LocalStore(address)
    from strata_glue.store.s3 import S3Store  # boto3 is imported only where S3 is used

    return S3Store(endpoint=address)
