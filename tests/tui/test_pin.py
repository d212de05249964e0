"""A pinned run: later ones are drawn over it and judged by it, until it is let go."""

from __future__ import annotations

from tests.tui.lab import SIZE, Lab, picture, trained, until


async def test_later_runs_are_drawn_over_the_pinned_one_until_it_is_let_go() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("P")
        await until(pilot, lambda: "There is no run to pin yet." in picture(lab))
        await trained(lab, pilot, 100)
        await pilot.press("P")
        await until(pilot, lambda: "Later runs are drawn over this one." in picture(lab))
        assert lab.session.beside is None
        pinned = lab.session.run
        await pilot.press("r")
        lab.start()
        lab.train(50, loss=lambda step: 0.5)
        assert lab.session.beside is not None and lab.session.beside.history is pinned.history
        await until(pilot, lambda: "·· pinned" in picture(lab) and "P lets the pinned run go." in " ".join(picture(lab).split()))
        await pilot.press("P")
        assert lab.session.beside is None
        await until(pilot, lambda: "pinned" not in picture(lab).replace("The pinned run is let go.", ""))
