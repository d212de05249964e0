"""Fixes: valid changes, each once, the surest first where weights alone are not enough."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.diagnosis import fixes
from gradtui.diagnosis.fixes import offered, sound
from tests.strategies import experiments


def test_narrow_and_deep_networks_get_links_where_weights_do_not_help() -> None:
    titles = {
        width: offered(experiment({"network": {"depth": 20, "width": width, "activation": "sigmoid"}}), sound)[0].title
        for width in (16, 256)
    }
    assert "Residual" in titles[16] and titles[256] == "ReLU with He weights"


@pytest.mark.parametrize(("width", "rate"), [(4, 0.01), (32, 10.0)], ids=["narrow", "far too fast"])
def test_where_sound_weights_are_not_enough_the_surest_fix_comes_first(width: int, rate: float) -> None:
    tables = {"network": {"depth": 5, "width": width}, "optimizer": {"name": "sgd", "learning_rate": rate}}
    made = experiment(tables)
    first, second, plain = (made.changed(fix.set) for fix in offered(made, *fixes.sounder()))
    assert (first.network.residual, first.optimizer.name, first.clip.by) == (True, "adam", "norm")
    assert first.network.width == 32
    assert second.optimizer == made.optimizer and second.network.activation == "relu"
    assert not plain.network.residual and plain.network.normalization == "none" and plain.optimizer.name == "adam"
    enough = experiment({"network": {"depth": 5, "width": 32}, "optimizer": {"name": "sgd", "learning_rate": 0.01}})
    assert "optimizer.name" not in offered(enough, *fixes.sounder())[0].set


def test_the_surest_fix_of_what_recurs_is_gates_and_wide_layers_stay_as_they_are() -> None:
    recurrent, wide = experiment({"network": {"family": "rnn"}, "task": {"name": "adding"}}), experiment({"network": {"width": 64}})
    assert recurrent.changed(offered(recurrent, fixes.surest)[0].set).network.family == "gru"
    assert "network.width" not in offered(wide, fixes.surest)[0].set


@given(experiments(), st.floats(0, 1e3, allow_nan=False))
def test_fixes_are_valid_changes_each_once(made: Experiment, longest: float) -> None:
    functions = [make for name, make in vars(fixes).items() if inspect.isfunction(make) and not name.startswith("_")]
    makers = [make for make in functions if list(inspect.signature(make).parameters) == ["experiment"]]
    found = offered(made, *makers, *fixes.quicker(longest), fixes.until(7), fixes.gated("gru"), fixes.smaller(0.01, 3.0))
    for fix in found:
        assert made.changed(fix.set) != made and fix.title and fix.reason
    assert len({str(fix.set) for fix in found}) == len(found)
