"""Whether the rate that a study tunes is a good one: its loss beside that of the best of a grid four times as fine.

Run `python -m benchmarks.tuned`. Ten small studies, a task and an optimizer each. A rate is tuned as `gradtui race` does it, on two
seeds. Then every rate of a grid with eight to the decade, over the decades that were searched, is trained on the eight seeds that
measure; a line gives both rates, their median validation losses and the quotient. Up to 1.1 the tuned one is as good.
"""

from __future__ import annotations

import math

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.result import badness
from gradtui.study.inquiry import race
from gradtui.study.search import measured, tuned
from gradtui.study.statistics import quantile
from gradtui.study.study import RATE, Study, study
from gradtui.study.vary import Varied, grid
from gradtui.worker.pool import Pool, cores
from gradtui.worker.studying import Studying

TASKS: dict[str, dict[str, float]] = {
    "moons": {"noise": 0.3},
    "spirals": {},
    "circles": {"noise": 0.2},
    "xor": {"noise": 0.6},
    "wine": {},
    "breast-cancer": {},
    "diabetes": {},
    "friedman": {},
    "sine": {"noise": 0.1},
    "digits": {},
}
"""Tasks, noisy enough to have a least loss."""
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")
SEEDS, SEARCHED, FINE = 8, 2, 8
GOOD = 1.1


def main() -> None:
    print(f"{'task':16}{'optimizer':12}{'tuned':>10}{'loss':>10}{'best':>10}{'loss':>10}{'tuned / best':>14}")
    good = 0
    for at, (task, values) in enumerate(TASKS.items()):
        optimizer = OPTIMIZERS[at % len(OPTIMIZERS)]
        chosen = experiment(
            {
                "network": {"depth": 2, "width": 16, "activation": "relu", "initialization": "he-normal"},
                "task": {"name": task, **values},
                "run": {"steps": 300, "batch_size": 32},
            }
        )
        quotient, words = compared(chosen, optimizer)
        good += quotient <= GOOD
        print(f"{task:16}{optimizer:12}{words}{quotient:14.2f}", flush=True)
    print(f"{good} of {len(TASKS)} within {GOOD:g}")


def compared(chosen: Experiment, optimizer: str) -> tuple[float, str]:
    """The tuned rate's loss by the best one's, and both with their losses."""
    asked = study(chosen, (Varied(key="optimizer.name", values=(optimizer,)),), seeds=SEEDS)
    done = trained(asked)
    search = tuned(asked, 0, done.results)
    assert search.best is not None
    rate = search.best[RATE]
    loss = quantile([badness(done.results[cell.name], "validation_loss") for cell in measured(asked, 0, search.best)], 0.5)
    tried = [cell.experiment.optimizer.learning_rate for cell in search.cells]
    count = round(FINE * math.log10(max(tried) / min(tried))) + 1
    base = asked.bases[0].changed({"run.seed": chosen.run.seed + SEARCHED})
    varied = (Varied(key=RATE, values=grid(min(tried), max(tried), count, True)),)
    fine = study(base, varied, seeds=SEEDS)
    results = trained(fine).results
    by_rate = {
        point.experiment.optimizer.learning_rate: quantile([badness(results[cell.name], "validation_loss") for cell in cells], 0.5)
        for entrant in range(len(fine.entrants))
        for cells in [measured(fine, entrant, {})]
        for point in cells[:1]
    }
    best = min(by_rate, key=by_rate.__getitem__)
    return loss / by_rate[best], f"{rate:10.3g}{loss:10.3g}{best:10.3g}{by_rate[best]:10.3g}"


def trained(asked: Study) -> Studying:
    """A study that was driven to its end."""
    pool = Pool(cores())
    studying = Studying(race(asked), pool, 1 << 31)
    studying.start()
    while not studying.done and not studying.problem:
        studying.advance(0.2)
    pool.close()
    return studying


if __name__ == "__main__":
    main()
