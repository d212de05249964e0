"""Runs as tidy rows: one number each, with its run, step, quantity and layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Sampled
from gradtui.core.theory.over_time import shown_steps
from gradtui.runs.folder import Found


class Row(NamedTuple):
    """One number. `layer` is a layer's name, the time step of a gradient over time, and empty where the whole network is meant."""

    run: str
    step: int
    quantity: str
    layer: str
    value: float


def frames(found: Found) -> list[Frame]:
    """The frames of a run, in order."""
    return [report.frame for _, report in found.reports if isinstance(report, Sampled)]


def rows(runs: Sequence[Found]) -> Iterator[Row]:
    """All that was measured of these runs, frame by frame. What was not measured has no row."""
    for found in runs:
        started = found.run.started
        layers = started.layers if started else ()
        times = tuple(map(str, shown_steps(started.time_steps))) if started else ()
        for frame in frames(found):
            for quantity, layer, value in _numbers(frame, layers, times):
                if value is not None:
                    yield Row(found.path.name, frame.step, quantity, layer, value)


def _numbers(frame: Frame, layers: Sequence[str], times: Sequence[str]) -> Iterator[tuple[str, str, float | None]]:
    for name in ("loss", "gradient_norm"):
        spread = getattr(frame, name)
        yield from (
            (name if part == "last" else f"{name}_{part}", "", getattr(spread, part)) for part in ("last", "low", "mean", "high")
        )
    for name in ("learning_rate", "validation_loss", "validation_accuracy", "steps_per_second"):
        yield name, "", getattr(frame, name)
    for name, values in frame.layers.items():
        yield from ((name, layer, value) for layer, value in zip(layers, values, strict=False))
    yield from (("gradient_over_time", time, value) for time, value in zip(times, frame.gradient_over_time, strict=False))
