"""The app with a backend that says whatever it likes: it is told, and the app lives."""

from __future__ import annotations

import asyncio

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gradtui.core.measured import protocol
from gradtui.tui.widgets.notes import Notes
from gradtui.worker.mailbox import Nonsense
from gradtui.worker.worker import Worker
from tests.core.test_protocol import REPORTS
from tests.tui.lab import SIZE, Lab, until
from tests.tui.test_lab import shown


async def test_a_line_that_is_no_report_is_a_sentence_on_the_screen() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        worker = Worker(lab.app.mailbox, ("/bin/sh", "-c", "echo $((6 * 7)) is no report; exec sleep 60"))
        await until(pilot, lambda: lab.session.notice)
        await pilot.pause()
        assert "The backend sent a line of 15 bytes that is no message" in shown(lab, Notes)
        await asyncio.to_thread(worker.close)


@settings(max_examples=settings.default.max_examples // 20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.one_of(*REPORTS.values(), st.builds(Nonsense, st.text())), max_size=20), st.booleans())
def test_the_app_draws_whatever_comes(letters: list[protocol.Report], is_started: bool) -> None:
    async def run() -> None:
        lab = Lab()
        async with lab.app.run_test(size=SIZE) as pilot:
            await pilot.press("space")
            if is_started:
                lab.start()
                lab.train(20)
            for letter in letters:
                lab.report(letter.model_copy(update={"run": lab.run}) if hasattr(letter, "run") else letter)
                await pilot.press("g")
            await pilot.pause()

    asyncio.run(run())
