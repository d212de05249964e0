"""What a word on the command line stands for: a preset or a folder, here or on another machine, or the end of the program."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING

import click

from gradtui.commands import paper
from gradtui.commands.ending import UNFETCHED, fail

if TYPE_CHECKING:
    from gradtui.core.presets.preset import Preset
    from gradtui.remote.fetch import Fetched


def load(name: str, changes: tuple[str, ...]) -> Preset:
    """The preset of that name, path or address, with these assignments made. Ends the program where there is none."""
    from gradtui.core.experiments.experiment import InvalidExperiment
    from gradtui.core.presets.collection import find
    from gradtui.core.presets.preset import UnreadablePreset, changed
    from gradtui.remote.address import elsewhere

    try:
        return changed(_preset(name) if elsewhere(name) else find(name), changes)
    except (UnreadablePreset, InvalidExperiment) as error:
        fail(str(error))


def to_open(word: str) -> str | None:
    """The word where the app itself opens it: an address, or a folder here. Ends the program where it is a bad address."""
    from gradtui.core.presets.collection import folder
    from gradtui.core.text import printable
    from gradtui.remote.address import BadAddress, elsewhere, parse

    try:
        if elsewhere(word):
            return str(parse(word))
    except BadAddress as error:
        fail(printable(str(error)))
    return word if folder(word) else None


def list_folder(word: str, as_json: bool) -> None:
    """Print the addresses of the presets in a folder on another machine."""
    from gradtui.remote.fetch import File

    found = _fetched(word)
    if isinstance(found, File):
        fail(f"{found.address} is a file. `gradtui run {word}` runs it.", UNFETCHED)
    addresses = [str(found.address.child(name)) for name in found.names]
    if as_json:
        click.echo(json.dumps(addresses))
    else:
        paper.write("\n".join(addresses or [f"{found.address} holds no presets (*.toml)."]))


def _preset(word: str) -> Preset:
    """The preset at an address, named on stderr. Ends the program where nothing comes; raises as `File.preset` does."""
    from gradtui.remote.fetch import Folder

    found = _fetched(word)
    if isinstance(found, Folder):
        fail(f"{found.address} is a folder. `gradtui presets {word}` lists its presets.", UNFETCHED)
    preset = found.preset()
    assert preset.origin is not None
    paper.write(f"gradtui: {preset.title}, from {preset.origin.words}", err=True)
    return preset


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
        fail(printable(str(error)))
    except RemoteFailure as error:
        fail(f"{clear}{error}", UNFETCHED)
    except KeyboardInterrupt:
        fail(f"{clear}Nothing was loaded: cancelled.", 128 + signal.SIGINT)
    finally:
        click.echo(clear, err=True, nl=False)
