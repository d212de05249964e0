"""However and whenever the program ends, it ends with the status that says how, prints nothing, and restores the terminal.

`GRADTUI_ENDINGS=200` tries that many; each is another draw of keys, of what ends it, and of when.
"""

import os
import random
import signal
import time

import pytest

from tests.terminal.harness import Terminal
from tests.terminal.warm import Warm, WarmTerminal

ENDINGS = int(os.environ.get("GRADTUI_ENDINGS", "24"))
BATCHES = 4
ESCAPE = "\x1b\x1b[201~"
"""Escape, told at once: the end of a paste that never began follows, instead of the tenth of a second in which nothing does."""
OPENERS = ["p", "e", "w", "o", "t", "f", "?", "ctrl+p", "enter", "z", "1", "2"]
OTHERS = ["space", "up", "down", "left", "right", "tab", "pagedown", "end", *"/gyj]ura"]
KEYS = [ESCAPE, *OPENERS, *OPENERS, *OTHERS]
WAYS = {
    "terminated": (lambda t: t.signal(signal.SIGTERM), 143),
    "hung up": (lambda t: t.signal(signal.SIGHUP), 129),
    "interrupted": (lambda t: t.signal(signal.SIGINT), 130),
    "its terminal gone": (Terminal.hang_up, 129),
    "quit": (lambda t: t.press("ctrl+q"), 0),
}


@pytest.fixture(scope="module")
def warm():
    with Warm() as started:
        yield started


@pytest.mark.parametrize("batch", range(BATCHES))
def test_it_ends_well_at_any_moment(warm, tmp_path, batch):
    for seed in range(batch, ENDINGS, BATCHES):
        draw = random.Random(seed)
        keys, (way, (end, status)) = draw.choices(KEYS, k=draw.randrange(1, 9)), draw.choice([*WAYS.items()])
        size = draw.choice([(120, 40), (80, 24), (200, 60)])
        with WarmTerminal(warm, "vanishing-sigmoid", cwd=tmp_path, size=size) as t:
            t.wait_for("Press Space" if draw.random() < 0.9 else "gradtui")
            for at in range(0, len(keys), 3):
                t.press(*keys[at : at + 3])
                time.sleep(draw.choice([0, 0.01, 0.05, 0.2]))
            end(t)
            told = f"{way} after {keys}, seed {seed}"
            ended = t.exit_status()
            assert ended == status, f"{ended}, {told}:\n{t.text}"
            if end is not Terminal.hang_up:
                assert "Traceback" not in t.text, told
                t.assert_restored()
            t.wait_alone()
