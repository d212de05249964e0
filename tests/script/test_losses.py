"""A written script against the engine: run by itself, it prints the losses that a run measures."""

import json
import statistics
import subprocess
import sys

import pytest

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.catalog.schedules import SCHEDULES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import experiment
from gradtui.core.presets.collection import shipped
from gradtui.core.presets.preset import Preset, read
from gradtui.engine.training.trainer import train
from gradtui.script.whole import script
from tests.strategies import family_for

STEPS = 25

RUN_ALL = """
import contextlib, io, json, runpy, sys, traceback
sys.modules["gradtui"] = None
printed = {}
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            runpy.run_path(path, run_name="__main__")
        except Exception:
            traceback.print_exc(file=out)
    printed[path] = out.getvalue()
print(json.dumps(printed))
"""


def of(**tables):
    """A small experiment that is not chaotic: what differs in a float's last place stays there."""
    recurs = FAMILIES[tables.get("network", {}).get("family", "mlp")].gates
    base = {
        "network": {"depth": 1 if recurs else 3, "width": 8, "initialization": "xavier-normal" if recurs else "he-normal"},
        "optimizer": {"learning_rate": 0.002 if recurs else 0.05},
        "run": {"steps": STEPS, "batch_size": 16},
    }
    for name, values in tables.items():
        base[name] = {**base.get(name, {}), **values}
    family = base["network"].get("family", "mlp")
    if "task" not in base or base["task"].keys().isdisjoint({"name"}):
        small = {"mlp": {"samples": 50}, "cnn": {"name": "digits"}, "transformer": {"name": "text", "length": 12}}
        base["task"] = {**small.get(family, {"name": "adding", "samples": 50, "length": 9}), **base.get("task", {})}
    return experiment(base)


def biased(name):
    known = {parameter.name for parameter in INITIALIZATIONS[name].parameters}
    return {key: value for key, value in {"gain": 0.8, "bias_std": 0.1, "std": 0.3}.items() if key in known}


def tasks():
    for name, task in TASKS.items():
        own = {parameter.name for parameter in task.parameters}
        small = {key: value for key, value in {"samples": 40, "length": 9}.items() if key in own}
        yield name, {"network": {"family": family_for(name)}, "task": {"name": name, **small}}


def cases():
    for name, tables in tasks():
        yield f"task-{name}", of(**tables)
    yield "by-pixel", of(network={"family": "gru"}, task={"name": "sequential-digits", "by": "pixel"}, run={"steps": 5})
    yield "classes-as-numbers", of(task={"loss": "mse"})
    yield "steps-as-numbers", of(network={"family": "rnn"}, task={"name": "parity", "samples": 40, "length": 9, "loss": "mse"})
    for name in ACTIVATIONS:
        yield f"activation-{name}", of(network={"activation": name})
        yield f"activation-rnn-{name}", of(network={"family": "rnn", "depth": 2, "activation": name})
    for name, entry in INITIALIZATIONS.items():
        for family in entry.families or FAMILIES:
            network = {"family": family, "initialization": name, **biased(name)}
            if family in ("mlp", "cnn"):
                network |= {"residual": True, "branch_layers": 2, "activation": "tanh"}
            few = {"steps": 8} if family in ("cnn", "transformer") else {}
            yield f"initialization-{family}-{name}", of(network=network, optimizer={"learning_rate": 0.01}, run=few)
    yield "initialization-of-no-spread", of(network={"bias_std": 5e-324})
    for name in OPTIMIZERS:
        yield f"optimizer-{name}", of(optimizer={"name": name, "learning_rate": 0.02})
        yield f"optimizer-lstm-{name}", of(network={"family": "lstm"}, optimizer={"name": name, "learning_rate": 0.02})
    yield "muon-alone", of(network={"depth": 1}, optimizer={"name": "muon"})
    yield "muon-cnn", of(network={"family": "cnn"}, optimizer={"name": "muon"}, run={"steps": 5})
    yield "muon-learned", of(network={"family": "transformer"}, optimizer={"name": "muon"}, run={"steps": 5})
    yield "muon-fixed", of(network={"family": "transformer", "positions": "fixed"}, optimizer={"name": "muon"}, run={"steps": 5})
    for name in SCHEDULES:
        for warmup in (0, 5):
            plateau = {"window": 2, "patience": 0, "threshold": 0.5, "final": 0.02} if name == "plateau" else {}
            yield f"schedule-{name}-{warmup}", of(schedule={"name": name, "warmup": warmup, **plateau})
    yield "muon-plateau", of(optimizer={"name": "muon"}, schedule={"name": "plateau", "patience": 0, "threshold": 0.9, "warmup": 3})
    yield "muon-cosine", of(optimizer={"name": "muon"}, schedule={"name": "cosine"})
    for by in ("norm", "value"):
        yield f"clip-{by}", of(clip={"by": by, "threshold": 0.02})
        yield f"clip-{by}-nothing", of(clip={"by": by, "threshold": 1e6})
    huge = {"depth": 10, "width": 32, "initialization": "normal", "std": 8.0}
    yield "clip-norm-huge", of(network=huge, clip={"by": "norm"}, task={"loss": "mse"}, run={"steps": 6})
    for normalization in NORMALIZATIONS:
        for residual in ({}, {"residual": True}, {"residual": True, "branch_layers": 2, "residual_scale": True, "depth": 4}):
            for family in ("mlp", "cnn"):
                few = {"steps": 6} if family == "cnn" else {"batch_size": 10}
                yield (
                    f"normalization-{family}-{normalization}-{len(residual)}",
                    of(network={"family": family, "normalization": normalization, **residual}, run=few),
                )
    yield "branches-from-the-input", of(network={"width": 2, "residual": True, "branch_layers": 2, "depth": 5})
    for recurrent in ("orthogonal", "identity"):
        for family in ("rnn", "lstm"):
            network = {"family": family, "recurrent": recurrent, "recurrent_gain": 0.9, "depth": 2}
            yield f"recurrent-{family}-{recurrent}", of(network=network)
    for placement, positions, normalization in (("pre", "fixed", "rms"), ("post", "learned", "layer"), ("post", "fixed", "rms")):
        network = {"family": "transformer", "placement": placement, "positions": positions, "normalization": normalization}
        yield f"transformer-{placement}-{positions}", of(network=network, run={"steps": 8})
    yield "whole", of(run={"batch_size": 0})
    yield "in-order", of(run={"shuffle": False})
    yield "seed", of(run={"seed": 2**32 - 1})
    yield "diverges", of(optimizer={"learning_rate": 1000.0}, task={"loss": "mse"}, network={"activation": "linear"})
    for name, path in shipped().items():
        chosen = read(path).experiment
        calm = {"optimizer.learning_rate": chosen.optimizer.learning_rate / 1e7}  # chaos would enlarge the last places of floats
        yield f"preset-{name}", chosen.changed({"run.steps": STEPS, "schedule.warmup": 0, **calm})


CASES = dict(cases())


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What every script printed, by case; all are run one after the other in one fresh interpreter that has no gradtui."""
    folder = tmp_path_factory.mktemp("scripts")
    paths = {name: folder / f"{name}.py" for name in CASES}
    for name, path in paths.items():
        path.write_text(script(Preset(title=name, experiment=CASES[name])))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN_ALL, *paths.values()], capture_output=True, text=True, check=True
    )
    found = json.loads(ran.stdout)
    return {name: found[str(path)] for name, path in paths.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_script_prints_the_losses_of_a_run(name, printed):
    """A frame's last loss is that of its step, its mean that of all steps since the frame before."""
    assert "Traceback" not in printed[name], printed[name]
    rows = [line.split() for line in printed[name].splitlines()]
    losses = [float(row[3]) for row in rows]
    assert [int(row[1]) for row in rows] == list(range(1, len(rows) + 1))
    frames, since, found = list(train([CASES[name]])), 0, []
    for frame in frames:
        found.append((losses[frame.step - 1], statistics.fmean(losses[since : frame.step])))
        since = frame.step
    assert since == len(losses)
    assert found == [pytest.approx((frame.loss.last, frame.loss.mean), rel=1e-4, nan_ok=True) for frame in frames]
