from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from textual.app import ComposeResult
from textual.color import Color

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.frame import QUANTITIES, Frame, Spread
from gradtui.core.measured.history import LAYER_CAPACITY, History
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import verdicts
from gradtui.tui.plot.axis import Axis
from gradtui.tui.plot.fold import equal_runs
from gradtui.tui.plot.glyphs import HEAT, LOST
from gradtui.tui.plot.heat import levels
from gradtui.tui.terminal.filters import Ascii
from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.gradients import Gradients
from gradtui.tui.widgets.heatmap import HeatMap, HeatMapView
from gradtui.tui.widgets.loss import Loss
from tests.tui.lab import SIZE, Lab

Values = tuple[float | None, ...]
ONE = Spread(last=1.0, low=1.0, mean=1.0, high=1.0)
WIDE = (200, 60)
FADING = (*(10 ** (at - 9.0) for at in range(10)), 0.9)
"""A decade a layer; the output layer gets about what the last hidden one gets."""

GROWING = (*FADING[9::-1], 0.9)


class Demo(CellsApp):
    CSS = "HeatMap { border: round white; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return colours(self.current_theme)

    def compose(self) -> ComposeResult:
        yield HeatMap()


def history(profiles: dict[int, Values], quantity: str = "activation_gradient") -> History:
    made = History()
    for step, values in profiles.items():
        made.add(Frame(step=step, loss=ONE, gradient_norm=ONE, learning_rate=0.1, layers={quantity: values}))
    return made


def started(count: int) -> Started:
    layers = (*(str(at) for at in range(1, count)), "out")
    return Started(run=1, device="cpu", weights=9, layers=layers, predicted=((None,) * count,))


def view(profiles: dict[int, Values], quantity: str = "activation_gradient", steps: int = 10**9) -> HeatMapView:
    made = experiment({"run": {"steps": steps}})
    return HeatMapView.of(quantity, Run(made, started(len(next(iter(profiles.values())))), history(profiles, quantity)))


def text(heat: HeatMap) -> list[str]:
    return [heat.render_line(y).text.rstrip() for y in range(heat.size.height)]


def cells(heat: HeatMap) -> dict[str, str]:
    """The cells of each named row, without the margin."""
    names = heat.margin + 1
    return {row[:names].strip(): row[names + 2 :] for row in text(heat)[1:] if row[:names].strip()}


def changed(before: list[str], after: list[str]) -> set[int]:
    """The columns in which two pictures differ."""
    pairs = [zip(*(f"{row:<200}" for row in rows), strict=True) for rows in zip(before, after, strict=True)]
    return {x for pair in pairs for x, (old, new) in enumerate(pair) if old != new}


def density(glyphs: str) -> list[int]:
    return [HEAT.index(glyph) for glyph in glyphs]


async def test_a_row_a_layer_the_output_on_top_and_the_glyph_says_how_far_it_fell() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({1: FADING, 10: FADING}))
        rows = cells(heat)
        assert list(rows) == ["out", *map(str, range(10, 0, -1))]
        assert all(len(set(row)) == 1 for row in rows.values())
        column = density("".join(row[0] for row in rows.values()))
        assert column == sorted(column, reverse=True)
        assert (column[0], column[-1]) == (len(HEAT) - 1, 0)
        assert str(heat.border_subtitle) == f"{HEAT} 1e-8 to 1 of layer 10, each 100 times the one before"
        assert text(heat)[0].split() == ["0", "2", "4", "6", "8", "10"]


async def test_colour_is_the_verdict_on_the_profile_of_its_step() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({5: FADING, 10: GROWING}))
        for column, profile in ((8, FADING), (75, GROWING)):
            for row, verdict in enumerate(reversed(verdicts("activation_gradient", profile))):
                style = heat.get_visual_style(f"heat--{verdict.meaning.value}", partial=True).rich_style
                segments = list(heat.render_line(1 + row).crop(column, column + 1))
                assert [segment.style.color for segment in segments if segment.style] == [style.color]


async def test_before_a_run_and_before_its_first_step() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(HeatMapView.of("activation_gradient", Run(experiment({}))))
        await pilot.pause()
        assert [row.strip() for row in text(heat)] == ["No step yet.", *[""] * (heat.size.height - 1)]
        waiting = Run(experiment({}), started(2))
        heat.fill(HeatMapView.of("activation_gradient", waiting))
        assert cells(heat) == {"out": "", "1": ""}
        heat.fill(HeatMapView.of("activation_gradient", Run(experiment({}))))
        assert text(heat)[0].strip() == "No step yet."


async def test_not_finite_is_marked_where_it_was_and_not_measured_is_blank() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({1: (0.1, 0.2, None), 5: (math.nan, 0.2, None), 10: (0.1, math.inf, None)}))
        rows = cells(heat)
        assert rows["out"] == ""
        assert set(rows["1"][8:35]) == {"×"} and "×" not in rows["1"][:8] + rows["1"][35:]
        assert "×" not in rows["2"][:35] and set(rows["2"][35:]) == {"×"}
        assert "× not finite" in str(heat.border_title)
        heat.fill(view({1: (0.1, 0.2, None)}))
        assert "not finite" not in str(heat.border_title)


async def test_a_step_that_was_not_finite_stays_marked_when_a_long_run_is_merged() -> None:
    values = {step: (math.nan if step == 777 else 0.1, 0.1, 0.1) for step in range(1, 4 * LAYER_CAPACITY)}
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view(values))
        rows = cells(heat)
        assert "×" in rows["1"] and "×" not in rows["2"]


async def test_layers_are_folded_in_equal_runs_that_show_the_worst_of_them() -> None:
    values = [0.1] * 151
    values[70] = 1e-9
    async with Demo().run_test(size=(80, 34)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({10: tuple(values)}))
        rows = cells(heat)
        assert list(rows) == ["out", *(f"{first}-{first + 4}" for first in range(146, 0, -5))]
        assert [name for name, row in rows.items() if row[0] != rows["out"][0]] == ["71-75"]
        assert "the worst of 5 layers" in str(heat.border_title)


@given(count=st.integers(0, 300), rows=st.integers(0, 60))
def test_equal_runs_cover_all_layers_in_order(count: int, rows: int) -> None:
    runs = equal_runs(count, rows)
    assert len(runs) <= rows
    assert [layer for run in runs for layer in run] == list(range(count if rows else 0))
    assert len({len(run) for run in runs[:-1]}) <= 1
    assert all(len(runs[-1]) <= len(run) for run in runs)
    assert max(map(len, runs), default=1) == 1 or count > rows


@given(low=st.integers(-300, 300), span=st.integers(1, 600))
def test_the_glyphs_span_all_decades_with_zero_in_the_middle_of_one(low: int, span: int) -> None:
    shown = levels(Axis(low, low + span, logarithmic=True))
    step = (shown.high - shown.low) / len(HEAT)
    assert step == round(step) and step >= 1
    assert shown.low <= low and low + span <= shown.high
    assert (shown.low / step) % 1 == 0.5


def test_glyphs_stay_apart_without_unicode() -> None:
    (shown,) = Ascii().apply([Segment(f"{HEAT} {LOST}")], Color(0, 0, 0))
    assert shown.text.isascii() and len(set(shown.text)) == len(HEAT) + 2


async def test_a_converged_network_looks_like_a_healthy_one() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({step: (10.0**-step, 2 * 10.0**-step, 1.5 * 10.0**-step) for step in range(1, 11)}))
        assert len(set("".join(cells(heat).values()))) == 1


async def test_only_new_columns_change_until_the_page_doubles() -> None:
    profiles: dict[int, Values] = {step: tuple(10 ** (-at + math.sin(step)) for at in range(9, -2, -1)) for step in range(1, 101)}
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({step: profiles[step] for step in range(1, 61)}))
        before = text(heat)
        heat.fill(view({step: profiles[step] for step in range(1, 64)}))
        columns = changed(before, text(heat))
        first = 8 + round(60 / 100 * (heat.size.width - 10))
        assert columns and columns <= set(range(first, first + 4))
        heat.fill(view({step: profiles[step] for step in range(1, 64)} | {101: profiles[1]}))
        assert text(heat)[0].split()[-1] == "200"


async def test_many_decades_do_not_shrink_again_within_a_run_but_start_anew_with_the_next_quantity() -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({1: FADING}))
        legend = str(heat.border_subtitle)
        heat.fill(view({1: (*(value**0.8 for value in FADING[:-1]), 0.9)}))
        assert str(heat.border_subtitle) == legend
        heat.fill(view({1: (0.1,) * 11}, "weight_gradient"))
        assert str(heat.border_subtitle) == f"{HEAT} 1e-2 to 1e2 of layer 10, each 10 times the one before"


@pytest.mark.parametrize(
    ("quantity", "legend"),
    [
        ("activation_std", "of layer 1,"),
        ("update_ratio", "of the weights,"),
        ("dead", "0 to 1"),
        ("activation_mean", "-0.5 to 1"),
    ],
)
async def test_the_legend_says_what_the_glyphs_stand_for(quantity: str, legend: str) -> None:
    async with Demo().run_test(size=(80, 16)) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view({1: (-0.3 if quantity == "activation_mean" else 0.3, 0.1, 0.9)}, quantity))
        assert legend in str(heat.border_subtitle)
        assert QUANTITIES[quantity].symbol in str(heat.border_title)


@settings(max_examples=40)
@given(data=st.data(), quantity=st.sampled_from(sorted(QUANTITIES)), size=st.tuples(st.integers(1, 120), st.integers(1, 40)))
async def test_anything_measured_can_be_shown_at_any_size(data: st.DataObject, quantity: str, size: tuple[int, int]) -> None:
    count = data.draw(st.integers(1, 60))
    number = st.none() | st.floats(allow_nan=True, allow_infinity=True)
    steps = data.draw(st.lists(st.integers(1, 10**7), min_size=1, max_size=5, unique=True).map(sorted))
    profiles = {step: tuple(data.draw(st.lists(number, min_size=count, max_size=count))) for step in steps}
    async with Demo().run_test(size=size) as pilot:
        heat = pilot.app.query_one(HeatMap)
        heat.fill(view(profiles, quantity))
        await pilot.pause()
        assert all(len(row) <= heat.size.width for row in text(heat))


async def trained(lab: Lab) -> None:
    lab.ready()
    lab.app.lab.steering.train()
    lab.start()
    lab.train(100)


async def test_it_stands_over_the_loss_step_by_step() -> None:
    for depth in (20, 100):
        lab = Lab()
        async with lab.app.run_test(size=WIDE) as pilot:
            lab.ready()
            await pilot.press("space")
            lab.start(depth=depth)
            lab.train(100, depth=depth)
            await pilot.pause()
            heat, loss = (lab.app.lab.query_one(widget) for widget in (HeatMap, Loss))
            rows, under = ([w.render_line(y).text for y in range(w.size.height)] for w in (heat, loss))
            assert (heat.region.x, heat.region.bottom) == (loss.region.x, loss.region.y)
            assert rows[0].rstrip() == under[-1].rstrip()


async def test_where_it_has_no_room_it_costs_nothing_and_gets_the_room_of_all_when_asked_for() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab)
        heat, bars = lab.app.lab.query_one(HeatMap), lab.app.lab.query_one(Gradients)
        assert not heat.region and heat._view is None
        await pilot.press("6")
        await pilot.pause()
        assert lab.app.lab.focused is heat and heat.region.width == SIZE[0] and not bars.region
        assert len(cells(heat)) == 21
        await pilot.press("escape")
        await pilot.pause()
        assert bars.region and not heat.region and lab.app.lab.focused.region
        await pilot.resize_terminal(*WIDE)
        await pilot.pause()
        await pilot.press("6")
        await pilot.pause()
        assert lab.app.lab.focused is heat and heat.region and bars.region
