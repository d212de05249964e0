"""Addresses: where a preset on another machine lies. A hostile one is refused here, before any program starts."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from gradtui.core.text import printable

FORMS = "ssh://[user@]host[:port]/path, ssh://host/~/path and [user@]host:path"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_USER = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.+@-]*")
_NUMERIC = re.compile(r"\[([0-9A-Fa-f:.]+)\]")
_URL_PLACE = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>.*))?", re.DOTALL)
_SHORT = re.compile(r"(?P<place>(?:[^/:\[]*@)?\[[^\]/]*\]|[^/:]*):(?P<path>.*)", re.DOTALL)


class BadAddress(ValueError):
    """An address that is none, or one that could make ssh do something else than connect."""


@dataclass(frozen=True)
class Address:
    """A path on a host. A path that does not begin with `/` starts at the home folder; None leaves user and port to ssh."""

    host: str
    path: str
    user: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        """The address as a URL; `parse` of it is this address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        path = quote(self.path, errors="surrogateescape")
        path = path.replace("~", "%7E", 1) if path.startswith("/~") else path
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"ssh://{user}{host}{port}{path if path.startswith('/') else '/~/' + path}"

    def child(self, name: str) -> Address:
        """The address of a file in this folder."""
        return replace(self, path=posixpath.join(self.path, name))


def is_address(word: str) -> bool:
    """Whether a word names another machine, by git's rule: it is a URL, or a colon stands before its first slash."""
    return bool(_SCHEME.match(word) or _SHORT.fullmatch(word))


def elsewhere(word: str) -> bool:
    """Whether a word for a preset means another machine: it is an address, and no file here is called so."""
    return is_address(word) and not os.path.exists(word)


def parse(word: str) -> Address:
    """The address that a word stands for. Raises BadAddress with what is wrong and which forms there are."""
    if scheme := _SCHEME.match(word):
        if scheme[0].lower() != "ssh://":
            raise _refused(word, "only ssh:// is a way to other machines")
        return _from_url(word)
    short = _SHORT.fullmatch(word)
    if not short:
        raise _refused(word, "no host is named")
    user, host = _split_user(word, short["place"])
    return Address(_host(word, host), _path(word, short["path"]), user)


def _from_url(word: str) -> Address:
    rest = word[len("ssh://") :]
    if "?" in rest or "#" in rest:
        raise _refused(word, "a query or fragment means nothing here (in a name, write ? as %3F and # as %23)")
    place, slash, path = rest.partition("/")
    user, place = _split_user(word, place)
    parts = _URL_PLACE.fullmatch(place)
    if not parts:
        raise _refused(word, "what follows the host is no port")
    path = path[1:].removeprefix("/") if path == "~" or path.startswith("~/") else slash + path
    if path.startswith("/~"):
        raise _refused(word, "the home folder of somebody else must be written out")
    return Address(
        _host(word, parts["host"]), _path(word, unquote(path, errors="surrogateescape")), user, _port(word, parts["port"])
    )


def _split_user(word: str, place: str) -> tuple[str | None, str]:
    user, at, host = place.rpartition("@")
    if not at:
        return None, host
    if ":" in user:
        raise _refused(word, "a password in an address can be read by everybody on this machine; use a key")
    if not _USER.fullmatch(user):
        raise _refused(word, "the user holds characters that no user's name has, or begins with -")
    return user, host


def _host(word: str, host: str) -> str:
    numeric = _NUMERIC.fullmatch(host)
    if not host:
        raise _refused(word, "the host is empty")
    if not numeric and not _NAME.fullmatch(host):
        raise _refused(word, "the host holds characters that no host's name has, or begins with -")
    return numeric[1] if numeric else host


def _port(word: str, port: str | None) -> int | None:
    if port is None:
        return None
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise _refused(word, "the port is no number from 1 to 65535")
    return int(port)


def _path(word: str, path: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise _refused(word, "the path holds control characters")
    if path == "~" or path.startswith("~/"):
        path = path[2:]
    elif path.startswith("~"):
        raise _refused(word, "the home folder of somebody else must be written out")
    return path or "."


def _refused(word: str, reason: str) -> BadAddress:
    return BadAddress(f"{printable(word, 200)} is refused: {reason}. Addresses are {FORMS}.")
