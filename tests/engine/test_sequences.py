"""The tasks over time hold what they say."""

import numpy as np
import pytest

from tests.engine.test_tasks import drawn


@pytest.mark.parametrize("length", [2, 51])
def test_the_sum_of_the_marked_numbers_whose_variance_is_a_sixth(length):
    _, data = drawn("adding", length=length)
    numbers, marks = np.moveaxis(data.training.inputs, 2, 0)
    np.testing.assert_allclose((numbers * marks).sum(1), data.training.targets[:, 0])
    half = length // 2
    assert (marks[:, :half].sum(1) == 1).all() and (marks[:, half:].sum(1) == 1).all() and marks.max() == 1
    assert data.training.targets.var() == pytest.approx(1 / 6, rel=0.05)
    assert (marks.sum(0) > 0).all(), "any place can be marked"


@pytest.mark.parametrize("length", [7, 30])
def test_copies_are_asked_for_at_the_end(length):
    _, data = drawn("copy", length=length, symbols=5)
    inputs, targets = data.training.inputs.argmax(2), data.training.targets
    assert (data.training.inputs.sum(2) == 1).all()
    np.testing.assert_array_equal(inputs[:, :3], targets[:, -3:])
    assert set(np.unique(targets[:, -3:])) == {1, 2, 3, 4, 5}
    assert not targets[:, :-3].any()
    assert (inputs[:, -3] == 6).all() and not inputs[:, 3:-3].any() and not inputs[:, -2:].any()


@pytest.mark.parametrize(("by", "shape"), [("row", (8, 8)), ("pixel", (64, 1))])
def test_digits_over_time_are_the_digits(by, shape):
    _, digits = drawn("digits")
    _, data = drawn("sequential-digits", by=by)
    for mine, theirs in ((data.training, digits.training), (data.validation, digits.validation)):
        assert mine.inputs.shape[1:] == shape
        assert np.array_equal(mine.inputs.reshape(len(mine.inputs), 64), theirs.inputs)
        assert np.array_equal(mine.targets, theirs.targets)


def test_parity_of_the_bits_so_far():
    _, data = drawn("parity", length=9)
    product = np.cumprod(-data.training.inputs[:, :, 0], axis=1)
    np.testing.assert_array_equal(data.training.targets, product < 0)
    assert data.training.targets.mean() == pytest.approx(0.5, abs=0.02)
