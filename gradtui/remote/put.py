"""Saving on another machine: whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

from gradtui.core.presets.preset import LARGEST, Origin, Preset
from gradtui.core.presets.saving import Unsaved, written
from gradtui.core.text import printable
from gradtui.remote.address import Address
from gradtui.remote.connection import SECONDS
from gradtui.remote.failures import Broken, RemoteFailure, Unsure
from gradtui.remote.sftp import LINK, RENAME, Sftp, connected

_LAST_STEP, _TIDYING = 10.0, 3.0
"""Seconds."""


def put(
    preset: Preset,
    address: Address,
    progress: Callable[[str], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    seconds: float = SECONDS,
    shared: Path | None = None,
) -> Preset:
    """Write a preset to an address; returns it with its new origin.

    A file that is there already is replaced, in one go and with its permissions, only if the preset was read from it and it has not
    changed since. `progress`, `cancelled` and `shared` are as for `fetch`. Raises Unsaved, RemoteFailure, or Cancelled.
    """
    text = written(preset)
    progress(f"Connecting to {address.host}")
    with connected(address, cancelled, seconds, shared) as sftp:
        place = replace(address, path=sftp.realpath(address.path))
        progress(f"Writing {printable(place.path, 200)} on {place.host}")
        opened = preset.origin if preset.origin is not None and preset.origin.place == str(place) else None
        _write(sftp, place, text, opened)
    return preset.model_copy(update={"origin": Origin(place=str(place), text=text)})


def _write(sftp: Sftp, place: Address, text: str, opened: Origin | None) -> None:
    shown = f"{printable(place.path, 500)} on {place.host}"
    there = sftp.find(place.path)
    if there is not None and opened is None:
        raise Unsaved(f"{shown} is there already. Choose another name.")
    changed = Unsaved(f"{shown} has changed since it was opened, and is left as it is. Save under another name.")
    if there is not None and not there.regular:
        raise changed
    last_step = RENAME if there else LINK
    if last_step not in sftp.extensions:
        raise RemoteFailure(f"{place.host} cannot put a file in its place in one go ({last_step}). Save it on this machine.")
    temporary = posixpath.join(posixpath.dirname(place.path), f".gradtui-{token_hex(8)}")
    try:
        handle = sftp.create(temporary, place.path)
        sftp.write(handle, text.encode(), there.mode & 0o7777 if there and there.mode else 0o644, place.path)
        if opened is not None and there and sftp.read(place.path, LARGEST + 1) != opened.text.encode():
            raise changed
        sftp.persist(_LAST_STEP)
        _place(sftp, last_step, temporary, place.path, shown)
    except BaseException:
        _tidy(sftp, temporary)
        raise
    if last_step is LINK:
        _tidy(sftp, temporary)


def _place(sftp: Sftp, last_step: str, temporary: str, path: str, shown: str) -> None:
    try:
        sftp.place(last_step, temporary, path)
    except Broken as error:
        sentence = f"The connection ended at the last step: {shown} is saved or as it was. Open it to see which."
        raise Unsure(sentence, error.details) from None


def _tidy(sftp: Sftp, temporary: str) -> None:
    """Take the temporary file away, if the other machine still answers."""
    with suppress(RemoteFailure, struct.error):
        sftp.persist(_TIDYING)
        sftp.remove(temporary)
