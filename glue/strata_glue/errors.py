"""The job's own errors, with messages for the author."""

from __future__ import annotations


class JobInputError(Exception):
    """The job's arguments cannot be used; nothing has been run. The message is one line with the remedy."""


class DatasetError(Exception):
    """A dataset cannot be built, for a reason that the job knows. `kind` names it in events, for example `SOURCE_MISSING`.

    `shown`: the message with values of rows, where it has some (`Failure.shown`). `offset`: characters before its place in the
    SQL, where that is known.
    """

    def __init__(self, kind: str, message: str, shown: str | None = None, offset: int | None = None) -> None:
        super().__init__(message)
        self.kind, self.shown, self.offset = kind, shown, offset
