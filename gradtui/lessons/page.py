"""A page: read from a file of `pages`, filled with a run's numbers.

A file begins with `# ` and the title, then lines `key: value`: `preset` names the preset that shows it happen, `set` changes values
of it as `--set` does, `study` is the command whose study answers the page's question, `value` is the key of the one that the page
is about, `watch` says what to look at. What follows is made of `## ` headings, paragraphs, items that begin with `- `, and
formulas, indented by four blanks and kept line by line. `{name}` stands for a fact; a paragraph, item or formula whose fact the run
lacks says so instead.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from gradtui.core.measured.finding import RULES, Finding, by_rule
from gradtui.core.measured.run import Run
from gradtui.core.presets.collection import find
from gradtui.core.presets.preset import Preset, assignment
from gradtui.core.text import grouped, printable
from gradtui.lessons.facts import FACTS

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_FOLDER = Path(__file__).parent / "pages"

Kind = Literal["heading", "text", "item", "formula", "finding"]


@dataclass(frozen=True)
class Block:
    """A piece of a page: a heading, a paragraph, an item of a list, one line of a formula, or what is wrong with the run."""

    kind: Kind
    text: str


_HELPS = Block("heading", "What helps")


@dataclass(frozen=True)
class Page:
    """What a file says: its blocks with their placeholders, and the preset that shows it happen."""

    name: str
    title: str
    preset: str
    changes: tuple[str, ...]
    value: str
    watch: str
    blocks: tuple[Block, ...]
    study: str = ""

    @property
    def command(self) -> list[str]:
        """The lines of the command that opens the preset."""
        words = " ".join([f"gradtui {self.preset}", *(f"--set {change}" for change in self.changes)])
        *lines, last = textwrap.wrap(words, 66, break_long_words=False, break_on_hyphens=False)
        return [*(f"{line} \\" for line in lines), last]

    def opened(self) -> Preset:
        """The preset to open, with its changes, and with this page's words where there are any."""
        preset = find(self.preset)
        if not self.changes:
            return preset
        changed = preset.experiment.changed(dict(map(assignment, self.changes)))
        return Preset(title=self.title, summary=self.watch, source=preset.source, experiment=changed)

    def filled(self, run: Run, showed: str = "") -> Iterator[Block]:
        """The blocks with the run's numbers, what is wrong with the run in front, and what a study `showed` before what helps. A
        sentence on what is lacking is said once.
        """
        if (finding := by_rule(run.findings).get(self.name)) is not None:
            yield from _complaint(finding)
        said = set()
        for block in self.blocks:
            if showed and block == _HELPS:
                yield from (Block("heading", "In your study"), Block("text", printable(showed)))
            values = {name: FACTS[name].value(run) for name in PLACEHOLDER.findall(block.text)}
            missing = next((FACTS[name].lacking for name, value in values.items() if value is None), None)
            if missing is None:
                yield Block(block.kind, block.text.format_map(values))
            elif missing not in said:
                said.add(missing)
                yield Block("item" if block.kind == "item" else "text", missing)
        yield Block("heading", "See it happen")
        yield Block("text", self.watch)
        yield from (Block("formula", line) for line in self.command)
        if self.study:
            yield Block("text", "And the answer by experiment, fairly, for the price of a few runs:")
            yield Block("formula", f"gradtui {self.study} {self.preset}")


def _complaint(finding: Finding) -> Iterator[Block]:
    """A finding in full: what and since when, the numbers and where the threshold comes from, what follows, what would mend it."""
    yield Block("finding", f"{printable(finding.what).rstrip('.')}, since step {grouped(finding.step)}.")
    yield Block("text", f"{printable(finding.evidence)} Source of the threshold: {printable(finding.source)}.")
    yield Block("text", printable(finding.meaning))
    if finding.fixes:
        yield Block("heading", "What would mend it, the best first")
        for fix in finding.fixes:
            yield Block("item", f"`{printable(fix.title)}` ({fix.changes}): {printable(fix.reason)}.")
        yield Block("text", "f tries one beside this run, from step 0 with the same seed, and says whether it helped.")


@lru_cache(maxsize=1)
def pages() -> dict[str, Page]:
    """All pages by name, the questions before the rules."""
    return {name: _read(name) for name in (*QUESTIONS, *RULES)}


def _read(name: str) -> Page:
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    title, *lines = head.splitlines()
    keys = dict(line.split(": ", 1) for line in lines)
    changes = tuple(keys.get("set", "").split())
    blocks = tuple(_blocks(body))
    return Page(
        name, title.removeprefix("# "), keys["preset"], changes, keys["value"], keys["watch"], blocks, keys.get("study", "")
    )


def _blocks(body: str) -> Iterator[Block]:
    """Each heading, item and line of a formula begins a block, and so does an empty line; other lines go on with the last one."""
    words = ""
    kind: Kind = "text"
    for line in [*body.splitlines(), ""]:
        begun: Kind = "heading" if line.startswith("## ") else "item" if line.startswith("- ") else "text"
        if line.startswith("    "):
            begun = "formula"
        if words and (not line or begun != "text" or kind in ("heading", "formula")):
            yield Block(kind, words)
            words = ""
        kind = kind if words else begun
        words = f"{words} {line.removeprefix('## ').removeprefix('- ').strip()}".strip()


QUESTIONS = (
    "why-vanish-or-explode",
    "what-optimizers-change",
    "choose-learning-rate",
    "choose-optimizer",
    "choose-activation",
    "normalization-and-residual",
    "what-clipping-does",
    "gradients-over-time",
)
"""The pages that answer a question."""
