"""What experiments with one setting changed each say about why a run does not learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any, Literal

from gradtui.core.frozen import Frozen
from gradtui.core.measured.frame import Number
from gradtui.core.measured.result import Result
from gradtui.core.text import exact, number
from gradtui.study.suspects import Suspect

Judged = Literal["cures", "helps", "no change", "worse"]
_WELL = 0.2
"""Of the loss of guessing: what the best change leaves less than that, the run did not lack."""
_LEARNED = 0.5
"""Of the loss of guessing: what is well leaves less than that."""
_CURED, _HELPED = 0.7, 0.25
"""Of what the best change gains: what cures gains at least so much, what helps so much."""
_NOTICED = 0.05
"""Of the loss of guessing: smaller differences are none."""
HEAD = f"{'alone':<10} {'val. loss':>9} {'accuracy':>9}  what was set"
_HOPELESS = 0.9
"""Of the loss of guessing: where everything leaves more than that, nothing was learned by any."""


class Tried(Frozen):
    """A suspect that was tried: what was set in place of what, what it came to (the median over seeds), and what that means."""

    set: dict[str, Any]
    was: dict[str, Any]
    loss: Number | None
    validation: Number | None
    accuracy: Number | None
    verdict: Judged
    seeds: int


class Cause(Frozen):
    """The one change that cures alone."""

    set: dict[str, Any]
    was: dict[str, Any]


class Why(Frozen):
    """Why a run does not learn, in a sentence: the cause, None where there is no single one; the suspects, the best first; over how
    many steps they were tried, and at the price of how many whole runs.
    """

    healthy: bool
    cause: Cause | None
    sentence: str
    suspects: tuple[Tried, ...]
    steps: int
    runs: float


def left(results: Sequence[Result]) -> float:
    """What is left to learn: the validation loss by that of guessing, the median over seeds; infinite where it is lost."""
    return median(map(_left, results)) if results else math.inf


def judged(base: float, tried: float, best: float) -> Judged:
    """What a change means that leaves so much, beside what is left without it, and by the best of all."""
    gained, most = _capped(base) - _capped(tried), _capped(base) - _capped(best)
    if most >= _WELL and gained >= _CURED * most:
        return "cures"
    if gained >= max(_NOTICED, _HELPED * most):
        return "helps"
    return "worse" if gained < -_NOTICED else "no change"


def why(base: Sequence[Result], found: Sequence[tuple[Suspect, Sequence[Result]]], steps: int, runs: float) -> Why:
    """The cause, by what a run and its suspects came to. Of those that cure the most unusual setting is the cause, and of equally
    unusual ones the best.
    """
    now, after = left(base), [left(results) for _, results in found]
    best = min([now, *after])
    verdicts = [judged(now, value, best) for value in after]
    tried = [_tried(suspect, results, verdict) for (suspect, results), verdict in zip(found, verdicts, strict=True)]
    order = sorted(range(len(found)), key=lambda at: after[at])
    curing = [at for at in order if verdicts[at] == "cures"]
    cause = min(curing, key=lambda at: (-round(found[at][0].unusual, 2), after[at]), default=None)
    healthy = not curing and now < _LEARNED and _capped(now) - _capped(best) < _WELL
    named = found[cause][0] if cause is not None else None
    return Why(
        healthy=healthy,
        cause=Cause(set=named.set, was=named.was) if named else None,
        sentence=_sentence(healthy, now, best, named, after[cause] if cause is not None else best, len(curing)),
        suspects=tuple(tried[at] for at in order),
        steps=steps,
        runs=runs,
    )


def _sentence(healthy: bool, now: float, best: float, cause: Suspect | None, cured: float, curing: int) -> str:
    if cause is not None:
        changed = (
            " and ".join(f"{_key(key)} {exact(value)}" for key, value in cause.was.items() if value is not None) or cause.words
        )
        others = {1: "nothing else that was tried does", 2: "one other change does too"}
        beside = others.get(curing, f"{curing - 1} other changes do too")
        alone = ", ".join(f"{_key(key)} {exact(value)}" for key, value in cause.set.items())
        return f"{changed} is the cause: alone, {alone} brings {_share(now)} of guessing's loss to {_share(cured)}; {beside}."
    if healthy:
        return f"The run is well: {_share(now)} of guessing's loss is left, and no single change that was tried leaves much less."
    if best >= _HOPELESS:
        return "Nothing that was tried learns anything: it may be that there is nothing to learn, or that more steps are needed."
    return f"No single setting that was tried cures it: {_share(now)} of guessing's loss is left, {_share(best)} at the best."


def told(title: str, found: Why) -> str:
    """What was found, as a person reads it: the sentence, and a line for each suspect."""
    lines = [f"  {row(one)}" for one in found.suspects]
    head = f"  {HEAD}"
    price = f"Tried over {found.steps} steps, at the price of {found.runs:.1f} runs."
    return "\n".join([title, "", found.sentence, "", head, *lines, "", price])


def row(one: Tried) -> str:
    """A suspect in a line, below `HEAD`."""
    words = ", ".join(f"{key} {exact(value)}" for key, value in one.set.items())
    return f"{one.verdict:<10} {number(one.validation):>9} {number(one.accuracy):>9}  {words}"


def _tried(suspect: Suspect, results: Sequence[Result], verdict: Judged) -> Tried:
    def middle(name: str) -> float | None:
        values = [value for result in results if (value := getattr(result, name)) is not None]
        return median(values) if values else None

    told = {"loss": middle("loss"), "validation": middle("validation_loss"), "accuracy": middle("validation_accuracy")}
    return Tried(set=suspect.set, was=suspect.was, verdict=verdict, seeds=len(results), **told)


def _left(result: Result) -> float:
    loss, guessing = result.validation_loss, result.guessing
    if result.status != "done" or loss is None or not math.isfinite(loss):
        return math.inf
    return loss / guessing if guessing and math.isfinite(guessing) else loss


def _capped(value: float) -> float:
    """What is left, at most all of it."""
    return min(1.0, value)


def _share(value: float) -> str:
    return f"{number(100 * value)} %" if math.isfinite(value) else "a diverged run's all"


def _key(key: str) -> str:
    return key.partition(".")[2].replace("_", " ")
