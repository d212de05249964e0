"""Pages: each can be read, filled for whatever run, and opens a preset in which its changes are possible."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradtui.lessons
from gradtui.catalog.networks import FAMILIES
from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import RULES, Finding, by_rule
from gradtui.core.measured.history import History
from gradtui.core.measured.run import Run
from gradtui.core.presets.collection import shipped
from gradtui.core.presets.preset import assignment
from gradtui.lessons.facts import FACTS
from gradtui.lessons.page import PLACEHOLDER, QUESTIONS, pages
from gradtui.lessons.plain import WIDTH, contents, printed
from tests.diagnosis.cases import started
from tests.strategies import experiments, frames

SECTIONS = ["What happens", "The formula", "In this run", "What helps", "Sources"]


def test_every_file_is_a_page_and_every_page_has_a_file() -> None:
    files = {path.stem for path in (Path(gradtui.lessons.__file__).parent / "pages").iterdir()}
    assert files == set(pages()) == {*QUESTIONS, *RULES}


@pytest.mark.parametrize("name", [*QUESTIONS, *RULES])
def test_a_page_has_all_parts_and_opens_a_shipped_preset_to_which_its_changes_apply(name: str) -> None:
    page = pages()[name]
    assert [block.text for block in page.blocks if block.kind == "heading"] == SECTIONS
    assert page.preset in shipped()
    preset = page.opened()
    assert 1 <= len(page.title) <= 45 and preset.title and preset.summary
    changes = [match[1] for block in page.blocks if (match := re.match("`([^`]*)`: .", block.text))]
    assert len(changes) >= 2
    for change in changes:
        preset.experiment.changed(dict(map(assignment, change.split())))


def test_every_placeholder_is_a_fact_and_every_fact_is_named() -> None:
    named = {name for page in pages().values() for block in page.blocks for name in PLACEHOLDER.findall(block.text)}
    assert named == set(FACTS)
    braces = "".join(PLACEHOLDER.sub("", block.text) for page in pages().values() for block in page.blocks)
    assert not set(braces) & set("{}")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", [*QUESTIONS, *RULES])
def test_a_page_fits_eighty_columns_in_every_family_and_leaves_no_gap(name: str, family: str) -> None:
    made = experiment({}).changed({"network.family": family})
    text = printed(pages()[name], Run(made))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "None" not in text and not PLACEHOLDER.search(text)


@given(experiments(), st.lists(frames(), max_size=30))
def test_no_run_is_too_strange_for_a_page(made, measured) -> None:
    history = History()
    for frame in measured:
        history.add(frame)
    run = Run(made, started(2), history)
    for page in pages().values():
        assert all(block.text for block in page.filled(run))


def test_what_a_run_lacks_is_said_in_a_sentence_and_once() -> None:
    text = " ".join(printed(pages()["vanishing-gradients"], Run(experiment({}).changed({"network.family": "lstm"}))).split())
    assert "No closed form is known for this network" in text
    assert text.count("have not been measured yet") == 1


def test_what_is_wrong_with_the_run_comes_first_and_hides_nothing_hostile() -> None:
    told = {"meaning": "m", "source": "s", "severity": "warning"}
    open_now = Finding(rule="dead-units", step=3, what="Half of layer 2\x1b[31m is dead.", evidence="0.5 above 0.4.", **told)
    over = Finding(rule="overfitting", step=3, until=9, what="It was.", evidence="e", **told)
    run = Run(experiment({}), findings=(over, open_now))
    first, *more = pages()["dead-units"].filled(run)
    assert (first.kind, first.text) == ("finding", "Half of layer 2[31m is dead, since step 3.")
    assert [block.text for block in more[:2]] == ["0.5 above 0.4. Source of the threshold: s.", "m"]
    assert "It was." not in printed(pages()["overfitting"], run)


def test_the_worst_complaint_is_the_first() -> None:
    told = {"step": 1, "what": "w", "evidence": "e", "meaning": "m", "source": "s"}
    findings = tuple(
        Finding(rule=rule, severity=severity, **told)
        for rule, severity in (("overfitting", "info"), ("dead-units", "warning"), ("non-finite", "critical"))
    )
    assert list(by_rule(findings)) == ["non-finite", "dead-units", "overfitting"]


def test_the_contents_name_every_page_in_eighty_columns() -> None:
    lines = contents().splitlines()
    assert all(any(line.startswith(f"{name} ") for line in lines) for name in pages())
    assert max(map(len, lines)) <= WIDTH
