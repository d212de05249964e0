"""Successive halving: the better third goes on, all seeds of a point together, and who led stays a rung longer."""

from __future__ import annotations

import math

import pytest

from gradtui.backend.halving import Halving
from gradtui.backend.working import work
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.part import Part
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Assigned, Dropped, Finished, Work, Worked, Working
from gradtui.engine.training.controls import Controls

SMALL = experiment({"network": {"depth": 1, "width": 4}, "task": {"name": "moons", "samples": 64}, "run": {"steps": 100}})


def job(rates: list[float], seeds: int = 1, **more: object) -> Work:
    made = [SMALL.changed({"optimizer.learning_rate": rate, "run.seed": seed}) for rate in rates for seed in range(seeds)]
    cells = tuple(Assigned(cell=f"{at:016x}", experiment=one.tables(), part=Part(test=True)) for at, one in enumerate(made))
    return Work(job="1", cells=cells, points=tuple(at // seeds for at in range(len(cells))), **more)  # type: ignore[arg-type]


def done(order: Work, controls: Controls | None = None) -> list[Working | Finished | Worked]:
    told: list[Working | Finished | Worked] = []
    work(order, controls or Controls(), told.append)
    return told


def results(told: list[Working | Finished | Worked]) -> dict[str, Result]:
    return {one.result.cell: one.result for one in told if isinstance(one, Finished)}


def test_the_better_third_goes_on_with_all_its_seeds() -> None:
    halving = Halving(job([0.1] * 6, seeds=2), 100)
    assert halving.rungs == (10, 30)
    losses = [(lane, float(lane // 2)) for lane in range(12)]
    assert halving.leave(10, losses) == list(range(4, 12))


def test_whoever_led_at_the_rung_before_stays_for_one_more() -> None:
    halving = Halving(job([0.1] * 9), 100)
    halving.leave(10, [(lane, float(lane)) for lane in range(9)])
    left = halving.leave(30, [(0, 5.0), (1, 1.0), (2, 2.0)])
    assert left == [2]


@pytest.mark.parametrize("losses", [[math.inf] * 3, [1.0]])
def test_somebody_always_goes_on(losses: list[float]) -> None:
    halving = Halving(job([0.1] * len(losses)), 100)
    assert len(halving.leave(10, list(enumerate(losses)))) < len(losses)


def test_what_is_halved_is_told_as_stopped_with_its_step_and_the_rest_is_as_without() -> None:
    rates = [0.3, 0.1, 0.01, 1e-3, 1e-4, 1e-5]
    halved, whole = results(done(job(rates, halve=True))), results(done(job(rates)))
    statuses = [result.status for result in halved.values()]
    assert statuses.count("stopped") == 5 and statuses.count("done") == 1
    assert {result.step for result in halved.values() if result.status == "stopped"} == {10, 30}
    for cell, result in halved.items():
        if result.status == "done":
            assert (result.validation_loss, result.test_loss) == (whole[cell].validation_loss, whole[cell].test_loss)


def test_cells_that_are_dropped_are_told_as_stopped() -> None:
    order, controls = job([0.1, 0.01, 0.001]), Controls()
    controls.send(Dropped(cells=(order.cells[1].cell,)))
    found = results(done(order, controls))
    assert [found[cell.cell].status for cell in order.cells] == ["done", "stopped", "done"]
    assert found[order.cells[1].cell].step < 100


def test_a_sweep_raises_the_rate_by_one_factor_a_step_and_tells_every_loss() -> None:
    made = SMALL.changed({"run.steps": 40})
    cell = Assigned(cell="0" * 16, experiment=made.tables(), sweep=(1e-4, 1.0))
    (found,) = results(done(Work(job="1", cells=(cell,)))).values()
    assert [step for step, _, _ in found.curve] == list(range(1, 41))
    alone = results(
        done(Work(job="1", cells=(Assigned(cell="1" * 16, experiment=made.changed({"optimizer.learning_rate": 1e-4}).tables()),)))
    )
    assert found.curve[0][1] == pytest.approx(next(iter(alone.values())).curve[0][1])


def test_what_cannot_be_trained_is_refused_and_what_breaks_is_told() -> None:
    (told,) = done(Work(job="7", cells=(Assigned(cell="0" * 16, experiment=SMALL.tables(), part=Part(folds=99)),)))
    assert isinstance(told, Worked) and told.refused and "99 folds" in told.problem
    (told,) = done(Work(job="7", cells=(Assigned(cell="0" * 16, experiment={"network": {"depth": -1}}),)))
    assert isinstance(told, Worked) and told.refused and "network.depth" in told.problem
