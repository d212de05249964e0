"""Checkpoints of a run: tensors as safetensors, everything else as a line of JSON with its checksum; the last two are kept."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradtui.runs import log, whole

KEPT = 2
_LARGEST = 1 << 33
"""Bytes: larger tensors are not read."""


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after `step` steps, when its log held so many records."""

    step: int
    records: int
    tensors: Mapping[str, NDArray[Any]]
    values: Mapping[str, Any]


def write(folder: Path, made: Checkpoint) -> None:
    """Keep a checkpoint, and let go of all but the newest. Raises OSError, and then those before are as they were."""
    from safetensors.numpy import save

    tensors = save({name: np.ascontiguousarray(tensor) for name, tensor in made.tensors.items()})
    about = {"step": made.step, "records": made.records, "tensors": zlib.crc32(tensors), "values": made.values}
    whole.write(folder / f"state-{made.step}.safetensors", tensors)
    whole.write(folder / f"state-{made.step}.json", log.line(about))
    for step in _steps(folder)[KEPT:]:
        for kind in ("json", "safetensors"):
            with contextlib.suppress(OSError):
                (folder / f"state-{step}.{kind}").unlink()


def known(folder: Path) -> Iterator[Checkpoint]:
    """The checkpoints that can be read, the newest first."""
    for step in _steps(folder):
        found = _read(folder, step)
        if found is not None:
            yield found


def _steps(folder: Path) -> list[int]:
    """The steps of which there is a checkpoint, the newest first."""
    names = (path.name.removeprefix("state-").removesuffix(".json") for path in folder.glob("state-*.json"))
    return sorted((int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 16), reverse=True)


def _read(folder: Path, step: int) -> Checkpoint | None:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    kept = log.read(folder / f"state-{step}.json").records
    try:
        about = kept[0]
        path = folder / f"state-{step}.safetensors"
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        data = path.read_bytes()
        if about["step"] != step or about["tensors"] != zlib.crc32(data) or not isinstance(about["values"], dict):
            return None
        return Checkpoint(step, int(about["records"]), load(data), about["values"])
    except (OSError, IndexError, KeyError, TypeError, ValueError, SafetensorError):
        return None
