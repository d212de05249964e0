"""What is to race: a choice of questions, the answer to which is a study."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.study.study import FOUR, RATE, Study, study
from gradtui.study.vary import Varied, grid
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.choices import Choice, Choices
from gradtui.tui.widgets.explained import Field

_RATES, _DECADES = 9, 2
_MOST = 12
"""Entrants at most."""


class RaceDialog(Dialog[Study]):
    """Choose what races. Returns the study, or None when a person goes back."""

    CSS_PATH = "fixing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back")]

    def __init__(self, experiment: Experiment, field: Field | None) -> None:
        """`field` is what the cursor is on in the forms: its choices can race."""
        super().__init__()
        self._experiment = experiment
        rate = experiment.optimizer.learning_rate
        name = experiment.optimizer.name
        self._studies: dict[str, tuple[tuple[Varied, ...], bool]] = {
            "tuned": ((FOUR,), False),
            "as they come": ((FOUR,), True),
            "rates": ((Varied(key=RATE, values=grid(rate / 10**_DECADES, rate * 10**_DECADES, _RATES, True)),), False),
        }
        lines = {
            "tuned": ("Which optimizer?", "sgd, momentum, rmsprop and adam, each at the best of many rates"),
            "as they come": ("Which optimizer, as they come?", "the same four at their default rates: a quick look"),
            "rates": ("Which learning rate?", f"{name} at nine rates, over two decades on either side of {rate:.3g}"),
        }
        if field is not None and (names := racing_names(experiment, field)):
            self._studies["field"] = ((Varied(key=field.key, values=names),), False)
            lines["field"] = (f"Which {field.parameter.title}?", f"{', '.join(names)}, each at the best of many rates")
        self._choices = Choices()
        self._choices.offer({"": [_choice(name, *words) for name, words in lines.items()]})

    def compose(self) -> ComposeResult:
        with Vertical(id="fixes", classes="box") as box:
            box.border_title = "Race"
            box.border_subtitle = "enter Race  esc Back"
            yield self._choices

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        varied, as_they_come = self._studies[str(event.option_id)]
        self.dismiss(study(self._experiment, varied, as_they_come=as_they_come))

    def action_back(self) -> None:
        """Race nothing."""
        self.dismiss(None)


def racing_names(experiment: Experiment, field: Field) -> tuple[str, ...]:
    """The choices of a field that fit the rest of the experiment; none where they are not worth a race."""
    if field.key.startswith(("task.", "run.")) or field.key in ("network.family", "optimizer.name"):
        return ()
    fitting = tuple(name for name in field.parameter.names if _fits(experiment, field.key, name))
    return fitting if 2 <= len(fitting) <= _MOST else ()


def _fits(experiment: Experiment, key: str, name: str) -> bool:
    try:
        experiment.changed({key: name})
    except InvalidExperiment:
        return False
    return True


def _choice(name: str, title: str, words: str) -> Choice:
    line = Text.assemble((title, "bold"), f"\n  {words}")
    return Choice(name, line, line.plain)
