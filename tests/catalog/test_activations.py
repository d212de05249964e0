"""The theory's functions are those that the network computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from gradtui.catalog.activations import ACTIVATIONS, Activation

POINTS = np.concatenate([-np.geomspace(40, 1e-6, 200), np.geomspace(1e-6, 40, 200)])
"""On both sides of zero, where the kinks are."""


def defaults(activation: Activation) -> dict[str, Any]:
    return {parameter.name: parameter.default for parameter in activation.parameters}


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_function_and_slope_equal_pytorch(activation: Activation) -> None:
    module = getattr(torch.nn, activation.target.removeprefix("torch.nn:"))(**defaults(activation))
    inputs = torch.tensor(POINTS, requires_grad=True)
    outputs = module(inputs)
    (slopes,) = torch.autograd.grad(outputs.sum(), inputs)
    np.testing.assert_allclose(activation.function(POINTS, defaults(activation)), outputs.detach().numpy(), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(activation.slope(POINTS, defaults(activation)), slopes.numpy(), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_range_and_death_are_those_of_the_function(activation: Activation) -> None:
    far = np.array([-1e9, 1e9])
    outputs, slopes = activation.function(far, defaults(activation)), activation.slope(far, defaults(activation))
    assert (activation.range is not None) == bool(np.all(np.abs(outputs) <= 1.001))
    if activation.range is not None:
        np.testing.assert_allclose(outputs, activation.range, atol=1e-6)
    finite_death = activation.slope(np.array([-1e-3]), defaults(activation))[0] == 0
    assert activation.dies == finite_death
    assert not activation.dies or slopes[0] == 0
