"""What is asked of runs in a line of words: words that they hold, and conditions such as `learning_rate>=0.01 state=diverged`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from gradtui.catalog.tables import TABLES
from gradtui.core.text import nearest, printable
from gradtui.runs.listing import Listed

_CONDITION = re.compile(r"([A-Za-z][\w.]*)(>=|<=|!=|=|<|>)(.*)", re.DOTALL)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "!=": operator.ne,
}
FIELDS = (
    "state",
    "title",
    "preset",
    "id",
    "steps",
    "of",
    "loss",
    "validation_loss",
    "seconds",
    "started",
    "device",
    "tags",
    "findings",
)
_SHORT = {"tag": "tags", "finding": "findings", "validation": "validation_loss", "name": "title"}
_KEYS = tuple(f"{table}.{name}" for table in TABLES for name in TABLES[table].every())


class InvalidCondition(ValueError):
    """A condition on something that no run has; the message says what there is."""


def asked(words: str) -> Callable[[Listed], bool]:
    """Whether a run holds all that is asked: every word anywhere in what it is called, and every condition. One without a value
    yet holds of all. Raises InvalidCondition.

    A value is read off a run's line or its experiment: `optimizer.learning_rate`, or `learning_rate` in whatever table. Numbers
    are compared as numbers, everything else as text without regard to case; of tags and findings one has to be the same.
    """
    tests = [_test(word) for word in words.split()]
    return lambda run: all(test(run) for test in tests)


def _test(word: str) -> Callable[[Listed], bool]:
    condition = _CONDITION.fullmatch(word)
    if condition is None:
        return lambda run: word.lower() in _called(run)
    key, sign, value = condition.groups()
    key = _SHORT.get(key, key)
    if key not in FIELDS and not any(known == key or known.endswith(f".{key}") for known in _KEYS):
        known = (*FIELDS, *_SHORT, *_KEYS, *(name.partition(".")[2] for name in _KEYS))
        meant = nearest(key, known)
        raise InvalidCondition(
            f"No run has {printable(key, 40)}. {f'Did you mean {meant}? ' if meant else ''}"
            f"There are {', '.join(FIELDS)}, and all keys of experiments, such as optimizer.learning_rate."
        )
    if not value:
        return lambda run: True
    holds = all if sign == "!=" else any
    return lambda run: holds(_compared(one, sign, value) for one in _values(run, key))


def _called(run: Listed) -> str:
    return " ".join((run.id, run.title, run.preset, run.state, run.device, run.note, *run.tags, *run.findings)).lower()


def _values(run: Listed, key: str) -> Iterator[object]:
    """What a run has under a key; of lists each part, of nothing None."""
    if key in FIELDS:
        value = getattr(run, key)
        yield from value if isinstance(value, tuple) else (value,)
    else:
        found = (
            value for table, values in run.experiment.items() for name, value in values.items() if key in (name, f"{table}.{name}")
        )
        yield from found


def _compared(value: object, sign: str, wanted: str) -> bool:
    if value is None:
        return sign == "!="
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return _ORDER[sign](float(value), float(wanted))
        except ValueError:
            return sign == "!="
    return _ORDER[sign](_spelled(value), wanted.lower())


def _spelled(value: object) -> str:
    return str(getattr(value, "isoformat", lambda: value)()).lower()
