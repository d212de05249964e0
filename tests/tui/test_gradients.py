from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import ComposeResult

from gradtui.catalog.networks import FAMILIES
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.fitting import fitting
from gradtui.core.measured.frame import DRAWN, OVER_TIME, Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Divergence, Ended, Started
from gradtui.core.measured.run import Run
from gradtui.tui.plot.by_layer import ByLayer
from gradtui.tui.plot.glyphs import BAR, HALF_A_NEGATIVE_BAR, PARTS_OF_A_BAR
from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.gradients import BESIDE, Gradients

NAMES = (*(str(layer) for layer in range(1, 11)), "out")
FADING = (*(0.1 * 10 ** (at - 9.0) for at in range(10)), 0.2)


class Demo(CellsApp):
    CSS = "Gradients { border: round white; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return colours(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Gradients()


def text(bars: Gradients) -> list[str]:
    return [bars.render_line(y).text.rstrip() for y in range(bars.size.height)]


def view(values: tuple[float | None, ...] | None, quantity: str = "activation_gradient", **more: object) -> ByLayer:
    names = NAMES if values is None else (*(str(at) for at in range(1, len(values))), "out")
    return ByLayer(quantity, names, values, **more)  # type: ignore[arg-type]


def started(depth: int = 3) -> Started:
    predicted = (*(0.5 ** (depth - 1 - at) for at in range(depth)), None)
    return Started(run=1, device="cpu", weights=9, layers=(*map(str, range(1, depth + 1)), "out"), predicted=(predicted,))


def frame(step: int, values: tuple[float | None, ...], loss: float = 1.0) -> Frame:
    spread = Spread(last=loss, low=loss, mean=loss, high=loss)
    layers = {"activation_gradient": values, "dead": (None,) * 4}
    return Frame(step=step, loss=spread, gradient_norm=spread, learning_rate=0.1, layers=layers)


def run(frames: list[Frame], told: Started | None, ended: Ended | None = None, **network: object) -> Run:
    history = History()
    for one in frames:
        history.add(one)
    return Run(experiment({"network": network}), told, history, ended=ended)


def test_theory_stands_where_it_was_at_the_start() -> None:
    frames = [frame(1, (1.0, 2.0, 4.0, 8.0)), frame(2, (0.1, 0.2, 0.4, 0.8))]
    shown = ByLayer.of("activation_gradient", run(frames, started()))
    assert shown.values == (0.1, 0.2, 0.4, 0.8)
    assert shown.predicted == (1.0, 2.0, 4.0, None)
    assert "at the start" in " ".join(shown.legend(64))
    assert ByLayer.of("dead", run(frames, started())).values is None
    assert ByLayer.of("weight_gradient", run(frames, started())).predicted == ()


def test_theory_is_there_before_the_first_step_and_says_of_what() -> None:
    made = run([], None, depth=9, activation="sigmoid", initialization="xavier-normal")
    shown = ByLayer.of("activation_gradient", made)
    assert shown.layers == (*map(str, range(1, 10)), "out") and shown.values is None
    ratios = [ratio for ratio in shown.predicted[:-1] if ratio is not None]
    assert len(ratios) == 9 and ratios[-1] == 1 and ratios == sorted(ratios) and shown.predicted[-1] is None
    assert "theory, relative to layer 9, for standardized inputs" in " ".join(shown.legend(64))
    known = ByLayer.of("activation_gradient", replace(made, started=started(9)))
    assert known.predicted == (*(0.5 ** (8 - at) for at in range(9)), None)
    assert "theory, relative to layer 9" in " ".join(known.legend(64)) and "variance" not in " ".join(known.legend(64))
    assert ByLayer.of("activation_std", made).predicted == ()


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_has_its_rows_before_the_first_step(family: str) -> None:
    made = Run(experiment({"network": {"family": family}, "task": {"name": fitting(family)[0]}}))
    assert ByLayer.of("activation_gradient", made).layers[-1] == "out"
    assert bool(ByLayer.of(OVER_TIME.name, made).layers) == (FAMILIES[family].gates > 0)


def test_a_diverged_run_keeps_its_last_numbers_and_says_where_the_first_broke() -> None:
    frames = [frame(1, (1.0, 2.0, 4.0, 8.0)), frame(2, (3.0, 2.0, 4.0, 8.0)), frame(3, (math.nan,) * 4, loss=math.nan)]
    ended = Ended(run=1, status="diverged", step=3, divergence=Divergence(step=3, layer="2", what="activation"))
    shown = ByLayer.of("activation_gradient", run(frames, started(), ended))
    assert (shown.values, shown.step, shown.broke) == (frames[1].layers["activation_gradient"], 2, "2")
    going = ByLayer.of("activation_gradient", run(frames, started()))
    assert going.step == 0 and not going.broke and going.values is not None and math.isnan(going.values[0])
    lost_at_once = ByLayer.of("activation_gradient", run(frames[2:], started(), ended))
    assert lost_at_once.step == 0 and lost_at_once.values is not None and math.isnan(lost_at_once.values[0])


async def test_the_row_where_the_first_number_broke_stands_alone_and_is_marked() -> None:
    async with Demo().run_test(size=(90, 16)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([view((0.1,) * 151, broke="70", step=41)])
        (marked,) = [row for row in text(bars) if "× first" in row]
        assert marked.split()[0] == "70" and "0.100" in marked
        assert "at step 41, the last with numbers" in str(bars.border_title)
        assert "× the first that is no number" in str(bars.border_subtitle)


async def test_a_row_has_name_bar_number_and_word_with_the_output_on_top() -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([view(FADING, predicted=(*FADING[:-1], None), theory="theory at the start")], 64)
        rows = text(bars)
        assert rows[0].split() == ["1e-12", "1e-9", "1e-6", "1e-3", "1", "of", "layer", "10"]
        assert [row.split()[0] for row in rows[1:]] == list(reversed(NAMES))
        assert rows[1].split()[-3:] == ["0.200", "2", "ok"]
        assert rows[-1].split()[-3:] == ["1.00e-10", "1e-09", "vanished"]
        lengths = [row.count("█") for row in rows[1:]]
        assert lengths == sorted(lengths, reverse=True)
        assert all("┊" in row for row in rows[2:])
        assert "|dL/dh|" in str(bars.border_title)
        assert "theory at the start" in str(bars.border_subtitle)


async def test_what_the_run_before_a_fix_had_is_marked_on_every_bar() -> None:
    told = started(len(NAMES) - 1)
    older, newer = run([frame(1, FADING)], told), run([frame(1, (0.1,) * len(FADING))], told)
    shown = ByLayer.of("activation_gradient", newer)
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([shown.beside(older)])
        places = [row.index("○") for row in text(bars)[1:]]
        assert len(places) == len(NAMES) and places == sorted(places, reverse=True)
        assert "before the fix" in str(bars.border_subtitle)
        bars.fill([shown])
        assert not any("○" in row for row in text(bars))
    assert shown.beside(run([frame(1, (1.0,) * 4)], started(3))) == shown, "another network's layers are not compared"
    assert shown.beside(None) == shown


async def test_before_a_run_during_a_wait_and_without_a_number() -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([ByLayer("activation_gradient")])
        assert text(bars)[0].strip() == "No step yet."
        bars.fill([view(None)])
        assert [row.split() for row in text(bars)[1:]] == [[name, "·"] for name in reversed(NAMES)]
        bars.fill([view((None, *FADING[1:]))])
        assert text(bars)[-1].split() == ["1", "-", "-"]


def ends(bar: str) -> tuple[int, int]:
    """The first and the last column of a bar."""
    columns = [at for at, character in enumerate(bar) if character in f"{BAR}{PARTS_OF_A_BAR}{HALF_A_NEGATIVE_BAR}"]
    return columns[0], columns[-1]


async def test_many_layers_fold_into_bars_from_smallest_to_largest_and_the_worst_ones_keep_their_rows() -> None:
    values = [10 ** (-3 * (at % 10) / 10) for at in range(150)] + [1.0]
    values[70] = 1e-7
    values[90] = math.nan
    async with Demo().run_test(size=(100, 16)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([view(tuple(values))])
        rows = {row.split()[0]: row for row in text(bars)[1:]}
        assert {"1", "out", "71", "91"} <= set(rows)
        assert rows["91"].split()[-3:] == ["NaN", "NaN", "NaN"]
        assert rows["71"].split()[-1] == "vanished"
        folded = {name: tuple(map(int, name.split("-"))) for name in rows if "-" in name}
        assert sum(last - first + 1 for first, last in folded.values()) + len(rows) - len(folded) == 151
        one, tenth = (ends(rows[name])[1] for name in ("1", "150"))
        for name, (first, last) in folded.items():
            inside = [math.log10(value) for value in values[first - 1 : last]]
            low, high = (one + (tenth - one) * power / -2.7 for power in (min(inside), max(inside)))
            assert ends(rows[name]) == pytest.approx((low, high), abs=1.5), name
        assert len(text(bars)) <= bars.size.height


async def test_a_folded_run_says_which_layers_it_holds_and_what_is_worst_among_them() -> None:
    values = [1.0] * 151
    values[100:110] = [1e-9] * 10
    async with Demo().run_test(size=(100, 12)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([view(tuple(values))])
        words = {row.split()[0]: row.split()[-1] for row in text(bars)[1:]}
        hidden = [name for name, word in words.items() if "-" in name and word == "vanished"]
        assert all(any(101 <= at <= 110 for at in range(*map(int, name.split("-")))) for name in hidden) and hidden


async def test_the_axis_holds_still_while_values_wander_and_starts_anew_with_a_run() -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        seen = set()
        for factor in (1.0, 0.3, 2.0, 0.5, 4.0):
            bars.fill([view(tuple(value * factor for value in FADING))])
            seen.add(text(bars)[0])
        assert len(seen) == 1
        bars.fill([view(None)])
        bars.fill([view((0.1, 0.1, 0.1))])
        assert text(bars)[0] not in seen


async def test_several_quantities_stand_side_by_side_over_the_same_layers_where_there_is_room() -> None:
    names = ("activation_gradient", "weight_gradient", "activation_std", "update_ratio")
    level = (0.2,) * len(FADING)
    views = [view(FADING if name == "activation_gradient" else level, name) for name in names]
    async with Demo().run_test(size=(160, 15)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill(views, 64)
        head, scales, *rows = text(bars)
        places = [head.index(DRAWN[name].symbol) for name in names]
        assert places == sorted(places)
        assert scales.count("of layer 10") == 2 and scales.count("of layer 1") == 3
        assert [row.split()[0] for row in rows] == list(reversed(NAMES))
        assert (rows[-1].count("ok"), rows[-1].count("vanished"), rows[-1].count("long")) == (2, 1, 1)
        assert "by layer" in str(bars.border_title).lower()
        await pilot.resize_terminal(110, 15)
        await pilot.pause()
        assert sum(DRAWN[name].symbol in "".join(text(bars)) for name in names) == 0
        assert DRAWN[names[0]].symbol in str(bars.border_title)


@settings(max_examples=40)
@given(
    values=st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=60),
    quantity=st.sampled_from(sorted(DRAWN)),
    size=st.tuples(st.integers(1, 160), st.integers(1, 40)),
    count=st.sampled_from((1, BESIDE)),
)
async def test_anything_measured_can_be_shown_at_any_size(
    values: list[float | None], quantity: str, size: tuple[int, int], count: int
) -> None:
    async with Demo().run_test(size=size) as pilot:
        bars = pilot.app.query_one(Gradients)
        predicted = tuple(None if value is None else abs(value) if not math.isnan(value) else None for value in values)
        bars.fill([view(tuple(values), quantity, predicted=predicted)] * count)
        await pilot.pause()
        assert all(len(line) <= bars.size.width for line in text(bars))


@pytest.mark.parametrize("quantity", sorted(DRAWN))
async def test_every_quantity_names_its_scale(quantity: str) -> None:
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([view(FADING, quantity)])
        assert ("log scale" if DRAWN[quantity].logarithmic else "linear scale") in str(bars.border_subtitle)


def test_gradients_over_time_with_theory_relative_to_the_last_step() -> None:
    told = started().model_copy(update={"time_steps": 4, "predicted_over_time": ((0.125, 0.25, 0.5, 1.0),)})
    assert ByLayer.of("gradient_over_time", run([], told)).values is None
    frames = []
    for step, scale in ((1, 1.0), (2, 0.1)):
        over_time = tuple(scale * value for value in (1.0, 2.0, 4.0, 8.0))
        frames.append(frame(step, (1.0,) * 4).model_copy(update={"gradient_over_time": over_time}))
    shown = ByLayer.of("gradient_over_time", run(frames, told))
    assert shown.layers == ("1", "2", "3", "4")
    assert shown.values == pytest.approx((0.1, 0.2, 0.4, 0.8))
    assert shown.predicted == (1.0, 2.0, 4.0, 8.0)
    unknown = told.model_copy(update={"predicted_over_time": ((None,) * 4,)})
    assert ByLayer.of("gradient_over_time", run(frames, unknown)).predicted == ()


async def test_bars_over_time_begin_at_the_bottom_and_say_so() -> None:
    values = tuple(10.0 ** (at / 10) for at in range(100))
    async with Demo().run_test(size=(90, 16)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([ByLayer("gradient_over_time", tuple(str(at) for at in range(1, 101)), values)])
        rows = text(bars)
        assert "by time step" in str(bars.border_title) and rows[0].rstrip().endswith("of time step 100")
        assert rows[1].split()[0] == "100" and rows[1].split()[-1] == "ok"
        assert rows[-1].split()[0] == "1" and rows[-1].split()[-1] == "vanished"


async def test_no_alarm_stands_beside_what_is_larger_or_smaller_by_less_than_a_finding_needs() -> None:
    """A healthy residual network, where half of the layers have ten to sixty times the last one's gradient."""
    values = (60.0, 30.0, 12.0, 1.0, 1.1)
    async with Demo().run_test(size=(90, 14)) as pilot:
        bars = pilot.app.query_one(Gradients)
        bars.fill([view(values)])
        rows = [row.split()[-2:] for row in text(bars)[1 : 1 + len(values)]]
        assert rows == [["1", "ok"], ["1", "ok"], ["10", "ok"], ["30", "ok"], ["60", "ok"]]
