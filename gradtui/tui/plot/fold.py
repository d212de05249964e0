"""Folding: which layers get a row of their own where there are more layers than rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

KEPT = 3
"""The worst layers that are sure of a row."""


def fold(count: int, rows: int, wanted: Sequence[int] = ()) -> tuple[range, ...]:
    """Split layers 0 to count - 1, in order, into at most `rows` ranges: one layer alone, or a run folded into one row.

    The first and the last layer stand alone from three rows on, the most wanted one (the first of `wanted`) from five rows on,
    the other wanted ones where there is room, then layers spread evenly where there are more than twice as many as rows, then
    more at the ends. The choice depends on nothing else, so that it holds still.
    """
    if rows < 1 or count < 1:
        return ()
    alone: set[int] = set()
    for layer in _by_importance(count, rows, wanted):
        if len(_split(count, alone | {layer})) <= rows:
            alone.add(layer)
        if len(alone) == count:
            break
    return _split(count, alone)


def equal_runs(count: int, rows: int) -> tuple[range, ...]:
    """Split layers 0 to count - 1, in order, into at most `rows` runs of the same length; the last one may be shorter."""
    if rows < 1 or count < 1:
        return ()
    each = math.ceil(count / rows)
    return tuple(range(first, min(first + each, count)) for first in range(0, count, each))


def row_names(layers: Sequence[str], ranges: Sequence[range]) -> tuple[str, ...]:
    """What stands before each row: a layer's name, or the first and the last of those folded into it."""
    return tuple(layers[run[0]] if len(run) == 1 else f"{layers[run[0]]}-{layers[run[-1]]}" for run in ranges)


def names_width(layers: Sequence[str], rows: int) -> int:
    """Columns for the names of so many rows, however these layers are folded into them."""
    longest = max((len(name) for name in layers), default=0)
    return longest if len(layers) <= rows else 2 * longest + 1


def lately_worst(kept: Sequence[int], badness: Sequence[float]) -> tuple[int, ...]:
    """The worst layers, one that is worst now in front: of the others those in `kept` first, while they are bad at all, so that
    layers that are about equally bad do not take turns on the screen.
    """
    bad = [layer for layer in sorted(range(len(badness)), key=lambda layer: -badness[layer]) if badness[layer] > 0]
    still = [layer for layer in kept if layer in bad]
    worst = [layer for layer in (*still, *bad) if badness[layer] == badness[bad[0]]][:1] if bad else []
    return tuple(dict.fromkeys((*worst, *still, *bad)))[:KEPT]


def _by_importance(count: int, rows: int, wanted: Sequence[int]) -> Iterator[int]:
    yield from (0, count - 1)
    yield from wanted
    yield count - 2 if count > 1 else 0
    for halvings in range(1, math.ceil(math.log2(count)) + 1 if count > 2 * rows else 1):
        yield from (round((count - 1) * part / 2**halvings) for part in range(1, 2**halvings, 2))
    for step in range(1, count):
        yield from (count - 1 - step, step)


def _split(count: int, alone: set[int]) -> tuple[range, ...]:
    """Ranges that cover all layers; a run of one layer needs no folding."""
    ranges, at = [], 0
    for layer in (*sorted(alone), count):
        if layer > at:
            ranges.append(range(at, layer))
        if layer < count:
            ranges.append(range(layer, layer + 1))
        at = layer + 1
    return tuple(ranges)
