"""`gradtui run` as a program: what it prints, and how it ends."""

import json
import math
import os
import signal
import subprocess
import sys

import pytest

PROGRAM = [sys.executable, "-m", "gradtui"]
LISTS = ("activation_std", "activation_gradient", "weight_gradient", "update_ratio", "dead", "saturated")


def run(*arguments, **options):
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=300, **options)


def summary(*arguments):
    done = run("run", *arguments, "--json")
    assert done.stdout.count("\n") == 1, done.stderr
    return json.loads(done.stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON")), done.returncode


@pytest.fixture(scope="module")
def healthy():
    return summary("healthy-he", "--steps", "60", "--set", "network.depth=3")


def test_the_summary_keeps_its_contract(healthy):
    found, status = healthy
    assert status == 0
    assert list(found) == [
        *("status", "steps", "seed", "device", "steps_per_second", "loss", "accuracy", "evaluated"),
        *("layers", "first", "last", "findings", "run"),
    ]
    assert (found["status"], found["steps"], found["seed"], found["device"]) == ("done", 60, 0, "cpu")
    assert found["layers"] == ["1", "2", "3", "out"]
    assert sorted(found["loss"]) == ["best", "first", "last", "validation"] and sorted(found["accuracy"]) == ["train", "validation"]
    assert found["evaluated"] == {"train": 1000, "validation": 250}
    for moment in ("first", "last"):
        assert all(len(found[moment][name]) == 4 for name in LISTS)
    assert found["first"]["predicted_activation_gradient"][2:] == [1.0, None]
    assert "predicted_activation_gradient" not in found["last"]
    assert found["findings"] == [] and os.path.isfile(os.path.join(found["run"], "run.json"))
    assert found["loss"]["best"] <= min(found["loss"]["first"], found["loss"]["last"])


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(healthy):
    def numbers(found):
        return {name: value for name, value in found.items() if name not in ("steps_per_second", "run")}

    again, _ = summary("healthy-he", "--steps", "60", "--set", "network.depth=3")
    other, _ = summary("healthy-he", "--steps", "60", "--set", "network.depth=3", "--set", "run.seed=1")
    assert numbers(again) == numbers(healthy[0])
    assert other["loss"] != again["loss"]


def test_a_diverged_run_ends_with_3_and_names_where(tmp_path):
    found, status = summary("exploding-normal")
    assert (status, found["status"], found["loss"]["last"]) == (3, "diverged", "NaN")
    assert math.isfinite(found["loss"]["best"]) and found["steps"] < 100
    told = run("run", "exploding-normal").stderr
    assert "diverged" in told and "layer" in told and "at step" in told


def test_words_are_for_people_and_stay_in_line():
    printed = run("run", "healthy-he", "--steps", "5").stdout
    assert "done after 5 steps" in printed and "\x1b" not in printed
    assert [line.split()[0] for line in printed.splitlines()[-21:]] == ["out", *map(str, range(20, 0, -1))]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_run_and_what_was_measured_is_printed(number):
    command = [*PROGRAM, "run", "tutorial", "--set", "run.steps=1000000000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until_training(process.pid)
        process.send_signal(number)
        printed, _ = process.communicate(timeout=120)
    found = json.loads(printed)
    assert process.returncode == 128 + number and found["status"] == "stopped" and found["steps"] < 1_000_000_000


def wait_until_training(pid):
    """The signal handlers are set once training begins: the kernel lists caught signals as a mask."""
    wanted = 1 << (signal.SIGHUP - 1)
    while True:
        with open(f"/proc/{pid}/status") as status:
            caught = next(int(line.split()[1], 16) for line in status if line.startswith("SigCgt"))
        if caught & wanted:
            return
        os.sched_yield()


BAD = {
    "broken.toml": '[network\ndepth = 3"',
    "unknown.toml": '[network]\nactvation = "relu"\n[optimzer]\nname = "adam"\n',
    "type.toml": '[network]\ndepth = "three"\nwidth = 3.5\nresidual = 1\n',
    "bounds.toml": "[network]\ndepth = 1000000000\nwidth = 0\n[run]\nseed = -1\n",
    "nan.toml": "[optimizer]\nlearning_rate = nan\n",
    "short.toml": "[network]\nwidth = 0\n[optimizer]\nlearning_rate = -1\n[schedule]\nwarmup = 900\n[run]\nsteps = 500\n",
    "large.toml": "# " + "x" * 2_000_000,
}
TOLD = {
    "broken.toml": ["broken.toml is not valid TOML"],
    "unknown.toml": ["2 mistakes", "network.actvation", "Did you mean activation?", "optimzer", "Did you mean optimizer?"],
    "type.toml": ["3 mistakes", 'network.depth: "three"', "network.width: 3.5", "network.residual: 1", "true or false"],
    "bounds.toml": ["3 mistakes", "from 1 to 200", "from 1 to 4 096", "run.seed"],
    "nan.toml": ["1 mistake", "optimizer.learning_rate: nan", "from 0 to 1 000"],
    "large.toml": ["larger than 32 KiB"],
    "short.toml": [
        "3 mistakes",
        "optimizer.learning_rate",
        "schedule.warmup: a warm-up of 900 steps",
        "from 0 to 499",
        "network.width",
    ],
    "missing.toml": ["missing.toml cannot be read: No such file"],
    "folder.toml": ["folder.toml cannot be read: Is a directory"],
    "helthy-he": ["Did you mean healthy-he?"],
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_with_a_preset_is_told_at_once_and_nothing_starts(tmp_path, name):
    if name in BAD:
        (tmp_path / name).write_text(BAD[name])
    if name == "folder.toml":
        (tmp_path / name).mkdir()
    done = run("run", name, "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    for words in TOLD[name]:
        assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "network.depth"], "is not an assignment"),
        (["--set", "depth=3"], "is not a dotted key"),
        (["--set", "network.dpth=3"], "Did you mean depth?"),
        (["--set", "network.depth=0", "--set", "optimizer.learning_rate=inf"], "2 mistakes"),
        (["--set", "schedule.name=cosine", "--set", "schedule.period=10", "--steps", "50"], "or a whole number from 50"),
        (["--set", "run.device=cuda"], "cpu"),
        (["--set", "network.depth=200", "--set", "network.width=4096"], "GB"),
        (["--steps", "0"], "range"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_told(arguments, words):
    done = run("run", "healthy-he", *arguments, "--json", env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and "Traceback" not in done.stderr
