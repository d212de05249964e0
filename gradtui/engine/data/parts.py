"""How a lane's examples are cut into parts, and scaled by what its training part alone shows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np

from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import Part
from gradtui.core.experiments.refusal import Incompatible
from gradtui.engine.data.tasks import Array, Data, Subset, state
from gradtui.engine.target import resolve

_TEST, _FOLDS = 2, 3
"""What numpy hashes a run's seed with for the test part, and for the folds."""


def drawn(experiment: Experiment, part: Part) -> Data:
    """A lane's data, as its part says. Raises Incompatible where they cannot be cut so."""
    task, values, seed = TASKS[experiment.task.name], experiment.task.values(), experiment.run.seed
    draw: Callable[..., Data] = resolve(task)
    data = draw(values, np.random.default_rng(seed))
    if part.folds:
        training, validation = _fold(data.training, part, seed)
        data = Data(training, validation, data.validation if part.test else None)
    elif part.test and task.fixed:
        data = Data(data.training, *_halves(data.validation, seed))
    elif part.test:
        data = Data(data.training, data.validation, draw(values, np.random.default_rng([seed, _TEST])).validation)
    data = scaled_inputs(data) if task.standardized else data
    return scaled_targets(data) if task.scaled else data


def _fold(training: Subset, part: Part, seed: int) -> tuple[Subset, Subset]:
    """What the other folds train, and the fold that validates; of equal sizes whichever fold it is: where the examples do not come
    out even, one is left out of either.
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    count, classes = len(training.inputs), _classes(training)
    _check(part, count, classes)
    made = KFold if classes is None else StratifiedKFold
    random = state(np.random.default_rng([seed, _FOLDS]))
    cut = made(part.folds, shuffle=True, random_state=random).split(np.zeros(count), classes)
    train, validate = next(islice(cut, part.fold, None))
    return _taken(training, train[: count - -(-count // part.folds)]), _taken(training, validate[: count // part.folds])


def _check(part: Part, count: int, classes: Array | None) -> None:
    """Raise Incompatible where there cannot be so many folds."""
    if not 2 <= part.folds <= count:
        raise Incompatible(f"{part.folds} folds cannot be cut from {count} training samples: take 2 to {count}.")
    if not 0 <= part.fold < part.folds:
        raise Incompatible(f"There is no fold {part.fold}: {part.folds} folds are counted from 0 to {part.folds - 1}.")
    if classes is not None and (least := int(np.bincount(classes).min())) < part.folds:
        raise Incompatible(
            f"The smallest class has {least} training samples, fewer than {part.folds} folds, so not every fold has one: "
            + (f"take at most {least} folds." if least > 1 else "these data cannot be cut.")
        )


def _halves(validation: Subset, seed: int) -> tuple[Subset, Subset]:
    """Two halves, of each class where that can be."""
    from sklearn.model_selection import train_test_split

    classes = _classes(validation)
    if classes is not None and np.bincount(classes).min() < 2:
        classes = None
    random = state(np.random.default_rng([seed, _TEST]))
    chosen, tested = train_test_split(np.arange(len(validation.inputs)), test_size=0.5, stratify=classes, random_state=random)
    return _taken(validation, chosen), _taken(validation, tested)


def _classes(subset: Subset) -> Array | None:
    """The class of every example, where each has one."""
    return subset.targets if subset.targets.ndim == 1 and np.issubdtype(subset.targets.dtype, np.integer) else None


def _taken(subset: Subset, which: Array) -> Subset:
    return Subset(subset.inputs[which], subset.targets[which])


def scaled_inputs(data: Data) -> Data:
    """Inputs with mean 0 and variance 1 over the training part; the other parts move along. Constant inputs keep their spread."""
    mean, std = data.training.inputs.mean(axis=0), data.training.inputs.std(axis=0)
    std[std == 0] = 1
    return Data(*(Subset((part.inputs - mean) / std, part.targets) for part in data.parts))


def scaled_targets(data: Data) -> Data:
    """Targets with mean 0 and variance 1 over the training part; the other parts move along."""
    mean, std = data.training.targets.mean(), data.training.targets.std()
    return Data(*(Subset(part.inputs, (part.targets - mean) / std) for part in data.parts))
