"""Pictures of the real program in a real terminal, as SVG: one of the lab, and a recording of a finding and its fix.

Run `python -m benchmarks.pictures`; it writes docs/lab.svg and docs/recording.svg.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.terminal.harness import Terminal

DOCS = Path(__file__).parents[1] / "docs"
SIZE = (120, 36)
_WIDE, _TALL, _FONT = 8.4, 18, 14
_GROUND, _INK = "#121212", "#e0e0e0"
_SECONDS = 3.5
"""How long each picture of the recording stands."""

Style = tuple[str, str, bool, bool]
Cell = tuple[str, Style]
Picture = list[list[Cell]]


def main() -> None:
    pictures = list(recorded())
    DOCS.mkdir(exist_ok=True)
    (DOCS / "lab.svg").write_text(svg(pictures[1:2]), encoding="utf-8")
    (DOCS / "recording.svg").write_text(svg(pictures), encoding="utf-8")


def recorded() -> Iterator[Picture]:
    """What a person sees who opens the lab, trains, is told that gradients vanish, and tries what would mend it."""
    with Terminal([sys.executable, "-m", "gradtui", "vanishing-sigmoid"], size=SIZE) as terminal:
        terminal.wait_for("Press Space", "q Quit")
        yield taken(terminal)
        terminal.press("space")
        terminal.wait_for("Gradients vanish in", "Fix", " 1 500 ")
        yield taken(terminal)
        terminal.press("f")
        terminal.wait_for("enter Try", "ReLU with He weights")
        yield taken(terminal)
        terminal.press("enter")
        terminal.wait_for("Cured", "keeps this run")
        yield taken(terminal)
        terminal.press("a")
        terminal.wait_for("✓ Done")
        yield taken(terminal)
        terminal.press("q")


def taken(terminal: Terminal) -> Picture:
    """The cells of a terminal."""
    columns, rows = SIZE
    return [[_cell(terminal.cell(column, row)) for column in range(columns)] for row in range(rows)]


def _cell(cell: Any) -> Cell:
    ink, ground = (name if (name := f"#{part}") and len(part) == 6 else "" for part in (cell.fg, cell.bg))
    if cell.reverse:
        ink, ground = ground or _GROUND, ink or _INK
    return cell.data, (ink or _INK, ground or _GROUND, cell.bold, cell.underscore)


def svg(pictures: Sequence[Picture]) -> str:
    """One picture, or several of which each stands for some seconds."""
    width, height = round(SIZE[0] * _WIDE) + 16, SIZE[1] * _TALL + 16
    shown = "".join(
        f'<g class="p" style="animation-delay:{at * _SECONDS}s">{_drawn(picture)}</g>' if len(pictures) > 1 else _drawn(picture)
        for at, picture in enumerate(pictures)
    )
    share = 100 / len(pictures)
    moving = (
        f".p{{opacity:0;animation:show {len(pictures) * _SECONDS}s infinite}}"
        f"@keyframes show{{0%,{share:.2f}%{{opacity:1}}{share + 0.01:.2f}%,100%{{opacity:0}}}}"
    )
    style = f"text{{font:{_FONT}px monospace;white-space:pre}}{moving if len(pictures) > 1 else ''}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<style>{style}</style><rect width="100%" height="100%" rx="8" fill="{_GROUND}"/>{shown}</svg>\n'
    )


def _drawn(picture: Picture) -> str:
    """The grounds of all cells, then what is written on them, run by run, each as wide as its cells."""
    grounds, words = [], []
    for row, cells in enumerate(picture):
        column = 0
        for style, run in groupby(cells, lambda cell: cell[1]):
            text = "".join(character for character, _ in run)
            ink, ground, bold, underlined = style
            x, y, wide = 8 + column * _WIDE, 8 + row * _TALL, len(text) * _WIDE
            if ground != _GROUND:
                grounds.append(f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{_TALL}" fill="{ground}"/>')
            if text.strip():
                looks = ' font-weight="bold"' * bold + ' text-decoration="underline"' * underlined
                written = escape(text).replace(" ", "\N{NO-BREAK SPACE}")
                words.append(f'<text x="{x:.1f}" y="{y + _FONT}" textLength="{wide:.1f}" fill="{ink}"{looks}>{written}</text>')
            column += len(text)
    return "".join((*grounds, *words))


if __name__ == "__main__":
    main()
