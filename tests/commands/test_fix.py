"""`gradtui fix` as a program."""

import json

import pytest

from gradtui.core.measured.finding import Finding
from gradtui.core.measured.run import Run
from gradtui.core.presets.collection import find
from gradtui.core.presets.preset import changed
from gradtui.headless.fixing import Mended, attempts_in_words, mend
from gradtui.headless.running import Ran
from tests.commands.program import gradtui


def fix(*arguments):
    return gradtui("fix", *arguments)


def test_the_best_fix_is_tried_and_compared():
    out, err, status = fix("vanishing-sigmoid", "--steps", "600", "--json")
    assert status == 0, err
    told = json.loads(out)
    assert told["wrong"][0] == "vanishing-gradients"
    (attempt,) = told["attempts"]
    assert attempt["fix"]["set"] == {"network.activation": "relu", "network.initialization": "he-normal"}
    assert attempt["verdict"] in ("cured", "better") and "loss" in attempt["sentence"]
    assert "vanishing-gradients" not in told["left"]


def test_a_chain_goes_on_until_nothing_is_wrong_or_the_limit():
    out, _, status = fix(
        "vanishing-sigmoid", "--set", "optimizer.learning_rate=1e-7", "--steps", "300", "--all", "--limit", "3", "--json"
    )
    told = json.loads(out)
    assert status == 0 and 1 <= len(told["attempts"]) <= 3
    assert not told["left"] or len(told["attempts"]) == 3


def test_what_is_printed_can_be_set():
    was = find("vanishing-sigmoid")
    wanted = {"optimizer.name": "adam", "optimizer.betas": (0.8, 0.99), "network.residual": True, "optimizer.eps": 1e-9}
    told = attempts_in_words("Depth: one", Mended(wrong=("dead-units",), attempts=(), set=wanted, left=(), signal=0))
    assert told.splitlines()[:2] == ["Depth: one", "At first: dead-units"]
    assignments = told.rpartition("with ")[2].split(", ")
    assert changed(was, assignments).experiment == was.experiment.changed(wanted)


def test_a_healthy_run_is_left_alone():
    out, _, status = fix("digits-he", "--steps", "1500")
    assert (out.strip(), status) == (f"changed from {find('digits-he').title}\nNothing is wrong", 0)


@pytest.mark.parametrize("arguments", [["no-such-preset"], ["tutorial", "--limit", "0"], ["tutorial", "--steps", "many"]])
def test_what_cannot_be_is_refused(arguments):
    out, err, status = fix(*arguments)
    assert (out, status) == ("", 2) and err


def test_a_rate_that_is_found_is_tried_once_where_no_fix_helps_a_wrong_rate():
    made = find("healthy-he").experiment.changed({"run.steps": 100})
    asked = []

    def train(experiment):
        slow = experiment.optimizer.learning_rate != 0.5
        told = {"what": "", "evidence": "", "meaning": "", "source": ""}
        finding = Finding(rule="learning-rate-too-low", severity="warning", step=1, **told)
        return Ran(Run(experiment, findings=(finding,) if slow else ()), 0)

    def suggest(experiment):
        asked.append(experiment)
        return 0.5

    mended = mend(made, 8, train, suggest)
    assert asked == [made]
    assert [attempt.fix.set for attempt in mended.attempts] == [{"optimizer.learning_rate": 0.5}]
    assert "found by experiment" in mended.attempts[0].fix.reason
    assert not mend(made, 8, train, lambda experiment: None).attempts
