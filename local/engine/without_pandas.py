"""PySpark's client without pandas, which it imports at its start and needs for frames of pandas only: a third of what a query
on Sail costs. Whoever does need it, gets it."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version
from types import ModuleType
from typing import Any

_MODULES = ("pandas", "pandas.api", "pandas.api.types")
_IN_ANNOTATIONS = ("DataFrame", "Series", "Index")


class _Later(ModuleType):
    """Stands for a module until something of it is used that PySpark's own modules do not name at their start."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if self.__name__ == "pandas.api.types":  # functions, imported by name
            return lambda *values: getattr(_real(self.__name__), name)(*values)
        if name in _IN_ANNOTATIONS:  # nobody here has one, so nothing is an instance of it
            found = self.__dict__[name] = type(name, (), {"__module__": self.__name__})
            return found
        return getattr(_real(self.__name__), name)


def _real(name: str) -> Any:
    for each in _MODULES:
        if isinstance(sys.modules.get(each), _Later):
            del sys.modules[each]
    return importlib.import_module(name)


def put_off_pandas() -> None:
    """To be called before PySpark is imported; does nothing where pandas is there already."""
    if "pandas" in sys.modules:
        return
    for name in _MODULES:
        sys.modules[name] = _Later(name)
    sys.modules["pandas"].__version__ = version("pandas")  # type: ignore[attr-defined]
