"""`gradtui explain`: the lessons as text."""

from __future__ import annotations

import click

from gradtui.commands import completion, paper
from gradtui.commands.ending import fail
from gradtui.commands.loading import load
from gradtui.commands.options import changed_option


@click.command()
@click.argument("page", required=False, shell_complete=completion.lessons)
@click.option(
    "--preset",
    help="Take the numbers of this preset, instead of the one that the page opens.",
    shell_complete=completion.presets,
)
@changed_option
def explain(page: str | None, preset: str | None, changes: tuple[str, ...]) -> None:
    """Explain what can go wrong and what to choose: list the pages, or print one with the numbers of a preset."""
    from gradtui.core.measured.run import Run
    from gradtui.core.text import nearest, printable
    from gradtui.lessons.page import pages
    from gradtui.lessons.plain import contents, printed

    if page is None:
        paper.write(contents())
        return
    if page not in pages():
        meant = nearest(page, pages())
        hint = f" Did you mean {meant}?" if meant else ""
        fail(f"There is no page called {printable(page, 60)}.{hint} `gradtui explain` lists them.")
    chosen = pages()[page]
    shown = load(preset, changes) if preset is not None else load(chosen.preset, (*chosen.changes, *changes))
    paper.write(printed(chosen, Run(shown.experiment)))
