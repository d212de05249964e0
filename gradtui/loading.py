"""What a word on the command line loads, or the end of the program in a sentence."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from gradtui.core.preset import Preset
    from gradtui.remote.fetch import Fetched

USAGE, UNFETCHED = 2, 4


def load(name: str, changes: tuple[str, ...]) -> Preset:
    """The preset of that name or path, with the changes made. Ends the program where it is invalid."""
    from gradtui.core.experiment import InvalidExperiment
    from gradtui.core.library import find
    from gradtui.core.preset import UnreadablePreset, assignment
    from gradtui.remote.address import is_address

    try:
        preset = _fetched_preset(name) if is_address(name) and not os.path.exists(name) else find(name)
        if not changes:
            return preset
        values: dict[str, Any] = dict(map(assignment, changes))
        return preset.with_experiment(preset.experiment.changed(values))
    except (UnreadablePreset, InvalidExperiment) as error:
        fail(str(error))


def _fetched_preset(word: str) -> Preset:
    """The preset at an address. Raises UnreadablePreset or InvalidExperiment; ends the program where nothing comes."""
    from gradtui.core.preset import Origin, parse
    from gradtui.remote.fetch import Folder

    found = _fetched(word)
    if isinstance(found, Folder):
        fail(f"{found.address} is a folder. `gradtui presets {word}` lists its presets.", UNFETCHED)
    place = str(found.address)
    return parse(found.text, place).model_copy(update={"origin": Origin(place=place, text=found.text)})


def list_folder(word: str, as_json: bool) -> None:
    """Print the addresses of the presets in a folder on another machine."""
    from gradtui.remote.fetch import File

    found = _fetched(word)
    if isinstance(found, File):
        fail(f"{found.address} is a file. `gradtui run {word}` runs it.", UNFETCHED)
    addresses = [str(found.address.child(name)) for name in found.names]
    click.echo(json.dumps(addresses) if as_json else "\n".join(addresses or [f"{found.address} holds no presets (*.toml)."]))


def _fetched(word: str) -> Fetched:
    """What lies at an address, with a line of progress on stderr. Ends the program where nothing comes."""
    from gradtui.core.text import printable
    from gradtui.remote.address import BadAddress, parse
    from gradtui.remote.failures import Unfetched
    from gradtui.remote.fetch import fetch

    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    try:
        return fetch(parse(word), lambda stage: click.echo(f"{clear}{stage} ... (Ctrl+C cancels)", err=True, nl=not clear))
    except BadAddress as error:
        fail(printable(str(error)))
    except Unfetched as error:
        fail(f"{clear}{error}", UNFETCHED)
    except KeyboardInterrupt:
        fail(f"{clear}Nothing was loaded: cancelled.", 128 + signal.SIGINT)
    finally:
        click.echo(clear, err=True, nl=False)


def fail(message: str, status: int = USAGE) -> NoReturn:
    """End the program with a sentence on stderr."""
    click.echo(f"gradtui: {message}", err=True)
    sys.exit(status)
