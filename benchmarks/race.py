"""A race of four optimizers at four rates, sixteen cells in one stack, against one run of the same steps; and two processes against
one.

Run `python -m benchmarks.race [ROUNDS]`. Cells and run take turns in one process on the threads that the engine settles on, with
every probe and rule as a study has them; a line gives medians over the turns, of milliseconds for a step, and of (race / run): 16
is what runs one after the other take. The last line is a study of 64 cells by one process of the pool and by two, from their being
ready on.
"""

from __future__ import annotations

import sys
import time

import torch

from benchmarks.engine import HE, NETWORKS
from benchmarks.loops import Turn, compare
from gradtui.backend.follower import Follower
from gradtui.core.experiments.cost import stride
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.work import Assigned
from gradtui.engine.training.trainer import prepare
from gradtui.study.cells import Cell
from gradtui.study.inquiry import race
from gradtui.study.search import wanted
from gradtui.study.study import study
from gradtui.study.vary import varied
from gradtui.worker.pool import Pool
from gradtui.worker.studying import Studying

STEPS, OPENING = 20, 10
GRID = "optimizer.name=sgd,momentum,rmsprop,adam", "optimizer.learning_rate=1e-5..1e-3:4"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print(f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps; milliseconds a step, and race of 16 / one run")
    print(f"{'':26}{'race':>10}{'one run':>10}{'ratio':>8}")
    for title, tables in NETWORKS.items():
        run = {"batch_size": 64, **tables.get("run", {}), "steps": STEPS * (rounds + 2) + 100, "device": "cpu"}
        network = {**tables["network"], **HE}
        chosen = experiment({**tables, "network": network, "optimizer": {"name": "adam", "learning_rate": 1e-4}, "run": run})
        cells = wanted(study(chosen, varied(GRID, chosen), seeds=1), {})
        medians, ratios = compare([trained(cells[-1:]), trained(cells)], rounds)
        print(f"{title:26}{1e3 * medians[1]:10.2f}{1e3 * medians[0]:10.2f}{ratios[0]:8.2f}", flush=True)
    one, two = (raced(processes) for processes in (1, 2))
    print(f"64 cells of 20x32: {one:.1f} s by one process, {two:.1f} s by two: {one / two:.2f} times as fast")


def trained(cells: tuple[Cell, ...]) -> Turn:
    """So many steps of cells side by side, followed as a study follows them."""
    training = prepare([cell.experiment for cell in cells], [cell.part for cell in cells])
    started = training.started()
    assigned = [Assigned(cell=cell.name, experiment=cell.experiment.tables(), part=cell.part) for cell in cells]
    followers = [Follower(cell.experiment, started, lane, assigned[lane]) for lane, cell in enumerate(cells)]
    frames = training.frames()

    def advance(count: int) -> None:
        for _ in range(count * len(cells)):
            frame = next(frames)
            followers[frame.lane].follow(frame)

    advance(OPENING)

    def turn() -> float:
        began = time.perf_counter()
        advance(STEPS // stride(cells[0].experiment))
        return (time.perf_counter() - began) / STEPS

    return turn


def raced(processes: int) -> float:
    """Seconds of a study of 64 cells, without those in which PyTorch is loaded."""
    tables = NETWORKS["20x32, batch 64"]
    chosen: Experiment = experiment({**tables, "run": {"batch_size": 64, "steps": 1000, "device": "cpu"}})
    asked = study(chosen, varied(GRID, chosen), seeds=4)
    pool = Pool(processes)
    studying = Studying(race(asked), pool, 1 << 30)
    studying.start()
    while len([moments for moments in studying.live.values() if moments]) < len(studying.live):
        studying.advance(0.05)
    began, first = time.perf_counter(), max(moments[-1][0] for moments in studying.live.values() if moments)
    while not studying.done:
        studying.advance(0.05)
    pool.close()
    return (time.perf_counter() - began) * 1000 / (1000 - first)


if __name__ == "__main__":
    main()
