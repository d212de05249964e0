"""Brackets and braces: neighbouring values, and those far away, of the field in focus or of the learning rate."""

import pytest

from tests.tui.lab import COMPACT, SIZE, Lab


@pytest.fixture
def lab():
    return Lab()


async def test_brackets_pass_over_a_width_that_the_heads_do_not_divide(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.session.change({"network.family": "transformer", "task.name": "text", "network.heads": 4})
        lab.app.lab.steering.rewind()
        await pilot.press("1", "home", "down", "down", "right_square_bracket")
        assert lab.session.experiment.network.width == 36
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert lab.session.experiment.network.width == 28


async def test_brackets_change_the_learning_rate_of_a_run_at_once(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        await pilot.press("2", "down", "right_square_bracket")
        change = lab.backend.commands[-1]
        assert (change.key, change.value) == ("optimizer.learning_rate", 0.02)
        await pilot.press("u")
        assert lab.backend.commands[-1].value == 0.01


@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_braces_and_brackets_change_the_rate_from_wherever_the_focus_is(lab, size):
    async with lab.app.run_test(size=size) as pilot:
        for keys, rate in (("}", 0.1), ("[", 0.05), ("]]", 0.2), ("{{", 0.002)):
            await pilot.press("5", *keys)
            await pilot.pause()
            assert lab.session.experiment.optimizer.learning_rate == rate
        assert lab.app.lab.query_one("#loss").display
