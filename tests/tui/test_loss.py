from __future__ import annotations

import math
from dataclasses import replace

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Changed
from gradtui.core.measured.run import Run
from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.loss import SCALES, Loss, losses


class Counting(Loss):
    """Counts how often a picture was made."""

    shows = 0

    def show(self, rows: list[Text]) -> None:  # type: ignore[override]
        self.shows += 1
        super().show(rows)


class Demo(CellsApp):
    CSS = "Loss { border: round white; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return colours(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Counting()


def frame(step: int, loss: float, validation: float | None = None) -> Frame:
    spread = Spread(last=loss, low=loss, mean=loss, high=loss)
    return Frame(step=step, loss=spread, gradient_norm=spread, learning_rate=0.1, layers={}, validation_loss=validation)


def run(*values: float, steps: int = 10_000, changes: tuple[Changed, ...] = ()) -> Run:
    """A run of so many steps that had these losses."""
    made = History()
    for step, loss in enumerate(values, 1):
        made.add(frame(step, loss, loss + 0.1 if step % 10 == 0 else None))
    return Run(experiment({"run": {"steps": steps}}), history=made, changes=changes)


def text(loss: Loss) -> list[str]:
    return [loss.render_line(y).text.rstrip() for y in range(loss.size.height)]


async def test_before_the_first_step_it_says_so() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(losses(run()))
        await pilot.pause()
        assert [line.strip() for line in text(loss)] == ["No step yet.", *[""] * (loss.size.height - 1)]


async def test_curves_axes_and_legend() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        change = Changed(run=1, step=40, key="optimizer.learning_rate", value=0.1)
        loss.fill(losses(run(*(1.2 - step / 100 for step in range(1, 101)), changes=(change,))))
        rows = text(loss)
        assert rows[-1].split() == ["0", "20", "40", "60", "80", "100"]
        assert rows[0].split()[0] == "1.5"
        assert any("learning rate 0.1" in row for row in rows)
        title = str(loss.border_title)
        assert all(words in title for words in ("⠤⠤⠤ train", "⠤ ⠤ validation", "lowest to highest"))
        assert "not finite" not in title


async def test_the_axis_suits_the_data_until_it_is_chosen_by_hand() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        seen = {}
        for name, decades in (("level", 20), ("falling", 200)):
            loss.fill(losses(run(*(10.0 ** (-step * decades / 4000) for step in range(1, 101)))))
            for scale in SCALES:
                assert loss.scale == scale
                await pilot.pause()
                seen[name, scale] = text(loss), str(loss.border_subtitle)
                loss.turn()
        assert seen["level", "auto"][0] == seen["level", "linear"][0] != seen["level", "log"][0]
        assert seen["falling", "auto"][0] == seen["falling", "log"][0] != seen["falling", "linear"][0]
        assert seen["level", "auto"][1].split()[:2] == ["linear", "scale"] and "by hand" in seen["level", "linear"][1]
        assert seen["falling", "auto"][1].split()[:2] == ["log", "scale"] and "by hand" not in seen["falling", "auto"][1]


async def test_what_is_not_finite_is_marked_and_counted() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(losses(run(1.0, 1.0, math.inf, math.nan)))
        assert "×" in text(loss)[0]
        assert "× 2 not finite" in str(loss.border_title)
        loss.fill(losses(run(math.nan)))
        assert "×" in text(loss)[0]


async def test_the_same_numbers_are_drawn_once_and_a_copy_holds_still() -> None:
    made = run(*([1.0] * 20))
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Counting)
        await pilot.pause()
        shown = losses(made)
        loss.fill(shown)
        count = loss.shows
        loss.fill(losses(made))
        assert loss.shows == count
        made.history.add(frame(21, 0.5))
        assert shown == losses(run(*([1.0] * 20)))
        loss.fill(losses(made))
        assert loss.shows == count + 1


async def test_the_page_holds_while_steps_come_and_then_doubles_and_ends_with_the_run() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        labels = []
        for steps in (60, 80, 100, 101, 150, 180):
            loss.fill(losses(run(*([1.0] * steps), steps=180)))
            labels.append(text(loss)[-1])
        assert labels[0] == labels[1] == labels[2] != labels[3] == labels[4] == labels[5]
        assert labels[0].split()[-1] == "100" and labels[-1].split()[-1] in ("150", "180")
        columns = [row.rstrip() for row in text(loss)[:-2]]
        assert max(map(len, columns)) == loss.size.width - 1, "the curve reaches the end of the axis"


async def test_it_follows_its_size() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(losses(run(*([1.0] * 20))))
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        rows = text(loss)
        assert len(rows) == loss.size.height == 8
        assert rows[-1].split()[-1] == "20"
        assert max(map(len, rows)) <= loss.size.width


async def test_words_of_a_title_that_do_not_fit_are_left_out_whole() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(losses(run(1.0, math.nan), run(1.0)))
        whole = str(loss.border_title).split("  ")
        for width in range(1, 80, 3):
            await pilot.resize_terminal(width, 16)
            await pilot.pause()
            assert whole[: len(str(loss.border_title).split("  "))] == str(loss.border_title).split("  ") or width < 10


async def test_the_loss_before_a_fix_stays_beside_the_new_one_on_the_same_axes() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        new, old = run(*([0.5] * 40)), run(*([2.0] * 400))
        loss.fill(losses(new, old))
        rows = text(loss)
        assert "before the fix" in str(loss.border_title)
        assert any("·" in row for row in rows[: len(rows) // 2]) and rows[-1].split()[-1] == "500"
        loss.fill(losses(new))
        assert "before the fix" not in str(loss.border_title)
        assert not any("·" in row for row in text(loss)) and text(loss)[-1].split()[-1] == "50"


async def test_a_run_of_another_experiment_than_the_one_in_the_forms_is_dimmed_and_says_so() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(losses(run(*([1.0] * 20))))
        await pilot.pause()
        fresh = styles(loss)
        loss.age(True)
        await pilot.pause()
        assert "of the run before the change" in str(loss.border_title)
        assert all(style.dim for style in styles(loss)) and not any(style.dim for style in fresh)
        loss.age(False)
        await pilot.pause()
        assert styles(loss) == fresh and "before the change" not in str(loss.border_title)


def styles(loss: Loss) -> list[Style]:
    return [segment.style for y in range(loss.size.height) for segment in loss.render_line(y) if segment.style]


def test_a_burst_of_changes_of_one_value_is_one_mark() -> None:
    """At 100 steps a second: three within a second, one of another value, one after a look at what it did, one long after that."""
    made = replace(run(1.0), speed=100.0)
    rate, clip = "optimizer.learning_rate", "clip.threshold"
    for step, key, value in (
        (10, rate, 0.02),
        (60, rate, 0.05),
        (110, rate, 0.1),
        (120, clip, 2.0),
        (130, rate, 0.2),
        (900, rate, 0.1),
    ):
        made = made.after(Changed(run=0, step=step, key=key, value=value))
    assert losses(made).changes == (
        (110, "learning rate 0.1"),
        (120, "clip threshold 2"),
        (130, "learning rate 0.2"),
        (900, "learning rate 0.1"),
    )
