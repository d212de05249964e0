"""A module that is imported when something of it is first used, for what costs more than reading the catalog may."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """Stands for a module that a shell which completes a word should not wait for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
