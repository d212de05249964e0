from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Ended, Started
from gradtui.core.measured.run import Run
from gradtui.core.measured.summary import Summary, in_words, summarize
from tests.strategies import NUMBERS, frames

STARTED = Started(run=1, device="cpu", weights=9, layers=("1", "2", "out"), predicted=((0.5, 1.0, None),))
LISTS = {"activation_std", "activation_gradient", "weight_gradient", "update_ratio", "dead", "saturated"}


def summary_of(measured: list[Frame], validation: float | None = None) -> Summary:
    history = History()
    for step, frame in enumerate(measured, 1):
        history.add(frame.model_copy(update={"step": step}))
    ended = Ended(run=1, status="done", step=len(measured), validation_loss=validation)
    return summarize(Run(experiment(), STARTED, history, ended=ended, speed=1234.5))


@given(st.lists(frames(), max_size=5), st.none() | NUMBERS)
def test_the_json_has_the_contract_s_keys_and_is_read_by_any_program(measured: list[Frame], validation: float | None) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    read = json.loads(summary_of(measured, validation).model_dump_json(), parse_constant=refuse)
    assert list(read) == [
        "status", "steps", "seed", "device", "steps_per_second", "loss", "accuracy", "evaluated",
        "layers", "first", "last", "findings", "run",
    ]  # fmt: skip
    assert set(read["loss"]) == {"first", "last", "best", "validation"}
    assert set(read["accuracy"]) == {"train", "validation"}
    assert set(read["last"]) == LISTS
    assert set(read["first"]) == LISTS | {"predicted_activation_gradient"}
    assert all(len(values) == 3 for values in (*read["first"].values(), *read["last"].values()))


@given(st.lists(frames(), min_size=1, max_size=5))
def test_losses_are_the_first_the_last_and_the_smallest_number(measured: list[Frame]) -> None:
    loss = summary_of(measured).loss
    assert repr((loss.first, loss.last)) == repr((measured[0].loss.last, measured[-1].loss.last))
    lows = [frame.loss.low for frame in measured if not math.isnan(frame.loss.low)]
    assert repr(loss.best) == repr(min(lows) if lows else math.nan)


def test_figures_of_the_end_say_on_how_many_samples_they_stand() -> None:
    samples = {"training_samples": 2048, "validation_samples": 99}
    ended = Ended(run=1, status="done", step=1, validation_loss=0.5, accuracy=0.25, validation_accuracy=0.75, **samples)
    told = in_words("Title", summarize(Run(experiment(), STARTED, History(), ended=ended)))
    assert "validation 0.500 on 99 samples\naccuracy  train 0.250 on 2 048 samples  validation 0.750 on 99 samples\n" in told


@given(st.lists(frames(), max_size=3))
def test_a_person_reads_a_line_for_every_layer(measured: list[Frame]) -> None:
    lines = in_words("Title", summary_of(measured)).splitlines()
    assert [line.split()[0] for line in lines[-3:]] == ["out", "2", "1"]
    assert len({len(line) for line in lines[-4:]}) == 1
