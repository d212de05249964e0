"""The trainer: lanes, determinism, what frames hold, divergence, and refusals before anything is allocated."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.cost import stride
from gradtui.core.experiments.refusal import Incompatible, NoDevice, TooLarge
from gradtui.core.measured.frame import Spread
from gradtui.engine.training import devices, trainer
from gradtui.engine.training.tally import Tally
from gradtui.engine.training.trainer import prepare, train
from tests.engine import plain


def same(value):
    """Equal to float error, NaN and None included."""
    return pytest.approx(value, rel=1e-3, abs=1e-6, nan_ok=True)


LANES = {
    "seeds": [{"run": {"seed": seed}} for seed in (0, 1, 2)],
    "optimizers": [{"optimizer": {"name": name, "learning_rate": 0.02}} for name in ("sgd", "adam", "sgd", "momentum")],
    "rates": [{"optimizer": {"name": "adam", "learning_rate": rate}} for rate in (0.1, 0.01, 0.01)],
    "clipping": [{"clip": {"by": by, "threshold": 0.05}, "optimizer": {"learning_rate": 1.0}} for by in ("norm", "none", "value")],
    "initializations": [{"network": {"initialization": name}} for name in ("he-normal", "default", "orthogonal")],
    "mse": [{"task": {"loss": "mse"}, "run": {"seed": seed}} for seed in (0, 1)],
    "batch norm": [{"network": {"normalization": "batch"}, "run": {"seed": seed}} for seed in (0, 1)],
    "layer norm": [{"network": {"normalization": "layer"}, "optimizer": {"learning_rate": rate}} for rate in (0.1, 1.0)],
    "gradient descent": [{"run": {"batch_size": 0, "seed": seed}} for seed in (0, 1)],
}


@pytest.mark.parametrize("tables", LANES.values(), ids=LANES)
def test_a_lane_is_the_same_experiment_run_alone(tables):
    made = [plain.of(table) for table in tables]
    together, _, stack = plain.run(*made)
    for lane, experiment in enumerate(made):
        alone, _, single = plain.run(experiment)
        mine = [frame for frame in together if frame.lane == lane]
        for theirs, ours in zip(alone, mine, strict=True):
            assert ours.loss.last == same(theirs.loss.last)
            assert ours.gradient_norm.last == same(theirs.gradient_norm.last)
            assert ours.validation_loss == same(theirs.validation_loss)
            assert ours.validation_accuracy == same(theirs.validation_accuracy)
            for name, values in theirs.layers.items():
                assert ours.layers[name] == same(values), name
        torch.testing.assert_close(stack.storage.weights[lane], single.storage.weights[0], rtol=1e-3, atol=1e-5)


def test_the_same_seed_gives_the_same_bits(device):
    made = plain.of({"run": {"steps": 25, "device": device, "seed": 5}})
    one, two = plain.run(made), plain.run(made)
    assert torch.equal(one[2].storage.weights, two[2].storage.weights)
    assert [frame.model_copy(update={"steps_per_second": None}) for frame in one[0]] == [
        frame.model_copy(update={"steps_per_second": None}) for frame in two[0]
    ]
    assert one[1] == two[1]


def test_another_seed_gives_other_data_weights_and_batches():
    one, two = (prepare([plain.of({"run": {"seed": seed}})]).stack for seed in (0, 1))
    assert not torch.equal(one.training.inputs, two.training.inputs)
    assert not torch.equal(one.storage.weights, two.storage.weights)


def test_frames_come_at_first_then_now_and_then_and_last():
    made = plain.of({"run": {"steps": 57}})
    frames, (outcome,), _ = plain.run(made)
    assert stride(made) == 10
    assert [frame.step for frame in frames] == [*range(1, 11), 20, 30, 40, 50, 57]
    assert [frame.loss.count for frame in frames] == [1] * 10 + [10] * 4 + [7]
    assert [frame.step for frame in frames if frame.validation_loss is not None] == [1, 10, 20, 30, 40, 50, 57]
    assert frames[0].steps_per_second is None and all(frame.steps_per_second > 0 for frame in frames[1:])
    assert (outcome.status, outcome.step, outcome.divergence) == ("done", 57, None)
    assert outcome.validation_loss == frames[-1].validation_loss


def test_a_frame_is_validated_where_the_run_is_longer_by_a_twentieth_or_ten_frames_have_passed():
    frames, _, _ = plain.run(plain.of({"network": {"depth": 1, "width": 2}, "run": {"steps": 3000}}))
    at = {frame.step: number for number, frame in enumerate(frames)}
    validated = [frame.step for frame in frames if frame.validation_loss is not None]
    for before, after in itertools.pairwise(validated[1:-1]):
        assert at[after] - at[before] <= 10 and after - before < max(20, before // 20 + 10)
    assert all(at[after] - at[before] == 10 for before, after in itertools.pairwise([s for s in validated if s > 2100][:-1]))


def test_nothing_between_two_frames_is_missed():
    """A single sample a thousand times as large as the others makes one step's loss stand out."""
    run = {"steps": 30, "batch_size": 1, "shuffle": False}
    made = plain.of({"network": {"activation": "linear"}, "task": {"loss": "mse"}, "optimizer": {"learning_rate": 0.0}, "run": run})
    training = prepare([made])
    frames = training.frames()
    for _ in range(10):
        next(frames)
    training.stack.training.inputs[0, 14] *= 1000
    spike, after = next(frames), next(frames)
    assert spike.step == 20 and spike.loss.high > 2 * max(spike.loss.last, after.loss.high)
    assert spike.gradient_norm.high > 2 * max(spike.gradient_norm.last, after.gradient_norm.high)


@given(st.lists(st.floats(width=32), min_size=1))
def test_a_tally_is_its_steps_merged(values):
    tally = Tally()
    for value in values:
        tally.add(value)
    merged = Spread(last=values[0], low=values[0], mean=values[0], high=values[0])
    for value in values[1:]:
        merged = merged.merged(Spread(last=value, low=value, mean=value, high=value))
    taken = tally.take()
    assert taken.model_dump(exclude={"mean"}) == pytest.approx(merged.model_dump(exclude={"mean"}), nan_ok=True, rel=0)
    size = max([1.0, *(abs(value) for value in values if math.isfinite(value))])
    assert taken.mean == pytest.approx(merged.mean, nan_ok=True, abs=1e-6 * size)


def test_divergence_names_the_first_step_and_layer():
    network = {"depth": 30, "width": 256, "activation": "relu", "initialization": "normal", "std": 1.0}
    made = plain.of({"network": network, "optimizer": {"learning_rate": 0.01}}, run={"steps": 100})
    frames, (outcome,), _ = plain.run(made)
    seen, model = plain.losses(made.changed({"run.steps": outcome.step}), lambda p: torch.optim.SGD(p, 0.01))
    assert outcome.status == "diverged" and outcome.step == outcome.divergence.step == frames[-1].step
    assert [math.isfinite(loss) for loss in seen] == [True] * (outcome.step - 1) + [False]
    finite = [bool(h.isfinite().all()) for h in model.outputs]
    assert outcome.divergence.what == "activation"
    assert outcome.divergence.layer == [str(layer + 1) for layer in range(30)][finite.index(False)]
    assert not math.isfinite(frames[-1].loss.last)
    assert frames[-1].layers["update_ratio"] == (None,) * 31


def test_divergence_remembers_a_gradient_that_was_not_finite():
    training = prepare([plain.of({"network": {"depth": 1, "activation": "linear"}, "task": {"loss": "mse"}}, run={"steps": 30})])
    first, last = training.stack.network.weighted
    with torch.no_grad():
        first.weight.fill_(1e-37)
        last.weight.fill_(3e37)
        last.bias.fill_(100)
    frames = training.frames()
    seen = [next(frames)]
    with pytest.raises(StopIteration) as end:
        while True:
            seen.append(next(frames))
    assert math.isfinite(seen[0].loss.last) and not math.isfinite(seen[0].gradient_norm.last)
    (outcome,) = end.value.value
    found = outcome.divergence
    assert (found.step, found.layer, found.what) == (1, "1", "gradient")
    assert outcome.step == 2


def test_a_loss_that_overflows_by_itself_is_named():
    training = prepare([plain.of({"network": {"depth": 1, "activation": "linear"}, "task": {"loss": "mse"}})])
    with torch.no_grad():
        training.stack.network.weighted[-1].bias.fill_(1e30)
    with pytest.raises(StopIteration) as end:
        frames = training.frames()
        while True:
            next(frames)
    (outcome,) = end.value.value
    assert (outcome.divergence.what, outcome.divergence.layer) == ("loss", "out")


def test_too_large_is_refused_before_anything_is_allocated(monkeypatch):
    monkeypatch.setattr(trainer, "Stack", None)
    monkeypatch.setattr(devices, "available_memory", lambda device: 16_000_000_000)
    with pytest.raises(TooLarge, match=r"needs at least 6\d\.\d GB, but cpu has 16 GB available"):
        prepare([plain.of({"network": {"depth": 200, "width": 4096}, "run": {"device": "cpu"}})])


def test_memory_is_known(device):
    assert 1 << 26 < devices.available_memory(torch.device(device)) < 1 << 50


def test_a_device_that_is_missing_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(NoDevice, match="no NVIDIA GPU"):
        prepare([plain.of({"run": {"device": "cuda"}})])
    assert prepare([plain.of({"run": {"device": "auto"}})]).device.type == "cpu"


def test_lanes_that_cannot_share_a_stack_are_refused():
    with pytest.raises(Incompatible, match=r"network\.width is 9, and 8 in the first one"):
        prepare([plain.of({}), plain.of({"network": {"width": 9}})])


def test_batch_normalization_of_one_sample_is_refused():
    with pytest.raises(Incompatible, match="two samples a batch"):
        prepare([plain.of({"network": {"normalization": "batch"}, "run": {"batch_size": 7}})])
    prepare([plain.of({"network": {"normalization": "batch"}, "run": {"batch_size": 8}})])


def test_spirals_are_learned_by_a_healthy_deep_network_and_not_by_a_sick_one():
    tables = {"task": {"samples": 1000}, "optimizer": {"name": "adam"}, "run": {"steps": 600, "batch_size": 64}}
    healthy = plain.of(tables, network={"depth": 10, "width": 64, "activation": "relu", "initialization": "he-normal"})
    sick = plain.of(tables, network={"depth": 10, "width": 64, "activation": "sigmoid", "initialization": "default"})
    learned, stuck = (list(train([made]))[-1].loss.mean for made in (healthy, sick))
    assert learned < 0.03
    assert stuck == pytest.approx(math.log(3), abs=0.02)


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_a_run_that_goes_on_is_the_run_that_was_longer_from_the_start(schedule):
    made = plain.of({"network": {"depth": 2, "width": 4}, "schedule": {"name": schedule}, "run": {"steps": 12}})
    short, long = prepare([made]), prepare([made.changed({"run.steps": 30})])
    outcomes = []
    for training in (short, long):
        outcomes.append(list(training.frames())[-1])
    assert short.made == 12 and not short.unfinished
    short.stack.change("run.steps", 30)
    outcomes[0] = list(short.frames())[-1]
    assert short.made == 30 and torch.equal(short.stack.storage.weights, long.stack.storage.weights)
    assert outcomes[0].loss.last == outcomes[1].loss.last and outcomes[0].step == 30
