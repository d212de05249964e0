"""The writer on a disk that stalls or is full: nobody waits, it is told, and the log says what is missing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gradtui.runs import log, writer
from gradtui.runs.log import Log, Unwritable
from gradtui.runs.writer import Writer

PATIENCE = 30.0


class Disk(Log):
    """A log on a disk that answers only while it may, and may be full."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.answers, self.full = threading.Event(), False

    def append(self, *records: object) -> None:
        self.answers.wait()
        if self.full:
            raise Unwritable("the disk is full.")
        super().append(*records)  # type: ignore[arg-type]


class Heard:
    """What the writer said, and waiting for its next word."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._said = threading.Semaphore(0)

    def __call__(self, word: str) -> None:
        self.words.append(word)
        self._said.release()

    def next(self) -> str:
        assert self._said.acquire(timeout=PATIENCE)
        return self.words[-1]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "events.jsonl")


def record(number: int) -> bytes:
    return b'{"number":%d}' % number


def kept(folder: Path) -> list[dict[str, object]]:
    return list(log.read(folder / "events.jsonl").records)


def test_a_disk_that_stalls_is_told_and_got_over(disk: Disk, tmp_path: Path) -> None:
    heard = Heard()
    made = Writer(tmp_path, disk, 0, heard)
    for number in range(5):
        made.put(record(number))
    assert not made.flushed(0.01)
    assert heard.next().endswith("does not answer")
    disk.answers.set()
    assert heard.next() == ""
    assert made.close(PATIENCE)
    assert kept(tmp_path) == [{"number": number} for number in range(5)]


def test_what_a_stalled_disk_cost_is_said_in_the_log(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST", 3)
    made = Writer(tmp_path, disk, 0, Heard())
    for number in range(10):
        made.put(record(number))
    assert not made.complete
    disk.answers.set()
    while made._waiting:  # until the disk has taken what waited
        made.flushed(PATIENCE)
    made.put(record(99))
    assert made.complete and made.close(PATIENCE)
    assert kept(tmp_path) == [*({"number": number} for number in range(3)), {"type": "missing", "records": 7}, {"number": 99}]
    assert made.records == 5


def test_a_full_disk_is_told_once_and_what_waited_is_written_when_there_is_room(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_AGAIN", 0.01)
    heard = Heard()
    disk.full = True
    disk.answers.set()
    made = Writer(tmp_path, disk, 0, heard)
    made.put(record(1))
    assert heard.next() == "the disk is full."
    made.put(record(2))
    disk.full = False
    assert heard.next() == "" and heard.words == ["the disk is full.", ""]
    assert made.close(PATIENCE) and kept(tmp_path) == [{"number": 1}, {"number": 2}]


def test_the_end_waits_for_no_disk(disk: Disk, tmp_path: Path) -> None:
    made = Writer(tmp_path, disk, 0, Heard())
    made.put(record(1))
    assert not made.close(0.01)
    disk.answers.set()
    made._thread.join(PATIENCE)
    assert kept(tmp_path) == [{"number": 1}]
