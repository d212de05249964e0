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
from gradtui.core.measured.summary import Summary, summarize
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
