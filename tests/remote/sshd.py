"""A real SSH server on 127.0.0.1, with keys, configuration and files of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

USER = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
"""Whom the server lets in; not root, who may read everything."""

SFTP_SERVER = shutil.which("sftp-server", path="/usr/lib/openssh:/usr/libexec/openssh:/usr/lib/ssh:/usr/libexec")
"""The server's program for SFTP."""


class Server:
    """A running server: `labs` is what it shows first, `config` a configuration for ssh that knows it as `box`."""

    def __init__(self, home: Path, subsystem: str) -> None:
        self.home, self.labs, self.config = home, home / "labs", home / "config"
        self.known = home / "known_hosts"
        home.chmod(0o755)
        self.labs.mkdir()
        for name in ("host", "user", "stranger"):
            _keygen(home / name)
        (home / "authorized").write_text((home / "user.pub").read_text())
        self.port = free_port()
        (home / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {home}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
            f"AuthorizedKeysFile {home}/authorized\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            f"Subsystem sftp {subsystem.format(labs=self.labs)}\n"
        )
        self.trust((home / "host.pub").read_text())
        self._configure("user")
        sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
        assert sshd, "openssh-server is not installed"
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self._sshd = subprocess.Popen(
            [sshd, "-D", "-e", "-f", str(home / "sshd_config")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self._await()

    def own(self, *paths: Path) -> None:
        """Let whom the server lets in own these."""
        if os.geteuid() == 0:
            entry = pwd.getpwnam(USER)
            for path in paths:
                os.chown(path, entry.pw_uid, entry.pw_gid)

    def trust(self, key: str, marker: str = "") -> None:
        """Make this the key that ssh knows the server by; none where it is empty."""
        self.known.write_text(f"{marker}box {key}" if key else "")

    def log_in_with(self, key: str) -> None:
        """Make this the only key that ssh offers."""
        self._configure(key)

    def log_in_with_passphrase(self, passphrase: str) -> None:
        """Make a key that only this opens the only one that ssh offers, and let it in."""
        _keygen(self.home / "locked", passphrase)
        with (self.home / "authorized").open("a") as authorized:
            authorized.write((self.home / "locked.pub").read_text())
        self._configure("locked")

    def close(self) -> None:
        self._sshd.terminate()
        self._sshd.communicate()

    def _configure(self, key: str) -> None:
        common = (
            f"  HostName 127.0.0.1\n  Port {self.port}\n  User {USER}\n  HostKeyAlias box\n  IdentityFile {self.home / key}\n"
            f"  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {self.known}\n  GlobalKnownHostsFile /dev/null\n"
        )
        self.config.write_text(f"Host box\n{common}Host inner\n  ProxyJump box\n{common}")

    def _await(self) -> None:
        """Return when the server greets."""
        end = monotonic() + 20
        while self._sshd.poll() is None and monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
                    if link.recv(4) == b"SSH-":
                        return
            except OSError:
                continue
        self._sshd.kill()
        raise AssertionError(self._sshd.communicate()[1])


def free_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return int(link.getsockname()[1])


@contextmanager
def serving(subsystem: str = "internal-sftp -d {labs}") -> Iterator[Server]:
    """A server for as long as it is needed."""
    home = Path(tempfile.mkdtemp(prefix="gradtui-sshd-"))
    try:
        server = Server(home, subsystem)
        try:
            yield server
        finally:
            server.close()
    finally:
        shutil.rmtree(home)


def _keygen(path: Path, passphrase: str = "") -> None:
    how = ["-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-C", "test"]
    subprocess.run(["ssh-keygen", *how, "-f", str(path)], check=True)
