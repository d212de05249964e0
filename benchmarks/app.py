"""What the screen costs: start, training speed beside headless, keys, quitting. Run: .venv/bin/python -m benchmarks.app

Each figure is taken from the real program in a real terminal, side by side with what it is compared to, in one run.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import statistics
import struct
import subprocess
import sys
import termios
import time
import zlib

from tests.terminal.harness import Terminal

PROGRAM = [sys.executable, "-m", "gradtui"]
PRESET = "healthy-he"
STEPS = 20_000
ROUNDS = 5
STARTS = 15
KEYS = 120
STREAM = 10
"""Seconds."""


def first_frame() -> float:
    """Seconds from the command to a whole picture."""
    began = time.perf_counter()
    with Terminal([*PROGRAM, PRESET]) as terminal:
        terminal.wait_for("Network", "Press Space", "Quit")
        return time.perf_counter() - began


def headless_speed() -> float:
    """Steps a second without a screen."""
    command = [*PROGRAM, "run", PRESET, "--steps", str(STEPS), "--json"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    return float(json.loads(printed)["steps_per_second"])


def app_speed() -> float:
    """Steps a second with the app open at its default rate, from the first step to the last.

    The terminal here only reads: one that interprets what it reads would take its own share of two cores.
    """
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(sys.executable, [*PROGRAM, PRESET, "--set", f"run.steps={STEPS}"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    _read_until(terminal, b"Press Space")
    os.write(terminal, b"r")
    _read_until(terminal, b"paused")
    began = time.perf_counter()
    os.write(terminal, b" ")
    _read_until(terminal, b"done")
    elapsed = time.perf_counter() - began
    os.write(terminal, b"q")
    _read_until(terminal, b"\x1b[?1049l")
    os.waitpid(process, 0)
    os.close(terminal)
    return STEPS / elapsed


def _read_until(terminal: int, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        seen = seen[-100:] + os.read(terminal, 1 << 16)


def key_answers() -> tuple[list[float], float]:
    """Seconds from a key to the picture that answers it, while training; and seconds from q to the end."""
    answers = []
    with Terminal([*PROGRAM, PRESET, "--set", "run.steps=100000000"]) as terminal:
        terminal.wait_for("Press Space")
        terminal.press("space")
        terminal.wait_for("training", "linear scale")
        for scale in ["log scale   steps", "linear scale   steps"] * (KEYS // 2):
            began = time.perf_counter()
            terminal.press("y")
            terminal.wait_for(scale)
            answers.append(time.perf_counter() - began)
        began = time.perf_counter()
        terminal.press("q")
        terminal.exit_status()
        return answers, time.perf_counter() - began


def stream() -> tuple[float, float]:
    """Bytes a second while training, and how many times `ssh -C` (zlib) shrinks them."""
    with Terminal([*PROGRAM, PRESET, "--set", "run.steps=100000000"]) as terminal:
        terminal.wait_for("Press Space")
        terminal.press("space")
        terminal.wait_for("training", "validation")
        before, began = len(terminal.received), time.perf_counter()
        terminal.wait_until(lambda: time.perf_counter() - began > STREAM, "the end of the measurement")
        sent = terminal.received[before:]
        return len(sent) / (time.perf_counter() - began), len(sent) / len(zlib.compress(sent, 6))


def main() -> None:
    starts = [first_frame() for _ in range(STARTS)]
    print(f"first frame           median {statistics.median(starts):.2f} s, slowest {max(starts):.2f} s   (wanted: 0.6 s)")
    ratios = []
    for _ in range(ROUNDS):
        headless, app = headless_speed(), app_speed()
        ratios.append(app / headless)
        print(f"steps a second        headless {headless:.0f}, app {app:.0f}, ratio {app / headless:.3f}", flush=True)
    print(f"app beside headless   median ratio {statistics.median(ratios):.3f}   (wanted: 0.95)")
    sent, shrunk = stream()
    print(f"bytes to the terminal {sent / 1000:.1f} kB a second at 10 Hz, {shrunk:.1f} times less compressed")
    answers, quitting = key_answers()
    slow = statistics.quantiles(answers, n=20)[-1]
    usual = statistics.median(answers)
    print(f"key to picture        median {1000 * usual:.0f} ms, 95 % within {1000 * slow:.0f} ms   (wanted: 50 ms)")
    print(f"quitting              {quitting:.2f} s   (wanted: 1 s)")


if __name__ == "__main__":
    main()
