"""Why something on another machine was not done: a sentence that says what to do, with ssh's own words below it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gradtui.core.text import printable
from gradtui.remote.address import Address

MOST_SAID = 8 << 10
"""Of ssh's or a server's own words, characters that are kept."""
_MOST_LINES = 100


class RemoteFailure(Exception):
    """Something on another machine was not done.

    `details` are ssh's or the server's own words. `asks` is the address where ssh wants to ask the user something, which it can
    only do in the terminal.
    """

    def __init__(self, sentence: str, details: str = "", asks: Address | None = None) -> None:
        self.sentence = printable(sentence)
        self.details = "\n".join(filter(None, map(printable, details[:MOST_SAID].splitlines()[:_MOST_LINES])))
        self.asks = asks
        super().__init__(f"{self.sentence}\n{self.details}" if self.details else self.sentence)


class Broken(RemoteFailure):
    """The connection did not come about, ended or fell silent: nobody said whether the last request was followed."""


class Unsure(RemoteFailure):
    """The connection broke at the last step, so that it may be done or not."""


@dataclass(frozen=True)
class _Known:
    """A failure that ssh tells, found by its words. `says` gets what the pattern captured."""

    pattern: re.Pattern[str]
    says: Callable[[Address, re.Match[str]], str]
    asks: bool = False


def from_ssh(address: Address, said: str) -> Broken:
    """The failure behind what ssh wrote before it ended."""
    for known in _KNOWN:
        if match := known.pattern.search(said):
            return Broken(known.says(address, match), said, address if known.asks else None)
    return Broken(f"The connection to {address.host} ended too early.", said)


def from_noise(address: Address, received: bytes) -> RemoteFailure:
    """The failure where something else than SFTP arrived."""
    return RemoteFailure(
        f"The remote shell of {address.host} prints text at login; make ~/.bashrc silent for non-interactive shells.",
        received.decode(errors="replace"),
    )


def _host(address: Address, match: re.Match[str]) -> str:
    return match["host"] or address.host


def _known(pattern: str, says: Callable[[Address, re.Match[str]], str], asks: bool = False) -> _Known:
    return _Known(re.compile(pattern, re.MULTILINE), says, asks)


_KNOWN = (
    _known(
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        lambda address, _: f"The key of {address.host} changed. Not connected. Ask who runs it whether that is right.",
    ),
    _known(
        "REVOKED HOST KEY DETECTED",
        lambda address, _: f"The key of {address.host} is revoked. Not connected. Ask who runs it for the right one.",
    ),
    _known(
        "you have requested strict checking",
        lambda address, _: (
            f"The key of {address.host} is unknown, and your ssh configuration forbids to ask. Add it to ~/.ssh/known_hosts."
        ),
    ),
    _known(
        r"Could not resolve hostname (?P<host>[^\s:]*)",
        lambda address, match: f"No host called {_host(address, match)}. Check the name or ~/.ssh/config.",
    ),
    _known(
        r"(?:connect to host (?P<host>\S+) port (?P<port>\d+): )?Connection refused",
        lambda address, match: f"{_host(address, match)} is up, but nothing answers on port {match['port'] or address.port or 22}.",
    ),
    _known(
        r"(?:connect to (?:host|address) (?P<host>\S+) port \d+: )?[Tt]imed out",
        lambda address, match: f"No answer from {_host(address, match)} within 10 s.",
    ),
    _known(
        r"^(?:\S+@)?(?P<host>[^\s:]*): Permission denied",
        lambda address, match: (
            f"{_host(address, match)} refused your key. If it has a passphrase: ssh-add, or connect in the terminal."
        ),
        asks=True,
    ),
    _known(
        "Host key verification failed",
        lambda address, _: f"First contact with {address.host}: check its fingerprint in the terminal.",
        asks=True,
    ),
    _known("subsystem request failed", lambda address, _: f"{address.host} offers no SFTP. Ask who runs it to turn it on."),
)
