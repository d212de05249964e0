"""`gradtui verify` as a program."""

import json
import math
import signal
import subprocess
import sys

import pytest
import tomlkit

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.presets.preset import parse
from gradtui.core.presets.verified import in_words, table
from gradtui.engine.training.trainer import prepare
from gradtui.headless.verifying import verify
from tests.commands.program import gradtui
from tests.commands.test_run import wait_until_training
from tests.engine import plain

SMALL = {"network": {"depth": 2, "width": 4}, "run": {"steps": 40, "batch_size": 16}, "task": {"samples": 32}}
TOLD = {"source": "ours", "known": "measured"}


def preset(tmp_path, name, *claims, **expect):
    path = tmp_path / f"{name}.toml"
    path.write_text(
        tomlkit.dumps({"title": name, **SMALL, "expect": {**expect, "claims": [{**TOLD, **claim} for claim in claims]}})
    )
    return str(path)


def run(*arguments):
    return gradtui("verify", *arguments)


BELOW = {"says": "the loss is a number below ten", "quantity": "last.loss", "max": 10.0}
NEGATIVE = {"says": "the loss is below zero", "quantity": "last.loss", "max": -1.0}


def test_claims_that_hold_end_in_success_and_one_that_does_not_in_failure(tmp_path):
    good, bad = preset(tmp_path, "good", BELOW, steps=20, seeds=2), preset(tmp_path, "bad", BELOW, NEGATIVE)
    out, err, status = run(good)
    assert status == 0 and "good.toml, " in err
    assert "holds  the loss is a number" in out and "1 of 1 claims of 1 preset hold" in out
    out, _, status = run(good, bad)
    assert status == 1
    assert "fails  the loss is below zero" in out and "2 of 3 claims of 2 presets hold" in out


def test_the_json_holds_every_number(tmp_path):
    compared = {"says": "half the rate, half the step", "quantity": "first.update_ratio.first", "min": 0.49, "max": 0.51}
    claim = {**compared, "set": {"optimizer": {"learning_rate": 0.005}}, "against": {}, "seeds": 2}
    out, _, status = run(preset(tmp_path, "one", claim), "--json")
    found = json.loads(out)
    (report,) = found["presets"]
    (checked,) = report["claims"]
    assert (status, found["holds"], found["signal"]) == (0, True, 0)
    assert report["title"] == "one" and 0 < report["seconds"] <= found["seconds"]
    assert checked["holds"] and checked["claim"]["says"] == compared["says"]
    assert (checked["seeds"], checked["steps"], len(checked["by_seed"])) == (2, 1, 2)
    assert checked["measured"] == pytest.approx(0.5, rel=1e-3)


def test_what_does_not_happen_in_a_run_is_no_claim_kept(tmp_path):
    out, _, status = run(preset(tmp_path, "over", {"says": "over time", "quantity": "first.gradient_over_time.ratio", "min": 0.0}))
    assert status == 1 and "fails  over time" in out


def test_markdown_is_a_table(tmp_path):
    out, _, status = run(preset(tmp_path, "one", BELOW), "--markdown")
    assert status == 0 and out.startswith("| preset | claim |") and "| the loss is a number below ten | ours [measured] |" in out


def test_all_presets_are_read_before_anything_runs(tmp_path):
    bad = preset(tmp_path, "bad", {**BELOW, "quantity": "last.lss"})
    out, err, status = run(preset(tmp_path, "good", BELOW), bad)
    assert (out, status) == ("", 2) and "Did you mean last.loss?" in err and "Traceback" not in err


def test_a_signal_ends_it_and_nothing_unfinished_is_told(tmp_path):
    long = {**SMALL, "run": {"steps": 10_000, "batch_size": 1}, "task": {"samples": 1000}, "network": {"depth": 50}}
    path = tmp_path / "long.toml"
    path.write_text(tomlkit.dumps({**long, "expect": {"claims": [{**TOLD, **BELOW, "steps": 10_000}]}}))
    command = [sys.executable, "-m", "gradtui", "verify", str(path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until_training(process.pid)
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=120)
    found = json.loads(printed)
    assert process.returncode == 128 + signal.SIGTERM
    assert not found["holds"] and found["presets"] == [] and found["signal"] == signal.SIGTERM


def test_claims_about_one_experiment_share_a_run_and_read_it_at_their_steps(tmp_path, monkeypatch):
    started: list[list[Experiment]] = []

    def counted(experiments):
        started.append(list(experiments))
        return prepare(experiments)

    monkeypatch.setattr("gradtui.headless.verifying.prepare", counted)
    wide = {"set": {"network": {"width": 8}}}
    claims = [BELOW, {**BELOW, "steps": 30}, {**BELOW, **wide, "seeds": 3}, {**BELOW, **wide, "seeds": 3, "against": {}}]
    with open(preset(tmp_path, "shared", *claims)) as file:
        done = verify({"shared": parse(file.read(), "shared")})
    assert [(lanes[0].network.width, len(lanes)) for lanes in started] == [(4, 1), (8, 3), (4, 3)]
    assert [lane.run.seed for lane in started[1]] == [0, 1, 2]
    first, later, *_ = (checked.measured for checked in done.presets[0].claims)
    alone = verify({"alone": parse(tomlkit.dumps({**SMALL, "expect": {"claims": [{**TOLD, **BELOW, "steps": 30}]}}), "alone")})
    assert first != later == alone.presets[0].claims[0].measured


def verified(claim, steps, **tables):
    made = {**SMALL, **tables, "run": {**SMALL["run"], "steps": 100}, "expect": {"claims": [{**TOLD, **claim, "steps": steps}]}}
    return verify({"one": parse(tomlkit.dumps(made), "one")})


@pytest.mark.parametrize("steps", [15, 50, 99])
def test_a_claim_is_read_at_the_step_that_it_names(steps):
    """Others come every tenth."""
    made = experiment({**SMALL, "run": {**SMALL["run"], "steps": 100}})
    at = {frame.step: frame.layers["activation_std"][0] for frame in prepare([made]).frames(also=range(101))}
    (checked,) = verified({"says": "s", "quantity": "last.activation_std.first", "min": 0.0}, steps).presets[0].claims
    assert checked.measured == at[steps] and checked.reached == (steps,)


def test_what_was_reached_is_told_where_a_run_is_lost_and_the_others_run_on():
    tables = {
        "network": {"depth": 2, "width": 4, "activation": "linear"},
        "optimizer": {"name": "sgd", "learning_rate": 0.55},
        "task": {"name": "sine"},
    }
    alone = [plain.run(experiment({**SMALL, **tables, "run": {**SMALL["run"], "seed": seed}}))[1][0] for seed in range(3)]
    done = verified({"says": "s", "quantity": "last.loss", "max": 1e9, "seeds": 3}, 30, **tables)
    (checked,) = done.presets[0].claims
    assert checked.reached == tuple(min(outcome.step, 30) for outcome in alone)
    lost = [step for step in checked.reached if step < 30]
    assert 0 < len(lost) < 3
    assert [math.isfinite(number) for number in checked.by_seed] == [step == 30 for step in checked.reached]
    told = f"s ({len(lost)} of 3 runs ended after {min(lost)} of 30 steps)"
    assert told in " ".join(in_words(done, 200).split()) and f"| {told} |" in table(done)


def test_seeds_begin_again_after_the_last_one(tmp_path):
    table = {
        **SMALL,
        "run": {"steps": 1, "batch_size": 16, "seed": 2**32 - 1},
        "expect": {"seeds": 2, "claims": [{**TOLD, **BELOW}]},
    }
    done = verify({"last": parse(tomlkit.dumps(table), "last")})
    zero = verify({"zero": parse(tomlkit.dumps({**table, "run": {**table["run"], "seed": 0}}), "zero")})
    assert done.presets[0].claims[0].by_seed[1] == zero.presets[0].claims[0].by_seed[0]
