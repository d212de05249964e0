"""What recording costs: the same run with and without it, in turns, and how long a thousand runs take to be listed.

`python -m benchmarks.recording` prints the ratio of the medians; above 1 is what recording costs.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from gradtui.backend.recording import record
from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.protocol import Keep, Sampled
from gradtui.engine.training.trainer import prepare
from gradtui.runs.listing import listed

_TURNS, _STEPS = 9, 2000


def seconds(place: Path | None) -> tuple[float, Path | None]:
    made = experiment({"network": {"depth": 20, "width": 32}, "optimizer": {"name": "adam"}, "run": {"steps": _STEPS}})
    training = prepare([made])
    recorded = record(Keep(place=str(place), title="Benchmark"), training, lambda report: None) if place else None
    began = time.perf_counter()
    for frame in training.frames():
        if recorded:
            recorded.put(Sampled(run=0, frame=frame))
            recorded.keep_up()
    taken = time.perf_counter() - began
    if recorded:
        recorded.checkpoint()
        recorded.close()
    return taken, recorded.path if recorded else None


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place, many = Path(folder, "runs"), Path(folder, "many")
        pairs = []
        path: Path | None = None
        for turn in range(_TURNS):
            order = (None, place) if turn % 2 else (place, None)
            found = {at: seconds(at) for at in order}
            pairs.append(found[place][0] / found[None][0])
            path = found[place][1]
        assert path is not None
        size = sum(file.stat().st_size for file in path.iterdir())
        print(f"recording: {statistics.median(pairs):.3f} of the time without it, median of {_TURNS} pairs")
        print(f"a run of {_STEPS} steps takes {size / 1e6:.2f} MB")
        for number in range(1000):
            shutil.copytree(path, many / f"{number:04}")
        for words in ("read for the first time", "again"):
            began = time.perf_counter()
            assert len(listed(many)) == 1000
            print(f"1000 runs {words}: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
