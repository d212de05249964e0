"""Schedules: how the learning rate changes during a run, as a factor on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradtui.catalog.entry import Catalog, Entry, Parameter

Curve = Callable[[int, int, Mapping[str, Any]], float]
"""The factor after so many steps (from 0) of a schedule that lasts so many, with these parameters."""


@dataclass(frozen=True, kw_only=True)
class Schedule(Entry):
    """`curve` is the factor on the learning rate once the warm-up is over. A `target` judges the loss of every step too, and
    multiplies by a factor of its own.
    """

    curve: Curve


def _step(at: int, length: int, p: Mapping[str, Any]) -> float:
    return float(p["gamma"] ** (at // (p["every"] or math.ceil(length / 3))))


def _exponential(at: int, length: int, p: Mapping[str, Any]) -> float:
    return float(p["final"] ** (at / length))


def _cosine(at: int, length: int, p: Mapping[str, Any]) -> float:
    return _eased(1.0, p["final"], at / length)


def _one_cycle(at: int, length: int, p: Mapping[str, Any]) -> float:
    peak = p["rise"] * length - 1
    if at < peak:
        return _eased(p["start"], 1.0, at / peak)
    return _eased(1.0, p["final"], (at - peak) / (length - 1 - peak))


def _eased(begin: float, end: float, share: float) -> float:
    """From begin to end along half a cosine."""
    return end + (begin - end) * (1 + math.cos(math.pi * share)) / 2


def _share(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, float, default, meaning, minimum=0, maximum=1, live=True)


_LONGEST = 1_000_000_000

_WARMUP = Parameter(
    "warmup",
    int,
    0,
    "Steps in which the rate rises evenly to where the schedule starts; 0 is none.",
    minimum=0,
    maximum=_LONGEST,
    live=True,
    label="warm-up",
)
_PERIOD = Parameter(
    "period",
    int,
    0,
    "Steps from the end of the warm-up to the schedule's end; 0 lasts as long as the run.",
    minimum=0,
    maximum=_LONGEST,
    live=True,
)
_GAMMA = Parameter("gamma", float, 0.1, "Share of the rate that a drop leaves.", above=0, below=1, live=True)

SCHEDULES = Catalog(
    "schedule",
    "How the learning rate changes during the run.",
    (
        Schedule(
            name="constant",
            summary="The same learning rate throughout.",
            parameters=(_WARMUP,),
            curve=lambda at, length, p: 1.0,
        ),
        Schedule(
            name="step",
            summary="Drops to a share of itself every so many steps.",
            parameters=(
                Parameter(
                    "every",
                    int,
                    0,
                    "Steps from one drop to the next; 0 takes a third of the run.",
                    minimum=0,
                    maximum=_LONGEST,
                    live=True,
                ),
                _GAMMA,
                _WARMUP,
            ),
            curve=_step,
        ),
        Schedule(
            name="exponential",
            summary="Shrinks by the same share at every step.",
            parameters=(
                Parameter(
                    "final",
                    float,
                    0.01,
                    "Share of the rate that is left at the end of the run.",
                    above=0,
                    maximum=1,
                    scale="log",
                    live=True,
                ),
                _WARMUP,
            ),
            curve=_exponential,
        ),
        Schedule(
            name="cosine",
            summary="Falls along half a cosine: slowly, fast, slowly (Loshchilov & Hutter 2017).",
            parameters=(_share("final", 0.0, "Share of the rate that is left at the end."), _PERIOD, _WARMUP),
            curve=_cosine,
        ),
        Schedule(
            name="one-cycle",
            summary="Rises to the learning rate and falls far below where it started (Smith & Topin 2019).",
            parameters=(
                Parameter("rise", float, 0.3, "Share of the period in which the rate rises.", minimum=0, below=1, live=True),
                _share("start", 0.04, "Share of the rate to start from."),
                _share("final", 4e-6, "Share of the rate that is left at the end."),
                _PERIOD,
                _WARMUP,
            ),
            curve=_one_cycle,
        ),
        Schedule(
            name="plateau",
            summary="Drops to a share of itself when the training loss has stopped falling.",
            target="gradtui.engine.training.schedules:Plateau",
            parameters=(
                _GAMMA,
                Parameter(
                    "patience",
                    int,
                    10,
                    "Windows without progress that are forgiven before a drop.",
                    minimum=0,
                    maximum=1_000_000,
                    live=True,
                ),
                Parameter(
                    "window",
                    int,
                    0,
                    "Steps whose mean loss is judged as one; 0 is an epoch.",
                    minimum=0,
                    maximum=1_000_000,
                    live=True,
                ),
                Parameter(
                    "threshold",
                    float,
                    1e-4,
                    "Share by which the loss must fall to count as progress.",
                    minimum=0,
                    below=1,
                    scale="log",
                    live=True,
                    label="fall needed",
                ),
                _share("final", 0.0, "Share of the rate below which it never drops."),
                _WARMUP,
            ),
            curve=lambda at, length, p: 1.0,
        ),
    ),
)
