"""The pictures of a study as vectors, for pages and papers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from gradtui.study.picture import Band

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 400, 64, 150, 36, 48
_COLOURS = ("#2a2a2a", "#0072b2", "#8a5a00", "#00795a", "#a8437f", "#6b6300", "#c24e00", "#4b55c4")
_NAME = 20
"""Letters of a name that have room."""
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
"""Okabe and Ito's colours, darker; dashes tell lines apart where colours do not."""

Scale = Callable[[float], float]


def picture(title: str, across: str, lines: Sequence[Band], names: Sequence[str], logarithmic: bool) -> str:
    """Lines with their bands over steps or rates; names stand at the right. The loss is on a logarithmic axis where it goes over a
    decade, `logarithmic` is what they are over.
    """
    known = [(float(x), float(y)) for line in lines for x, y in zip(line.x, line.median, strict=True) if 0 < y < math.inf]
    xs, ys = [x for x, _ in known] or [1.0], [y for _, y in known] or [1.0]
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    x_of = _log(min(xs), max(xs), _LEFT, right) if logarithmic else _linear(0.0, max(xs), _LEFT, right)
    marks = _decades(min(ys), max(ys)) if max(ys) >= 10 * min(ys) else _even(min(ys), max(ys))
    y_of = (_log if max(ys) >= 10 * min(ys) else _linear)(marks[0], marks[-1], bottom, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">{escape(title)}</text>',
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>',
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#777"/>',
    ]
    for mark in marks:
        y = y_of(mark)
        parts.append(f'<path d="M{_LEFT - 4} {y:.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mark:g}</text>')
    for x, label in _ticks(min(xs), max(xs), logarithmic):
        parts.append(f'<text x="{x_of(x):.1f}" y="{bottom + 18}" text-anchor="middle">{label}</text>')
    for at, line in enumerate(lines):
        parts += _drawn(line, x_of, y_of, at, names[line.entrant])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(line: Band, x_of: Scale, y_of: Scale, at: int, name: str) -> list[str]:
    colour, dash = _COLOURS[line.entrant % len(_COLOURS)], _DASHES[line.entrant // len(_COLOURS) % len(_DASHES)]
    edges = [*zip(line.x, line.high, strict=True)], [*zip(line.x, line.low, strict=True)][::-1]
    band = " ".join(f"{x_of(float(x)):.1f},{y_of(float(y)):.1f}" for side in edges for x, y in side)
    path = " ".join(f"{x_of(float(x)):.1f},{y_of(float(y)):.1f}" for x, y in zip(line.x, line.median, strict=True))
    drawn = [
        f'<polygon points="{band}" fill="{colour}" opacity="0.15"/>',
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"/>',
        f'<text x="{_WIDTH - _RIGHT + 10}" y="{_TOP + 14 + 18 * at}" fill="{colour}">{_short(name)}</text>',
    ]
    return drawn + [f'<text x="{x_of(x):.1f}" y="{_TOP + 4}" text-anchor="middle" fill="{colour}">×</text>' for x in line.lost]


def _ticks(low: float, high: float, logarithmic: bool) -> list[tuple[float, str]]:
    if logarithmic:
        powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        return [(10.0**power, f"{10.0**power:g}") for power in powers]
    return [(mark, f"{mark:g}") for mark in _even(0.0, high) if mark <= high]


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten around these numbers."""
    return [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def _even(low: float, high: float) -> list[float]:
    """Four to eight round numbers around these, evenly spaced."""
    size = (high - low) / 4 or abs(high) / 4 or 1.0
    step = next(step for part in (1, 2, 5, 10) if (step := part * 10.0 ** math.floor(math.log10(size))) >= size * (1 - 1e-9))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{at * step:.12g}") for at in range(first, max(last, first + 1) + 1)]


def _short(name: str) -> str:
    """A name in the room at the right; whole where it is pointed at."""
    if len(name) <= _NAME:
        return escape(name)
    return f"<title>{escape(name)}</title>{escape(name[: _NAME - 1])}…"


def _linear(low: float, high: float, start: float, end: float) -> Scale:
    span = high - low or 1.0
    return lambda value: start + (end - start) * min(1.0, max(0.0, (value - low) / span))


def _log(low: float, high: float, start: float, end: float) -> Scale:
    scale = _linear(math.log10(low), math.log10(high), start, end)
    return lambda value: scale(math.log10(value)) if 0 < value < math.inf else (start if value <= 0 else end)
