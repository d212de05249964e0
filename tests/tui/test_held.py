"""A screen holds its widgets as attributes: nothing is looked for that may be gone, as it is while the app ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TUI = Path(__file__).parents[2] / "gradtui" / "tui"
SEARCHES = {"query", "query_one", "query_exactly_one", "query_children", "query_ancestor", "get_child_by_id", "get_widget_by_id"}
HANDLERS = ("on_", "_on_", "watch_", "_watch_")


def searches(tree: ast.AST) -> Iterator[str]:
    """What looks for a widget, or in a handler, which may run when the widget has been taken out, for the screen around it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SEARCHES:
            yield f"line {node.lineno}: {node.attr}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(HANDLERS):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Attribute) and inner.attr == "screen" and ast.unparse(inner.value) == "self":
                    yield f"line {inner.lineno}: self.screen in {node.name}"


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda path: str(path.relative_to(TUI)))
def test_no_widget_is_looked_for(path: Path) -> None:
    assert [*searches(ast.parse(path.read_text()))] == []


def test_what_looks_for_a_widget_is_found() -> None:
    code = (
        "class A:\n def on_mount(self):\n  self.query_one('#a')\n  self.screen.refresh()\n def action_a(self):\n  self.screen.b()"
    )
    assert [*searches(ast.parse(code))] == ["line 4: self.screen in on_mount", "line 3: query_one"]
