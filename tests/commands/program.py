"""The program as a person runs it, for tests of its commands."""

import subprocess
import sys


def gradtui(*arguments):
    """What `gradtui ARGUMENTS` writes to stdout and stderr, and its exit status."""
    done = subprocess.run([sys.executable, "-m", "gradtui", *arguments], capture_output=True, text=True, timeout=300)
    return done.stdout, done.stderr, done.returncode
