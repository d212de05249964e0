"""Runs as vectors: their losses over steps, and every quantity by layer as it last was."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradtui.core.measured.frame import DRAWN
from gradtui.core.measured.history import Series
from gradtui.core.measured.run import Run
from gradtui.runs.export.heat import heat
from gradtui.runs.folder import Found
from gradtui.study.picture import Band
from gradtui.study.svg import picture

_HEAT = "activation_gradient"


def pictures(runs: Sequence[Found]) -> dict[str, bytes]:
    """The pictures by the names of their files: losses, the last profile of each quantity, and the gradient over steps and layers
    of each run.
    """
    known, names = [found.run for found in runs], [found.about.called for found in runs]
    made = {
        "loss": _losses("Training loss, lowest to highest", known, names, "loss"),
        "validation-loss": _losses("Validation loss", known, names, "validation_loss"),
        **{name.replace("_", "-"): _profiles(name, known, names) for name in DRAWN},
    }
    for found, run in zip(runs, known, strict=True):
        if (series := run.history.layers.get(_HEAT)) is not None and len(series):
            name = "over-time" if len(runs) == 1 else f"over-time-{found.path.name}"
            made[name] = heat(f"{DRAWN[_HEAT].symbol} over steps, {found.about.called}", run.layers, series)
    return {f"{name}.svg": text.encode() for name, text in made.items() if text}


def _losses(title: str, runs: Sequence[Run], names: Sequence[str], which: str) -> str:
    bands = [band(at, getattr(run.history, which)) for at, run in enumerate(runs)]
    lines = [band for band in bands if len(band.x)]
    return picture(title, "steps", lines, names, False) if lines else ""


def band(at: int, series: Series) -> Band:
    """A series as a line; where it is no number there is no point, but a cross at the first such step."""
    there = np.isfinite(series.last[:, 0])
    last, low, high = (
        np.where(np.isfinite(row[there, 0]), row[there, 0], series.last[there, 0]) for row in (series.last, series.low, series.high)
    )
    lost = tuple(float(step) for step in series.steps[~there][:1])
    return Band(at, series.steps[there].astype(float), last, low, high, lost)


def _profiles(name: str, runs: Sequence[Run], names: Sequence[str]) -> str:
    """A quantity by layer, from the input on; by time step where it is over time."""
    lines = []
    for at, run in enumerate(runs):
        values = _last(run, name)
        there = [place for place, value in enumerate(values, 1) if value is not None and math.isfinite(value)]
        if len(there) > 1:
            known = np.array([values[place - 1] for place in there], dtype=float)
            lines.append(Band(at, np.array(there, dtype=float), known, known, known))
    quantity = DRAWN[name]
    return picture(f"{quantity.title}, {quantity.symbol}", f"{quantity.place} from the input", lines, names, False) if lines else ""


def _last(run: Run, name: str) -> Sequence[float | None]:
    frame = run.history.last
    if frame is None:
        return ()
    return frame.gradient_over_time if name == "gradient_over_time" else frame.layers.get(name, ())
