"""Where a run is trained, and whether it fits there."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import torch

from gradtui.core import memory
from gradtui.core.experiments.cost import bytes_in_words, cost
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.refusal import NoDevice, TooLarge

_WORTH_A_GPU = 1e9
"""Operations a step from which a GPU beats the cost of launching its kernels."""
TORCH = torch.__version__
_LIBC = ctypes.CDLL(None)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def devices() -> tuple[str, ...]:
    """The devices of this machine, by the names that an experiment uses."""
    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)


def choose(experiments: Sequence[Experiment]) -> torch.device:
    """The device for these lanes. Raises NoDevice where the one asked for is missing."""
    asked = experiments[0].run.device
    if asked == "auto":
        worth = sum(cost(experiment).operations for experiment in experiments) >= _WORTH_A_GPU
        asked = "cuda" if worth and "cuda" in devices() else "cpu"
    if asked not in devices():
        raise NoDevice(f'run.device is "{asked}", but PyTorch {torch.__version__} sees no NVIDIA GPU here. Use "auto" or "cpu".')
    return torch.device(asked)


def check_memory(experiments: Sequence[Experiment], device: torch.device) -> None:
    """Raise TooLarge, with the estimate in words, where the lanes need more memory than the device has to give."""
    needed, given = sum(cost(experiment).memory for experiment in experiments), available_memory(device)
    if needed > given:
        network = experiments[0].network
        lanes = f" in {len(experiments)} lanes" if len(experiments) > 1 else ""
        raise TooLarge(
            f"A network of {network.depth} layers of {network.width} units{lanes} on this task needs at least "
            f"{bytes_in_words(needed)}, but {device.type} has {bytes_in_words(given)} available. "
            "Lower network.width, network.depth or run.batch_size."
        )


def available_memory(device: torch.device) -> int:
    """Bytes that can still be allocated on a device: on the CPU what the system and its control group allow."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        free: int = torch.cuda.mem_get_info(device)[0]
        return free
    return memory.available_memory()


def keep_memory() -> None:
    """Keep memory that a sampled step gives back with the process, which would otherwise fault it in again at the next one."""
    if hasattr(_LIBC, "mallopt"):  # glibc
        _LIBC.mallopt(_M_TRIM_THRESHOLD, 1 << 28)
        _LIBC.mallopt(_M_MMAP_THRESHOLD, 1 << 25)
