"""What can be read: contrast in every theme, and the meanings apart on every terminal."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from rich.color import Color as Shown
from rich.color import ColorSystem
from rich.color_triplet import ColorTriplet
from textual.theme import BUILTIN_THEMES

import gradtui.tui
from gradtui.core.measured import protocol
from gradtui.tui.terminal.launch import few_colours
from gradtui.tui.theme import colours
from tests.tui.lab import SIZE, Lab, finding

THEMES = sorted(name for name, theme in BUILTIN_THEMES.items() if not theme.ansi)
MEANINGS = ("grad-vanishing", "grad-healthy", "grad-exploding")
WORDS, SIGNS = 4.5, 3.0
BORDERS = re.compile(r"[\u2500-\u257f ]")
"""Lines are told by where they stand; bars, shades and braille are not among them."""


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Written out from WCAG 2.1."""

    def luminance(colour: ColorTriplet) -> float:
        parts = [part / 255 for part in colour]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


PALETTES = {
    "VGA": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "Tango": "2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf 555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
}
"""What the sixteen colours are on the console of Linux, in GNOME and in xterm. In xterm's, three that are dark enough for words on
white are all that there are: black, red and blue.
"""
NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
def test_the_terminal_s_own_colours_can_be_read(theme: str, palette: str) -> None:
    triplets = [ColorTriplet(*bytes.fromhex(code)) for code in PALETTES[palette].split()]
    named = dict(zip([f"ansi_{name}" for name in (*NAMES, *(f"bright_{name}" for name in NAMES))], triplets, strict=True))
    ground = ColorTriplet(0, 0, 0) if BUILTIN_THEMES[theme].dark else ColorTriplet(255, 255, 255)
    own = colours(BUILTIN_THEMES[theme]).items()
    inks = {name: ink for name, ink in own if ink != "ansi_default" and not name.startswith("race-")}
    least = SIGNS if (theme, palette) == ("ansi-light", "xterm") else WORDS
    assert {name: ink for name, ink in inks.items() if contrast(named[ink], ground) < least} == {}


def test_contrast_by_a_known_value() -> None:
    assert contrast(ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)) == pytest.approx(21)
    assert contrast(ColorTriplet(0x76, 0x76, 0x76), ColorTriplet(255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("sixteen", [False, True])
async def test_every_word_and_sign_of_the_lab_can_be_read_in_every_theme(sixteen: bool) -> None:
    lab = Lab(sixteen=sixteen)
    found = [finding("vanishing-gradients", "layer", ("1",)), finding("dead-units", "layer", ("2",))]
    async with lab.app.run_test(size=(200, 60)) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start(depth=8)
        lab.train(600, depth=8, factor=0.05)
        lab.report(protocol.Diagnosed(run=lab.run, findings=(found[0], found[1].model_copy(update={"severity": "warning"}))))
        faint = []
        for theme in THEMES:
            lab.app.theme = theme
            await pilot.pause()
            for row in lab.app.screen._compositor.render_strips():
                for text, style, _ in row:
                    if not text.strip() or style is None or style.color is None or style.bgcolor is None:
                        continue
                    least = WORDS if re.search(r"[^\W_]", text) else SIGNS
                    ink, ground = style.color.get_truecolor(), style.bgcolor.get_truecolor()
                    if BORDERS.sub("", text) and contrast(ink, ground) < least - 0.01:
                        faint.append((theme, text.strip()[:30], round(contrast(ink, ground), 2)))
        assert not faint


@pytest.mark.parametrize("theme", sorted(BUILTIN_THEMES))
@pytest.mark.parametrize("sixteen", [False, True])
def test_the_meanings_differ_on_terminals_of_few_colours_too(theme: str, sixteen: bool) -> None:
    own = colours(BUILTIN_THEMES[theme], sixteen)
    shown = {name: own[name] for name in (*MEANINGS, "accent", "loss-validation")}
    assert len(set(shown.values())) == len(shown)
    if BUILTIN_THEMES[theme].ansi:
        return
    system = ColorSystem.STANDARD if sixteen else ColorSystem.EIGHT_BIT
    numbers = {name: Shown.parse(value).downgrade(system).number for name, value in shown.items()}
    for one, other in combinations(MEANINGS, 2):
        assert numbers[one] != numbers[other]
    assert not sixteen or len(set(numbers.values())) == len(numbers)


@pytest.mark.parametrize(
    ("environ", "few"),
    [
        ({"TERM": "linux"}, True),
        ({"TERM": "screen"}, True),
        ({"TERM": "xterm-16color"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, False),
    ],
)
def test_a_terminal_of_sixteen_colours_is_told_by_its_name(environ: dict[str, str], few: bool) -> None:
    assert few_colours(environ) == few


def test_the_hues_of_gradients_mean_nothing_else() -> None:
    """Severity and what a run is doing have signs and weight of their own."""
    root = Path(gradtui.tui.__file__).parent
    rules = [line for sheet in root.rglob("*.tcss") for line in sheet.read_text().splitlines() if "$grad-" in line]
    assert [rule.split()[0] for rule in rules] == [".line--lost"], "numbers that are not finite"


def test_quiet_text_is_as_quiet_as_can_be_read() -> None:
    root = Path(gradtui.tui.__file__).parent
    faded = re.compile(r"(?<!scrollbar-)color: \$\w+ \d+%")
    sheets = [path for path in root.rglob("*") if path.suffix in (".tcss", ".py")]
    assert not [(path.name, line) for path in sheets for line in faded.findall(path.read_text())]


async def test_a_change_of_theme_reaches_what_is_written_in_markup() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        for theme in ("textual-light", "textual-dark"):
            lab.app.theme = theme
            await pilot.pause()
            assert lab.app.theme_variables["loss-train"] == colours(BUILTIN_THEMES[theme])["loss-train"]
