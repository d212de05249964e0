"""Text and numbers as they may be shown: nothing hostile passes, and every number is rounded the same way."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def printable(text: str, limit: int = 2000) -> str:
    """Text from outside made safe for a terminal.

    Control, escape, bidirectional and other invisible characters are dropped, white space becomes single blanks.
    """
    words = "".join(" " if c.isspace() else c for c in text[: 4 * limit])
    shown = " ".join("".join(c for c in words if unicodedata.category(c) not in _HIDDEN).split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def wrapped(text: str, width: int, first: str = "", then: str | None = None) -> list[str]:
    """The lines of a paragraph, broken at blanks alone; `first` stands before the first line, `then` before the others."""
    later = first if then is None else then
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    ) or [first]


def in_ascii(text: str) -> str:
    """The text for a terminal that shows nothing else: every other character gives way to one that looks like it, if any does."""
    return text if text.isascii() else "".join(map(_ascii, text))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped one most likely stands for."""
    matcher = SequenceMatcher(b=_spelled(name[:100]))
    found, least = None, 0.6
    for candidate in known:
        matcher.set_seq1(_spelled(candidate))
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and (ratio := matcher.ratio()) >= least:
            found, least = candidate, ratio
    return found


def _spelled(name: str) -> str:
    return name.replace("_", "-").lower()


def grouped(value: int) -> str:
    """A whole number with its thousands apart: 12 400."""
    return f"{value:,}".replace(",", " ")


def number(value: float | None) -> str:
    """A measured number in three significant digits; scientific below 1e-3 and from 1e4; `-` where nothing was measured."""
    if value is None:
        return "-"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    if value == 0:
        return "0"
    rounded = float(f"{value:.2e}")
    size = abs(rounded)
    if size < 1e-3 or size >= 1e4:
        return f"{value:.2e}"
    if size >= 1000:
        return grouped(round(rounded))
    return f"{rounded:.{max(0, 2 - math.floor(math.log10(size)))}f}"


def left(seconds: float, units: int = 2) -> str:
    """A time to wait in its largest units: 40 s, 3 min 20 s, 2 h 5 min; in the largest alone where `units` is 1."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    shown = [(hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((at for at, (count, _) in enumerate(shown) if count), len(shown) - 1)
    return " ".join(f"{count} {unit}" for count, unit in shown[first : first + units])


def exact(value: object) -> str:
    """A chosen value as people write it: 0.01, 1e-08, on, 0.9, 0.999."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(exact(part) for part in value)
    return str(value)


def setting(key: str, value: object) -> str:
    """A value by dotted key in words: activation relu, optimizer adam, clip by norm."""
    table, _, name = key.partition(".")
    words = key.replace(".", " ") if table == "clip" else table if name == "name" else name
    return f"{words.replace('_', ' ')} {exact(value)}"


_LOOK_ALIKES = dict(zip("›…·•●○◌‖✓✗×−–—▲▴↑▼▾↓◀←▶→░▒▓‘’“”┊▁▂▃▄▅▆▇", ">~.**oo=vxx---^^^vvv<<>>,:%''\"\"!__..--=", strict=True))


def _ascii(character: str) -> str:
    name = unicodedata.name(character, "")
    if character.isascii():
        return character
    if character in _LOOK_ALIKES:
        return _LOOK_ALIKES[character]
    if name.startswith("BRAILLE"):
        upper, lower = ord(character) & 0b00011011, ord(character) & 0b11100100
        return ":" if upper and lower else "'" if upper else "." if lower else " "
    if name.startswith("BOX"):
        return "|" if name.endswith("VERTICAL") else "-" if name.endswith("HORIZONTAL") else "+"
    if "BLOCK" in name or "EIGHTH" in name or "QUADRANT" in name:
        return "#"
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
