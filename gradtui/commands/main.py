"""The commands. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import TYPE_CHECKING

import click

from gradtui import __version__
from gradtui.commands.loading import fail, list_folder, load, to_open

if TYPE_CHECKING:
    from gradtui.tui.app import GradtuiApp
    from gradtui.tui.terminal.launch import Surroundings

UNKEPT, DIVERGED = 1, 3
FIRST = "vanishing-sigmoid"
"""What the lab shows where nothing else is asked for."""

# Pydantic would search every installed package for plugins, a twentieth of the time to the first picture.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class _Commands(click.Group):
    """The commands, where anything that is no command is the preset to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h", "--version")):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gradtui")
def main() -> None:
    """A terminal laboratory for gradient flow in neural networks.

    gradtui PRESET opens the laboratory with a preset: a name from `gradtui presets`, a path,
    or an address on another machine such as host:labs/deep.toml.
    """


_set_option = click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a value, such as network.depth=30.")


@main.command("open", hidden=True)
@click.argument("preset", default=FIRST)
@_set_option
@click.option("--fps", type=click.FloatRange(0.5, 60), help="Pictures a second; 10, and 4 over SSH.")
def open_app(preset: str, changes: tuple[str, ...], fps: float | None) -> None:
    """Open the laboratory."""
    gc.disable()  # nothing that is imported or made until then is garbage, and looking for some takes a tenth of the start
    opens = to_open(preset)
    chosen = load(FIRST if opens else preset, () if opens else changes)
    from gradtui.tui.terminal.launch import launch

    def make(surroundings: Surroundings) -> GradtuiApp:
        from gradtui.tui.app import GradtuiApp, Opens

        app = GradtuiApp(chosen, surroundings, opens=Opens(opens, changes) if opens else None)
        gc.freeze()
        gc.enable()
        return app

    sys.exit(launch(make, fps))


@main.command()
@click.argument("preset")
@_set_option
@click.option("--steps", type=click.IntRange(1, 1_000_000_000), help="Steps to run, instead of the preset's.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def run(preset: str, changes: tuple[str, ...], steps: int | None, as_json: bool) -> None:
    """Train a preset without a screen."""
    chosen = load(preset, (*changes, *([f"run.steps={steps}"] if steps else [])))
    from gradtui.core.experiments.refusal import Refused
    from gradtui.headless.running import run_headless

    try:
        done = run_headless(chosen.experiment)
    except Refused as error:
        fail(str(error))
    if as_json:
        click.echo(done.summary.model_dump_json())
    else:
        from gradtui.core.measured.summary import in_words

        click.echo(in_words(chosen.title, done.summary))
    sys.exit(128 + done.signal if done.signal else DIVERGED if done.summary.status == "diverged" else 0)


@main.command()
@click.argument("preset")
@_set_option
@click.option("--steps", type=click.IntRange(1, 1_000_000_000), help="Steps to run, instead of the preset's.")
@click.option("--all", "chained", is_flag=True, help="Go on from fixes that helped, until nothing is wrong.")
@click.option("--limit", type=click.IntRange(1, 50), default=8, show_default=True, help="Fixes to try at most with --all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def fix(preset: str, changes: tuple[str, ...], steps: int | None, chained: bool, limit: int, as_json: bool) -> None:
    """Train a preset, try the best fix for what is wrong from the same seed, and compare."""
    chosen = load(preset, (*changes, *([f"run.steps={steps}"] if steps else [])))
    from gradtui.core.experiments.refusal import Refused
    from gradtui.headless.fixing import attempts_in_words, mend

    try:
        mended = mend(chosen.experiment, limit if chained else 1)
    except Refused as error:
        fail(str(error))
    click.echo(mended.model_dump_json() if as_json else attempts_in_words(chosen.title, mended))
    sys.exit(128 + mended.signal if mended.signal else 0)


@main.command()
@click.argument("presets", nargs=-1, metavar="[PRESET]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--markdown", is_flag=True, help="Print a table as README.md holds it.")
def verify(presets: tuple[str, ...], as_json: bool, markdown: bool) -> None:
    """Run presets, all that come with gradtui by default, and say which of their claims hold."""
    from gradtui.core.presets.collection import shipped
    from gradtui.core.text import printable

    chosen = {printable(name): load(name, ()) for name in presets or shipped()}
    from gradtui.core.experiments.refusal import Refused
    from gradtui.core.presets.verified import in_words, table
    from gradtui.headless.verifying import verify as verified

    try:
        done = verified(chosen)
    except Refused as error:
        fail(str(error))
    click.echo(done.model_dump_json() if as_json else table(done) if markdown else in_words(done))
    sys.exit(128 + done.signal if done.signal else 0 if done.holds else UNKEPT)


@main.command()
@click.argument("preset")
@_set_option
def show(preset: str, changes: tuple[str, ...]) -> None:
    """Print a preset with all its values."""
    click.echo(load(preset, changes).toml(), nl=False)


@main.command()
@click.argument("preset")
@_set_option
def script(preset: str, changes: tuple[str, ...]) -> None:
    """Print a preset as a script of plain PyTorch, with the same losses."""
    chosen = load(preset, changes)
    from gradtui.core.experiments.refusal import Refused
    from gradtui.script.whole import script as written

    try:
        click.echo(written(chosen), nl=False)
    except Refused as error:
        fail(str(error))


@main.command()
@click.argument("preset")
@_set_option
@click.option("--steps", type=click.IntRange(1, 1_000_000_000), help="Steps to run, instead of the preset's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def others(preset: str, changes: tuple[str, ...], steps: int | None, as_json: bool) -> None:
    """Train a preset, and say what published tools would say of that run beside gradtui."""
    chosen = load(preset, (*changes, *([f"run.steps={steps}"] if steps else [])))
    from gradtui.core.experiments.refusal import Refused
    from gradtui.diagnosis.case import Case
    from gradtui.diagnosis.published.table import compared, in_words
    from gradtui.headless.running import run_headless

    try:
        done = run_headless(chosen.experiment)
    except Refused as error:
        fail(str(error))
    table = compared(Case(done.trial.experiment, done.started, done.trial.history), done.trial.findings)
    click.echo(table.model_dump_json() if as_json else in_words(chosen.title, table))
    sys.exit(128 + done.signal if done.signal else 0)


@main.command()
@click.argument("place", metavar="[FOLDER]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def presets(place: str | None, as_json: bool) -> None:
    """List the presets: those that come with gradtui and your own, or those in FOLDER, such as labs/ or host:labs/."""
    from itertools import groupby

    from gradtui.core.presets.collection import folder, listed, shelf
    from gradtui.core.text import printable

    here = folder(place) if place is not None else None
    if place is not None and here is None:
        list_folder(place, as_json)
        return
    found = shelf(here).entries if here is not None else listed()
    if as_json:
        rows = [
            {"name": entry.name, "subject": entry.subject, "title": entry.title, "mistake": entry.mistake or None}
            | {name: getattr(entry.preset, name, None) for name in ("summary", "source")}
            | {"path": entry.preset.origin.place if entry.preset and entry.preset.origin else None}
            for entry in found
        ]
        click.echo(json.dumps(rows))
        return
    if not found:
        click.echo(f"{printable(str(here))} holds no presets (*.toml).")
    width = max((len(entry.name) for entry in found), default=0)
    for subject, entries in groupby(found, lambda entry: entry.subject):
        click.echo(subject)
        for entry in entries:
            click.echo(f"  {printable(entry.name):{width}}  {entry.title if entry.preset else 'cannot be read: see `gradtui run`'}")


@main.command()
@click.argument("page", required=False)
@click.option("--preset", help="Take the numbers of this preset, instead of the one that the page opens.")
@_set_option
def explain(page: str | None, preset: str | None, changes: tuple[str, ...]) -> None:
    """Explain what can go wrong and what to choose: list the pages, or print one with the numbers of a preset."""
    from gradtui.core.text import nearest, printable
    from gradtui.lessons.page import pages
    from gradtui.lessons.plain import contents, printed
    from gradtui.lessons.run import Run

    if page is None:
        click.echo(contents())
        return
    if page not in pages():
        meant = nearest(page, pages())
        hint = f" Did you mean {meant}?" if meant else ""
        fail(f"There is no page called {printable(page, 60)}.{hint} `gradtui explain` lists them.")
    chosen = pages()[page]
    shown = load(preset, changes) if preset is not None else load(chosen.preset, (*chosen.changes, *changes))
    click.echo(printed(chosen, Run(shown.experiment)))


@main.command("list")
@click.argument("kind", required=False)
def list_catalog(kind: str | None) -> None:
    """List what can be chosen: all kinds, or the entries of one kind with their parameters."""
    from gradtui.catalog.tables import CATALOGS
    from gradtui.core.text import exact, nearest

    if kind is None:
        for name, catalog in CATALOGS.items():
            click.echo(f"{name:16} {catalog.summary}\n{'':16} {', '.join(catalog)}")
        return
    if kind not in CATALOGS:
        meant = nearest(kind, CATALOGS)
        fail(f"There is no kind {kind!r}.{f' Did you mean {meant}?' if meant else ''} Allowed: {', '.join(CATALOGS)}.")
    for entry in CATALOGS[kind].values():
        click.echo(f"{entry.name:16} {entry.summary}")
        if entry.good_for:
            click.echo(f"{'':16} Good for: {entry.good_for}")
        for parameter in entry.parameters:
            click.echo(f"{'':16}   {parameter.name} = {exact(parameter.default)}  {parameter.help} Allowed: {parameter.allowed}.")


@main.command()
def schema() -> None:
    """Print the JSON Schema of presets."""
    from gradtui.core.presets.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Say what works here: torch, devices, terminal, ssh, folders."""
    from gradtui.headless.doctor import examine

    findings = examine()
    if as_json:
        click.echo(json.dumps({item.name: {"ok": item.ok, "value": item.value} for item in findings}))
    else:
        for item in findings:
            click.echo(f"{'ok  ' if item.ok else 'no  '}{item.name:10} {item.value}")
    sys.exit(0 if all(item.ok for item in findings if item.needed) else 1)
