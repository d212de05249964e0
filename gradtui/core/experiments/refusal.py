"""Why a run is refused before anything is allocated."""

from __future__ import annotations


class Refused(ValueError):
    """A run that cannot be; the message says why and what would do."""


class TooLarge(Refused):
    """A network or task that does not fit into memory."""


class NoDevice(Refused):
    """A device that this machine lacks."""


class Incompatible(Refused):
    """Experiments that cannot be trained side by side, or a combination that no network can do."""
