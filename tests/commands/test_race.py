"""`gradtui race` and `gradtui rate` as programs: what they print, what bad input is told, and what a kill costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-m", "gradtui"]
SMALL = (
    *("--set=network.depth=1", "--set=network.width=4"),
    *("--set=task.name=moons", "--set=task.samples=64", "--set=run.batch_size=16"),
)
DEADLINE = 240


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=DEADLINE, check=False)


def told(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    return found


def test_the_object_keeps_its_contract() -> None:
    found = told("race", "tutorial", *SMALL, "--steps", "30", "--vary", "optimizer.name=sgd,adam", "--seeds", "3")
    assert {"by", "mode", "seeds", "folds", "steps", "seconds", "cells", "entrants", "pairs", "points", "sentence"} <= found.keys()
    assert (found["by"], found["mode"], found["seeds"], found["folds"], found["steps"]) == ("validation_loss", "tuned", 3, 0, 30)
    assert found["cells"] == sum(len(point["values"]) for point in found["points"])
    medians = [entrant["median"] for entrant in found["entrants"]]
    assert medians == sorted(medians)
    for entrant in found["entrants"]:
        assert entrant["set"]["optimizer.name"] in ("sgd", "adam")
        assert set(entrant["best"]) == {"optimizer.learning_rate"}
        assert len(entrant["values"]) == 3 and len(entrant["quartiles"]) == 2
        assert entrant["optimizer_us"] > 0 and entrant["test"] is not None
        assert isinstance(entrant["at_edge"], bool) and isinstance(entrant["findings"], list)
    (pair,) = found["pairs"]
    assert (pair["a"], pair["b"]) == (0, 1) and 0 <= pair["p_value"] <= 1 and 0 <= pair["probability"] <= 1
    assert pair["verdict"] in ("leaning", "not told apart")
    assert "3 seeds: the smallest possible p is 0.25: too few to tell anything." in found["sentence"]


def test_a_grid_has_as_many_cells_as_it_has_points_seeds_and_folds() -> None:
    varies = "--vary", "optimizer.name=sgd,adam", "--vary", "optimizer.learning_rate=1e-3..1:4"
    found = told("race", "tutorial", *SMALL, "--steps", "10", *varies, "--seeds", "1")
    assert (found["mode"], found["cells"], len(found["points"])) == ("grid", 8, 8)
    folded = told("race", "tutorial", "--set=task.name=wine", "--steps", "10", *varies, "--seeds", "2", "--folds", "3")
    assert (folded["cells"], folded["folds"]) == (48, 3)
    assert len(folded["entrants"][0]["values"]) == 6
    right, of = folded["entrants"][0]["right"]
    assert of == 36 and 0 <= right <= 36
    low, high = folded["entrants"][0]["interval"]
    assert low < high


def test_a_rate_is_found_with_the_curve_that_says_so() -> None:
    found = told("rate", "optimizers-on-digits", "--set", "network.depth=1", "--set", "network.width=16", "--steps", "60")
    rates = [one["rate"] for one in found["curve"]]
    assert rates == sorted(rates) and 16 <= len(rates) <= 32
    assert found["suggested"] in rates and found["why"]
    assert {"rate", "median", "low", "high", "diverged"} == set(found["curve"][0])
    test = found["range_test"]
    assert len(test["rates"]) == len(test["losses"]) > 10
    assert all(test[name] is not None for name in ("valley", "steepest", "minimum_tenth"))


def test_where_nothing_helps_no_rate_is_named() -> None:
    found = told("rate", "zero-weights", "--steps", "20")
    assert found["suggested"] is None and "falls" in found["why"]
    assert [found["range_test"][name] for name in ("valley", "steepest", "minimum_tenth")] == [None] * 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--vary", "optimizer.nmae=sgd,adam"), "Did you mean name"),
        (("--vary", "optimizer.name="), "has no values"),
        (("--vary", "optimizer.name=sgd,adamw,admm"), "does not fit"),
        (("--vary", "optimizer.learning_rate=1..2:0"), "is no range"),
        (
            ("--vary", "optimizer.learning_rate=1e-5..1:1000", "--vary", "run.batch_size=1..1000:1000"),
            "and at most 10 000 can be",
        ),
        (("--folds", "900"), "cross-validation takes 2 to"),
        (("--set=task.name=wine", "--folds", "60"), "smallest class has 38 training samples"),
        (("--by", "accuracy"), "validation_accuracy"),
        (("--scheduler", "tcp://127.0.0.1:1"), "no dask scheduler at tcp://127.0.0.1:1"),
        (("--set=network.width=4096", "--set=network.depth=200"), "none fits"),
    ],
)
def test_bad_input_is_told_in_a_sentence_and_nothing_is_trained(arguments: tuple[str, ...], said: str) -> None:
    done = run("race", "tutorial", *arguments, "--json")
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split()) and not done.stdout
    assert "Traceback" not in done.stderr


def _folder() -> Path:
    (found,) = Path(os.environ["XDG_DATA_HOME"], "gradtui", "studies").iterdir()
    return found


@pytest.fixture
def racing() -> Iterator[subprocess.Popen[str]]:
    """A race that is under way, with some cells done."""
    made = subprocess.Popen(
        [*PROGRAM, "race", "tutorial", *SMALL, "--steps", "800", "--seeds", "4", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + DEADLINE
    root = Path(os.environ["XDG_DATA_HOME"], "gradtui", "studies")
    while not any(path.stat().st_size for path in root.glob("*/cells.jsonl")):
        assert time.monotonic() < end and made.poll() is None
        time.sleep(0.02)
    with made:
        yield made
        made.kill()


def test_a_study_killed_goes_on_where_it_was_and_does_nothing_twice(racing: subprocess.Popen[str]) -> None:
    os.kill(racing.pid, signal.SIGKILL)
    racing.wait()
    before = (_folder() / "cells.jsonl").read_bytes()
    known = before[: before.rfind(b"\n") + 1].count(b"\n")
    assert known
    found = told("race", "tutorial", *SMALL, "--steps", "800", "--seeds", "4", "--resume")
    after = (_folder() / "cells.jsonl").read_bytes()
    assert after.startswith(before[: before.rfind(b"\n") + 1])
    cells = [json.loads(line[9:])["cell"] for line in after.splitlines()]
    assert len(cells) == len(set(cells)) == found["cells"] > known
    again = told("race", str(_folder()))
    assert again["entrants"] == found["entrants"]
    assert (_folder() / "cells.jsonl").read_bytes() == after


def test_a_signal_ends_it_with_what_is_known(racing: subprocess.Popen[str]) -> None:
    racing.send_signal(signal.SIGTERM)
    out, err = racing.communicate(timeout=DEADLINE)
    assert racing.returncode == 143
    assert json.loads(out)["cells"] > 0 and "Traceback" not in err


def test_what_is_exported_is_there_and_never_over_a_file(tmp_path: Path) -> None:
    asked = "race", "tutorial", *SMALL, "--steps", "10", "--vary", "optimizer.name=sgd,adam", "--as-they-come", "--seeds", "2"
    assert run(*asked, "--export", str(tmp_path / "out")).returncode == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"cells.csv", "study.json", "losses.svg"}
    done = run(*asked, "--export", str(tmp_path / "out"))
    assert done.returncode == 5 and "exists already" in done.stderr
