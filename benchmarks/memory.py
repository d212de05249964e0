"""Memory of both processes over a long run with the screen open. Run: .venv/bin/python -m benchmarks.memory"""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

from tests.terminal.harness import Terminal

PROGRAM = [sys.executable, "-m", "gradtui"]
STEPS = 200_000
SETTLED = 10_000
_STEP = re.compile(r"step +([\d ]+?) of")


def resident(process: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    with Terminal([*PROGRAM, "tutorial", "--set", f"run.steps={STEPS + 1000}"], deadline=600) as terminal:
        terminal.wait_for("Press Space")
        terminal.press("space")

        def reached(step: int) -> bool:
            found = _STEP.search(terminal.text)
            return found is not None and int(found.group(1).replace(" ", "")) >= step

        seen: dict[int, dict[str, float]] = {}
        for step in (SETTLED, STEPS // 2, STEPS):
            terminal.wait_until(partial(reached, step), f"step {step}")
            processes = {"backend" if "gradtui.backend" in command else "app": pid for pid, command in terminal.survivors().items()}
            seen[step] = {name: resident(pid) for name, pid in processes.items()}
            print(
                f"step {step:>7}   " + "   ".join(f"{name} {size:.1f} MB" for name, size in sorted(seen[step].items())), flush=True
            )
        for name in ("app", "backend"):
            print(f"{name:<8} grew by {seen[STEPS][name] - seen[SETTLED][name]:.1f} MB   (wanted: less than 20 MB)")


if __name__ == "__main__":
    main()
