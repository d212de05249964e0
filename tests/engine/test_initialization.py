"""Initializations that look at the network: Fixup at its branches, LSUV at the data."""

import pytest
import torch

from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training.trainer import prepare
from tests.engine import plain


@pytest.mark.parametrize(("depth", "width"), [(7, 8), (8, 2)])
def test_fixup_zeroes_the_end_of_every_branch_and_scales_the_rest(depth, width):
    network = {"depth": depth, "residual": True, "branch_layers": 2, "width": width}
    fixup, he = (prepare([plain.of({"network": {**network, "initialization": name}})]).stack for name in ("fixup", "he-normal"))
    kinds = plain.blocks(plain.of({"network": network}).network, width == 2)
    branches = sum(kind == "branch" for kind, _ in kinds)
    scales = [scale for kind, _ in kinds for scale in ((1,) if kind == "plain" else (branches**-0.5, 0))]
    for mine, theirs, scale in zip(fixup.network.weighted, he.network.weighted, [*scales, 1], strict=True):
        torch.testing.assert_close(mine.weight, theirs.weight * scale)


def test_fixup_is_the_identity_at_the_start():
    network = {"depth": 21, "residual": True, "branch_layers": 2, "initialization": "fixup", "activation": "relu"}
    stack = prepare([plain.of({"network": network})]).stack
    outputs = stack.network.forward(stack.training.inputs, training=True).outputs
    assert all(torch.equal(h, outputs[0]) for h in outputs[2:-1:2])


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("family", ["mlp", "cnn"])
def test_lsuv_gives_every_layer_unit_variance_on_a_batch(family, activation):
    network = {"family": family, "depth": 6, "width": 12, "activation": activation, "initialization": "lsuv"}
    stack = prepare([experiment({"network": network, "task": {"name": "digits"}})]).stack
    for made in stack.network.forward(stack.training.inputs[:, :256], training=False).weighted:
        assert made.std(correction=0).item() == pytest.approx(1, rel=1e-3)
    weight = stack.network.weighted[2].weight[0].flatten(1) if family == "cnn" else stack.network.weighted[2].weight[0]
    gram = weight @ weight.T
    torch.testing.assert_close(gram / gram[0, 0], torch.eye(12), atol=1e-4, rtol=0)


@pytest.mark.parametrize("samples", [10, 400])
def test_lsuv_divides_by_the_spread_of_what_is_made_and_of_no_larger_population(samples):
    """Of a few numbers, one less would be seen; of many samples, only the first 256 pass."""
    made = plain.of({"network": {"initialization": "lsuv", "width": 2}, "task": {"samples": samples}})
    stack = prepare([made]).stack
    model, passed = plain.copy_of(stack).double(), []
    for layer in model.layers:
        layer.register_forward_hook(lambda module, given, output: passed.append(output))
    model(stack.training.inputs[0, :256].double())
    for output in passed:
        numbers = output.flatten().tolist()
        mean = sum(numbers) / len(numbers)
        assert sum((number - mean) ** 2 for number in numbers) / len(numbers) == pytest.approx(1, rel=1e-4)


def test_lsuv_leaves_other_lanes_alone():
    made = [plain.of({"network": {"initialization": name}}, run={"seed": 3}) for name in ("orthogonal", "lsuv", "orthogonal")]
    together, alone = prepare(made).stack, prepare(made[1:2]).stack
    orthogonal = prepare(made[:1]).stack
    for part, one, other in zip(together.network.weighted, alone.network.weighted, orthogonal.network.weighted, strict=True):
        assert torch.equal(part.weight[0], other.weight[0]) and torch.equal(part.weight[2], other.weight[0])
        torch.testing.assert_close(part.weight[1], one.weight[0])


def test_lsuv_leaves_an_output_without_variance_as_it_is():
    made = plain.of({"network": {"initialization": "lsuv", "activation": "relu", "width": 1, "depth": 40}})
    weights = torch.cat([part.weight.flatten() for part in prepare([made]).stack.network.weighted])
    assert weights.isfinite().all()


def test_bias_std_draws_biases_after_each_weight():
    made = plain.of({"network": {"initialization": "he-normal", "bias_std": 0.5}}, run={"seed": 3})
    generator = torch.Generator().manual_seed(3)
    for part in prepare([made]).stack.network.weighted:
        torch.nn.init.kaiming_normal_(torch.empty(part.fan_out, part.fan_in), generator=generator)
        torch.testing.assert_close(part.bias[0, 0].detach(), torch.empty(part.fan_out).normal_(0, 0.5, generator=generator))


@pytest.mark.parametrize("family", ["rnn", "gru", "lstm"])
def test_bias_std_of_recurrent_layers_is_that_of_what_the_inputs_add(family):
    network = {"family": family, "width": 100, "initialization": "xavier-normal", "bias_std": 0.5}
    inputs, recurrent, out = prepare([experiment({"network": network, "task": {"name": "parity"}})]).stack.network.weighted
    drawn = inputs.bias[0, 0, torch.arange(inputs.fan_out) // 100 != 1] if family == "lstm" else inputs.bias
    assert drawn.std().item() == pytest.approx(0.5, rel=0.2) and drawn.mean().item() == pytest.approx(0, abs=0.2)
    assert not recurrent.bias.any() and out.bias.any()
