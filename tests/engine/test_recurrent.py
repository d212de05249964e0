"""Recurrent networks against torch.nn's own, and gradients over time against torch.nn's cells, theory and the literature."""

import pytest
import torch
from torch import nn, optim

from gradtui.catalog.networks import FAMILIES
from gradtui.core.experiments.cost import cost
from gradtui.core.experiments.experiment import experiment
from gradtui.core.theory.over_time import SHOWN
from gradtui.engine.training import trainer
from gradtui.engine.training.trainer import prepare
from tests.engine import plain

RECURRENT = [name for name, family in FAMILIES.items() if family.gates]
LAYERS = {
    "rnn": lambda *sizes: nn.RNN(*sizes, batch_first=True),
    "irnn": lambda *sizes: nn.RNN(*sizes, nonlinearity="relu", batch_first=True),
    "gru": lambda *sizes: nn.GRU(*sizes, batch_first=True),
    "lstm": lambda *sizes: nn.LSTM(*sizes, batch_first=True),
}
CELLS = {
    "rnn": nn.RNNCell,
    "irnn": lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu"),
    "gru": nn.GRUCell,
    "lstm": nn.LSTMCell,
}
FAMILY = pytest.mark.parametrize("family", RECURRENT)


def of(family, name="adding", length=12, samples=40, **changes):
    """A small recurrent experiment."""
    tables = {
        "network": {"family": family, "width": 8},
        "task": {"name": name, "length": length, "samples": samples},
        "optimizer": {"learning_rate": 0.02},
        "run": {"steps": 6, "batch_size": 16},
    }
    return experiment({name: {**values, **changes.get(name, {})} for name, values in tables.items()})


class Model(nn.Module):
    """A recurrent network as torch.nn writes it, with the weights of one lane of a stack."""

    def __init__(self, stack, lane=0):
        super().__init__()
        made, linears = stack.experiments[lane], stack.network.weighted
        self.recurrent = LAYERS[made.network.family](linears[0].fan_in, made.network.width, made.network.depth)
        self.out = nn.Linear(made.network.width, linears[-1].fan_out)
        self.per_step = made.task.name != "adding"
        with torch.no_grad():
            for at, linear in enumerate(linears[:-1]):
                place = f"{'hh' if at % 2 else 'ih'}_l{at // 2}"
                getattr(self.recurrent, f"weight_{place}").copy_(linear.weight[lane].T)
                getattr(self.recurrent, f"bias_{place}").copy_(linear.bias[lane, 0])
            self.out.weight.copy_(linears[-1].weight[lane].T)
            self.out.bias.copy_(linears[-1].bias[lane, 0])

    def forward(self, inputs):
        h = self.recurrent(inputs)[0]
        return self.out(h if self.per_step else h[:, -1])


def loss_of(made, logits, targets):
    return plain.criterion(made)(logits.flatten(0, -2), targets.flatten() if made.task.name != "adding" else targets)


def losses(made, lane=0, lanes=()):
    """The losses of the loop that everybody writes, and its model."""
    stack = prepare([made, *lanes]).stack
    model, batches = Model(stack, lane), stack.batches()
    optimizer, seen = optim.SGD(model.parameters(), 0.02), []
    for _ in range(made.run.steps):
        inputs, targets = next(batches)
        optimizer.zero_grad()
        loss = loss_of(made, model(inputs[lane]), targets[lane])
        loss.backward()
        optimizer.step()
        seen.append(loss.item())
    return seen, model


@pytest.mark.parametrize("task", ["adding", "copy"])
@pytest.mark.parametrize("depth", [1, 3])
@FAMILY
def test_training_is_that_of_torch_nn(family, depth, task):
    made = of(family, task, network={"depth": depth})
    frames, (outcome,), stack = plain.run(made)
    expected, model = losses(made)
    assert sum(weight.numel() for weight in model.parameters()) == cost(made).weights
    assert plain.last_losses(frames) == pytest.approx(expected, rel=1e-4)
    for mine, theirs in zip(Model(stack).parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-5)
    inputs, targets = stack.validation.inputs[0], stack.validation.targets[0]
    answers = model(inputs)
    assert outcome.validation_loss == pytest.approx(loss_of(made, answers, targets).item(), rel=1e-3)
    if task == "copy":
        assert outcome.validation_accuracy == pytest.approx((answers.argmax(-1) == targets).float().mean().item())


@FAMILY
def test_gradients_are_those_of_torch_nn(family):
    made = of(family, "copy", network={"depth": 2, "width": 16})
    stack = prepare([made]).stack
    model, batch = Model(stack), next(stack.batches())
    loss_of(made, model(batch[0][0]), batch[1][0]).backward()
    for sampled in (False, True):
        stack.differentiate(batch, sampled)
        landed = iter(stack.storage.landed)
        places = [f"{kind}_l{layer}" for layer in range(2) for kind in ("ih", "hh")]
        names = [f"recurrent.{what}_{place}" for place in places for what in ("weight", "bias")]
        for name in (*names, "out.weight", "out.bias"):
            theirs = model.get_parameter(name).grad
            mine = next(landed)[0]
            torch.testing.assert_close(mine.T if theirs.dim() == 2 else mine[0], theirs, rtol=1e-4, atol=1e-7)


@FAMILY
def test_lanes_are_trained_as_if_alone(family):
    made = [of(family, run={"seed": seed, "batch_size": 16}) for seed in range(3)]
    together = plain.run(*made)[0]
    for lane, alone in enumerate(made):
        assert plain.last_losses(together, lane) == pytest.approx(losses(alone)[0], rel=1e-4)


@pytest.mark.parametrize("task", ["adding", "copy"])
@pytest.mark.parametrize("lanes", [1, 2])
@FAMILY
def test_gradients_over_time_are_those_of_a_loop_over_cells(family, lanes, task):
    made = [of(family, task, run={"seed": seed, "steps": 1}) for seed in range(lanes)]
    training = prepare(made)
    stack, frames = training.stack, list(training.frames())
    for lane in range(lanes):
        stack = prepare(made).stack
        cell = CELLS[family](stack.network.weighted[0].fan_in, 8).double()
        model, (inputs, targets) = Model(stack, lane).double(), next(stack.batches())
        cell.load_state_dict({name.removesuffix("_l0"): value for name, value in model.recurrent.state_dict().items()})
        state, states = None, []
        for x in inputs[lane].double().unbind(1):
            state = cell(x, state)
            states.append(state[0] if family == "lstm" else state)
            states[-1].retain_grad()
        logits = model.out(torch.stack(states, 1) if model.per_step else states[-1])
        target = targets[lane].double() if task == "adding" else targets[lane]
        loss_of(made[0], logits, target).backward()
        expected = [h.grad.norm().item() for h in states]
        assert frames[lane].gradient_over_time == pytest.approx(expected, rel=1e-3)
        layer = frames[lane].layers
        assert layer["activation_gradient"][0] == pytest.approx(torch.stack([h.grad for h in states]).norm().item(), rel=1e-3)
        assert layer["activation_std"][0] == pytest.approx(torch.stack(states).std(correction=0).item(), rel=1e-3)
        grads = [model.out.weight.grad if at else torch.cat([cell.weight_ih.grad, cell.weight_hh.grad], 1) for at in (0, 1)]
        assert layer["weight_gradient"] == pytest.approx([gradient.norm().item() for gradient in grads], rel=1e-3)


@pytest.mark.parametrize(("gain", "ratio"), [(0.9, 2.656e-5), (1.1, 1.378e4)])
@pytest.mark.parametrize("recurrent", ["orthogonal", "identity"])
def test_a_linear_network_changes_the_gradient_by_its_gain_a_time_step(recurrent, gain, ratio):
    network = {"activation": "linear", "recurrent": recurrent, "recurrent_gain": gain, "width": 32}
    training = prepare([of("rnn", length=101, network=network, run={"steps": 1})])
    measured, (predicted,) = next(training.frames()).gradient_over_time, training.predicted_over_time
    assert predicted[0] == pytest.approx(ratio, rel=1e-3)
    assert [value / measured[-1] for value in measured] == pytest.approx(predicted, rel=1e-3)


def test_theory_tells_nothing_where_it_knows_nothing():
    for family, network in (("lstm", {}), ("rnn", {}), ("rnn", {"activation": "linear"})):
        assert prepare([of(family, network=network)]).predicted_over_time == ((None,) * 12,)
    made = of("rnn", "copy", network={"activation": "linear", "recurrent": "identity"})
    assert prepare([made]).predicted_over_time == ((None,) * 12,)
    assert prepare([plain.of({})]).predicted_over_time == ((),)


@pytest.mark.parametrize("length", [50, 100, 200])
def test_an_irnn_passes_the_same_share_back_whatever_the_length(length):
    run = {"steps": 1, "batch_size": 0}
    made = [of("irnn", length=length, network={"width": 64}, samples=256, run={**run, "seed": seed}) for seed in range(8)]
    ratios = [frame.gradient_over_time[0] / frame.gradient_over_time[-1] for frame in prepare(made).frames()]
    assert sum(ratios) / len(ratios) == pytest.approx(0.70, abs=0.03), "half of the units are at zero for good"


def test_long_sequences_show_evenly_spread_time_steps():
    frames, _, stack = plain.run(of("gru", length=300, run={"steps": 1}))
    assert stack.time_steps == 300
    assert len(frames[0].gradient_over_time) == SHOWN


def test_nothing_over_time_where_nothing_recurs():
    frames, _, stack = plain.run(plain.of({}, run={"steps": 1}))
    assert frames[0].gradient_over_time == () and stack.time_steps == 0


@pytest.mark.parametrize("lanes", [1, 2])
@FAMILY
def test_measuring_changes_no_bit(family, lanes, monkeypatch):
    made = [of(family, run={"steps": 30, "seed": seed}) for seed in range(lanes)]
    seen, _, measured = plain.run(*made)
    monkeypatch.setattr(trainer, "OPENING", 0)
    monkeypatch.setattr(trainer, "stride", lambda made: 1000)
    unseen, _, unmeasured = plain.run(*made)
    assert len(unseen) < len(seen)
    assert torch.equal(measured.storage.weights.view(torch.int32), unmeasured.storage.weights.view(torch.int32))


def test_a_unit_that_the_first_sequence_alone_wakes_is_not_dead():
    """Validation samples pass some at a time, of long sequences fewer, and the first ones count as much as the last."""
    network = {"activation": "relu", "width": 1}
    training = prepare([of("rnn", length=100, samples=1000, network=network, optimizer={"learning_rate": 0.0})])
    training.stack.validation.inputs[:, 1:] = 0
    with torch.no_grad():
        training.stack.storage.weights.zero_()
        training.stack.network.weighted[0].weight.fill_(1)
    assert next(training.frames()).layers["dead"] == (0.0, None)


def test_weights_are_drawn_gate_by_gate():
    inputs, recurrent, _ = prepare([of("lstm", network={"recurrent": "orthogonal", "recurrent_gain": 2.0})]).stack.network.weighted
    for gate in recurrent.weight[0].split(8, 1):
        torch.testing.assert_close(gate.T @ gate, 4 * torch.eye(8))
    bound = 8**-0.5
    assert 0.8 * bound < inputs.weight.abs().max() < bound
    assert (inputs.bias[0, 0, 8:16] == 1).all() and (recurrent.bias[0, 0, 8:16] == 0).all(), "the forget gate"
    assert inputs.bias[0, 0, :8].all() and recurrent.bias[0, 0, 16:].all()


def test_an_irnn_begins_as_the_identity_without_biases():
    _, recurrent, _ = linears = prepare([of("irnn")]).stack.network.weighted
    assert torch.equal(recurrent.weight[0], torch.eye(8))
    assert not any(linear.bias.any() for linear in linears[:2])


def test_he_weights_of_inputs_and_gates_have_their_own_fans():
    inputs, recurrent, _ = prepare([of("gru", network={"initialization": "he-normal", "width": 128})]).stack.network.weighted
    assert inputs.weight.std().item() == pytest.approx(1.0, rel=0.1), "two inputs"
    assert recurrent.weight.std().item() == pytest.approx((2 / 128) ** 0.5, rel=0.05)
    assert not inputs.bias.any()
