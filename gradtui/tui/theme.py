"""Our own colours: three meanings and the loss curves, told apart by colour-blind readers too (Okabe & Ito 2008).

They are CSS variables. Wherever one is used a word or a glyph says the same, for terminals without colour. A theme's own colours
are changed only as far as they could not be read on its background.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.color import BLACK, WHITE, Color
from textual.theme import Theme

TEXT, SIGN = 4.5, 3.0
"""The least contrast with the background (WCAG 2.1) of words and numbers, and of bars, curves and signs."""

_DARK = {
    "grad-vanishing": "#56B4E9",
    "grad-healthy": "#2BB38A",
    "grad-exploding": "#F0803C",
    "loss-train": "#E6E6E6",
    "loss-validation": "#D68FB8",
}
_RACE_DARK = ("#E6E6E6", "#56B4E9", "#E69F00", "#2BB38A", "#D68FB8", "#F0E442", "#F0803C", "#9AA7FF")
_RACE_LIGHT = ("#2A2A2A", "#0072B2", "#8A5A00", "#00795A", "#A8437F", "#6B6300", "#C24E00", "#4B55C4")
_RACE_ANSI = ("default", "bright_cyan", "bright_yellow", "green", "bright_magenta", "yellow", "bright_red", "bright_blue")
_RACE_ANSI_LIGHT = ("default", "blue", "yellow", "green", "magenta", "bright_black", "red", "cyan")
_RACE_SIXTEEN_DARK = ("#FFFFFF", "#55FFFF", "#FFFF55", "#00AA00", "#FF55FF", "#AA5500", "#FF5555", "#5555FF")
_RACE_SIXTEEN_LIGHT = ("#000000", "#0000AA", "#AA5500", "#00AA00", "#AA00AA", "#555555", "#AA0000", "#00AAAA")
"""Lines of entrants; their numbers tell them apart where colours do not."""


def _race(colours: Iterable[str], prefix: str = "") -> dict[str, str]:
    return {f"race-{at}": f"{prefix}{colour}" for at, colour in enumerate(colours)}


_LIGHT = {
    "grad-vanishing": "#0072B2",
    "grad-healthy": "#00795A",
    "grad-exploding": "#C24E00",
    "loss-train": "#2A2A2A",
    "loss-validation": "#A8437F",
}
_ANSI_DARK = {
    "grad-vanishing": "ansi_bright_cyan",
    "grad-healthy": "ansi_green",
    "grad-exploding": "ansi_bright_red",
    "loss-train": "ansi_default",
    "loss-validation": "ansi_bright_magenta",
    "loss-band": "ansi_default",
    "accent": "ansi_bright_yellow",
    "quiet": "ansi_default",
    "cursor": "ansi_default",
}
_ANSI_LIGHT = _ANSI_DARK | {
    "grad-vanishing": "ansi_blue",
    "grad-healthy": "ansi_default",
    "grad-exploding": "ansi_red",
    "loss-validation": "ansi_bright_black",
    "accent": "ansi_magenta",
}
_SIXTEEN_DARK = {
    "grad-vanishing": "#55FFFF",
    "grad-healthy": "#00AA00",
    "grad-exploding": "#FF5555",
    "loss-train": "#FFFFFF",
    "loss-validation": "#FF55FF",
    "loss-band": "#AAAAAA",
    "background": "#000000",
    "foreground": "#FFFFFF",
    "accent": "#FFFF55",
    "quiet": "#AAAAAA",
    "cursor": "#555555",
}
"""The first sixteen colours as VGA has them, which is what the nearest of sixteen is looked for among: no two become one."""
_SIXTEEN_LIGHT = {
    "grad-vanishing": "#0000AA",
    "grad-healthy": "#555555",
    "grad-exploding": "#AA0000",
    "loss-train": "#000000",
    "loss-validation": "#AA5500",
    "loss-band": "#555555",
    "background": "#FFFFFF",
    "foreground": "#000000",
    "accent": "#AA00AA",
    "quiet": "#555555",
    "cursor": "#AAAAAA",
}
_QUIET, _BAND, _CURSOR = 0.65, 0.4, 0.3
"""Shares of a colour in quiet text, in the band of a curve, and behind the chosen line."""
_STEPS = 50


def colours(theme: Theme, sixteen: bool = False) -> dict[str, str]:
    """Our variables under a theme, and those of its own that had to be changed; `sixteen` for a terminal with no more colours."""
    if theme.ansi:
        return (_ANSI_DARK if theme.dark else _ANSI_LIGHT) | _race(_RACE_ANSI if theme.dark else _RACE_ANSI_LIGHT, "ansi_")
    if sixteen:
        return (_SIXTEEN_DARK if theme.dark else _SIXTEEN_LIGHT) | _race(_RACE_SIXTEEN_DARK if theme.dark else _RACE_SIXTEEN_LIGHT)
    chosen = (_DARK | _race(_RACE_DARK)) if theme.dark else (_LIGHT | _race(_RACE_LIGHT))
    known = {name: Color.parse(value) for name, value in chosen.items()}
    generated = theme.to_color_system().generate()
    ground, text, accent = (Color.parse(generated[name]) for name in ("background", "foreground", "accent"))
    read = {name: readable(colour, ground, TEXT) for name, colour in known.items()}
    read["foreground"] = readable(text, ground, TEXT)
    read["accent"] = readable(accent, ground, TEXT)
    read["quiet"] = readable(ground.blend(text, _QUIET), ground, TEXT)
    read["loss-band"] = readable(ground.blend(known["loss-train"], _BAND), ground, SIGN)
    shares = (_CURSOR * (_STEPS - step) / _STEPS for step in range(_STEPS))
    behind = (ground.blend(read["accent"], share) for share in shares)
    read["cursor"] = next((colour for colour in behind if contrast(read["foreground"], colour) >= TEXT), ground)
    return {name: colour.hex for name, colour in read.items()}


def readable(colour: Color, ground: Color, least: float) -> Color:
    """The colour, moved towards white or black only as far as it takes for this contrast with the background."""
    pole = max(WHITE, BLACK, key=lambda pole: contrast(pole, ground))
    moved = (colour.blend(pole, step / _STEPS) for step in range(_STEPS))
    return next((found for found in moved if contrast(found, ground) >= least), pole)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two opaque colours, from 1 to 21 (WCAG 2.1)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
