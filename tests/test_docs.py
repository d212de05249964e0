"""The pages and pictures that a command wrote are those that it would write now, as far as that can be told without measuring."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from benchmarks import docs, engine, families
from gradtui.commands.main import main
from gradtui.core.measured.finding import RULES
from gradtui.diagnosis.published.registry import PUBLISHED
from gradtui.tui.keys import GLOBAL, LAB

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_the_readme_is_read_in_a_minute() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 110


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_readme_names_every_command() -> None:
    page = (ROOT / "README.md").read_text()
    shown = [name for name, command in main.commands.items() if not command.hidden]
    assert [name for name in shown if f"`gradtui {name}" not in page] == []


def test_the_tasks_are_those_of_the_catalog() -> None:
    assert (ROOT / "docs" / "tasks.md").read_text() == docs.tasks()


def test_a_page_made_by_a_command_says_which() -> None:
    for name in docs.PAGES:
        assert f"`python -m benchmarks.docs {name}`" in (ROOT / "docs" / f"{name}.md").read_text()


def test_every_network_whose_speed_is_measured_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "speed.md").read_text()
    names = [*engine.NETWORKS, *families.FAMILIES]
    assert [name for name in names if name not in page] == []


def test_every_rule_and_every_tool_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text()
    assert [name for name in (*RULES, *PUBLISHED) if name.split()[0] not in page] == []


@pytest.mark.parametrize("name", ["lab", "recording"])
def test_the_pictures_show_the_footer_as_it_is(name: str) -> None:
    picture = unescape((ROOT / "docs" / f"{name}.svg").read_text()).replace("\N{NO-BREAK SPACE}", " ")
    shown = set(re.findall(r">([^<>]+)</text>", picture))
    for key in (*LAB[:2], *(key for key in GLOBAL if key.footer)):
        assert any(text.startswith(key.shown) for text in shown), key.id
        assert key.words_now or any(key.words in text for text in shown), key.id
    assert any("Gradients vanish in layers" in text for text in shown)
