"""The table of what gradtui and the published tools say of one run: a row for each symptom, a column for each tool."""

from __future__ import annotations

import textwrap

from gradtui.core.frozen import Frozen
from gradtui.core.measured.finding import RULES, Finding, in_force
from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, printable
from gradtui.diagnosis.published.registry import PUBLISHED
from gradtui.diagnosis.registry import JUDGES
from gradtui.diagnosis.rules import Lacking

OURS = "gradtui"
LEGEND = "yes: it speaks   no: it is silent   ?: cannot be told   blank: no such rule"
_HEADINGS = {OURS: ("", OURS), **{tool.name: tool.heading for tool in PUBLISHED.values()}}
_WORDS: dict[bool | None, str] = {True: "yes", False: "no", None: "?"}


class Opinion(Frozen):
    """What one tool says of one symptom: whether it speaks, None where that cannot be told, and why."""

    tool: str
    says: bool | None
    words: str


class Row(Frozen):
    """What all tools say of one symptom, by our rule's name; tools without such a rule are absent."""

    rule: str
    opinions: tuple[Opinion, ...]

    @property
    def title(self) -> str:
        """The symptom as a person calls it."""
        return RULES[self.rule]


class Table(Frozen):
    """A row for every rule, at a step of the run."""

    step: int
    rows: tuple[Row, ...]

    @property
    def telling(self) -> tuple[Row, ...]:
        """The rows in which a tool speaks, then those in which one cannot."""
        said = [{opinion.says for opinion in row.opinions} for row in self.rows]
        speaking = [row for row, answers in zip(self.rows, said, strict=True) if True in answers]
        return (*speaking, *(row for row, answers in zip(self.rows, said, strict=True) if None in answers and True not in answers))


def compared(run: Run) -> Table:
    """What is said of a run now."""
    ours = {finding.rule: finding for finding in in_force(run.findings) if finding.severity != "info"}
    theirs = {tool.name: {remark.rule: remark for remark in tool.judge(run)} for tool in PUBLISHED.values()}
    rows = []
    for rule in RULES:
        others = ((name, remarks[rule]) for name, remarks in theirs.items() if rule in remarks)
        opinions = (Opinion(tool=name, says=remark.says, words=remark.words) for name, remark in others)
        rows.append(Row(rule=rule, opinions=(_ours(rule, run, ours.get(rule)), *opinions)))
    return Table(step=run.history.newest.step if run.history.newest else 0, rows=tuple(rows))


def _ours(rule: str, run: Run, finding: Finding | None) -> Opinion:
    if finding is not None:
        return Opinion(tool=OURS, says=True, words=printable(f"{finding.what}. {finding.evidence}"))
    answer = JUDGES[rule](run)
    if isinstance(answer, Lacking):
        return Opinion(tool=OURS, says=None, words=f"cannot tell: it needs {answer.reason}")
    return Opinion(tool=OURS, says=False, words="no finding")


def grid(table: Table) -> list[str]:
    """The table in aligned lines of at most 76 columns: two of headings, then one for each symptom."""
    names = max(len(row.title) for row in table.rows)
    widths = {name: max(map(len, heading)) for name, heading in _HEADINGS.items()}
    lines = [
        " " * names + "".join(f"  {_HEADINGS[name][at]:<{width}}" for name, width in widths.items()).rstrip() for at in range(2)
    ]
    for row in table.rows:
        said = {opinion.tool: _WORDS[opinion.says] for opinion in row.opinions}
        cells = "".join(f"  {said.get(name, ''):<{width}}" for name, width in widths.items())
        lines.append(f"{row.title:<{names}}{cells}".rstrip())
    return lines


def in_words(title: str, table: Table) -> str:
    """The table as a person reads it, with the numbers behind every symptom of which a tool speaks or cannot."""
    lines = [f"{title}, step {grouped(table.step)}", "", *grid(table), "", LEGEND]
    indent = 2 + max(map(len, _HEADINGS))
    for row in table.telling:
        lines += ["", row.title]
        for opinion in row.opinions:
            start = f"  {opinion.tool:<{indent}}"
            lines += textwrap.wrap(f"{start}{opinion.words}", 100, subsequent_indent=" " * len(start))
    return "\n".join(lines)
