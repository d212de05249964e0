"""The script's data: the same random draws as the engine's tasks make, for the training part, and the batches taken from it."""

from __future__ import annotations

import json
from inspect import getsource

from gradtui.catalog import grammar
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import ALPHABET, TASKS, TEXT
from gradtui.core.experiments.batches import ORDER
from gradtui.core.experiments.experiment import Experiment

_SEED = "seed = int(random.integers(1 << 32))"
_SPLIT = f"{_SEED}\ninputs, _, targets, _ = train_test_split(inputs, targets, test_size=0.2, stratify=targets, random_state=seed)"
_STANDARDIZED_TARGETS = "targets = ((targets - targets.mean()) / targets.std())[:, None]"
_STANDARDIZED_INPUTS = """\
std = inputs.std(axis=0)
std[std == 0] = 1
inputs = (inputs - inputs.mean(axis=0)) / std"""

_DRAWN = {
    "spirals": """\
arm = random.permutation(SAMPLES) % ARMS
radius = np.sqrt(random.uniform(0.02, 1, SAMPLES))
angle = 2 * np.pi * arm / ARMS + np.pi * radius
points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
inputs, targets = points + NOISE * random.standard_normal(points.shape), arm""",
    "moons": f"{_SEED}\ninputs, targets = make_moons(SAMPLES, noise=NOISE, random_state=seed)",
    "circles": f"{_SEED}\ninputs, targets = make_circles(SAMPLES, noise=NOISE, factor=0.5, random_state=seed)",
    "xor": """\
corner = random.permutation(SAMPLES) % 4
signs = np.stack([corner % 2, corner // 2], axis=1)
inputs, targets = 2.0 * signs - 1 + NOISE * random.standard_normal(signs.shape), signs.sum(axis=1) % 2""",
    "digits": f"inputs, targets = load_digits(return_X_y=True)\n{_SPLIT}",
    "wine": f"inputs, targets = load_wine(return_X_y=True)\n{_SPLIT}",
    "breast-cancer": f"inputs, targets = load_breast_cancer(return_X_y=True)\n{_SPLIT}",
    "diabetes": f"""\
inputs, targets = load_diabetes(return_X_y=True)
{_SPLIT.replace("stratify=targets, ", "")}
{_STANDARDIZED_TARGETS}""",
    "friedman": f"""\
{_SEED}
inputs, targets = make_friedman1(SAMPLES, noise=NOISE, random_state=seed)
{_STANDARDIZED_TARGETS}""",
    "sine": """\
inputs = random.uniform(-np.pi, np.pi, (SAMPLES, 1))
targets = np.sin(inputs) + NOISE * random.standard_normal(inputs.shape)""",
    "uniform": "inputs, targets = random.random((SAMPLES, FEATURES)), random.random((SAMPLES, 1))",
    "adding": """\
rows = np.arange(SAMPLES)
numbers, marks = random.random((SAMPLES, LENGTH)), np.zeros((SAMPLES, LENGTH))
one = random.integers(LENGTH // 2, size=SAMPLES)
other = random.integers(LENGTH // 2, LENGTH, size=SAMPLES)
marks[rows, one] = marks[rows, other] = 1
inputs, targets = np.stack([numbers, marks], axis=2), (numbers[rows, one] + numbers[rows, other])[:, None]""",
    "copy": """\
shown = random.integers(1, SYMBOLS + 1, (SAMPLES, 3))
symbols, targets = np.zeros((2, SAMPLES, LENGTH), dtype=np.int64)
symbols[:, :3] = targets[:, -3:] = shown
symbols[:, -3] = SYMBOLS + 1
inputs = np.eye(FEATURES)[symbols]""",
    "sequential-digits": f"""\
inputs, targets = load_digits(return_X_y=True)
{_SPLIT}
inputs = inputs.reshape(len(inputs), -1, FEATURES)""",
    "parity": """\
bits = random.integers(0, 2, (SAMPLES, LENGTH))
inputs, targets = 2.0 * bits[:, :, None] - 1, bits.cumsum(axis=1) % 2""",
    "text": f"""\
ALPHABET = {json.dumps(ALPHABET)}
written = np.array([ALPHABET.index(character) for character in text({TEXT}, random)])[:{TEXT - TEXT // 10}]
count = (len(written) - 1) // LENGTH
inputs, targets = (written[at : at + count * LENGTH].reshape(count, LENGTH) for at in (0, 1))""",
}


def data(experiment: Experiment) -> str:
    """The training samples: `inputs` and `targets`, with the constants they are made from."""
    task, values = TASKS[experiment.task.name], experiment.task.values()
    own = {name: value for name, value in values.items() if name not in ("name", "loss", "by", "features")}
    constants = {**own, "features": task.features(values), "outputs": task.outputs(values)}
    form = FAMILIES[experiment.network.family].form(task)
    numbers = "dtype=torch.int64" if form == "tokens" else "dtype=torch.float32"
    shaped = ".view(-1, 1, 8, 8)" if form == "image" else ""
    lines = [
        *(f"{name.upper()} = {value!r}" for name, value in constants.items()),
        "",
        "random = np.random.default_rng(SEED)",
        _DRAWN[task.name],
        *([_STANDARDIZED_INPUTS] if task.standardized else []),
        f"inputs = torch.tensor(inputs, {numbers}){shaped}",
        _targets(experiment),
    ]
    written = "\n".join(lines)
    return f"{_grammar()}\n\n\n{written}" if task.name == "text" else written


def batches(experiment: Experiment) -> str:
    """A generator of batches without end, in the order of the engine."""
    if whole(experiment):
        return ""
    if not experiment.run.shuffle:
        return '''\
def batches():
    """Batches without end, in the order of the data."""
    while True:
        yield from zip(inputs.split(BATCH_SIZE), targets.split(BATCH_SIZE))'''
    return f'''\
def batches():
    """Batches without end: every epoch in a new order, from random numbers of its own."""
    order = np.random.default_rng([SEED, {ORDER}])
    while True:
        for rows in torch.from_numpy(order.permutation(len(inputs))).split(BATCH_SIZE):
            yield inputs[rows], targets[rows]'''


def whole(experiment: Experiment) -> bool:
    """Whether every batch is the whole training set."""
    return not 0 < experiment.run.batch_size < count(experiment)


def count(experiment: Experiment) -> int:
    """Training samples."""
    return TASKS[experiment.task.name].count(experiment.task.values())


def _targets(experiment: Experiment) -> str:
    if TASKS[experiment.task.name].kind == "regression":
        return "targets = torch.tensor(targets, dtype=torch.float32)"
    if experiment.task.loss == "cross-entropy":
        return "targets = torch.tensor(targets, dtype=torch.int64)"
    return "targets = F.one_hot(torch.tensor(targets, dtype=torch.int64), OUTPUTS).float()"


def _grammar() -> str:
    """The grammar's own source, from its rules on."""
    source = getsource(grammar)
    return source[source.index("RULES") :].strip()
