"""From a catalog entry to the object it names."""

from __future__ import annotations

import importlib
from typing import Any

from gradtui.catalog.entry import Entry


def resolve(entry: Entry) -> Any:
    """The object that `entry.target`, `module:attribute`, names."""
    module, _, attribute = entry.target.partition(":")
    return getattr(importlib.import_module(module), attribute)
