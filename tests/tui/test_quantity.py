"""Which quantity is drawn, and that `g` draws none that is not there."""

from __future__ import annotations

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.frame import DRAWN
from gradtui.core.presets.preset import Preset
from gradtui.tui.widgets.gradients import Gradients
from tests.tui.lab import PRESET, SIZE, Lab, finding

RECURRENT = Preset(title="Adding", experiment=experiment({"network": {"family": "rnn"}, "task": {"name": "adding"}}))


async def test_a_recurrent_network_opens_on_what_its_finding_is_about_until_g_chooses() -> None:
    lab = Lab(RECURRENT)
    async with lab.app.run_test(size=SIZE) as pilot:

        def title() -> str:
            return str(lab.app.lab.query_one(Gradients).border_title)

        assert "|dL/dh_t| by time step" in title()
        lab.ready()
        await pilot.press("space")
        lab.start(depth=1)
        for place, expected in (("layer", "|dL/dh| by layer"), ("time step", "|dL/dh_t| by time step")):
            lab.report(protocol.Diagnosed(run=lab.run, findings=(finding("vanishing-gradients", place, ("1",)),)))
            assert expected in title()
        await pilot.press("g")
        assert "|dL/dh| by layer" in title()
        lab.report(protocol.Diagnosed(run=lab.run, findings=()))
        assert "|dL/dh| by layer" in title()


@pytest.mark.parametrize(("activation", "missing"), [("relu", "saturated"), ("tanh", "dead"), ("gelu", "saturated")])
async def test_g_draws_no_page_of_dots(activation: str, missing: str) -> None:
    """Units of a ReLU have no flat ends on both sides: there is nothing that could be measured of them."""
    lab = Lab(PRESET.model_copy(update={"experiment": PRESET.experiment.changed({"network.activation": activation})}))
    async with lab.app.run_test(size=SIZE) as pilot:
        seen = []
        for _ in DRAWN:
            await pilot.press("g")
            seen.append(str(lab.app.lab.query_one(Gradients).border_title))
        assert len(set(seen)) < len(seen) and not any(DRAWN[missing].title in title for title in seen)
