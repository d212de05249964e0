"""What opens over the Lab, and what becomes of what comes back. Each screen is imported when it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradtui.core.measured.finding import Fix
from gradtui.core.presets.collection import Shelf, listed
from gradtui.core.presets.preset import Preset
from gradtui.core.text import grouped, printable
from gradtui.tui.keys import spoken
from gradtui.tui.screens.lab import LabScreen
from gradtui.worker.session import Session

if TYPE_CHECKING:
    from textual.app import App

    from gradtui.remote.machines import Machines
    from gradtui.tui.screens.studies import Studies


class Opening:
    """Opens screens. `place` is where runs are recorded, None where they are not; `studies` are made when they are asked for."""

    def __init__(self, app: App[Any], session: Session, lab: LabScreen, place: Path | None, studies: Callable[[], Studies]) -> None:
        self._app, self._session, self._lab, self._place = app, session, lab, place
        self._studies = studies
        self._machines: Machines | None = None

    @property
    def machines(self) -> Machines:
        """Where presets come from and go to."""
        if self._machines is None:
            from gradtui.remote.machines import Machines

            self._machines = Machines()
        return self._machines

    def close(self) -> None:
        """Leave other machines."""
        if self._machines is not None:
            self._machines.close()

    def errand(self, title: str, job: Callable[..., Preset | Shelf]) -> None:
        """Fetch something that may take its time, and take it."""
        from gradtui.tui.screens.errand import ErrandScreen

        self._app.push_screen(ErrandScreen(title, partial(job, self.machines), self.machines), self._came)

    async def last(self) -> None:
        """Offer the run that was recorded last."""
        from gradtui.runs import listing

        def newest(place: Path) -> listing.Listed | None:
            return next((one for path in listing.paths(place) if (one := listing.line(path)).started is not None), None)

        if self._place is not None and (run := await asyncio.to_thread(newest, self._place)) is not None:
            steps = f"{run.state} at step {grouped(run.steps)} of {grouped(run.of)}"
            self._session.last = f"{run.title}, {steps}"
            self._lab.show_experiment()

    async def presets(self) -> None:
        """Open the list of presets."""
        self._shelf(Shelf("", tuple(await asyncio.to_thread(listed))))

    def address(self) -> None:
        """Open an address, a path or a folder."""
        from gradtui.tui.screens.address import AddressScreen

        self._app.push_screen(AddressScreen(self.machines), self._came)

    def runs(self) -> None:
        """Open the list of recorded runs."""
        from gradtui.runs.folder import root
        from gradtui.tui.screens.runs import RunsScreen

        def take(path: Path | None) -> None:
            if path is not None:
                self._lab.steering.show(path)

        self._app.push_screen(RunsScreen(self._session, self._place or root()), take)

    def lessons(self, marked: str | None = None) -> None:
        """Open the lessons, at one of them or at the first."""
        from gradtui.tui.screens.lesson import LessonScreen, Tried

        def take(chosen: Tried | tuple[Fix, ...] | str | None) -> None:
            if isinstance(chosen, str):
                getattr(self._studies(), chosen)()
            elif isinstance(chosen, Tried):
                self._lab.steering.open(chosen.preset)
                self._lab.point(chosen.value)
            elif chosen is not None:
                self._lab.steering.offer(chosen)

        self._app.push_screen(LessonScreen(self._session, self._studies().showed, marked), take)

    def others(self) -> None:
        """Say what published tools would say of the run as it is now."""
        from gradtui.diagnosis.published.table import compared
        from gradtui.tui.screens.others import OthersDialog

        session = self._session
        if session.run.started is None:
            self._lab.say(
                f"Nothing has been measured yet; press {spoken('run.toggle')} to train. What published tools would say comes then."
            )
            return
        self._app.push_screen(OthersDialog(compared(session.run)))

    async def save(self) -> None:
        """Save the experiment as a preset."""
        from gradtui.core.presets.retold import retold
        from gradtui.tui.screens.save import SaveScreen

        def take(preset: Preset | None) -> None:
            if preset is not None:
                self._session.preset = preset
                self._lab.say(f"Saved as {preset.origin.words if preset.origin else ''}.")

        shown = self._session.preset
        preset = await asyncio.to_thread(retold, shown, self._session.experiment)
        self._app.push_screen(SaveScreen(shown, preset, self.machines), take)

    def picture(self) -> None:
        """Write the panel in focus as a picture, and copy its text."""
        from gradtui.runs.log import Unwritable
        from gradtui.tui.screens.picturing import picture

        lab = self._lab
        if lab.panel is None:
            lab.say(f"Go to a panel first: {spoken('panel.gradients')} is the gradients, {spoken('panel.loss')} the loss.")
            return
        try:
            path, text = picture(lab, lab.panel, Path.cwd())
        except Unwritable as error:
            lab.say(str(error))
            return
        self._app.copy_to_clipboard(text)
        lab.say(f"Written to {printable(str(path))}. Its text is in the clipboard, where the terminal allows that.")

    def _shelf(self, shelf: Shelf) -> None:
        from gradtui.tui.screens.presets import PresetsScreen

        self._app.push_screen(PresetsScreen(self._session, self.machines, shelf), self._take)

    def _came(self, found: Preset | Shelf | None) -> None:
        """List a folder, show what came from another machine, and take everything else."""
        if isinstance(found, Shelf):
            self._shelf(found)
        elif found is not None and found.origin is not None and found.origin.host:
            from gradtui.tui.screens.confirm import ConfirmScreen

            self._app.push_screen(ConfirmScreen(found), self._take)
        else:
            self._take(found)

    def _take(self, preset: Preset | None) -> None:
        """Take a preset into the Lab, and leave every screen over it."""
        if preset is not None:
            while self._app.screen is not self._lab:
                self._app.pop_screen()
            self._lab.steering.open(preset)
