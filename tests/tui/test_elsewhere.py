"""Presets from anywhere through Pilot, with machines that answer what a test says."""

from __future__ import annotations

from contextlib import nullcontext
from threading import Event

import pytest
from textual.widgets import Input, OptionList, Static

from gradtui.core.experiments.experiment import InvalidExperiment, Mistake
from gradtui.core.presets.collection import Shelf, Unread, find
from gradtui.core.presets.preset import Origin
from gradtui.core.presets.saving import Unsaved
from gradtui.remote.address import parse
from gradtui.remote.connection import Cancelled
from gradtui.remote.failures import RemoteFailure
from gradtui.tui.app import Opens
from gradtui.tui.screens.address import AddressScreen
from gradtui.tui.screens.confirm import ConfirmScreen
from gradtui.tui.screens.errand import ErrandScreen
from gradtui.tui.screens.presets import PresetsScreen
from tests.tui.lab import COMPACT, SIZE, Lab, until
from tests.tui.test_presets import words

BOX = "ssh://box/labs/deep.toml"
FAR = find("healthy-he").model_copy(update={"origin": Origin(place=BOX, text=find("healthy-he").toml())})
FOLDER = Shelf("/labs on box", tuple(Unread(f"ssh://box/labs/{name}.toml", "/labs on box", None) for name in ("a%20b", "deep")))
ASKS = RemoteFailure("First contact with box: check its fingerprint.", "Host key verification failed.", parse(BOX))
CHANGED = RemoteFailure("The key of box changed. Not connected.", "REMOTE HOST IDENTIFICATION HAS CHANGED")


class FakeMachines:
    """Answers in turn with what it was given: results are returned, exceptions raised, events waited for until cancelled."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.asked, self.logins, self.closed = list(answers), [], [], False

    def open(self, word, progress, cancelled):
        self.asked.append(word)
        progress(f"Connecting for {word}")
        return self._answer(cancelled)

    def save(self, preset, address, progress, cancelled):
        self.asked.append((preset, str(address)))
        answer = self._answer(cancelled)
        return preset.model_copy(update={"origin": Origin(place=answer, text=preset.toml())})

    def _answer(self, cancelled):
        answer = self.answers.pop(0)
        if isinstance(answer, Event):
            while not cancelled():
                answer.wait(0.01)
            raise Cancelled
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def login(self, address):
        self.logins.append(address)
        return ["true"]

    def close(self):
        self.closed = True


def made(*answers, opens=None, **options) -> Lab:
    lab = Lab(**options)
    lab.app.opening._machines = FakeMachines(*answers)
    lab.app._opens = opens
    return lab


async def shown(lab, pilot, screen) -> None:
    await until(pilot, lambda: type(lab.app.screen) is screen)
    await pilot.pause()


async def ask(pilot, word, *keys) -> None:
    await pilot.press(*(keys or ("p", "o")))
    pilot.app.screen.query_one(Input).value = word
    await pilot.press("enter")


def said(lab) -> str:
    return str(lab.app.screen.query("#said, #words").first(Static).content)


def hint(lab) -> str:
    return str(lab.app.screen.query_one("#errand").border_subtitle)


async def failed(lab, pilot) -> None:
    await until(pilot, lambda: type(lab.app.screen) is ErrandScreen and "✗" in said(lab))


@pytest.mark.parametrize("keys", [("p", "o"), ("o",)])
@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_what_came_over_ssh_is_shown_and_taken_only_after_enter(keys, size):
    lab = made(FAR, FAR)
    async with lab.app.run_test(size=size) as pilot:
        for answer, title in (("escape", "Sigmoid, 20 layers deep"), ("enter", FAR.title)):
            await ask(pilot, BOX, *(keys if answer == "escape" else ("o",)))
            await shown(lab, pilot, ConfirmScreen)
            console = lab.app.console
            with console.capture() as captured:
                console.print(lab.app.screen.query_one(Static).content)
            told = " ".join(captured.get().split())
            assert FAR.title in told and FAR.summary[:40] in told and "activation relu" in told
            assert f"/labs/deep.toml on box, sha256 {FAR.origin.sha256[:12]}" in told
            await pilot.press(answer)
            await pilot.pause()
            assert lab.session.preset.title == title
        assert lab.app.screen is lab.app.lab and lab.session.preset.origin == FAR.origin
        assert lab.app.opening.machines.asked == [BOX, BOX]


async def test_a_path_of_this_machine_opens_at_once_and_a_folder_is_listed(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(find("healthy-he").toml())
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, str(path))
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert lab.session.preset == find("healthy-he") and lab.session.preset.origin.place == str(path)
        await ask(pilot, str(tmp_path))
        await until(pilot, lambda: lab.app.screen.query("OptionList") and lab.app.screen._place == str(tmp_path))
        assert [option.id for option in lab.app.screen.query_one(OptionList).options if option.id] == [str(path)]
        await pilot.press("escape")
        await pilot.pause()
        assert type(lab.app.screen) is PresetsScreen and lab.app.screen._place == ""


async def test_a_folder_far_away_is_listed_and_its_presets_are_fetched_when_opened():
    lab = made(FOLDER, FAR, FAR)
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, "box:labs/")
        await until(pilot, lambda: type(lab.app.screen) is PresetsScreen and lab.app.screen._place)
        await pilot.pause()
        assert "a b.toml" in words(lab.app) and "Enter fetches it" in words(lab.app)
        assert lab.app.opening.machines.asked == ["box:labs/"]
        await pilot.press("j", "c", "enter")
        await shown(lab, pilot, ConfirmScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert FAR.title in words(lab.app)
        prompts = [str(option.prompt) for option in lab.app.screen.query_one(OptionList).options if option.id]
        assert prompts == ["  a b.toml", f"= {FAR.title}"]
        await pilot.press("enter")
        await shown(lab, pilot, ConfirmScreen)
        assert lab.app.opening.machines.asked == ["box:labs/", "ssh://box/labs/deep.toml"]
        await pilot.press("enter")
        await pilot.pause()
        assert lab.app.screen is lab.app.lab and lab.session.preset.title == FAR.title


async def test_an_empty_folder_says_so():
    lab = made(Shelf("/labs on box", ()))
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, "box:labs/")
        await until(pilot, lambda: type(lab.app.screen) is PresetsScreen and lab.app.screen._place)
        await pilot.press("enter", "c")
        assert "There is no preset" in str(lab.app.screen.query_one(OptionList).options[0].prompt)


@pytest.mark.parametrize("failure", [CHANGED, Unsaved("no"), InvalidExperiment([Mistake("network.depth", "is wrong.", "1")], "x")])
async def test_a_failure_is_told_with_details_and_can_be_tried_again_but_not_skipped(failure):
    lab = made(failure, failure, FAR)
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, BOX)
        await failed(lab, pilot)
        assert all(line in said(lab) for line in str(failure).splitlines())
        assert hint(lab) == "enter Try again  esc Back"
        await pilot.press("t")
        assert not lab.app.opening.machines.logins and lab.app.opening.machines.asked == [BOX]
        await pilot.press("enter")
        await until(pilot, lambda: len(lab.app.opening.machines.asked) == 2)
        await failed(lab, pilot)
        await pilot.press("escape")
        await shown(lab, pilot, AddressScreen)
        assert lab.app.screen.query_one(Input).value == BOX
        await pilot.press("enter")
        await shown(lab, pilot, ConfirmScreen)


async def test_where_ssh_has_to_ask_it_asks_in_the_terminal_and_the_errand_goes_on(monkeypatch):
    lab = made(ASKS, FAR)
    suspended = []
    monkeypatch.setattr(lab.app, "suspend", lambda: suspended.append(1) or nullcontext())
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, BOX)
        await failed(lab, pilot)
        assert "t Connect in the terminal" in hint(lab)
        await pilot.press("t")
        await shown(lab, pilot, ConfirmScreen)
        assert lab.app.opening.machines.logins == [parse(BOX)] and suspended == [1]
    assert lab.app.opening.machines.closed


async def test_a_login_that_cannot_be_made_is_told(monkeypatch):
    lab = made(ASKS)
    short = RemoteFailure("No folder is short enough.")

    def refuse(address):
        raise short

    monkeypatch.setattr(lab.app.opening._machines, "login", refuse)
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, BOX)
        await failed(lab, pilot)
        await pilot.press("t")
        await until(pilot, lambda: short.sentence in said(lab))
        assert hint(lab) == "enter Try again  esc Back"


async def test_escape_cancels_and_the_screen_lives_meanwhile():
    lab = made(Event())
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, BOX)
        await until(pilot, lambda: f"Connecting for {BOX}" in said(lab))
        assert hint(lab) == "esc Cancel"
        await pilot.press("enter", "t", "q", "space")
        assert type(lab.app.screen) is ErrandScreen
        await pilot.press("escape", "escape")
        await until(pilot, lambda: type(lab.app.screen) is not ErrandScreen)


async def test_quitting_ends_an_errand_under_way():
    forever = Event()
    lab = made(forever)
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, BOX)
        await shown(lab, pilot, ErrandScreen)
        thread = lab.app.screen._thread
        assert thread.is_alive()
    assert not thread.is_alive()


async def test_a_fault_of_the_program_is_not_taken_for_a_failure():
    lab = made(ZeroDivisionError("bug"))
    with pytest.raises(ZeroDivisionError):
        async with lab.app.run_test(size=SIZE) as pilot:
            await ask(pilot, BOX)
            await until(pilot, lambda: lab.app.return_code == 1)


@pytest.mark.parametrize("word", ["ssh://-oProxyCommand=id/x", "ssh://a:b@box/x", "ftp://box/x", "   "])
async def test_a_bad_address_goes_nowhere(word):
    lab = made()
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, word)
        await pilot.pause()
        assert type(lab.app.screen) is AddressScreen and ("is refused" in said(lab) or not word.strip())
        await pilot.press("escape")
        await pilot.pause()
        assert type(lab.app.screen) is PresetsScreen


async def test_what_the_command_line_names_is_opened_over_the_lab_with_its_changes():
    lab = made(FAR, opens=Opens(BOX, ("network.depth=7",)))
    async with lab.app.run_test(size=SIZE) as pilot:
        await shown(lab, pilot, ConfirmScreen)
        await pilot.press("enter")
        await pilot.pause()
        assert lab.session.preset.experiment == FAR.experiment.changed({"network.depth": 7})


@pytest.mark.parametrize(
    "answer, assignments, told",
    [
        (FOLDER, ("network.depth=7",), "--set changes one preset"),
        (FAR, ("network.depth=many",), "network.depth"),
        (FAR, ("network",), "is not an assignment"),
    ],
)
async def test_changes_that_cannot_be_made_are_told(answer, assignments, told):
    lab = made(answer, opens=Opens(BOX, assignments))
    async with lab.app.run_test(size=SIZE) as pilot:
        await failed(lab, pilot)
        assert told in said(lab)
        await pilot.press("escape")
        await pilot.pause()
        assert lab.app.screen is lab.app.lab
