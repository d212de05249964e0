"""A run as it would be if its loss were multiplied: the same steps, other numbers."""

from __future__ import annotations

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.frame import Frame, Spread

_GRADIENTS = ("activation_gradient", "activation_gradient_rms", "weight_gradient")


def scaled(experiment: Experiment, scale: float) -> Experiment:
    """The experiment that makes the same steps when the loss is multiplied: optimizers that divide by the gradient's size get
    their eps multiplied, the others their rate divided; a threshold for clipping grows with what it clips.
    """
    if scale == 1:
        return experiment
    changes = {"clip.threshold": experiment.clip.threshold * scale} if experiment.clip.by != "none" else {}
    if "eps" in experiment.optimizer.values():
        return experiment.changed({**changes, "optimizer.eps": experiment.optimizer.eps * scale})
    return experiment.changed({**changes, "optimizer.learning_rate": experiment.optimizer.learning_rate / scale})


def scaled_frame(frame: Frame, experiment: Experiment, scale: float) -> Frame:
    """The frame of such a run."""
    if scale == 1:
        return frame
    rate = frame.learning_rate if "eps" in experiment.optimizer.values() else frame.learning_rate / scale
    return frame.model_copy(
        update={
            "loss": _times(frame.loss, scale),
            "gradient_norm": _times(frame.gradient_norm, scale),
            "learning_rate": rate,
            "layers": {
                name: tuple(v if v is None else v * scale for v in values) if name in _GRADIENTS else values
                for name, values in frame.layers.items()
            },
            "gradient_over_time": tuple(value * scale for value in frame.gradient_over_time),
            "validation_loss": None if frame.validation_loss is None else frame.validation_loss * scale,
        }
    )


def _times(spread: Spread, scale: float) -> Spread:
    changes = {name: getattr(spread, name) * scale for name in ("last", "low", "mean", "high")}
    return spread.model_copy(update=changes)
