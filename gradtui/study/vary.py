"""What varies in a study: a key of the experiment and its values, as `--vary` has it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradtui.catalog.entry import Parameter
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, Mistake
from gradtui.core.frozen import Frozen
from gradtui.core.presets.preset import assignment
from gradtui.core.text import printable

MOST_VALUES = 1000
"""Values that one key can take in a study."""
_GRID = re.compile(r"\s*(?P<low>[^.\s][^\s]*?)\s*\.\.\s*(?P<high>[^:\s]+)\s*:\s*(?P<count>\d{1,9})\s*")
_FORM = "KEY=VALUE,VALUE or KEY=LOW..HIGH:COUNT, such as optimizer.learning_rate=1e-3..1:9"


class Varied(Frozen):
    """A dotted key, and the values that it takes in turn."""

    key: str
    values: tuple[Any, ...]


def varied(texts: Sequence[str], experiment: Experiment) -> tuple[Varied, ...]:
    """What several `--vary` say of an experiment. Raises InvalidExperiment with every mistake; whether the values fit together is
    seen when the points are made.
    """
    found, mistakes = list[Varied](), list[Mistake]()
    for text in texts:
        try:
            one = _varied(text, experiment)
            if any(other.key == one.key for other in found):
                raise InvalidExperiment([Mistake(one.key, "is varied twice.", "each key once")])
            found.append(one)
        except InvalidExperiment as error:
            mistakes += error.mistakes
    if mistakes:
        raise InvalidExperiment(mistakes)
    return tuple(found)


def grid(low: float, high: float, count: int, logarithmic: bool) -> tuple[float, ...]:
    """So many values from one to another, both included, apart by equal factors or by equal differences; each in as few digits as
    tell it from its neighbours.
    """
    spaced = np.geomspace(low, high, count) if logarithmic else np.linspace(low, high, count)
    return tuple(float(f"{value:.4g}") for value in spaced)


def _varied(text: str, experiment: Experiment) -> Varied:
    key, equals, rest = text.partition("=")
    key = printable(key.strip(), 60)
    if not equals:
        raise InvalidExperiment([Mistake(printable(text, 60), "does not say what varies.", _FORM)])
    if (between := _GRID.fullmatch(rest)) is not None:
        return Varied(key=key, values=_between(key, between, _parameter(key, experiment)))
    values = [assignment(f"{key}={part}")[1] for part in _parts(rest)]
    if not values:
        raise InvalidExperiment([Mistake(key, "has no values to take.", _FORM)])
    if len(values) > MOST_VALUES:
        raise _too_many(key, len(values))
    return Varied(key=key, values=tuple(tuple(value) if isinstance(value, list) else value for value in values))


def _parameter(key: str, experiment: Experiment) -> Parameter | None:
    """The parameter of a key where it applies to the experiment as it is; None where another choice may bring it."""
    try:
        return experiment.parameter(key)
    except InvalidExperiment:
        return None


def _between(key: str, between: re.Match[str], parameter: Parameter | None) -> tuple[float | int, ...]:
    try:
        low, high, count = float(between["low"]), float(between["high"]), int(between["count"])
    except ValueError:
        low, high, count = math.nan, math.nan, 0
    whole = parameter is not None and parameter.type is int
    logarithmic = parameter is None or parameter.scale == "log" or (whole and low > 0 and high / low >= 10)
    if count > MOST_VALUES:
        raise _too_many(key, count)
    if not (math.isfinite(low) and math.isfinite(high) and low < high and count >= 2 and (low > 0 or not logarithmic)):
        problem = f'"{printable(between.group().strip(), 60)}" is no range.'
        rule = "LOW..HIGH:COUNT with LOW below HIGH and at least 2 values" + (", LOW above 0" if logarithmic else "")
        raise InvalidExperiment([Mistake(key, problem, rule)])
    values = grid(low, high, count, logarithmic)
    return tuple(dict.fromkeys(round(value) for value in values)) if whole else values


def _too_many(key: str, count: int) -> InvalidExperiment:
    return InvalidExperiment([Mistake(key, f"takes {count} values.", f"at most {MOST_VALUES}")])


def _parts(text: str) -> list[str]:
    """The parts between commas that stand in no brackets; empty ones are left out."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
