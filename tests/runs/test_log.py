"""Logs: the exact prefix whatever is cut off, no wrong record accepted whatever is flipped, and one writer at a time."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.runs import log, whole
from gradtui.runs.log import Log, Unwritable, line, read

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
RECORDS = st.lists(
    st.dictionaries(st.text(max_size=8), SCALARS | st.lists(SCALARS, max_size=4), max_size=4), min_size=1, max_size=8
)
SOME: list[dict[str, Any]] = [{"step": step, "loss": 1 / (step + 1), "words": "ä\n\u2028"} for step in range(9)]


def written(path: Path, records: list[dict[str, Any]]) -> bytes:
    with Log(path) as made:
        for record in records:
            made.append(record)
    return path.read_bytes()


@given(RECORDS)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.mktemp("log") / "log"
    written(path, records)
    found = read(path)
    assert list(found.records) == json.loads(json.dumps(records))
    assert not found.problem and not found.torn


def test_cut_off_at_any_byte_it_is_the_exact_prefix_and_never_damage(tmp_path: Path) -> None:
    data = written(tmp_path / "log", SOME)
    ends = [0, *(at + 1 for at, byte in enumerate(data) if byte == 10)]
    for size in range(len(data) + 1):
        (tmp_path / "cut").write_bytes(data[:size])
        found = read(tmp_path / "cut")
        whole_lines = sum(end <= size for end in ends) - 1
        assert list(found.records) == SOME[:whole_lines] and not found.problem
        assert found.torn == (size not in ends)


def test_whatever_bit_is_flipped_no_wrong_record_is_accepted(tmp_path: Path) -> None:
    data, chance = written(tmp_path / "log", SOME), random.Random(0)
    for _ in range(2000):
        bit = chance.randrange(8 * len(data))
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        (tmp_path / "flipped").write_bytes(flipped)
        found = read(tmp_path / "flipped")
        assert list(found.records) == SOME[: len(found.records)]
        assert len(found.records) < len(SOME)
        assert found.torn or f"damaged at byte {found.size}" in found.problem


def test_what_was_being_written_is_cut_off_before_more_is(tmp_path: Path) -> None:
    data = written(tmp_path / "log", SOME)
    (tmp_path / "log").write_bytes(data[:-3])
    written(tmp_path / "log", [{"more": 1}])
    assert list(read(tmp_path / "log").records) == [*SOME[:-1], {"more": 1}]


def test_a_damaged_log_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    data = bytearray(written(tmp_path / "log", SOME))
    data[3] ^= 1
    (tmp_path / "log").write_bytes(data)
    with pytest.raises(Unwritable, match=r"damaged at byte 0.*left as it is"):
        Log(tmp_path / "log")
    assert (tmp_path / "log").read_bytes() == data


def test_numbers_that_are_not_finite_are_told_as_models_read_them(tmp_path: Path) -> None:
    written(tmp_path / "log", [{"loss": math.nan, "norms": [math.inf, -math.inf]}])
    assert read(tmp_path / "log").records == ({"loss": "NaN", "norms": ["Infinity", "-Infinity"]},)


def test_one_program_writes_at_a_time(tmp_path: Path) -> None:
    other = "import sys; from pathlib import Path; from gradtui.runs.log import Log; Log(Path(sys.argv[1]))"
    with Log(tmp_path / "log"):
        ended = subprocess.run([sys.executable, "-c", other, str(tmp_path / "log")], capture_output=True, text=True, check=False)
    assert "is being written by another gradtui" in ended.stderr
    assert subprocess.run([sys.executable, "-c", other, str(tmp_path / "log")], check=False).returncode == 0


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Log(tmp_path / "log") as made:
        made.append({"first": 1})
        real = os.write
        monkeypatch.setattr(log.os, "write", lambda handle, data: real(handle, data[:5]))
        with pytest.raises(Unwritable, match="no room left"):
            made.append({"second": 2})
        monkeypatch.undo()
        made.append({"third": 3})
    assert read(tmp_path / "log").records == ({"first": 1}, {"third": 3})


def test_what_is_no_log_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in read(tmp_path / "none").problem
    assert "cannot be read" in read(tmp_path).problem
    (tmp_path / "loop").symlink_to("loop")
    assert "cannot be read" in read(tmp_path / "loop").problem
    with pytest.raises(Unwritable, match="cannot be written"):
        Log(tmp_path / "none" / "log")
    for data in (b"\n", b"hello\n", line({})[:-2] + b"\xff}\n", b"00000000 {}\n", b"%08x []\n" % log.zlib.crc32(b"[]")):
        (tmp_path / "foreign").write_bytes(data)
        assert read(tmp_path / "foreign").problem.endswith("is damaged at byte 0; what stands before it is used.")


def test_a_file_is_written_whole_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole.write(tmp_path / "file", b"one")
    monkeypatch.setattr(whole.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError, match="no"):
        whole.write(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
