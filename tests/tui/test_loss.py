from __future__ import annotations

import math

from rich.text import Text
from textual.app import ComposeResult

from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import History
from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.loss import Loss, LossView


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


def history(*losses: float) -> History:
    made = History()
    for step, loss in enumerate(losses, 1):
        made.add(frame(step, loss, loss + 0.1 if step % 10 == 0 else None))
    return made


def text(loss: Loss) -> list[str]:
    return [loss.render_line(y).text.rstrip() for y in range(loss.size.height)]


async def test_before_the_first_step_it_says_so() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        await pilot.pause()
        assert [line.strip() for line in text(loss)] == ["No step yet.", *[""] * (loss.size.height - 1)]


async def test_curves_axes_and_legend() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(LossView.of(history(*(1.2 - step / 100 for step in range(1, 101))), [(40, "lr 0.1")]))
        rows = text(loss)
        assert rows[-1].split() == ["0", "20", "40", "60", "80", "100"]
        assert rows[0].split()[0] == "1.5"
        assert any("•" in row for row in rows)
        assert any("lr 0.1" in row for row in rows)
        assert "train" in str(loss.border_title) and "validation" in str(loss.border_title)
        assert "not finite" not in str(loss.border_title)


async def test_the_axis_of_values_switches() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(LossView.of(history(*(10.0 ** (-step / 20) for step in range(1, 101)))))
        linear = text(loss)
        loss.logarithmic = True
        await pilot.pause()
        assert text(loss) != linear
        assert "log scale" in str(loss.border_subtitle)
        assert any(row.lstrip().startswith("1e-4 ┤") for row in text(loss))
        loss.logarithmic = False
        await pilot.pause()
        assert text(loss) == linear


async def test_what_is_not_finite_is_marked_and_counted() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(LossView.of(history(1.0, 1.0, math.inf, math.nan)))
        assert "×" in text(loss)[0]
        assert "× 2 not finite" in str(loss.border_title)
        loss.fill(LossView.of(history(math.nan)))
        assert "×" in text(loss)[0]


async def test_the_same_numbers_are_drawn_once_and_a_copy_holds_still() -> None:
    made = history(*([1.0] * 20))
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Counting)
        await pilot.pause()
        shown = LossView.of(made)
        loss.fill(shown)
        count = loss.shows
        loss.fill(LossView.of(made))
        assert loss.shows == count
        made.add(frame(21, 0.5))
        assert shown == LossView.of(history(*([1.0] * 20)))
        loss.fill(LossView.of(made))
        assert loss.shows == count + 1


async def test_the_page_holds_while_steps_come_and_then_doubles() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        labels = []
        for steps in (60, 80, 100, 101, 150, 200):
            loss.fill(LossView.of(history(*([1.0] * steps))))
            labels.append(text(loss)[-1])
        assert labels[0] == labels[1] == labels[2] != labels[3] == labels[4] == labels[5]


async def test_it_follows_its_size() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        loss.fill(LossView.of(history(*([1.0] * 20))))
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        rows = text(loss)
        assert len(rows) == loss.size.height == 8
        assert rows[-1].split()[-1] == "20"
        assert max(map(len, rows)) <= loss.size.width


async def test_the_loss_before_a_fix_stays_beside_the_new_one_on_the_same_axes() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        loss = pilot.app.query_one(Loss)
        new, old = history(*([0.5] * 40)), history(*([2.0] * 400))
        loss.fill(LossView.of(new, before=old))
        rows = text(loss)
        assert "before the fix" in str(loss.border_title)
        assert any("·" in row for row in rows[: len(rows) // 2]) and rows[-1].split()[-1] == "500"
        loss.fill(LossView.of(new))
        assert "before the fix" not in str(loss.border_title)
        assert not any("·" in row for row in text(loss)) and text(loss)[-1].split()[-1] == "50"
