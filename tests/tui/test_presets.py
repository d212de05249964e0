"""The presets screen and saving, with the fake backend."""

from __future__ import annotations

import os
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input, OptionList, Static

from gradtui.core.presets.collection import find, listed
from gradtui.core.presets.expect import NOTHING
from gradtui.core.presets.preset import read
from gradtui.core.presets.saving import save
from gradtui.tui.screens.errand import ErrandScreen
from gradtui.tui.widgets.choices import Choices
from tests.tui.lab import SIZE, Lab, picture, until


@pytest.fixture
def lab() -> Lab:
    return Lab()


def words(app) -> str:
    """What the panel beside the list says."""
    console = app.console
    with console.capture() as captured:
        console.print(app.screen.query_one("#words", Static).content)
    return captured.get()


async def test_presets_stand_under_their_subjects_and_a_subject_cannot_be_opened(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p")
        options = lab.app.screen.query_one(OptionList).options
        assert [option.id for option in options if option.id] == [entry.name for entry in listed()]
        headings = [str(option.prompt) for option in options if option.id is None]
        assert headings == list(dict.fromkeys(entry.subject for entry in listed()))
        assert all(option.disabled for option in options if option.id is None)


async def test_what_is_typed_in_one_burst_reaches_the_filter_whole(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p")
        for key, character in (("slash", "/"), ("a", "a"), ("slash", "/"), ("b", "b")):
            lab.app.post_message(Key(key, character))
        await pilot.pause()
        assert lab.app.screen.query_one(Input).value == "a/b"


async def test_what_is_called_by_the_words_is_marked_before_what_speaks_of_them(own_presets: Path) -> None:
    lab = Lab(find("vanishing-sigmoid"))
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p", "slash", *"healthy")
        choices = lab.app.screen.query_one(Choices)
        assert choices.marked == "healthy-he" and len([option for option in choices.options if option.id]) > 1


async def test_two_presets_are_compared_by_their_differences(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p", "slash", *"healthy-he", "escape", "c", "slash")
        lab.app.screen.query_one(Input).value = "sigmoid, 20"
        await pilot.pause()
        said = words(lab.app)
        assert "Compared with: ReLU with He weights, 20 layers" in said
        assert "network activation" in said and "relu" in said and "sigmoid" in said
        await pilot.press("escape", "c", "c")
        assert "Compared" not in words(lab.app)


async def test_a_preset_that_cannot_be_read_says_why_and_does_not_open(lab: Lab, own_presets: Path) -> None:
    (own_presets / "broken.toml").write_text("[network]\ndepth = 'many'")
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p", "slash", *"broken")
        await pilot.pause()
        assert "network.depth" in words(lab.app)
        await pilot.press("enter")
        await pilot.pause()
        assert lab.app.screen is not lab.app.lab


async def test_the_experiment_is_saved_and_found_again(own_presets: Path) -> None:
    lab = Lab(find("healthy-he"))
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.session.change({"optimizer.learning_rate": 0.5})
        await pilot.press("w")
        assert lab.app.screen.query_one("#place", Input).value == "my-healthy-he"
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        saved = read(own_presets / "my-healthy-he.toml")
        assert saved.experiment == lab.session.experiment
        assert saved.origin == lab.session.preset.origin
        lab.session.change({"optimizer.learning_rate": 0.25})
        await pilot.press("w")
        assert lab.app.screen.query_one("#place", Input).value == "my-healthy-he"
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert read(own_presets / "my-healthy-he.toml").experiment == lab.session.experiment
    assert find("healthy-he").experiment.optimizer.learning_rate == 0.01


async def test_a_changed_preset_is_saved_in_words_of_its_own(own_presets: Path) -> None:
    lab = Lab(find("vanishing-sigmoid"))
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.session.change({"network.activation": "relu"})
        await pilot.press("w")
        assert lab.app.screen.query_one("#title", Input).value == "mlp 20x32, relu, momentum, spirals"
        assert "source and claims of Sigmoid, 20 layers deep stay there" in str(lab.app.screen.query_one("#said", Static).content)
        await pilot.press("down", "down")
        lab.app.screen.query_one("#summary", Input).value += " Look at layer 7."
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        saved = read(own_presets / "my-vanishing-sigmoid.toml")
        assert saved.source == "" and saved.expect == NOTHING
        assert saved.summary == "Changed from Sigmoid, 20 layers deep: activation relu. Look at layer 7."
        assert " gradtui  mlp 20x32, relu, momentum, spirals " in picture(lab).splitlines()[0]


@pytest.mark.parametrize("word", ["tutorial", "Deep Tanh", "/proc/nothing/x.toml"])
async def test_what_cannot_be_saved_is_told_and_the_screen_stays(lab: Lab, own_presets: Path, word: str) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        lab.app.screen.query_one("#place", Input).value = word
        await pilot.press("enter")
        await until(pilot, lambda: str(lab.app.screen.query("#said, #words").first(Static).content).startswith("✗ "))
        if type(lab.app.screen) is ErrandScreen:
            await pilot.press("escape")
            await pilot.pause()
        assert lab.app.screen.query_one("#place", Input).value == word
        await pilot.press("escape")
        await pilot.pause()
        assert lab.app.screen is lab.app.lab
    assert not list(own_presets.iterdir())


async def test_presets_are_read_and_written_in_threads_of_their_own(own_presets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a slow file or a slow disk never stops the screen."""
    save(find("healthy-he").model_copy(update={"origin": None}), own_presets / "mine.toml")
    lab, threads = Lab(find("mine")), list[tuple[str, threading.Thread]]()
    for module, name in ((tomllib, "loads"), (os, "fsync"), (os, "scandir")):
        monkeypatch.setattr(module, name, noting(getattr(module, name), threads))
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p", "escape", "ctrl+p", "escape", "e", "enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        await pilot.press("o")
        lab.app.screen.query_one(Input).value = str(own_presets)
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen.query(OptionList))
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        lab.session.change({"optimizer.learning_rate": 0.5})
        await pilot.press("w", "enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
    assert {name for name, _ in threads} == {"loads", "fsync", "scandir"}
    assert not [name for name, thread in threads if thread is threading.main_thread()]
    assert read(own_presets / "mine.toml").experiment.optimizer.learning_rate == 0.5


def noting(call: Callable[..., object], threads: list[tuple[str, threading.Thread]]) -> Callable[..., object]:
    """The same call, which notes in which thread it was called."""

    def noted(*arguments: object) -> object:
        threads.append((call.__name__, threading.current_thread()))
        return call(*arguments)

    return noted
