"""The real program in one terminal after the other, without the second that its imports take each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.terminal.harness import Terminal

WARM = Path(__file__).parent / "apps" / "warm.py"


class Warm:
    """Starts gradtui in terminals by forking it from a process that has imported it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, str(WARM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate()

    def ask(self, line: str = "") -> int:
        """Send a line, if any, and wait for the number that answers."""
        assert self._process.stdin is not None and self._process.stdout is not None
        if line:
            print(line, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


class _Forked:
    """A forked program, as `subprocess.Popen` shows one."""

    def __init__(self, warm: Warm, line: str) -> None:
        self._warm, self._status, self.pid = warm, None, warm.ask(line)

    def poll(self) -> int | None:
        """The exit status, once `wait` has been told it."""
        return self._status

    def wait(self) -> int:
        """The exit status, -N if signal N killed it; waits for it."""
        if self._status is None:
            self._status = self._warm.ask()
        return self._status


class WarmTerminal(Terminal):
    """gradtui with these arguments in a terminal of its own; one after the other, as one process forks them all."""

    def __init__(self, warm: Warm, *arguments: str, cwd: Path, **options: Any) -> None:
        self._warm = warm
        super().__init__(arguments, cwd=cwd, **options)

    def _start(self, command: Sequence[str], cwd: str | Path | None, env: dict[str, str], streams: dict[str, Any]) -> Any:
        return _Forked(self._warm, json.dumps([os.ttyname(self._slave), str(cwd), env, command]))
