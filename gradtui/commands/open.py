"""Open the laboratory: what the words that are no command stand for."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradtui.commands import completion
from gradtui.commands.loading import load, to_open
from gradtui.commands.options import changed_option, runs_option, unrecorded_option
from gradtui.commands.recorded import recorded_run, runs_place

if TYPE_CHECKING:
    from gradtui.tui.app import GradtuiApp
    from gradtui.tui.terminal.launch import Surroundings

FIRST = "vanishing-sigmoid"
"""What the lab shows where nothing else is asked for."""


@click.command("open", hidden=True)
@click.argument("preset", default=FIRST, shell_complete=completion.presets)
@changed_option
@click.option("--fps", type=click.FloatRange(0.5, 60), metavar="NUMBER", help="Pictures a second, 0.5 to 60; 10, and 4 over SSH.")
@runs_option
@unrecorded_option
def open_app(preset: str, changes: tuple[str, ...], fps: float | None, place: Path | None, unrecorded: bool) -> None:
    """Open the laboratory."""
    gc.disable()  # nothing that is imported or made until then is garbage, and looking for some takes a tenth of the start
    shows = recorded_run(preset, place)
    opens = None if shows else to_open(preset)
    chosen = load(FIRST if opens or shows else preset, () if opens or shows else changes)
    from gradtui.tui.terminal.launch import launch

    def make(surroundings: Surroundings) -> GradtuiApp:
        from gradtui.tui.app import GradtuiApp, Opens

        recorded = None if unrecorded else runs_place(place)
        app = GradtuiApp(chosen, surroundings, opens=Opens(opens, changes) if opens else None, runs=recorded, shows=shows)
        gc.freeze()
        gc.enable()
        return app

    sys.exit(launch(make, fps))
