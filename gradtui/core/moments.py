"""What theory has to know of the data that a network is given."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gradtui.core.frozen import Frozen

Size = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]

_A_DECADE = 24
"""Groups of samples in a decade of their mean squares."""
_MOST_SIZES = _A_DECADE * 640
"""Groups in all decades that there are."""


class DataMoments(Frozen):
    """Moments of the training samples.

    `sizes` are mean squares of the inputs of one sample, each with the share of the samples that have it; `mean` is the mean of all
    inputs, `target_square` the mean square of the numbers to be answered.
    """

    sizes: Annotated[tuple[tuple[Size, Share], ...], Field(min_length=1, max_length=_MOST_SIZES, fail_fast=True)]
    mean: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    target_square: Size = 1.0

    @classmethod
    def of(cls, squares: NDArray[np.float64], mean: float, target_square: float) -> DataMoments:
        """The moments, with mean squares in groups of nearly one size: a few large samples can carry most of a gradient."""
        decades = np.log10(np.maximum(squares, np.finfo(np.float64).tiny))
        group = np.round(_A_DECADE * (decades - decades.min())).astype(np.int64)
        counts, sums = np.bincount(group), np.bincount(group, squares)
        sizes, shares = sums[counts > 0] / counts[counts > 0], counts[counts > 0] / len(squares)
        return cls(sizes=tuple(zip(sizes.tolist(), shares.tolist(), strict=True)), mean=mean, target_square=target_square)


STANDARDIZED = DataMoments(sizes=((1.0, 1.0),))
"""Data of mean 0 and variance 1, whose samples are all of one size."""
