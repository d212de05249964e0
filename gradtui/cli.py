"""The commands. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from gradtui import __version__

if TYPE_CHECKING:
    from gradtui.core.preset import Preset
    from gradtui.remote.fetch import Fetched
    from gradtui.tui.app import GradtuiApp
    from gradtui.tui.terminal import Surroundings

USAGE, DIVERGED, UNFETCHED = 2, 3, 4
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
    opens = _to_open(preset)
    chosen = _load(FIRST if opens else preset, () if opens else changes)
    from gradtui.tui.terminal import launch

    def make(surroundings: Surroundings) -> GradtuiApp:
        from gradtui.tui.app import GradtuiApp

        app = GradtuiApp(chosen, surroundings, opens=opens, changes=changes)
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
    chosen = _load(preset, (*changes, *([f"run.steps={steps}"] if steps else [])))
    from gradtui.engine.refusal import Refused
    from gradtui.headless import run_headless

    try:
        done = run_headless(chosen.experiment)
    except Refused as error:
        _fail(str(error))
    if as_json:
        click.echo(done.summary.model_dump_json())
    else:
        from gradtui.core.summary import in_words

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
    chosen = _load(preset, (*changes, *([f"run.steps={steps}"] if steps else [])))
    from gradtui.engine.refusal import Refused
    from gradtui.fixing import attempts_in_words, mend

    try:
        mended = mend(chosen.experiment, limit if chained else 1)
    except Refused as error:
        _fail(str(error))
    click.echo(mended.model_dump_json() if as_json else attempts_in_words(chosen.title, mended))
    sys.exit(128 + mended.signal if mended.signal else 0)


@main.command()
@click.argument("preset")
@_set_option
def show(preset: str, changes: tuple[str, ...]) -> None:
    """Print a preset with all its values."""
    click.echo(_load(preset, changes).toml(), nl=False)


@main.command()
@click.argument("preset")
@_set_option
def script(preset: str, changes: tuple[str, ...]) -> None:
    """Print a preset as a script of plain PyTorch, with the same losses."""
    chosen = _load(preset, changes)
    from gradtui.engine.refusal import Refused
    from gradtui.script.whole import script as written

    try:
        click.echo(written(chosen), nl=False)
    except Refused as error:
        _fail(str(error))


@main.command()
@click.argument("address", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def presets(address: str | None, as_json: bool) -> None:
    """List the presets: those that come with gradtui and your own, or those in the folder at ADDRESS, such as host:labs/."""
    if address is not None:
        _list_folder(address, as_json)
        return
    from itertools import groupby

    from gradtui.core.library import listed

    found = listed()
    if as_json:
        rows = [
            {"name": entry.name, "subject": entry.subject, "title": entry.title, "mistake": entry.mistake or None}
            | {name: getattr(entry.preset, name, None) for name in ("summary", "source")}
            | {"path": entry.preset.origin.place if entry.preset and entry.preset.origin else None}
            for entry in found
        ]
        click.echo(json.dumps(rows))
        return
    width = max(len(entry.name) for entry in found)
    for subject, entries in groupby(found, lambda entry: entry.subject):
        click.echo(subject)
        for entry in entries:
            click.echo(f"  {entry.name:{width}}  {entry.title if entry.preset else 'cannot be read: see `gradtui run`'}")


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
        _fail(f"There is no page called {printable(page, 60)}.{hint} `gradtui explain` lists them.")
    chosen = pages()[page]
    shown = _load(preset, changes) if preset is not None else _load(chosen.preset, (*chosen.changes, *changes))
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
        _fail(f"There is no kind {kind!r}.{f' Did you mean {meant}?' if meant else ''} Allowed: {', '.join(CATALOGS)}.")
    for entry in CATALOGS[kind].values():
        click.echo(f"{entry.name:16} {entry.summary}")
        if entry.good_for:
            click.echo(f"{'':16} Good for: {entry.good_for}")
        for parameter in entry.parameters:
            click.echo(f"{'':16}   {parameter.name} = {exact(parameter.default)}  {parameter.help} Allowed: {parameter.allowed}.")


@main.command()
def schema() -> None:
    """Print the JSON Schema of presets."""
    from gradtui.core.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Say what works here: torch, devices, terminal, ssh, folders."""
    from gradtui.doctor import examine

    findings = examine()
    if as_json:
        click.echo(json.dumps({item.name: {"ok": item.ok, "value": item.value} for item in findings}))
    else:
        for item in findings:
            click.echo(f"{'ok  ' if item.ok else 'no  '}{item.name:10} {item.value}")
    sys.exit(0 if all(item.ok for item in findings if item.needed) else 1)


def _load(name: str, changes: tuple[str, ...]) -> Preset:
    """The preset of that name, path or address, with the changes made. Ends the program where there is none or it is invalid."""
    from gradtui.core.experiment import InvalidExperiment
    from gradtui.core.library import find
    from gradtui.core.preset import UnreadablePreset, changed
    from gradtui.remote.machines import elsewhere

    try:
        return changed(_fetched_preset(name) if elsewhere(name) else find(name), changes)
    except (UnreadablePreset, InvalidExperiment) as error:
        _fail(str(error))


def _fetched_preset(word: str) -> Preset:
    """The preset at an address, named on stderr. Ends the program where nothing comes; raises as `File.preset` does."""
    from gradtui.remote.fetch import Folder

    found = _fetched(word)
    if isinstance(found, Folder):
        _fail(f"{found.address} is a folder. `gradtui presets {word}` lists its presets.", UNFETCHED)
    preset = found.preset()
    assert preset.origin is not None
    click.echo(f"gradtui: {preset.title}, from {preset.origin.words}", err=True)
    return preset


def _to_open(word: str) -> str | None:
    """The word where the app itself opens it: an address, or a folder here. Ends the program where it is a bad address."""
    from gradtui.core.library import folder
    from gradtui.core.text import printable
    from gradtui.remote.address import BadAddress, parse
    from gradtui.remote.machines import elsewhere

    try:
        if elsewhere(word):
            return str(parse(word))
    except BadAddress as error:
        _fail(printable(str(error)))
    return word if folder(word) else None


def _list_folder(word: str, as_json: bool) -> None:
    """Print the addresses of the presets in a folder on another machine."""
    from gradtui.remote.fetch import File

    found = _fetched(word)
    if isinstance(found, File):
        _fail(f"{found.address} is a file. `gradtui run {word}` runs it.", UNFETCHED)
    addresses = [str(found.address.child(name)) for name in found.names]
    click.echo(json.dumps(addresses) if as_json else "\n".join(addresses or [f"{found.address} holds no presets (*.toml)."]))


def _fetched(word: str) -> Fetched:
    """What lies at an address, with a line of progress on stderr. Ends the program where nothing comes."""
    from gradtui.core.text import printable
    from gradtui.remote.address import BadAddress, parse
    from gradtui.remote.failures import RemoteFailure
    from gradtui.remote.fetch import fetch

    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    try:
        return fetch(parse(word), lambda stage: click.echo(f"{clear}{stage} ... (Ctrl+C cancels)", err=True, nl=not clear))
    except BadAddress as error:
        _fail(printable(str(error)))
    except RemoteFailure as error:
        _fail(f"{clear}{error}", UNFETCHED)
    except KeyboardInterrupt:
        _fail(f"{clear}Nothing was loaded: cancelled.", 128 + signal.SIGINT)
    finally:
        click.echo(clear, err=True, nl=False)


def _fail(message: str, status: int = USAGE) -> NoReturn:
    click.echo(f"gradtui: {message}", err=True)
    sys.exit(status)
