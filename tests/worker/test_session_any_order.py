"""Whatever a person does and a backend says, in any order, forms and run agree."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gradtui.core.measured import protocol
from gradtui.worker.mailbox import BackendLost
from gradtui.worker.phase import ACTIVE, Phase
from tests.worker.frames import sampled
from tests.worker.sessions import FIX, PRESET, STARTED, session


class AnyOrder(RuleBasedStateMachine):
    """Keys and reports in any order leave a session that can always go on."""

    def __init__(self):
        super().__init__()
        self.lab, self.backend = session()

    @rule()
    def toggle(self):
        self.lab.toggle()

    @rule()
    def rewind(self):
        self.lab.rewind()

    @rule()
    def advance(self):
        self.lab.advance(1)

    @rule()
    def undo(self):
        self.lab.undo()

    @rule()
    def load(self):
        self.lab.load(PRESET)

    @rule()
    def try_fix(self):
        self.lab.try_fix(FIX)

    @rule()
    def keep(self):
        self.lab.keep()

    @rule()
    def discard(self):
        self.lab.discard()

    @rule(rate=st.floats(0, 10))
    def change_rate(self, rate):
        self.lab.change({"optimizer.learning_rate": rate})

    @rule(depth=st.integers(1, 9))
    def change_depth(self, depth):
        self.lab.change({"network.depth": depth})

    @rule(
        back=st.integers(0, 1),
        kind=st.sampled_from(["started", "sampled", "paused", "resumed", "done", "diverged", "failed", "lost"]),
    )
    def hear(self, back, kind):
        runs = [command.run for command in self.backend.commands if isinstance(command, protocol.Start)]
        run = runs[-1] - back if runs else 0
        ended = {"step": 4, "run": run}
        self.lab.receive(
            {
                "started": lambda: protocol.Started(run=run, **STARTED),
                "sampled": lambda: sampled(run, 4),
                "paused": lambda: protocol.Paused(run=run, step=4),
                "resumed": lambda: protocol.Resumed(run=run, step=4),
                "done": lambda: protocol.Ended(status="done", **ended),
                "diverged": lambda: protocol.Ended(status="diverged", **ended),
                "failed": lambda: protocol.Failed(run=run, reason="no memory"),
                "lost": lambda: BackendLost(-9, ()),
            }[kind]()
        )

    @invariant()
    def forms_and_run_agree_unless_stale(self):
        lab = self.lab
        if lab.phase in ACTIVE and not lab.stale:
            assert lab.run.experiment == lab.experiment
        assert lab.phase is not Phase.READY or not lab.stale


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyOrder = AnyOrder.TestCase
