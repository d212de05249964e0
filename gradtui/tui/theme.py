"""Our own colours: three meanings and the loss curves, told apart by colour-blind readers too (Okabe & Ito 2008).

They are CSS variables. Wherever one is used a word or a glyph says the same, for terminals without colour.
"""

from __future__ import annotations

from textual.theme import Theme

_DARK = {
    "grad-vanishing": "#56B4E9",
    "grad-healthy": "#2BB38A",
    "grad-exploding": "#F0803C",
    "loss-train": "#E6E6E6",
    "loss-validation": "#D68FB8",
}
_LIGHT = {
    "grad-vanishing": "#0072B2",
    "grad-healthy": "#00795A",
    "grad-exploding": "#C24E00",
    "loss-train": "#2A2A2A",
    "loss-validation": "#A8437F",
}
_ANSI = {
    "grad-vanishing": "ansi_blue",
    "grad-healthy": "ansi_green",
    "grad-exploding": "ansi_red",
    "loss-train": "ansi_default",
    "loss-validation": "ansi_magenta",
}


def colours(theme: Theme) -> dict[str, str]:
    """The values of our variables under a theme, for `App.get_theme_variable_defaults`."""
    if theme.ansi:
        return dict(_ANSI)
    return dict(_DARK if theme.dark else _LIGHT)
