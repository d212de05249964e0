"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from gradtui.commands import completion

preset_argument = click.argument("preset", shell_complete=completion.presets)
changed_option = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a value, such as network.depth=30.",
    shell_complete=completion.assignments,
)
steps_option = click.option("--steps", type=click.IntRange(1, 1_000_000_000), help="Steps to run, instead of the preset's.")

runs_option = click.option(
    "--runs", "place", type=click.Path(path_type=Path, file_okay=False), help="The folder of recorded runs, instead of your own."
)
unrecorded_option = click.option("--no-record", "unrecorded", is_flag=True, help="Leave no record of the run.")


def assignments(changes: tuple[str, ...], steps: int | None) -> tuple[str, ...]:
    """What `--set` and `--steps` change together, as `--set` has it."""
    return (*changes, f"run.steps={steps}") if steps else changes
