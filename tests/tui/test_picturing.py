"""A panel as a picture and as text: what stands on the screen, in a new file each time."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.tui.lab import SIZE, Lab, picture, trained, until


async def test_the_panel_in_focus_is_written_and_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 100)
        await pilot.press("5", "W")
        await until(pilot, lambda: "Written to" in picture(lab))
        await pilot.press("W", "4", "W")
        copied = lab.app.clipboard
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gradtui-gradients.svg", "gradtui-loss-2.svg", "gradtui-loss.svg"]
    told = "".join(ElementTree.fromstring((tmp_path / "gradtui-loss.svg").read_text()).itertext()).replace("\xa0", " ")
    assert "train" in told and "steps" in told and "Gradient" not in told
    assert "|dL/dh|" in copied and "out" in copied


async def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        monkeypatch.setattr(Path, "cwd", lambda: Path("/no/such/folder"))
        await pilot.press("W")
        await until(pilot, lambda: "cannot be written" in picture(lab))
