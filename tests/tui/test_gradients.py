from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import ComposeResult

from gradtui.core.measured.frame import DRAWN, Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started
from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.gradients import Gradients, GradientsView

NAMES = (*(str(layer) for layer in range(1, 11)), "out")
FADING = (*(0.1 * 10 ** (at - 9.0) for at in range(10)), 0.2)
ONE = Spread(last=1.0, low=1.0, mean=1.0, high=1.0)


class Demo(CellsApp):
    CSS = "Gradients { border: round white; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return colours(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Gradients()


def text(bars: Gradients) -> list[str]:
    return [bars.render_line(y).text.rstrip() for y in range(bars.size.height)]


def view(values: tuple[float | None, ...] | None, quantity: str = "activation_gradient", **more: object) -> GradientsView:
    names = NAMES if values is None else (*(str(at) for at in range(1, len(values))), "out")
    return GradientsView(quantity, names, values, **more)  # type: ignore[arg-type]


def started(depth: int = 3) -> Started:
    predicted = (*(0.5 ** (depth - 1 - at) for at in range(depth)), None)
    return Started(run=1, device="cpu", weights=9, layers=(*map(str, range(1, depth + 1)), "out"), predicted=(predicted,))


def frame(step: int, values: tuple[float | None, ...]) -> Frame:
    return Frame(
        step=step, loss=ONE, gradient_norm=ONE, learning_rate=0.1, layers={"activation_gradient": values, "dead": (None,) * 4}
    )


def test_theory_stands_where_it_was_at_the_start() -> None:
    history = History()
    assert GradientsView.of("activation_gradient", None, history).layers == ()
    assert GradientsView.of("activation_gradient", started(), history).values is None
    history.add(frame(1, (1.0, 2.0, 4.0, 8.0)))
    history.add(frame(2, (0.1, 0.2, 0.4, 0.8)))
    shown = GradientsView.of("activation_gradient", started(), history, 64)
    assert shown.values == (0.1, 0.2, 0.4, 0.8)
    assert shown.predicted == (1.0, 2.0, 4.0, None)
    assert GradientsView.of("dead", started(), history).values is None
    assert GradientsView.of("weight_gradient", started(), history).predicted == ()


async def test_a_row_has_name_bar_number_and_word_with_the_output_on_top() -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill(view(FADING, predicted=(*FADING[:-1], None), batch=64))
        rows = text(bars)
        assert rows[0].split() == ["1e-12", "1e-9", "1e-6", "1e-3", "1"]
        assert [row.split()[0] for row in rows[1:]] == list(reversed(NAMES))
        assert rows[1].split()[-2:] == ["0.200", "ok"]
        assert rows[-1].split()[-2:] == ["1.00e-10", "vanished"]
        lengths = [row.count("█") for row in rows[1:]]
        assert lengths == sorted(lengths, reverse=True)
        assert all("┊" in row for row in rows[2:])
        assert "|dL/dh|" in str(bars.border_title)
        assert "theory at the start" in str(bars.border_subtitle)


async def test_what_the_run_before_a_fix_had_is_marked_on_every_bar() -> None:
    older, newer = History(), History()
    for made, values in ((older, FADING), (newer, (0.1,) * len(FADING))):
        made.add(frame(1, values))
    told = started(len(NAMES) - 1)
    shown = GradientsView.of("activation_gradient", told, newer)
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill(shown.beside(told, older))
        places = [row.index("○") for row in text(bars)[1:]]
        assert len(places) == len(NAMES) and places == sorted(places, reverse=True)
        assert "before the fix" in str(bars.border_subtitle)
        bars.fill(shown)
        assert not any("○" in row for row in text(bars))
    assert shown.beside(started(3), older) == shown, "another network's layers are not compared"
    assert shown.beside(None, older) == shown


async def test_before_a_run_during_a_wait_and_without_a_number() -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        assert text(bars)[0].strip() == "No step yet."
        bars.fill(view(None))
        assert [row.split() for row in text(bars)[1:]] == [[name, "·"] for name in reversed(NAMES)]
        bars.fill(view((None, *FADING[1:])))
        assert text(bars)[-1].split() == ["1", "-"]


async def test_many_layers_fold_and_the_worst_one_keeps_its_row() -> None:
    values = [0.1] * 151
    values[70] = 1e-7
    values[90] = math.nan
    async with Demo().run_test(size=(90, 16)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill(view(tuple(values)))
        rows = text(bars)
        names = [row.split()[0] for row in rows[1:]]
        assert {"1", "out", "71", "91"} <= set(names)
        assert next(row for row in rows if row.split()[0] == "91").split()[-2:] == ["NaN", "NaN"]
        hidden = [int(row.split()[1]) for row in rows[1:] if row.split()[0] == "…"]
        assert sum(hidden) + len(names) - len(hidden) == 151
        assert len(rows) <= bars.size.height


async def test_the_axis_holds_still_while_values_wander_and_starts_anew_with_a_run() -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        seen = set()
        for factor in (1.0, 0.3, 2.0, 0.5, 4.0):
            bars.fill(view(tuple(value * factor for value in FADING)))
            seen.add(text(bars)[0])
        assert len(seen) == 1
        bars.fill(view(None))
        bars.fill(view((0.1, 0.1, 0.1)))
        assert text(bars)[0] not in seen


@settings(max_examples=40)
@given(
    values=st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=60),
    quantity=st.sampled_from(sorted(DRAWN)),
    size=st.tuples(st.integers(1, 120), st.integers(1, 40)),
)
async def test_anything_measured_can_be_shown_at_any_size(values: list[float | None], quantity: str, size: tuple[int, int]) -> None:
    async with Demo().run_test(size=size) as pilot:
        bars = pilot.app.query_one(Gradients)
        predicted = tuple(None if value is None else abs(value) if not math.isnan(value) else None for value in values)
        bars.fill(view(tuple(values), quantity, predicted=predicted))
        await pilot.pause()
        assert all(len(line) <= bars.size.width for line in text(bars))


@pytest.mark.parametrize("quantity", sorted(DRAWN))
async def test_every_quantity_names_its_scale(quantity: str) -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill(view(FADING, quantity))
        assert ("log scale" if DRAWN[quantity].logarithmic else "linear scale") in str(bars.border_subtitle)


def test_gradients_over_time_with_theory_relative_to_the_last_step() -> None:
    told = started().model_copy(update={"time_steps": 4, "predicted_over_time": ((0.125, 0.25, 0.5, 1.0),)})
    history = History()
    assert GradientsView.of("gradient_over_time", told, history).values is None
    for step, scale in ((1, 1.0), (2, 0.1)):
        over_time = tuple(scale * value for value in (1.0, 2.0, 4.0, 8.0))
        history.add(frame(step, (1.0,) * 4).model_copy(update={"gradient_over_time": over_time}))
    shown = GradientsView.of("gradient_over_time", told, history, 64)
    assert shown.layers == ("1", "2", "3", "4")
    assert shown.values == pytest.approx((0.1, 0.2, 0.4, 0.8))
    assert shown.predicted == (1.0, 2.0, 4.0, 8.0)
    unknown = told.model_copy(update={"predicted_over_time": ((None,) * 4,)})
    assert GradientsView.of("gradient_over_time", unknown, history).predicted == ()


async def test_bars_over_time_begin_at_the_bottom_and_say_so() -> None:
    values = tuple(10.0 ** (at / 10) for at in range(100))
    async with Demo().run_test(size=(90, 16)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill(GradientsView("gradient_over_time", tuple(str(at) for at in range(1, 101)), values))
        rows = text(bars)
        assert "by time step" in str(bars.border_title)
        assert rows[1].split()[0] == "100" and rows[1].split()[-1] == "ok"
        assert rows[-1].split()[0] == "1" and rows[-1].split()[-1] == "vanished"
