"""The pages in docs/, each of what a command prints. Run `python -m benchmarks.docs PAGE...`.

`tasks` takes no time, `claims` five minutes, `speed` ten on a quiet machine, and `reliability` an hour the first time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from gradtui.catalog.tasks import TASKS

DOCS = Path(__file__).parents[1] / "docs"
MADE = "`python -m benchmarks.docs {}` wrote this page."

_BOUNDS = """\
*Expected* are bounds, *measured* is the median over the seeds, each claim's file says of how many. No figure here was
read in a paper by the people who wrote the presets: what theory gives is marked so, the rest is measured or from memory of the
literature."""
_SIDE_BY_SIDE = (
    "Measured side by side in one run, on a shared machine: the ratios are what counts. The commands measure them on yours."
)
_SPEEDS = {
    "benchmarks.engine": "The engine with all its probes against a loop of `nn.Sequential` and `torch.optim` without any.",
    "benchmarks.families": "The other families with Adam, over their first 600 steps, in which they are validated most.",
    "benchmarks.lanes": "Eight runs side by side against eight plain loops one after the other, with Adam.",
    "benchmarks.app": "The app: the real program in a real terminal.",
    "benchmarks.memory": "What grows while it trains.",
}
_LABELLED = """\
The rules are judged by runs whose labels come from their outcome, never from a rule:
[benchmarks/rules/LABELS.md](../benchmarks/rules/LABELS.md) tells how, and where the limits are. These runs were kept aside while
the rules were tuned; beside gradtui stands our reading of what five tools publish."""


def main() -> None:
    for name in sys.argv[1:] or PAGES:
        (DOCS / f"{name}.md").write_text(PAGES[name](), encoding="utf-8")


def tasks() -> str:
    """What each task is good for."""
    rows = [f"| `{name}` | {task.good_for} |" for name, task in TASKS.items()]
    return _page(
        "tasks",
        "Tasks",
        "What a network is asked to learn, and what for.",
        "\n".join(["| task | good for |", "| --- | --- |", *rows]),
    )


def claims() -> str:
    """What the presets claim, and what was measured."""
    return _page("claims", "What is reproduced", _BOUNDS, _printed("gradtui", "verify", "--markdown"))


def speed() -> str:
    """What the engine and the screen cost."""
    return _page("speed", "How fast it is", _SIDE_BY_SIDE, *(f"{words}\n\n{_block(module)}" for module, words in _SPEEDS.items()))


def reliability() -> str:
    """How often the diagnosis is right."""
    return _page("reliability", "How reliable the diagnosis is", _LABELLED, _block("benchmarks.rules"))


def _page(name: str, title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", MADE.format(name), *(part.rstrip() for part in parts)]) + "\n"


def _block(module: str) -> str:
    return f"```text\n$ python -m {module}\n{_printed(module).rstrip()}\n```"


def _printed(module: str, *arguments: str) -> str:
    return subprocess.run([sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True).stdout


PAGES: dict[str, Callable[[], str]] = {"tasks": tasks, "claims": claims, "speed": speed, "reliability": reliability}


if __name__ == "__main__":
    main()
