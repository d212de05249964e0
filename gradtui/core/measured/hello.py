"""The first line each way between screen and backend: who speaks, in which protocols, on what."""

from __future__ import annotations

import platform
from importlib import metadata

from gradtui import __version__
from gradtui.core.measured.protocol import Hello

PROTOCOLS = (1,)
"""The numbers of the protocols that this gradtui speaks."""
FEATURES = ("record", "continue", "study")


def hello() -> Hello:
    """What this gradtui says of itself. PyTorch's version is read, not loaded."""
    try:
        torch = metadata.version("torch")
    except metadata.PackageNotFoundError:
        torch = ""
    return Hello(
        magic="gradtui", protocols=PROTOCOLS, version=__version__, torch=torch, python=platform.python_version(), features=FEATURES
    )


def stranger(other: object) -> str:
    """Why what came first is of nobody that this gradtui can talk to, in a sentence; empty where it can."""
    if not isinstance(other, Hello):
        return "The other side does not say that it is gradtui: it is another program, or older than 0.1."
    if not set(other.protocols) & set(PROTOCOLS):
        theirs, ours = (", ".join(map(str, numbers)) for numbers in (other.protocols, PROTOCOLS))
        spoken = f"which speaks protocol {theirs}; this one speaks {ours}"
        return f"The other side is gradtui {other.version}, {spoken}. Install one version on both."
    return ""
