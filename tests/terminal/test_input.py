"""Whatever bytes arrive, the app lives and answers the next key."""

import random

import pytest

HOSTILE = {
    "not UTF-8": b"\xff\xfe\x80 \xc3",
    "old mouse report": b"\x1b[M \xe0\xff" * 50,
    "old mouse report whose bytes are UTF-8": b"\x1b[M \xc3\xa9",
    "mouse report without numbers": b"\x1b[<;;M\x1b[<0;5M\x1b[<99999999999999999999;1;1M",
    "key beyond Unicode": b"\x1b[99999999999;1;1u\x1b[1;1;99999999999u",
    "key that is half a surrogate pair": b"\x1b[55296;1;55296u",
    "a forged size": b"\x1b[48;0;0;0;0t\x1b[48;60000;60000;1;1t\x1b[<0;5;5M",
    "end of a paste that never began": b"\x1b[201~",
    "cursor report": b"\x1b[999999;999999R",
    "sequence without end": b"\x1b[" + b"1;" * 500,
    "NUL and C0": bytes(set(range(32)) - {3, 7, 16, 17, 24, 26, 27}),
}


@pytest.fixture
def alive(start):
    t = start()
    yield t
    t.send(b"\x1b[201~")
    t.press("\x1b[200~still here\x1b[201~")
    t.wait_for("pasted still here", "Ready 120x40")
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input(alive, data):
    alive.send(data)


def test_random_input(alive):
    """Random bytes, and random pieces of real sequences, without the keys that end or leave the app."""
    draw = random.Random(0)
    pieces = [
        b"\x1b[",
        b"\x1bO",
        b"<",
        b";",
        b"M",
        b"m",
        b"u",
        b"~",
        b"R",
        b"t",
        b"1",
        b"48",
        b"200~",
        b"\x1b[201~",
        b"\x1b",
        b":",
        b"?",
        b"$y",
    ]
    for _ in range(2000):
        noise = bytes(draw.choices([b for b in range(256) if b not in b"\x03\x07\x10\x11\x18\x1aqxs"], k=3))
        alive.send(draw.choice([noise, *pieces]))
