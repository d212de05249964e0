"""The column of forms: the whole experiment, and how a person changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from gradtui.core.experiment import Experiment
from gradtui.core.nudge import nudged
from gradtui.tui.screens.editor import ChoiceEditor, NumberEditor
from gradtui.tui.widgets.form import Form

FORMS = {
    "network": ("Network", ("network",)),
    "optimizer": ("Optimizer", ("optimizer", "schedule", "clip")),
    "task": ("Task and run", ("task", "run")),
}


class Forms(VerticalScroll, can_focus=False):
    """One form a panel, editors for their values, and the cursor's way between them."""

    @dataclass
    class Changed(Message):
        """A person wants these values, by dotted key; they fit the experiment."""

        changes: dict[str, Any]

    @dataclass
    class Ended(Message):
        """A value cannot be made smaller or larger; the sentence says why."""

        words: str

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._forms = {name: Form(title, tables, id=name) for name, (title, tables) in FORMS.items()}

    def compose(self) -> ComposeResult:
        yield from self._forms.values()

    def fill(self, experiment: Experiment, running: Experiment | None) -> None:
        """Show an experiment; values that differ from those of a stale run are marked."""
        self._experiment = experiment
        for form in self._forms.values():
            form.fill(experiment, running)

    def on_form_nudge(self, message: Form.Nudge) -> None:
        field = message.field
        value = nudged(field.parameter, field.value, message.direction)
        if value == field.value:
            self.post_message(self.Ended(f"{field.parameter.title} ends here. Allowed: {field.parameter.allowed}."))
        else:
            self.post_message(self.Changed({field.key: value}))

    def on_form_edit(self, message: Form.Edit) -> None:
        field = message.field

        def take(value: Any) -> None:
            if value is not None:
                self.post_message(self.Changed({field.key: value}))

        if field.parameter.type is bool:
            take(not field.value)
        elif field.parameter.type is str:
            self.app.push_screen(ChoiceEditor(field, message.anchor), take)
        else:
            self.app.push_screen(NumberEditor(field, message.anchor, self._check), take)

    def on_form_leave(self, message: Form.Leave) -> None:
        forms = list(self._forms.values())
        at = forms.index(message.form) + message.direction
        if 0 <= at < len(forms):
            forms[at].enter(message.direction)

    def _check(self, key: str, value: Any) -> None:
        self._experiment.changed({key: value})
