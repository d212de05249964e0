"""A server that means harm, and connections that die at every byte: nothing is half done, nothing goes on for ever."""

from __future__ import annotations

import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gradtui.core.presets.preset import LARGEST, Preset
from gradtui.core.presets.preset import parse as read_preset
from gradtui.core.presets.saving import Unsaved
from gradtui.remote import sftp
from gradtui.remote.address import Address, parse
from gradtui.remote.connection import Cancelled
from gradtui.remote.failures import Broken, RemoteFailure, Unsure, from_ssh
from gradtui.remote.fetch import File, Folder, fetch
from gradtui.remote.put import put
from tests.remote import hostile

TEXT = 'title = "a"\n'
NEW = 'title = "b"\n'
MINE = parse("box:/m.toml")
LAWLESS = "box answers against the rules of SFTP, so nothing that it says is believed."
SECONDS = 0.5


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A folder with a preset, served by a server with a trick, which dies once it has said so many bytes."""
    folder, program = tmp_path / "box", tmp_path / "ssh"
    folder.mkdir()
    (folder / "m.toml").write_text(TEXT)
    monkeypatch.setenv("GRADTUI_SSH", str(program))

    def served(trick: str, most: int = sys.maxsize) -> Path:
        program.write_text(f"#!/bin/sh\nexec {sys.executable} -I -S {hostile.__file__} {folder} '{trick}' {most}\n")
        program.chmod(0o755)
        return folder

    return served


def opened() -> Preset:
    preset = fetch(MINE)
    assert isinstance(preset, File)
    return preset.preset().model_copy(update={"title": "b"})


TOLD = {
    "silent at once": "No answer from box within 0.5 s.",
    "gone at once": "The connection to box ended too early.",
    "noise": "The remote shell of box prints text at login",
    "an oversized version": "The remote shell of box prints text at login",
    "a file without end": "/m.toml on box is larger than 32 KiB",
    "more than was asked": "/m.toml on box is larger than 32 KiB",
    "a large file": "/m.toml on box is larger than 32 KiB",
    "a device": "/m.toml on box is neither a regular file nor a folder",
    "a file of no kind": "/m.toml on box is neither a regular file nor a folder",
    "words that a terminal obeys": "box cannot read /m.toml",
    "late answers without end": "No answer from box within 0.5 s.",
    "names of everything": "No answer from box within 0.5 s.",
    "no names without end": "No answer from box within 0.5 s.",
}
HARMLESS = (
    "answers to earlier requests",
    "byte by byte",
    "a folder",
    "names without end",
    "names of everything",
    "names that lead away",
)


@pytest.mark.parametrize("trick", [trick for trick in hostile.TRICKS if trick not in HARMLESS])
def test_what_a_hostile_server_answers_is_refused_in_words_and_within_bounds(trick: str, box: Callable[..., Path]) -> None:
    box(trick)
    tracemalloc.start()
    try:
        with pytest.raises(RemoteFailure) as caught:
            fetch(
                parse("box:/") if trick in hostile.IN_A_FOLDER else MINE,
                seconds=SECONDS if "No answer" in TOLD.get(trick, "") else 20,
            )
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()
    assert caught.value.sentence.startswith(TOLD.get(trick, LAWLESS))
    assert len(caught.value.details) < 20_000 and caught.value.details.count("\n") < 100
    assert all(sign.isprintable() or sign == "\n" for sign in str(caught.value))


@pytest.mark.parametrize("trick", ["", "answers to earlier requests", "byte by byte"])
def test_answers_that_are_only_odd_do_no_harm(trick: str, box: Callable[..., Path]) -> None:
    folder = box(trick)
    assert put(opened(), MINE).origin is not None
    assert (folder / "m.toml").read_text() == NEW and os.listdir(folder) == ["m.toml"]
    assert fetch(parse("box:/")) == Folder(parse("box:/"), ("m.toml",))


@pytest.mark.parametrize("trick", ["names without end", "names that lead away"])
def test_a_folder_without_end_is_cut_and_names_lead_nowhere_else(trick: str, box: Callable[..., Path]) -> None:
    box(trick)
    found = fetch(parse("box:/"))
    assert isinstance(found, Folder) and len(found.names) <= 10_000
    assert set(found.names) <= {"x.toml", "a\n.toml", "\udcff.toml"}


@pytest.mark.parametrize("trick", [trick for trick in hostile.TRICKS if trick not in HARMLESS and trick not in hostile.IN_A_FOLDER])
def test_a_hostile_server_gets_no_file_half_written(trick: str, box: Callable[..., Path]) -> None:
    folder = box("")
    preset = opened()
    box(trick)
    try:
        put(preset, MINE, seconds=SECONDS)
        assert (folder / "m.toml").read_text() == NEW
    except (RemoteFailure, Unsaved) as error:
        assert len(str(error)) < 20_000 and (folder / "m.toml").read_text() == TEXT


class Wire:
    """A connection within this process: it dies after so many bytes to the server, or from it."""

    server: hostile.Server
    there, back = sys.maxsize, sys.maxsize

    def __init__(self, address: Address, argv: object, cancelled: Callable[[], bool], seconds: float) -> None:
        self._address, self._cancelled, self._incoming = address, cancelled, bytearray()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *error: object) -> None:
        self.server.end()

    def send(self, data: bytes) -> None:
        data = data[: self.there]
        self.there -= len(data)
        for answer in self.server.feed(data):
            self._incoming += answer[: self.back]
            self.back -= len(answer[: self.back])

    def receive(self, size: int) -> bytes:
        taken = self.peek(size)
        del self._incoming[:size]
        return taken

    def peek(self, size: int) -> bytes:
        if self._cancelled():
            raise Cancelled
        if len(self._incoming) < size:
            raise from_ssh(self._address, "")
        return bytes(self._incoming[:size])

    def persist(self, seconds: float) -> None:
        self._cancelled = lambda: False

    def rest(self, most: int) -> bytes:
        return bytes(self._incoming[:most])


@contextmanager
def wired(folder: Path, **dies: int) -> Iterator[hostile.Server]:
    """Within, connections are wires to an honest server of the folder."""
    server = hostile.Server(str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sftp, "Connection", type("Dying", (Wire,), {"server": server, **dies}))
        yield server


def lengths(folder: Path, preset: Preset, address: Address) -> tuple[int, int]:
    """Bytes of a whole session to the server and back."""

    class Counting(Wire):
        sent = received = 0

        def send(self, data: bytes) -> None:
            Counting.sent += len(data)
            super().send(data)

        def receive(self, size: int) -> bytes:
            Counting.received += size
            return super().receive(size)

    Counting.server = hostile.Server(str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sftp, "Connection", Counting)
        put(preset, address)
    return Counting.sent, Counting.received


@pytest.mark.parametrize("name", ["m.toml", "n.toml"])
@pytest.mark.parametrize("way", ["there", "back"])
def test_a_connection_that_dies_at_every_byte_leaves_the_old_or_the_new_file_whole(tmp_path: Path, name: str, way: str) -> None:
    path, address, old = tmp_path / name, parse(f"box:/{name}"), TEXT if name == "m.toml" else None

    def afresh() -> None:
        for other in tmp_path.iterdir():
            other.unlink()
        if old is not None:
            path.write_text(old)

    (tmp_path / "m.toml").write_text(TEXT)
    with wired(tmp_path):
        preset = opened()
    afresh()
    whole = dict(zip(("there", "back"), lengths(tmp_path, preset, address), strict=True))
    outcomes = []
    for size in range(whole[way]):
        afresh()
        with wired(tmp_path, **{way: size}) as server:
            try:
                put(preset, address)
                outcomes.append("saved")
            except Unsure as error:
                assert error.sentence.endswith("is saved or as it was. Open it to see which.")
                outcomes.append("unsure")
            except Broken:
                outcomes.append("broken")
        done = any(request[0] in ("rename", "link") for request in server.log)
        assert (path.read_text() if path.exists() else None) == (NEW if done else old)
        assert outcomes[-1] == "unsure" or done == (outcomes[-1] == "saved")
        left = {other.name for other in tmp_path.iterdir()} - {name}
        assert len(left) <= 1 and all(other.startswith(".gradtui-") for other in left)
    assert outcomes[0] == "broken" and "unsure" in outcomes
    assert sorted(outcomes, key=["broken", "unsure", "saved"].index) == outcomes


@pytest.mark.parametrize("size", range(0, 360, 40))
def test_a_server_that_dies_on_its_way_is_told(size: int, box: Callable[..., Path]) -> None:
    folder = box("")
    preset = opened()
    box("", size)
    with pytest.raises(Broken):
        put(preset, MINE)
    assert (folder / "m.toml").read_text() in (TEXT, NEW)


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_connection_that_dies_at_every_byte_of_reading_brings_all_or_nothing(tmp_path: Path, way: str) -> None:
    (tmp_path / "m.toml").write_text(TEXT)
    outcomes = []
    for size in range(1000):
        with wired(tmp_path, **{way: size}):
            try:
                found = fetch(MINE)
                assert isinstance(found, File) and found.text == TEXT
                outcomes.append(True)
            except Broken:
                outcomes.append(False)
    assert outcomes == sorted(outcomes) and {*outcomes} == {False, True}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444, 0o000, 0o777, 0o4755, 0o1777, 0o2640])
def test_a_new_file_is_nobodys_until_it_has_content_permissions_and_lies_on_the_disk(tmp_path: Path, mode: int) -> None:
    (tmp_path / "m.toml").write_text(TEXT)
    with wired(tmp_path):
        preset = opened()
    (tmp_path / "m.toml").chmod(mode)
    with wired(tmp_path) as server:
        put(preset, MINE)
    kept = ("open",)
    assert [request for request in server.log if request != kept] == [
        ("init",),
        ("create", 0o600),
        ("write", 0, len(NEW)),
        ("mode", mode),
        ("fsync",),
        ("close",),
        ("rename", "/m.toml"),
    ]
    assert (tmp_path / "m.toml").stat().st_mode & 0o7777 == mode


def test_a_file_of_the_largest_size_goes_whole_and_in_order(tmp_path: Path) -> None:
    long = read_preset(TEXT + "#" * (LARGEST - len(TEXT)), "long").model_copy(update={"title": "b"})
    whole = long.model_copy(update={"summary": "s" * 2000, "source": "t" * 2000})
    with wired(tmp_path) as server:
        saved = put(whole, MINE)
    assert saved.origin is not None and (tmp_path / "m.toml").read_text() == saved.origin.text
    writes = [request[1:] for request in server.log if request[0] == "write"]
    assert [at for at, _ in writes] == [sum(size for _, size in writes[:at]) for at in range(len(writes))]
    assert ("mode", 0o644) in server.log and server.log[-2:] == [("link", "/m.toml"), server.log[-1]]
