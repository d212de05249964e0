"""The search for rates, the plan and the verdict, on studies whose answer is known: losses by a formula instead of training."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.result import Result
from gradtui.study.cells import Cell
from gradtui.study.packing import MOST_LANES, pack
from gradtui.study.report import told
from gradtui.study.search import expected, measured, tuned, wanted
from gradtui.study.study import RATE, InvalidStudy, Study, study
from gradtui.study.vary import varied
from gradtui.study.verdict import pairs, standings

Loss = Callable[[Experiment], float]
RUN = experiment()
GIGABYTE = 1 << 30


def answered(cell: Cell, loss: float, **more: Any) -> Result:
    known = {"status": "done" if math.isfinite(loss) else "diverged", "step": 100, "validation_loss": loss, "loss": loss}
    return Result(cell=cell.name, **{**known, **more})


def done(made: Study, loss: Loss) -> dict[str, Result]:
    """All results of a study whose cells end with these losses."""
    results: dict[str, Result] = {}
    while cells := wanted(made, results):
        assert not results.keys() & {cell.name for cell in cells}
        results |= {cell.name: answered(cell, loss(cell.experiment)) for cell in cells}
    return results


def bowl(best: float) -> Loss:
    """A loss that is least at a rate."""
    return lambda made: 0.1 + math.log10(made.optimizer.learning_rate / best) ** 2


def entrants(texts: list[str], **more: Any) -> Study:
    return study(RUN, varied(texts, RUN), **more)


def test_a_race_alone_is_the_four_optimizers_tuned_on_two_seeds_and_measured_on_eight_others() -> None:
    made = study(RUN)
    results = done(made, bowl(0.02))
    assert [entrant["optimizer.name"] for entrant in made.entrants] == ["sgd", "momentum", "rmsprop", "adam"]
    for entrant in range(4):
        search = tuned(made, entrant, results)
        assert search.best is not None
        assert {cell.seed for cell in search.cells} == {0, 1}
        assert {cell.seed for cell in measured(made, entrant, search.best)} == set(range(2, 10))
    assert len(results) == expected(made, 0) == 4 * (15 * 2 + 8)


@pytest.mark.parametrize("best", [1e-4, 3e-3, 0.01, 0.05, 0.8, 30.0])
def test_the_tuned_rate_is_within_a_fine_step_of_the_best(best: float) -> None:
    made = entrants(["optimizer.name=sgd"])
    found = tuned(made, 0, done(made, bowl(best)))
    assert found.best is not None and not found.at_edge
    assert abs(math.log10(found.best[RATE] / best)) <= 1 / 16 + 0.01


@pytest.mark.parametrize("best", [1e-12, 1e9])
def test_a_best_rate_beyond_two_more_decades_is_told_as_no_fair_answer(best: float) -> None:
    made = entrants(["optimizer.name=sgd,adam"])
    results = done(made, bowl(best))
    assert tuned(made, 0, results).at_edge
    assert "best at the edge of the range: not a fair answer yet" in told(made, results, 1.0).sentence


def test_every_entrant_gets_the_same_number_of_rates() -> None:
    made = study(RUN)
    results = done(made, lambda one: bowl({"sgd": 0.1, "momentum": 0.02, "rmsprop": 1e-3, "adam": 2e-3}[one.optimizer.name])(one))
    counts = {len(tuned(made, entrant, results).cells) for entrant in range(4)}
    assert counts == {30}


def test_what_is_equal_everywhere_is_taken_at_the_default_and_told_apart_from_nothing() -> None:
    made = study(RUN)
    shown = told(made, done(made, lambda one: 0.5), 1.0)
    assert [entrant.best[RATE] for entrant in shown.entrants] == [0.01, 0.01, 0.01, 0.001]
    assert {pair.verdict for pair in shown.pairs} == {"not told apart"}


def test_as_they_come_stands_at_catalog_defaults_and_searches_nothing() -> None:
    made = entrants(["optimizer.name=sgd,adam"], as_they_come=True, seeds=3)
    cells = wanted(made, {})
    assert {(cell.experiment.optimizer.name, cell.experiment.optimizer.learning_rate) for cell in cells} == {
        ("sgd", 0.01),
        ("adam", 0.001),
    }
    assert len(cells) == 6


def test_a_grid_is_the_users_and_nothing_beyond_it() -> None:
    made = entrants(["optimizer.name=sgd,adam", "optimizer.learning_rate=1e-3..1:4", "run.batch_size=16,64"], seeds=2)
    assert made.mode == "grid"
    assert len(wanted(made, {})) == 2 * 4 * 2 * 2
    results = done(made, bowl(1.0))
    assert len(results) == 32
    assert standings(made, results)[0].at_edge


def test_a_cells_name_says_everything_that_determines_it_and_nothing_else() -> None:
    one, other = study(RUN), study(RUN)
    assert [cell.name for cell in wanted(one, {})] == [cell.name for cell in wanted(other, {})]
    folded, seeded = study(RUN, folds=2), study(RUN.changed({"run.seed": 7}))
    names = [cell.name for made in (one, folded, seeded) for cell in wanted(made, {})]
    assert len(set(names)) == len(names)


def test_folds_multiply_cells_and_each_is_a_part_of_its_own() -> None:
    made = entrants(["optimizer.name=sgd,adam"], as_they_come=True, seeds=3, folds=5)
    assert Counter(cell.part.fold for cell in wanted(made, {})) == {fold: 6 for fold in range(5)}
    assert all(cell.part.folds == 5 and cell.part.test for cell in wanted(made, {}))


def test_small_sets_are_cross_validated_repeatedly() -> None:
    wine = experiment({"task": {"name": "wine"}})
    assert study(wine, folds=5).seeds == 5
    assert study(experiment({"task": {"name": "digits"}}), folds=5).seeds == 1


def test_stacks_hold_what_can_stand_side_by_side_within_memory_and_nothing_twice() -> None:
    made = entrants(["network.width=8,16", "optimizer.name=sgd,adam", "optimizer.learning_rate=1e-3..1:20"], seeds=2)
    cells = wanted(made, {})
    plan = pack(cells, 1, GIGABYTE)
    assert sorted(cell.name for stack in plan.stacks for cell in stack.cells) == sorted(cell.name for cell in cells)
    for stack in plan.stacks:
        assert len({cell.experiment.network.width for cell in stack.cells}) == 1
        assert len(stack.cells) <= MOST_LANES
    assert len(pack(cells, 2, GIGABYTE).stacks) >= 2
    assert max(len(stack.cells) for stack in pack(cells, 1, 2_000_000).stacks) < max(len(stack.cells) for stack in plan.stacks)


def test_a_cell_that_fits_nowhere_is_told_with_what_it_needs() -> None:
    large = experiment({"network": {"width": 4000, "depth": 20}})
    with pytest.raises(InvalidStudy, match=r"needs at least \d.* and 1 GB are available"):
        pack(wanted(study(large), {}), 1, 10**9)


def test_a_clear_difference_is_clear_from_eight_seeds_on_and_five_can_tell_nothing() -> None:
    def better(one: Experiment) -> float:
        return random.Random(one.run.seed).random() + (0.5 if one.optimizer.name == "sgd" else 0.0)

    for seeds, verdict in ((8, "clear"), (5, "leaning")):
        made = entrants(["optimizer.name=sgd,adam"], as_they_come=True, seeds=seeds)
        shown = told(made, done(made, better), 1.0)
        assert shown.entrants[0].set == {"optimizer.name": "adam"}
        assert shown.pairs[0].verdict == verdict
        assert ("too few to tell anything" in shown.sentence) == (seeds == 5)


def test_the_same_entrant_twice_is_called_clear_in_at_most_one_of_twenty_studies() -> None:
    chance, called = random.Random(0), 0
    made = entrants(["optimizer.name=sgd,momentum,rmsprop,adam"], as_they_come=True)
    for _ in range(200):
        results = {cell.name: answered(cell, math.exp(chance.gauss(0, 1))) for cell in wanted(made, {})}
        called += any(pair.verdict == "clear" for pair in pairs(made, standings(made, results)))
    assert called <= 10


def test_a_study_half_done_tells_what_is_missing() -> None:
    made = entrants(["optimizer.name=sgd,adam"], as_they_come=True)
    first = {cell.name: answered(cell, 0.1) for cell in wanted(made, {}) if cell.entrant == 0}
    assert "1 of 2 are not measured yet" in told(made, first, 1.0).sentence
    assert told(made, {}, 1.0).sentence == "No entrant has been measured yet."


def test_accuracies_that_differ_by_less_than_one_example_are_equal() -> None:
    digits = experiment({"task": {"name": "wine"}})
    made = study(digits, varied(["optimizer.name=sgd,adam"], digits), as_they_come=True, by="validation_accuracy")
    for apart, probability in ((0.5 / 36, 0.5), (1 / 36, 1.0)):
        results = {
            cell.name: answered(cell, 0.1, validation_accuracy=0.5 + apart * cell.entrant, validation_samples=36)
            for cell in wanted(made, {})
        }
        assert pairs(made, standings(made, results))[0].probability == probability


def test_steps_to_the_target_are_infinite_where_it_is_missed() -> None:
    made = entrants(["optimizer.name=sgd,adam"], as_they_come=True, target=0.5)
    curve = ((10, 1.0, 0.9), (20, 1.0, None), (30, 1.0, 0.4))
    results = {
        cell.name: answered(cell, 0.4, curve=curve if cell.seed % 2 or cell.entrant else curve[:2]) for cell in wanted(made, {})
    }
    by_name = {entrant.set["optimizer.name"]: entrant for entrant in told(made, results, 1.0).entrants}
    assert (by_name["adam"].steps_to_target, by_name["adam"].missed) == (30, 0)
    assert (by_name["sgd"].steps_to_target, by_name["sgd"].missed) == (None, 4)


def test_all_that_diverged_is_told_and_never_ranked_as_a_number() -> None:
    made = study(RUN)
    shown = told(made, done(made, lambda one: math.inf), 1.0)
    assert "Every cell of every entrant diverged" in shown.sentence
    assert all(math.isinf(entrant.median) and entrant.diverged == 8 for entrant in shown.entrants)
