"""A dialog gives one answer and takes only itself away."""

from __future__ import annotations

from textual.app import App

from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.screens.palette import Command, Palette


async def test_a_second_dismissal_changes_nothing():
    app: App[None] = App()
    answers: list[int | None] = []
    async with app.run_test() as pilot:
        dialog: Dialog[int] = Dialog()
        await app.push_screen(dialog, answers.append)
        dialog.dismiss(1)
        dialog.dismiss(2)
        await pilot.pause()
        assert answers == [1]
        assert len(app.screen_stack) == 1


async def test_a_dialog_below_another_stays():
    app: App[None] = App()
    async with app.run_test() as pilot:
        below: Dialog[None] = Dialog()
        above: Dialog[None] = Dialog()
        await app.push_screen(below)
        await app.push_screen(above)
        below.dismiss()
        await pilot.pause()
        assert app.screen_stack[1:] == [below, above]


async def test_the_palette_runs_coroutines_and_functions_on_the_screen_below():
    app: App[None] = App()
    ran: list[str] = []

    async def coroutine() -> None:
        ran.append(f"coroutine on {len(app.screen_stack)}")

    async with app.run_test() as pilot:
        commands = [Command("Run: Await", "Awaits.", coroutine), Command("Run: Call", "Calls.", lambda: ran.append("function"))]
        for letters in ("awt", "[", "call"):
            await app.push_screen(Palette(commands))
            await pilot.press(*("left_square_bracket" if letter == "[" else letter for letter in letters), "enter", "escape")
            await pilot.pause()
        assert ran == ["coroutine on 1", "function"]
