"""The tasks' data, and the batches taken from it."""

import numpy as np
import pytest
import sklearn.datasets
import torch

from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.part import WHOLE
from gradtui.engine.data import parts
from gradtui.engine.data.samples import Batches, load
from gradtui.engine.data.tasks import Data, Subset
from gradtui.engine.target import resolve
from gradtui.engine.training.trainer import prepare
from tests.engine import plain
from tests.strategies import family_for


def drawn(name, seed=0, **values):
    made = experiment({"network": {"family": family_for(name)}, "task": {"name": name, **values}})
    return made, resolve(TASKS[name])(made.task.values(), np.random.default_rng(seed))


VECTORS = [name for name, task in TASKS.items() if "vector" in task.forms]


@pytest.mark.parametrize("name", VECTORS)
def test_sizes_and_kinds(name):
    made, data = drawn(name)
    task, values = TASKS[name], made.task.values()
    samples = task.count(values)
    assert len(data.training.inputs) == len(data.training.targets) == samples
    assert len(data.validation.inputs) == (samples // 4 if "samples" in values else -(-samples // 4))
    assert data.training.inputs.shape[-1] == task.features(values)
    if task.length is not None:
        assert data.training.inputs.shape[1] == task.length(values)
    for part in (data.training, data.validation):
        if task.kind == "classification":
            assert set(np.unique(part.targets)) == set(range(task.outputs(values)))
            if not task.per_step and "samples" in values:
                assert np.bincount(part.targets).min() > 0.9 * len(part.targets) / task.outputs(values)
        else:
            assert part.targets.shape == (len(part.inputs), task.outputs(values))


@pytest.mark.parametrize("name", TASKS)
def test_the_generator_decides(name):
    one, two, other = (drawn(name, seed)[1] for seed in (0, 0, 1))
    assert np.array_equal(one.training.inputs, two.training.inputs)
    assert not np.array_equal(one.training.inputs, other.training.inputs)


@pytest.mark.parametrize("name", VECTORS)
def test_inputs_are_standardized_where_that_is_usual(name):
    training, *_ = load([drawn(name)[0]], [WHOLE], torch.device("cpu"))
    spread = training.inputs[0].std(0, correction=0)
    if TASKS[name].standardized:
        assert training.inputs[0].mean(0).abs().max() < 1e-5
        assert all(s == pytest.approx(1, abs=1e-4) or s == 0 for s in spread.flatten().tolist())
    else:
        assert np.array_equal(training.inputs[0].numpy(), drawn(name)[1].training.inputs.astype(np.float32))


@pytest.mark.parametrize("name", [name for name in VECTORS if TASKS[name].standardized])
def test_validation_moves_with_the_training_part(name):
    made, data = drawn(name)
    kept = load([made], [WHOLE], torch.device("cpu"))[1].inputs[0].numpy()
    rows, validation = (part.inputs.reshape(len(part.inputs), -1) for part in (data.training, data.validation))
    columns = [(column, column.mean(), column.std() or 1.0) for column in rows.T]
    expected = np.stack([(values - mean) / std for values, (_, mean, std) in zip(validation.T, columns, strict=True)], axis=1)
    np.testing.assert_allclose(kept.reshape(len(kept), -1), expected, rtol=1e-4, atol=1e-5)


def test_an_input_that_is_constant_in_training_keeps_its_spread():
    none = np.zeros(2)
    data = parts.scaled_inputs(Data(Subset(np.array([[3.0, 0], [3, 4]]), none), Subset(np.array([[5.0, 6], [3, 2]]), none)))
    assert data.training.inputs.tolist() == [[0, -1], [0, 1]]
    assert data.validation.inputs.tolist() == [[2, 2], [0, 0]]


@pytest.mark.parametrize("name", ["digits", "wine", "breast-cancer"])
def test_real_classes_keep_their_shares_in_both_parts(name):
    _, data = drawn(name)
    one, other = (np.bincount(part.targets) / len(part.targets) for part in (data.training, data.validation))
    assert np.abs(one - other).max() < 0.02


@pytest.mark.parametrize("name", ["diabetes", "friedman"])
def test_targets_are_standardized_by_the_training_part(name):
    data = parts.drawn(drawn(name)[0], WHOLE)
    assert data.training.targets.mean() == pytest.approx(0) and data.training.targets.std() == pytest.approx(1)
    assert abs(data.validation.targets.mean()) > 1e-3 and data.validation.targets.std() == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(
    ("name", "load"),
    [("digits", "load_digits"), ("wine", "load_wine"), ("breast-cancer", "load_breast_cancer"), ("diabetes", "load_diabetes")],
)
def test_every_real_sample_is_in_one_part(name, load):
    _, data = drawn(name)
    rows = np.concatenate([data.training.inputs, data.validation.inputs])
    expected, _ = getattr(sklearn.datasets, load)(return_X_y=True)
    assert sorted(map(tuple, rows)) == sorted(map(tuple, expected))


def test_friedmans_function_without_noise():
    _, data = drawn("friedman", noise=0.0)
    a, b, c, d, e, *_ = data.training.inputs.T
    expected = 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e
    assert data.training.targets[:, 0] == pytest.approx(expected)


def test_without_noise_points_lie_on_their_arm():
    _, data = drawn("spirals", noise=0.0)
    x, y = data.training.inputs.T
    radius = np.hypot(x, y)
    turn = np.angle(np.exp(1j * (np.arctan2(y, x) - np.pi * radius - 2 * np.pi * data.training.targets / 3)))
    assert np.abs(turn).max() < 1e-9 and radius.max() <= 1


BESIDE = {
    "moons": lambda x, y, lower: np.hypot(x - lower, y - 0.5 * lower) - 1,
    "circles": lambda x, y, inner: np.hypot(x, y) - 1 + 0.5 * inner,
    "xor": lambda x, y, differ: np.hypot(np.abs(x) - 1, np.where(differ, -x, x) - y),
    "sine": lambda x, sine: sine - np.sin(x),
}
"""How far a sample lies beside the curve or the corner of its class."""


@pytest.mark.parametrize("name", BESIDE)
def test_without_noise_samples_lie_on_their_curve(name):
    _, data = drawn(name, noise=0.0)
    for part in (data.training, data.validation):
        np.testing.assert_allclose(BESIDE[name](*part.inputs.T, part.targets.reshape(-1)), 0, atol=1e-9)


@pytest.mark.parametrize("name", ["spirals", *BESIDE])
def test_noise_spreads_samples_as_much_as_it_says(name):
    (_, still), (_, noisy) = (drawn(name, noise=noise, samples=4000) for noise in (0.0, 0.3))
    for before, after in ((still.training, noisy.training), (still.validation, noisy.validation)):
        moved = after.targets - before.targets if name == "sine" else after.inputs - before.inputs
        assert moved.std(axis=0) == pytest.approx(0.3, rel=0.1) and moved.mean(axis=0) == pytest.approx(0, abs=0.03)


def test_the_tutorials_data():
    _, data = drawn("uniform")
    assert data.training.inputs.shape == (100, 10)
    for values in (data.training.inputs, data.training.targets):
        assert values.min() >= 0 and values.max() < 1 and values.mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("size", "sizes"), [(16, [16, 16, 16, 2]), (50, [50]), (0, [50]), (64, [50]), (1, [1] * 50), (2, [2] * 300 + [1])]
)
def test_an_epoch_holds_every_sample_once(size, sizes):
    made = plain.of({"task": {"samples": sum(sizes)}}, run={"batch_size": size})
    training, *_ = load([made], [WHOLE], torch.device("cpu"))
    batches = Batches(training, [made])
    orders = []
    for _ in range(2):
        epoch = [next(batches) for _ in sizes]
        assert [inputs.shape[1] for inputs, _ in epoch] == sizes
        inputs, targets = (torch.cat(parts, 1)[0] for parts in zip(*epoch, strict=True))
        orders.append(inputs)
        pairs = {(*x, y) for x, y in zip(inputs.tolist(), targets.tolist(), strict=True)}
        assert pairs == {(*x, y) for x, y in zip(training.inputs[0].tolist(), training.targets[0].tolist(), strict=True)}
    assert torch.equal(*orders) == (len(sizes) == 1)


@pytest.mark.parametrize(("samples", "size", "count"), [(50, 16, 4), (600, 1, 600)])
def test_the_order_of_the_data_where_nothing_is_shuffled(samples, size, count):
    made = plain.of({"task": {"samples": samples}}, run={"shuffle": False, "batch_size": size})
    training, *_ = load([made], [WHOLE], torch.device("cpu"))
    batches = Batches(training, [made])
    assert torch.equal(torch.cat([next(batches)[0] for _ in range(count)], 1), training.inputs)


def test_lanes_of_one_seed_share_one_copy():
    lanes = [plain.of({"optimizer": {"learning_rate": rate}}, run={"seed": seed}) for rate in (0.1, 0.2, 0.3) for seed in (4, 5)]
    training = prepare(lanes).stack.training
    assert len(training.inputs) == len(training.targets) == 2
    inputs, _ = training.lanes()
    for lane, made in enumerate(lanes):
        assert torch.equal(inputs[lane], load([made], [WHOLE], torch.device("cpu"))[0].inputs[0])


def test_an_image_is_a_vector_row_by_row():
    images, vectors = (
        load([experiment({"network": {"family": family}, "task": {"name": "digits"}})], [WHOLE], torch.device("cpu"))[0].inputs
        for family in ("cnn", "mlp")
    )
    assert images.shape == (1, 1437, 1, 8, 8)
    assert torch.equal(images.flatten(2), vectors)
