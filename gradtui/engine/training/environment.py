"""What a run's numbers depend on beside its experiment: where these differ, it cannot be promised to repeat bit for bit."""

from __future__ import annotations

import hashlib
import platform

import numpy as np
import torch

from gradtui import __version__
from gradtui.engine.training.trainer import Training


def environment(training: Training) -> dict[str, str]:
    """Versions and hardware, by name."""
    cuda = training.device.type == "cuda"
    return {
        "gradtui": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(training.device) if cuda else f"cpu {torch.backends.cpu.get_cpu_capability()}",
        "threads": str(training.started().threads),
        "system": f"{platform.system()} {platform.machine()}",
    }


def data_hash(training: Training) -> str:
    """A sum of all samples, in order."""
    found = hashlib.sha256()
    for part in (training.stack.training, training.stack.validation):
        for tensor in (part.inputs, part.targets):
            found.update(tensor.cpu().contiguous().numpy().data)
    return found.hexdigest()
