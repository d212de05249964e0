"""The column of forms: the whole experiment, and how a person changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from gradtui.core.experiment import Experiment, InvalidExperiment
from gradtui.core.nudge import nudged
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
        """A value cannot be had; the sentence says why."""

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
        parameter, key, present = message.field.parameter, message.field.key, message.field.value
        value = nudged(parameter, present, message.direction)
        while value != present and parameter.names and self._objection(key, value):  # choices that do not fit are passed over
            present, value = value, nudged(parameter, value, message.direction)
        if value == present:
            self.post_message(self.Ended(f"{parameter.title} ends here. Allowed: {parameter.allowed}."))
        else:
            self._want(key, value)

    def on_form_edit(self, message: Form.Edit) -> None:
        from gradtui.tui.screens.editor import ChoiceEditor, NumberEditor

        field = message.field

        def take(value: Any) -> None:
            if value is not None:
                self._want(field.key, value)

        if field.parameter.type is bool:
            take(not field.value)
        elif field.parameter.type is str:
            self.app.push_screen(ChoiceEditor(field, message.anchor, self._objection), take)
        else:
            self.app.push_screen(NumberEditor(field, message.anchor, self._objection), take)

    def on_form_leave(self, message: Form.Leave) -> None:
        forms = list(self._forms.values())
        at = forms.index(message.form) + message.direction
        if 0 <= at < len(forms):
            forms[at].enter(message.direction)

    def _want(self, key: str, value: Any) -> None:
        objection = self._objection(key, value)
        self.post_message(self.Ended(objection) if objection else self.Changed({key: value}))

    def _objection(self, key: str, value: Any) -> str:
        """What speaks against a value, in words; empty where it fits."""
        try:
            self._experiment.changed({key: value})
        except InvalidExperiment as error:
            return " ".join(str(mistake) if mistake.where != key else str(mistake).partition(": ")[2] for mistake in error.mistakes)
        return ""
