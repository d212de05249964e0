"""The real program, imported once. Every line of its input names a terminal, a folder, an environment and arguments: a program is
forked for it. Its process id and, once it has ended, its exit status are printed.
"""

import json
import os
import sys

from gradtui.tui.terminal.launch import prepare

prepare(os.environ)

import gradtui.remote.machines  # noqa: E402
import gradtui.tui.app  # noqa: E402, F401
from gradtui.commands.main import main  # noqa: E402


def become(terminal, folder, environment):
    """Lead a session of its own in that terminal, as a program that a shell starts there."""
    os.setsid()
    tty = os.open(terminal, os.O_RDWR)  # the first that a leader opens is its controlling terminal
    for stream in range(3):
        os.dup2(tty, stream)
    sys.stdin = sys.__stdin__ = os.fdopen(0)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w")
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w")
    os.chdir(folder)
    os.environ |= environment


if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            terminal, folder, environment, arguments = json.loads(line)
            become(terminal, folder, environment)
            main(arguments, prog_name="gradtui")
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
