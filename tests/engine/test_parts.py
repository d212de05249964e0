"""Test parts and folds: what every example is used for, and what the ordinary cut keeps."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.experiments.part import WHOLE, Part
from gradtui.core.experiments.refusal import Incompatible
from gradtui.engine.data import parts
from gradtui.engine.data.samples import load
from gradtui.engine.training.trainer import prepare
from tests.engine import plain

CPU = torch.device("cpu")
FIXED = [name for name, task in TASKS.items() if task.fixed]
FAMILY = {"image": "cnn", "sequence": "rnn", "tokens": "transformer", "vector": "mlp"}


def of(name: str, **run: int) -> Experiment:
    network = {"family": FAMILY[TASKS[name].forms[0]]}
    small = {"samples": 60} if any(parameter.name == "samples" for parameter in TASKS[name].parameters) else {}
    return experiment({"network": network, "task": {"name": name, **small}, "run": run})


def rows(subset: parts.Subset) -> list[tuple[float, ...]]:
    """Every example of a part as one tuple, its target too."""
    flat = subset.inputs.reshape(len(subset.inputs), -1)
    targets = np.asarray(subset.targets).reshape(len(subset.targets), -1)
    return [tuple(row) for row in np.concatenate([flat, targets], axis=1).tolist()]


@pytest.mark.parametrize("name", TASKS)
def test_a_test_part_changes_no_training_number_and_holds_other_examples(name: str) -> None:
    whole, tested = (parts.drawn(of(name, seed=3), part) for part in (WHOLE, Part(test=True)))
    assert np.array_equal(whole.training.inputs, tested.training.inputs)
    assert np.array_equal(whole.training.targets, tested.training.targets)
    assert whole.test is None and tested.test is not None
    if TASKS[name].fixed:
        assert sorted(rows(tested.validation) + rows(tested.test)) == sorted(rows(whole.validation))
        assert abs(len(tested.validation.inputs) - len(tested.test.inputs)) <= 1
    else:
        assert np.array_equal(whole.validation.inputs, tested.validation.inputs)
        assert len(tested.test.inputs) == len(tested.validation.inputs)
    if name not in ("parity", "xor", "copy", "text"):  # whose examples are few, or repeat by chance
        assert not {*rows(tested.test)} & {*rows(tested.training), *rows(tested.validation)}


@pytest.mark.parametrize("name", ["wine", "digits", "diabetes", "spirals"])
@pytest.mark.parametrize("folds", [2, 5])
def test_every_training_example_but_what_is_left_over_validates_once(name: str, folds: int) -> None:
    made = of(name)
    cut = [parts.drawn(made, Part(folds=folds, fold=fold, test=True)) for fold in range(folds)]
    whole = parts.drawn(made, WHOLE)
    assert len({len(data.training.inputs) for data in cut}) == len({len(data.validation.inputs) for data in cut}) == 1
    count = len(whole.training.inputs)
    assert len(cut[0].validation.inputs) == count // folds and len(cut[0].training.inputs) == count - -(-count // folds)
    assert len(cut[0].test.inputs) == len(whole.validation.inputs)


@pytest.mark.parametrize("name", ["wine", "breast-cancer"])
def test_every_fold_has_the_shares_of_the_classes(name: str) -> None:
    made = of(name)
    shares = [
        np.bincount(part.targets) / len(part.targets)
        for fold in range(5)
        for data in [parts.drawn(made, Part(folds=5, fold=fold))]
        for part in (data.training, data.validation)
    ]
    assert np.abs(np.array(shares) - shares[0]).max() < 0.05


def test_folds_do_not_overlap_and_the_scaler_sees_its_own_training_part_alone() -> None:
    made = of("wine")
    seen = []
    for fold in range(5):
        data = parts.drawn(made, Part(folds=5, fold=fold, test=True))
        assert data.training.inputs.mean(axis=0) == pytest.approx(np.zeros(13), abs=1e-9)
        assert data.training.inputs.std(axis=0) == pytest.approx(np.ones(13))
        assert np.abs(data.validation.inputs.mean(axis=0)).max() > 1e-3
        assert data.test is not None
        seen.append(data.validation.targets)
    assert len(np.concatenate(seen)) == 5 * (142 // 5)


def test_targets_of_a_fold_are_scaled_by_its_training_part_alone() -> None:
    data = parts.drawn(of("diabetes"), Part(folds=5, fold=1))
    assert data.training.targets.mean() == pytest.approx(0, abs=1e-9) and data.training.targets.std() == pytest.approx(1)
    assert abs(data.validation.targets.mean()) > 1e-3


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part(folds=1), "1 folds cannot be cut from 142 training samples: take 2 to 142"),
        (Part(folds=143), "take 2 to 142"),
        (Part(folds=5, fold=5), "counted from 0 to 4"),
        (Part(folds=50), r"smallest class has 38 training samples, fewer than 50 folds.*at most 38"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_what_can(part: Part, said: str) -> None:
    with pytest.raises(Incompatible, match=said):
        prepare([of("wine")], [part])


def test_lanes_cut_in_different_numbers_of_folds_share_no_stack() -> None:
    made = of("wine")
    with pytest.raises(Incompatible, match="cannot share a stack"):
        prepare([made, made.changed({"run.seed": 1})], [Part(folds=2), Part(folds=5)])


def test_folds_and_seeds_are_lanes_of_one_stack_that_holds_each_draw_once() -> None:
    made = of("wine")
    lanes = [
        (made.changed({"run.seed": seed, "optimizer.learning_rate": rate}), Part(folds=5, fold=fold, test=True))
        for rate in (0.1, 0.01, 0.001, 1.0)
        for seed in range(2)
        for fold in range(5)
    ]
    training = prepare([lane for lane, _ in lanes], [part for _, part in lanes])
    stack = training.stack
    assert len(stack.training.inputs) == len(stack.validation.inputs) == 10
    assert stack.test is not None
    for lane, (alone, part) in enumerate(lanes):
        expected, *_ = load([alone], [part], CPU)
        assert torch.equal(stack.training.lanes()[0][lane], expected.inputs[0])


def test_an_outcome_tells_of_the_test_part_what_evaluating_it_alone_tells() -> None:
    made = of("wine", steps=30)
    training = prepare([made, made.changed({"run.seed": 1})], [Part(test=True)] * 2)
    frames = training.frames()
    with pytest.raises(StopIteration) as end:
        while True:
            next(frames)
    seen = training.stack.evaluate(training.stack.test)
    for lane, outcome in enumerate(end.value.value):
        assert (outcome.test_loss, outcome.test_accuracy, outcome.test_samples) == (seen.loss[lane], seen.accuracy[lane], 18)
        assert outcome.validation_samples == 18


def test_an_ordinary_run_has_no_test_part() -> None:
    (outcome,) = plain.run(of("wine", steps=5))[1]
    assert (outcome.test_loss, outcome.test_accuracy, outcome.test_samples) == (None, None, 0)
    assert outcome.validation_samples == 36
