"""A run of one lane between two steps, as tensors and plain values: what it takes to go on with it bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gradtui.engine.training.trainer import Training

_WEIGHTS = "weights"


class Unfit(ValueError):
    """A state that is not one of this run."""


@dataclass(frozen=True)
class State:
    """Tensors by name, and everything else as JSON has it."""

    tensors: Mapping[str, NDArray[Any]]
    values: Mapping[str, Any]


def capture(training: Training) -> State:
    """The state of a run where it waits between two steps or with a frame in hand."""
    tensors = {name: _array(tensor) for name, tensor in _kept(training).items()}
    memory = []
    for at, kept in enumerate(training.stack.optimizers.memory()):
        tensors |= {f"optimizer.{at}.{name}": _array(value) for name, value in kept.items() if isinstance(value, Tensor)}
        memory.append({name: value.device.type if isinstance(value, Tensor) else value for name, value in kept.items()})
    values = {
        "experiment": training.experiment(0).tables(),
        "memory": memory,
        "schedules": training.stack.schedules.judged(),
        **training.place(),
    }
    return State(tensors, values)


def restore(training: Training, state: State, weights_only: bool = False) -> None:
    """Bring a run of the same experiment to a state. Raises Unfit, and then the run is of no more use."""
    try:
        for name, tensor in _kept(training).items():
            if state.tensors[name].shape != tuple(tensor.shape):
                raise Unfit(f"Its {name} have another shape than this network's.")
            tensor.copy_(torch.from_numpy(state.tensors[name]))
        if weights_only:
            training.made = int(state.values["made"])
            return
        kept = [
            {name: _value(state, f"optimizer.{at}.{name}", value) for name, value in values.items()}
            for at, values in enumerate(state.values["memory"])
        ]
        training.stack.optimizers.remember(kept)
        training.stack.schedules.go_on(state.values["schedules"])
        training.go_to(state.values)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise Unfit(f"The checkpoint is not one of this run: {error}") from None


def _kept(training: Training) -> dict[str, Tensor]:
    weights, *running = training.stack.kept
    return {_WEIGHTS: weights, **{f"running.{at}": statistic for at, statistic in enumerate(running)}}


def _array(tensor: Tensor) -> NDArray[Any]:
    return np.array(tensor.detach().cpu().numpy())


def _value(state: State, name: str, value: Any) -> Any:
    """What an optimizer kept: a tensor where its device is named, else the value itself."""
    return torch.from_numpy(state.tensors[name].copy()).to(value) if isinstance(value, str) else value
