"""A quantity over steps and layers as a vector picture: dark is small, light is large, crosses are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from gradtui.core.measured.history import Series

_WIDTH, _LEFT, _TOP, _ROW, _COLUMNS = 640, 64, 36, 12, 120


def heat(title: str, layers: Sequence[str], series: Series) -> str:
    """The picture, the output on top; columns are evenly spaced points of the series."""
    columns = np.unique(np.linspace(0, len(series) - 1, _COLUMNS).astype(int))
    values = series.last[columns].T
    known = values[np.isfinite(values) & (values > 0)]
    low, high = (np.log10(known.min()), np.log10(known.max())) if len(known) else (0.0, 1.0)
    wide, height = (_WIDTH - _LEFT - 16) / len(columns), _TOP + _ROW * len(layers) + 48
    bottom = _TOP + _ROW * len(layers)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">{escape(title)}</text>',
    ]
    for row, name in enumerate(reversed(layers)):
        y = _TOP + _ROW * row
        parts.append(f'<text x="{_LEFT - 6}" y="{y + _ROW - 2}" text-anchor="end">{escape(name)}</text>')
        for column, value in enumerate(values[len(layers) - 1 - row]):
            x = _LEFT + wide * column
            if np.isfinite(value):
                share = (np.log10(value) - low) / (high - low or 1) if value > 0 else 0.0
                parts.append(
                    f'<rect x="{x:.2f}" y="{y}" width="{wide + 0.05:.2f}" height="{_ROW}" fill="{_colour(float(share))}"/>'
                )
            else:
                parts.append(f'<text x="{x:.2f}" y="{y + _ROW - 2}">×</text>')
    first, last = int(series.steps[columns[0]]), int(series.steps[columns[-1]])
    parts.append(f'<text x="{_LEFT}" y="{bottom + 16}">step {first}</text>')
    parts.append(f'<text x="{_WIDTH - 16}" y="{bottom + 16}" text-anchor="end">step {last}</text>')
    parts.append(f'<text x="{_LEFT}" y="{bottom + 36}">dark {10**low:.3g}, light {10**high:.3g}, × no number</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _colour(share: float) -> str:
    """From dark blue to light yellow, evenly in lightness."""
    dark, light = (13, 22, 70), (250, 231, 130)
    return "#" + "".join(f"{round(a + (b - a) * min(1.0, max(0.0, share))):02x}" for a, b in zip(dark, light, strict=True))
