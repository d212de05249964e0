"""The loss of guessing, against the criterion itself on the best constant answer."""

from __future__ import annotations

import pytest
import torch

from gradtui.catalog.losses import LOSSES
from gradtui.engine.training.losses import criterion, guessing


@pytest.mark.parametrize("time", [(), (5,)], ids=["samples", "time steps"])
def test_no_constant_answer_is_better_than_guessing(time):
    torch.manual_seed(0)
    classes = torch.randint(0, 3, (2, 40, *time)).clamp_max(1)
    shares = torch.stack([(classes == 0).flatten(1).double().mean(1), (classes == 1).flatten(1).double().mean(1)], -1)
    best = shares.log().view(2, *([1] * (1 + len(time))), 2)
    at = criterion("cross-entropy")
    found = at(best.expand(*classes.shape, 2), classes)[1]
    torch.testing.assert_close(torch.tensor(guessing(classes), dtype=torch.float64), found)
    for _ in range(20):
        assert (at((best + 0.1 * torch.randn(best.shape)).expand(*classes.shape, 2), classes)[1] > found).all()


def test_numbers_are_guessed_by_their_means():
    targets = torch.randn(3, 50, 2) + torch.tensor([5.0, -2.0])
    means = targets.mean(1, keepdim=True).expand_as(targets)
    found = criterion("mse")(means, targets)[1]
    torch.testing.assert_close(torch.tensor(guessing(targets)), found)
    assert set(LOSSES) == {"cross-entropy", "mse"}
