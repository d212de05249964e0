"""What works on this machine: the facts that decide whether gradtui can do its job here."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Item:
    """One fact. `needed` says that gradtui does not work without it."""

    name: str
    ok: bool
    value: str
    needed: bool = True


def examine() -> list[Item]:
    """Look at everything that matters. Importing PyTorch takes a few seconds."""
    return [
        Item("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        *_torch(),
        *(_package(name) for name in ("textual", "plotext", "numpy", "pydantic", "scikit-learn")),
        _terminal(),
        _presets(),
        _ssh(),
    ]


def _torch() -> list[Item]:
    try:
        import torch
    except (ImportError, OSError) as error:
        return [Item("torch", False, f"cannot be imported: {error}. Install it with pip install torch.")]
    gpus = [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return [
        Item("torch", True, f"{torch.__version__}, {torch.get_num_threads()} threads"),
        Item(
            "cuda", bool(gpus), ", ".join(gpus) or "no NVIDIA GPU that this PyTorch can use; training runs on the CPU", needed=False
        ),
    ]


def _package(name: str) -> Item:
    try:
        return Item(name, True, version(name))
    except PackageNotFoundError:
        return Item(name, False, f"is missing. Install it with pip install {name}.")


def _terminal() -> Item:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Item("terminal", False, "input or output is no terminal: use `gradtui run`", needed=False)
    columns, lines = os.get_terminal_size()
    colours = "no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or "256 colours or fewer"
    where = "over SSH" if os.environ.get("SSH_CONNECTION") else "local"
    fits = columns >= 60 and lines >= 18
    size = f"{columns}x{lines}{'' if fits else ', at least 60x18 is needed'}"
    return Item("terminal", fits, f"{os.environ.get('TERM', 'unknown')}, {size}, {colours}, {where}", needed=False)


def _presets() -> Item:
    from gradtui.core.presets.collection import shipped

    found = shipped()
    return Item("presets", bool(found), f"{len(found)} come with gradtui")


def _ssh() -> Item:
    path = shutil.which("ssh")
    return Item("ssh", path is not None, path or "no ssh client; presets load from disk only", needed=False)
