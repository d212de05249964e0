"""Fixes without a screen: try the best one for what is wrong, from the same seed, and say whether it helped."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.refusal import Refused
from gradtui.core.frozen import Frozen
from gradtui.core.measured.finding import Finding, Fix, in_force
from gradtui.diagnosis.comparison import Judgement, compare
from gradtui.diagnosis.fixes import SEARCHED
from gradtui.headless.rates import suggested
from gradtui.headless.running import Ran, run_headless
from gradtui.study.study import RATE

Suggest = Callable[[Experiment], float | None]
"""Finds a learning rate by experiment; None where none is better than another."""
Chosen = tuple[Finding, Fix, Experiment]
"""What is to be mended, by which fix, and the experiment with it."""


class Attempt(Frozen):
    """A fix that was tried for a rule's finding: the comparison with the run before, and the rules that still speak after it."""

    rule: str
    fix: Fix
    verdict: Judgement
    sentence: str
    wrong: tuple[str, ...]


class Mended(Frozen):
    """What was wrong at first, every attempt in order, and what is wrong with the best run of all, which the changes in `set` lead
    to; `signal` stopped it, or 0.
    """

    wrong: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    set: dict[str, Any]
    left: tuple[str, ...]
    signal: int


def mend(
    experiment: Experiment,
    limit: int,
    train: Callable[[Experiment], Ran] = run_headless,
    suggest: Suggest = suggested,
) -> Mended:
    """Run an experiment, then at most `limit` fixes, each on top of those that helped, until nothing is wrong. Where no fix helped
    a wrong rate, one that `suggest` finds is tried. Raises Refused where the experiment itself cannot be trained.
    """
    best = train(experiment)
    first, attempts, tried, searched = _wrong(best), list[Attempt](), [experiment], list[Experiment]()
    signal = best.signal
    while not signal and len(attempts) < limit and (chosen := _next(best, tried) or _found(best, searched, suggest)) is not None:
        finding, fix, changed = chosen
        tried.append(changed)
        try:
            after = train(changed)
        except Refused:
            continue
        comparison, signal = compare(best.run, after.run), after.signal
        attempts.append(
            Attempt(
                rule=finding.rule, fix=fix, verdict=comparison.verdict, sentence=comparison.sentence, wrong=_rules(_wrong(after))
            )
        )
        if comparison.verdict in ("cured", "better"):
            best = after
    kept = experiment.differences(best.run.experiment)
    return Mended(
        wrong=_rules(first),
        attempts=tuple(attempts),
        set={key: value for key, (_, value) in kept.items() if value is not None},
        left=_rules(_wrong(best)),
        signal=signal,
    )


def attempts_in_words(title: str, mended: Mended) -> str:
    """The attempts as a person reads them."""
    lines = [title, f"At first: {_listed(mended.wrong)}" if mended.wrong else "Nothing is wrong"]
    for attempt in mended.attempts:
        lines += [f"{attempt.rule}: {attempt.fix.title} ({_assigned(attempt.fix.set)})", f"  {attempt.sentence}"]
    if mended.set:
        lines.append(f"In the end: {_listed(mended.left)}, with {_assigned(mended.set)}")
    elif mended.attempts:
        lines.append(f"In the end: {_listed(mended.left)}")
    return "\n".join(lines)


def _next(best: Ran, tried: list[Experiment]) -> Chosen | None:
    """The best fix that has not been tried on this run, of the worst finding first."""
    for finding in _wrong(best):
        for fix in finding.fixes:
            changed = best.run.experiment.changed(fix.set)
            if changed not in tried:
                return finding, fix, changed
    return None


def _found(best: Ran, searched: list[Experiment], suggest: Suggest) -> Chosen | None:
    """A rate found by experiment, where the run's is wrong and none was searched yet."""
    finding = next((finding for finding in _wrong(best) if finding.rule in SEARCHED), None)
    if finding is None or best.run.experiment in searched:
        return None
    searched.append(best.run.experiment)
    rate = suggest(best.run.experiment)
    if rate is None:
        return None
    fix = Fix(title=f"Learning rate {rate:g}", reason="found by experiment", set={RATE: rate})
    return finding, fix, best.run.experiment.changed(fix.set)


def _wrong(ran: Ran) -> tuple[Finding, ...]:
    return tuple(finding for finding in in_force(ran.run.findings) if finding.severity != "info")


def _rules(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(finding.rule for finding in findings)


def _listed(rules: tuple[str, ...]) -> str:
    return ", ".join(rules) if rules else "nothing is wrong"


def _assigned(values: dict[str, Any]) -> str:
    """The values as `--set` takes them."""
    words = {key: value if isinstance(value, str) else json.dumps(value, separators=(",", ":")) for key, value in values.items()}
    return ", ".join(f"{key}={value}" for key, value in words.items())
