"""Schedules against torch.optim.lr_scheduler, and in the run."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import SGD, lr_scheduler

from gradtui.catalog.schedules import SCHEDULES
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.schedule import factor
from gradtui.core.measured.protocol import Change, Changed, Pause, Rejected, Resume
from gradtui.engine.training.schedules import Plateau
from gradtui.engine.training.trainer import prepare
from tests.engine import plain
from tests.engine.test_controls import Scripted

RUN = 60
VALUES = {
    "step": {"every": 7, "gamma": 0.5},
    "exponential": {"final": 0.02},
    "cosine": {"final": 0.1, "period": 80},
    "one-cycle": {"rise": 0.4, "start": 0.1, "final": 0.001},
}
TORCH = {
    "constant": lambda o, period, now: lr_scheduler.ConstantLR(o, 1.0),
    "step": lambda o, period, now: lr_scheduler.StepLR(o, now.every or math.ceil(period / 3), now.gamma),
    "exponential": lambda o, period, now: lr_scheduler.ExponentialLR(o, now.final ** (1 / period)),
    "cosine": lambda o, period, now: lr_scheduler.CosineAnnealingLR(o, period, 0.1 * now.final),
    "one-cycle": lambda o, period, now: lr_scheduler.OneCycleLR(
        o, 0.1, period, pct_start=now.rise, div_factor=1 / now.start, final_div_factor=now.start / now.final, cycle_momentum=False
    ),
}
"""A schedule of a rate of 0.1, from its length in steps and the values of the experiment's."""


def rates(schedule, steps=RUN):
    """The learning rate of every step of 0.1 times a torch.optim.lr_scheduler."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], 0.1)
    scheduler, seen = schedule(optimizer), []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def by_torch(made):
    """The learning rate of every step of an experiment over that of its optimizer: a ramp to where torch's schedule begins."""
    now, steps = made.schedule, made.run.steps - made.schedule.warmup
    period = now.values().get("period") or steps
    after = [rate / 0.1 for rate in rates(lambda optimizer: TORCH[now.name](optimizer, period, now), steps)]
    return [after[0] * (step + 1) / now.warmup for step in range(now.warmup)] + after


def factors(steps=RUN, **schedule):
    at = factor(experiment({"schedule": schedule, "run": {"steps": steps}}).schedule, steps)
    return [at(step) for step in range(1, steps + 1)]


@pytest.mark.parametrize("name", [name for name, entry in SCHEDULES.items() if not entry.target])
def test_every_curve_is_torchs(name):
    values = VALUES.get(name, {})
    made = experiment({"schedule": {"name": name, **values}, "run": {"steps": RUN}})
    assert factors(name=name, **values) == pytest.approx(by_torch(made), rel=1e-9)


@pytest.mark.parametrize("warmup", [1, 2, 9])
def test_a_warm_up_is_torchs_linear_one_in_front(warmup):
    def by_hand(optimizer):
        ramp = lr_scheduler.LinearLR(optimizer, 1 / warmup, 1.0, max(1, warmup - 1))
        return lr_scheduler.SequentialLR(optimizer, [ramp, lr_scheduler.StepLR(optimizer, 7, 0.5)], [warmup])

    shares = factors(name="step", every=7, gamma=0.5, warmup=warmup)
    assert [0.1 * share for share in shares] == pytest.approx(rates(by_hand), rel=1e-9)


@given(
    st.lists(st.floats(0, 10) | st.just(math.nan), min_size=1, max_size=80),
    st.integers(0, 4),
    st.sampled_from((0.0, 0.01, 0.3)),
    st.sampled_from((0.0, 0.05)),
)
def test_a_plateau_is_torchs(losses, patience, threshold, final):
    values = {"gamma": 0.5, "patience": patience, "threshold": threshold, "final": final}
    made = experiment({"schedule": {"name": "plateau", **values}})
    optimizer = SGD([torch.zeros(1, requires_grad=True)], 1.0)
    by_hand = lr_scheduler.ReduceLROnPlateau(optimizer, "min", 0.5, patience, threshold, min_lr=final, eps=0)
    judge = Plateau(epoch=1)
    for loss in losses:
        judge.judge(loss, made.schedule)
        by_hand.step(loss)
        assert judge.factor == pytest.approx(optimizer.param_groups[0]["lr"])


@pytest.mark.parametrize(("window", "epoch"), [(3, 100), (0, 3)])
def test_a_plateau_judges_the_mean_of_a_window_or_an_epoch(window, epoch):
    made = experiment({"schedule": {"name": "plateau", "window": window, "patience": 0, "threshold": 0.0}})
    judge, seen = Plateau(epoch), []
    for loss in (3, 1, 2, 9, 0, 0, 0, 0, 9, 1, 1, 1):  # means 2, 3, 3, 1
        judge.judge(loss, made.schedule)
        seen.append(judge.factor)
    assert seen == pytest.approx([1] * 5 + [0.1] * 3 + [0.01] * 4)


def test_a_run_is_torchs_with_the_schedule():
    schedule = {"name": "one-cycle", "rise": 0.4, "start": 0.1, "final": 0.001}
    made = plain.of({"schedule": schedule, "optimizer": {"name": "adam", "learning_rate": 0.1}}, run={"steps": 40})
    frames, _, _ = plain.run(made)
    expected, chosen = [], {}

    def optimizer(parameters):
        chosen["optimizer"] = torch.optim.Adam(parameters, 0.1)
        schedule = lr_scheduler.OneCycleLR(
            chosen["optimizer"], 0.1, 40, pct_start=0.4, div_factor=10, final_div_factor=100, cycle_momentum=False
        )
        chosen["optimizer"].register_step_post_hook(lambda *_: schedule.step() if schedule.last_epoch < 39 else None)
        return chosen["optimizer"]

    losses, _ = plain.losses(made, optimizer, lambda model: expected.append(chosen["optimizer"].param_groups[0]["lr"]))
    assert plain.last_losses(frames) == pytest.approx([losses[frame.step - 1] for frame in frames], rel=1e-4)
    assert [frame.learning_rate for frame in frames] == pytest.approx([expected[frame.step - 1] for frame in frames])


def test_a_plateau_lowers_the_rate_of_a_run_after_its_warm_up():
    schedule = {"name": "plateau", "patience": 0, "window": 2, "threshold": 0.9, "gamma": 0.5, "warmup": 4}
    made = plain.of({"schedule": schedule, "optimizer": {"learning_rate": 1e-3}, "run": {"steps": 10, "batch_size": 0}})
    frames, _, _ = plain.run(made)
    assert [1e3 * frame.learning_rate for frame in frames] == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 0.5, 0.5])


LANES = [
    {"schedule": {"name": "cosine"}, "optimizer": {"name": "adam", "learning_rate": 0.1}},
    {"schedule": {"name": "plateau", "patience": 0, "window": 1}, "optimizer": {"learning_rate": 1.0}, "run": {"seed": 1}},
    {"schedule": {"name": "plateau", "patience": 0, "window": 1}, "optimizer": {"learning_rate": 1.0}, "run": {"seed": 2}},
    {"schedule": {"warmup": 5}, "optimizer": {"name": "muon"}},
]


def test_lanes_have_schedules_of_their_own():
    made = [plain.of(lane, run={"steps": 30}) for lane in LANES]
    together, _, _ = plain.run(*made)
    for lane, alone in enumerate(made):
        frames, _, _ = plain.run(alone)
        side_by_side = [frame for frame in together if frame.lane == lane]
        assert [f.learning_rate for f in side_by_side] == pytest.approx([f.learning_rate for f in frames])
        assert [f.loss.last for f in side_by_side] == pytest.approx([f.loss.last for f in frames], rel=1e-3)


LIVE = [(name, p) for name, entry in SCHEDULES.items() for p in entry.parameters if name != "plateau"]


@pytest.mark.parametrize(("name", "parameter"), LIVE, ids=lambda value: getattr(value, "name", value))
def test_a_parameter_changed_mid_run_holds_from_the_next_step(name, parameter):
    value = {"warmup": 8, "every": 3, "period": 20, "gamma": 0.7, "final": 0.5, "rise": 0.6, "start": 0.3}[parameter.name]
    made = plain.of({"schedule": {"name": name}}, run={"steps": 10})
    key = f"schedule.{parameter.name}"
    controls = Scripted([Change(key=key, value=value), Resume()])
    seen = []
    for frame in prepare([made]).frames(controls):
        seen.append(frame.learning_rate)
        if frame.step == 5:
            controls.send(Pause())
    expected = by_torch(made)[:5] + by_torch(made.changed({key: value}))[5:]
    assert seen == pytest.approx([0.01 * share for share in expected])
    assert Changed(run=1, step=5, key=key, value=value) in controls.reports


def test_another_schedule_mid_run_and_back():
    made = plain.of({"run": {"steps": 10}})
    answers = [
        [Change(key="schedule.name", value="exponential"), Resume()],
        [Change(key="schedule.name", value="constant"), Resume()],
    ]
    controls = Scripted(*answers)
    seen = []
    for frame in prepare([made]).frames(controls):
        seen.append(frame.learning_rate)
        if frame.step in (3, 6):
            controls.send(Pause())
    exponential = [0.01 * 0.01 ** (at / 10) for at in range(10)]
    assert seen == pytest.approx([0.01] * 3 + exponential[3:6] + [0.01] * 4)


def test_a_plateau_cannot_begin_while_lanes_share_their_optimizer():
    made = [plain.of({"run": {"steps": 3, "seed": seed}}) for seed in (0, 1)]
    controls = Scripted()
    controls.send(Change(key="schedule.name", value="plateau"))
    plain.run(*made, controls=controls)
    (report,) = controls.reports
    assert isinstance(report, Rejected) and "start again" in report.reason
