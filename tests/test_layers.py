"""What each package loads, seen in a fresh interpreter: a static reader cannot see a late import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gradtui"
SCREEN = {"textual", "rich", "plotext"}
TRAINING = {"torch", "sklearn"}
FORBIDDEN = {
    "catalog": TRAINING | SCREEN | {"click"},
    "core": TRAINING | SCREEN | {"click"},
    "diagnosis": TRAINING | SCREEN | {"click"},
    "lessons": TRAINING | SCREEN | {"click"},
    "script": TRAINING | SCREEN | {"click"},
    "remote": TRAINING | SCREEN | {"click"},
    "runs": TRAINING | SCREEN | {"click"},
    "worker": TRAINING | SCREEN | {"click"},
    "tui": TRAINING | {"click"},
    "engine": SCREEN | {"click"},
    "backend": SCREEN | {"click"},
}


def modules(package: str) -> list[str]:
    found = sorted((PACKAGE / package).rglob("*.py"))
    dotted = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in found]
    return [name.removesuffix(".__init__") for name in dotted if not name.endswith("__main__")]


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after this code."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules}, file=sys.__stderr__)"
    ran = subprocess.run([sys.executable, "-W", "error", "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_loads_only_what_its_layer_may(package: str) -> None:
    names = modules(package)
    found = loaded("\n".join(f"import {name}" for name in names))
    assert "gradtui" in found
    assert not found & FORBIDDEN[package]


TELLING = [
    ["--help"],
    ["--version"],
    ["presets"],
    ["list"],
    ["schema"],
    ["explain", "dead-units"],
    ["show", "tutorial"],
    ["script", "tutorial"],
]


@pytest.mark.parametrize("line", ["", "--", "explain ", "list ", "run tutorial --set ", "run tutorial --set optimizer.name="])
def test_a_shell_waits_for_no_more_than_it_needs(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_GRADTUI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"gradtui {line}")
    monkeypatch.setenv("COMP_CWORD", "")
    found = loaded("from gradtui.commands.main import main\ntry:\n    main(prog_name='gradtui')\nexcept SystemExit: pass")
    assert "click" in found
    assert not found & (TRAINING | SCREEN | {"numpy", "pydantic"})


@pytest.mark.parametrize("arguments", TELLING, ids=" ".join)
def test_a_command_that_neither_trains_nor_draws_loads_neither(arguments: list[str]) -> None:
    code = (
        f"from gradtui.commands.main import main\ntry:\n    main({arguments})\nexcept SystemExit as end:\n"
        "    assert not end.code, end.code"
    )
    found = loaded(code)
    assert "click" in found
    assert not found & (TRAINING | SCREEN)
