"""The palette survives any keys at any speed, and runs each chosen command once."""

import random
import re

import pytest

ESCAPE = "\x1b\x1b[201~"
"""Escape, told at once: the end of a paste that never began follows, instead of the tenth of a second in which nothing does."""

KEYS = [ESCAPE, "up", "down", "enter", "enter", "pageup", "pagedown", "home", "end", "backspace", "tab", "ctrl+p", *"aor[z"]
BURSTS = 40


def answered(t):
    """Press Ctrl+G and wait for the bell, which rings whatever lies over the screen."""
    bells = t.received.count(b"\a")
    t.press("ctrl+g")
    t.wait_until(lambda: t.received.count(b"\a") > bells, "the bell")


def test_a_command_is_found_by_its_letters_and_run_once(start):
    t = start("palette")
    t.press("ctrl+p")
    t.wait_for("Run: Open", "Does Run: Open.")
    t.press("rst")
    t.wait_gone("Run: Open")
    t.wait_for("Loss: Reset [all]")
    t.press("down", "enter", "enter", "enter")
    t.wait_for("ran Loss: Reset [all] 1")
    t.press("b")
    t.wait_for("Ready", "Reset [all] 1b")
    assert "Search" not in t.text


def test_letters_that_no_command_has(start):
    t = start("palette")
    t.press("ctrl+p")
    t.wait_for("Run: Open")
    t.press("zzz")
    t.wait_for("No command holds these letters.")
    t.press("enter", "down", "up")
    t.press("escape")
    t.wait_gone("No command")


@pytest.mark.parametrize("keys", [[ESCAPE] * 3, ["enter"] * 3, ["enter", ESCAPE], ["enter", "ctrl+p", ESCAPE, ESCAPE]])
def test_keys_that_come_while_it_closes_close_nothing_else(start, keys):
    t = start("palette")
    t.press("ctrl+p")
    t.wait_for("Does Run: Open.")
    t.press(*keys)
    answered(t)
    t.wait_gone("Does Run: Open.")
    t.press("b")
    t.wait_for(re.compile("^(seen:|ran Run: Open 1)b$", re.MULTILINE))


def test_random_keys(start):
    t = start("palette")
    draw = random.Random(0)
    for burst in range(BURSTS):
        t.press("ctrl+p", *draw.choices(KEYS, k=draw.randrange(1, 20)))
        if burst % 5 == 0:
            answered(t)
    t.press("ctrl+q")
    assert t.exit_status() == 0
