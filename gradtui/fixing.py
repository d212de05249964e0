"""Fixes without a screen: try the best one for what is wrong, from the same seed, and say whether it helped."""

from __future__ import annotations

from gradtui.core.experiment import Experiment
from gradtui.core.finding import Finding, Fix, in_force
from gradtui.core.frozen import Frozen
from gradtui.diagnosis.comparison import Judgement, compare
from gradtui.engine.refusal import Refused
from gradtui.headless import HeadlessRun, run_headless


class Attempt(Frozen):
    """A fix that was tried for a rule's finding: the comparison with the run before, and the rules that still speak after it."""

    rule: str
    fix: Fix
    verdict: Judgement
    sentence: str
    wrong: tuple[str, ...]


class Mended(Frozen):
    """What was wrong at first, every attempt in order, and what is wrong with the best run of all; `signal` stopped it, or 0."""

    wrong: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    left: tuple[str, ...]
    signal: int


def mend(experiment: Experiment, limit: int) -> Mended:
    """Run an experiment, then at most `limit` fixes, each on top of those that helped, until nothing is wrong. Raises Refused where
    the experiment itself cannot be trained.
    """
    best = run_headless(experiment)
    first, attempts, tried = _wrong(best), list[Attempt](), [experiment]
    signal = best.signal
    while not signal and len(attempts) < limit and (chosen := _next(best, tried)) is not None:
        finding, fix, changed = chosen
        tried.append(changed)
        try:
            after = run_headless(changed)
        except Refused:
            continue
        comparison, signal = compare(best.trial, after.trial), after.signal
        attempts.append(
            Attempt(
                rule=finding.rule, fix=fix, verdict=comparison.verdict, sentence=comparison.sentence, wrong=_rules(_wrong(after))
            )
        )
        if comparison.verdict in ("cured", "better"):
            best = after
    return Mended(wrong=_rules(first), attempts=tuple(attempts), left=_rules(_wrong(best)), signal=signal)


def attempts_in_words(title: str, mended: Mended) -> str:
    """The attempts as a person reads them."""
    lines = [f"{title}: {_listed(mended.wrong)}"]
    for attempt in mended.attempts:
        values = ", ".join(f"{key}={value}" for key, value in attempt.fix.set.items())
        lines += [f"{attempt.rule}: {attempt.fix.title} ({values})", f"  {attempt.sentence}"]
    if mended.attempts:
        lines.append(f"In the end: {_listed(mended.left)}")
    return "\n".join(lines)


def _next(best: HeadlessRun, tried: list[Experiment]) -> tuple[Finding, Fix, Experiment] | None:
    """The best fix that has not been tried on this run, of the worst finding first."""
    for finding in _wrong(best):
        for fix in finding.fixes:
            changed = best.trial.experiment.changed(fix.set)
            if changed not in tried:
                return finding, fix, changed
    return None


def _wrong(run: HeadlessRun) -> tuple[Finding, ...]:
    return tuple(finding for finding in in_force(run.trial.findings) if finding.severity != "info")


def _rules(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(finding.rule for finding in findings)


def _listed(rules: tuple[str, ...]) -> str:
    return ", ".join(rules) if rules else "nothing is wrong"
