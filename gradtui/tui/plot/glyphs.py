"""The characters that plots are made of: Unicode, or ASCII where the terminal's language says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


@dataclass(frozen=True)
class Glyphs:
    """One set of characters. `partial` are bars of a part of a cell, from the smallest; `dots` is a marker's name in plotext."""

    partial: str
    full: str
    negative: str
    hatch: str
    theory: str
    change: str
    lost: str
    dots: str
    band: str
    validation: str
    legend: str
    vertical: str
    tick_left: str
    corner: str
    horizontal: str
    tick_below: str
    fold: str
    waiting: str


UNICODE = Glyphs("▏▎▍▌▋▊▉", "█", "▐", "╱", "┊", "┊", "×", "braille", "░", "•", "⠤⠤", "│", "┤", "└", "─", "┬", "…", "·")
ASCII = Glyphs("", "#", "#", "/", "|", ":", "x", "*", ".", "o", "**", "|", "+", "+", "-", "+", "...", ".")


def glyphs(environment: Mapping[str, str]) -> Glyphs:
    """The set for the language that the environment asks for: ASCII only where it names one without UTF-8, such as LANG=C.

    Python itself puts C.UTF-8 into LC_CTYPE at its start in the C locale (PEP 538); that is nobody's wish.
    """
    wishes = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if wishes[1] in _COERCED and wishes[2]:
        wishes[1] = ""
    wish = next((wish for wish in wishes if wish), "UTF-8")
    return UNICODE if "utf" in wish.lower() else ASCII
