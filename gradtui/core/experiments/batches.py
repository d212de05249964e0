"""Where the order of batches comes from, and whether a network can take them."""

from __future__ import annotations

from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.refusal import Incompatible

ORDER = 1
"""What numpy hashes a run's seed with for the order of batches, which then shares no random number with data and weights."""


def check_batches(experiment: Experiment, samples: int) -> None:
    """Raise Incompatible where batch normalization would meet a batch of one sample, which has no variance."""
    size = experiment.run.batch_size or samples
    if NORMALIZATIONS[experiment.network.values().get("normalization", "none")].over_batch and (size == 1 or samples % size == 1):
        raise Incompatible(
            f"Batch normalization needs two samples a batch, but {samples} training samples in batches of {size} leave one alone. "
            'Change run.batch_size, or set network.normalization to "layer".'
        )
