"""The column of forms: the whole experiment, and how a person changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from gradtui.catalog.entry import Parameter
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.core.experiments.nudge import leapt, nudged
from gradtui.tui.widgets.explained import Field
from gradtui.tui.widgets.form import Form

FORMS = {
    "network": ("Network", ("network",)),
    "optimizer": ("Optimizer", ("optimizer", "schedule", "clip")),
    "task": ("Task and run", ("task", "run")),
}

_PASSED_OVER = 64
"""How many values in a row `[` and `]` pass over: the most heads that a width can be shared by."""


class Forms(VerticalScroll, can_focus=False):
    """One form a panel, editors for their values, and the cursor's way between them."""

    @dataclass
    class Changed(Message):
        """A person wants these values, by dotted key; they fit the experiment."""

        changes: dict[str, Any]

    @dataclass
    class Ended(Message):
        """A value cannot be had; the sentence says why."""

        words: str

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.forms = {name: Form(title, tables, id=name) for name, (title, tables) in FORMS.items()}

    def compose(self) -> ComposeResult:
        yield from self.forms.values()

    @property
    def rows(self) -> int:
        """Rows that all forms fill."""
        return sum(form.rows for form in self.forms.values())

    def fill(self, experiment: Experiment, running: Experiment | None) -> None:
        """Show an experiment; values that differ from those of a stale run are marked."""
        self._experiment = experiment
        for form in self.forms.values():
            form.fill(experiment, running)

    def on_form_nudge(self, message: Form.Nudge) -> None:
        self._nudge(message.field, message.direction, message.far)

    def nudge_rate(self, direction: int, far: bool) -> None:
        """Ask for the next learning rate, or one far away."""
        if (field := self.forms["optimizer"].field("optimizer.learning_rate")) is not None:
            self._nudge(field, direction, far)

    def _nudge(self, field: Field, direction: int, far: bool) -> None:
        value = self._neighbour(field, direction, leapt if far else nudged)
        if value == field.value:
            self.post_message(self.Ended(f"{field.parameter.title} ends here. Allowed: {field.parameter.allowed}."))
        else:
            self.want(field.key, value)

    def _neighbour(self, field: Field, direction: int, moved: Callable[[Parameter, Any, int], Any]) -> Any:
        """The next value that fits the rest of the experiment; where none is near, the next one, or the present one at an end."""
        first = value = moved(field.parameter, field.value, direction)
        for _ in range(_PASSED_OVER):
            if not self.objection(field.key, value):
                return value
            present, value = value, moved(field.parameter, value, direction)
            if value == present:
                return field.value
        return first

    def on_form_edit(self, message: Form.Edit) -> None:
        if message.field.parameter.type is bool:
            message.stop()
            self.want(message.field.key, not message.field.value)

    def on_form_leave(self, message: Form.Leave) -> None:
        forms = list(self.forms.values())
        at = forms.index(message.form) + message.direction
        if 0 <= at < len(forms):
            forms[at].enter(message.direction)

    def want(self, key: str, value: Any) -> None:
        """Ask for another value, or tell what speaks against it."""
        objection = self.objection(key, value)
        self.post_message(self.Ended(objection) if objection else self.Changed({key: value}))

    def objection(self, key: str, value: Any) -> str:
        """What speaks against a value, in words; empty where it fits."""
        try:
            self._experiment.changed({key: value})
        except InvalidExperiment as error:
            return " ".join(str(mistake) if mistake.where != key else str(mistake).partition(": ")[2] for mistake in error.mistakes)
        return ""
