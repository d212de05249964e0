"""What screen and backend tell each other: commands one way, reports the other."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Count, Few, Lane, Name, Named, Value, Words
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.frame import Frame, Number
from gradtui.core.measured.message import Message, Order, Reply
from gradtui.core.measured.work import Dropped, Finished, Work, Worked, Working
from gradtui.core.moments import DataMoments


class Hello(Message):
    """The first line each way: a magic word, the numbers of the protocols that are spoken, versions (that of PyTorch is empty where
    there is none), and what else can be asked for.
    """

    type: Literal["hello"] = "hello"
    magic: Literal["gradtui"]
    protocols: Few[Count]
    version: Name
    torch: Name = ""
    python: Name = ""
    features: Few[Name] = ()


class Keep(Frozen):
    """Where a run is recorded, under what title, where its preset came from and what was changed of it."""

    place: Annotated[str, Field(max_length=4096)]
    title: Name
    preset: Words = ""
    changes: Named[Value] = Field(default_factory=dict)


class Start(Order):
    """Train these experiments side by side, each in a lane; a run that is under way ends. Paused: wait before the first step. A run
    of one lane is recorded where `keep` says.
    """

    type: Literal["start"] = "start"
    run: Count
    experiments: tuple[dict[str, dict[str, Any]], ...]
    paused: bool = False
    keep: Keep | None = None


class Continue(Order):
    """Go on with the run that is recorded in a folder, with these live parameters changed from where it was left on; a run that is
    under way ends. Paused: wait before the first new step.
    """

    type: Literal["continue"] = "continue"
    run: Count
    folder: Annotated[str, Field(max_length=4096)]
    changes: Named[Value] = Field(default_factory=dict)
    paused: bool = False


class Pause(Order):
    """Stop between two steps and wait."""

    type: Literal["pause"] = "pause"


class Resume(Order):
    """Go on training."""

    type: Literal["resume"] = "resume"


class Advance(Order):
    """Train so many steps and pause again, with a frame for each."""

    type: Literal["advance"] = "advance"
    steps: int = Field(default=1, ge=1, le=1_000_000)


class Change(Order):
    """Give a live parameter another value, from the next step on, in every lane."""

    type: Literal["change"] = "change"
    key: Name
    value: Value


class Stop(Order):
    """End the run; the backend stays."""

    type: Literal["stop"] = "stop"


class Ready(Message):
    """The backend has loaded PyTorch."""

    type: Literal["ready"] = "ready"
    torch: Name
    devices: Few[Name]


class Started(Reply):
    """A run exists, before its first step. `predicted` is what theory says of the first frame's activation gradients,
    relative to the last hidden layer; None where no theory applies. `time_steps` counts those that a recurrent network sees, 0 for
    others, and `predicted_over_time` is what theory says of the first frame's gradients over time, relative to the last time step.
    `guessing` is the training loss of the best constant answer by lane; empty where it is not known. `data` are the moments of the
    training samples by lane. The numbers are those that so many `threads` of the CPU make: on others, sums may differ in their
    last bits; 0 on a GPU.
    """

    type: Literal["started"] = "started"
    device: Name
    weights: Count
    layers: Few[Name]
    predicted: Few[Few[Number | None]]
    time_steps: Count = 0
    predicted_over_time: Few[Few[Number | None]] = ()
    guessing: Few[Number] = ()
    data: Few[DataMoments] = ()
    threads: Count = 0


class Sampled(Message):
    """A frame of the run."""

    type: Literal["sampled"] = "sampled"
    run: Count
    frame: Frame


class Diagnosed(Message):
    """All findings of a lane, open and over, in the order in which they began; sent when one of them changes."""

    type: Literal["diagnosed"] = "diagnosed"
    run: Count
    findings: Few[Finding]
    lane: Lane = 0


class Paused(Reply):
    """Training waits after this step."""

    type: Literal["paused"] = "paused"
    step: Count


class Resumed(Reply):
    """Training goes on after this step."""

    type: Literal["resumed"] = "resumed"
    step: Count


class Changed(Reply):
    """A live parameter has another value after this step."""

    type: Literal["changed"] = "changed"
    step: Count
    key: Name
    value: Value


class Rejected(Reply):
    """A change that cannot be: nothing changed, training goes on."""

    type: Literal["rejected"] = "rejected"
    step: Count
    key: Name
    reason: Words


class Divergence(Frozen):
    """Where the first number that is not finite appeared: at which step, in which layer, in what."""

    step: Count
    layer: Name
    what: Literal["activation", "gradient", "loss"]
    lane: Lane = 0

    def __str__(self) -> str:
        where = "the loss" if self.what == "loss" else f"the {self.what} of layer {self.layer}"
        return f"{where} was the first number that is not finite, at step {self.step}"


class Recording(Message):
    """The run is recorded in this folder; or nothing is saved at the moment, and why."""

    type: Literal["recording"] = "recording"
    run: Count
    folder: Words
    problem: Words = ""


class Continued(Reply):
    """A run that was left goes on after this step, and what is promised of it; where not all is, `why`."""

    type: Literal["continued"] = "continued"
    step: Count
    promise: Literal["exact", "close", "weights only"]
    why: Words = ""


class Ended(Message):
    """A lane is over: all steps done, stopped by a person, or the loss no longer finite. Loss and accuracies are those on so many
    samples of either set, 0 where it was not looked at.
    """

    type: Literal["ended"] = "ended"
    run: Count
    status: Literal["done", "stopped", "diverged"]
    step: Count
    lane: Count = 0
    divergence: Divergence | None = None
    validation_loss: Number | None = None
    accuracy: Number | None = None
    validation_accuracy: Number | None = None
    training_samples: int = 0
    validation_samples: int = 0
    test_loss: Number | None = None
    test_accuracy: Number | None = None
    test_samples: int = 0


class Failed(Reply):
    """The run could not be started or went wrong; the backend stays. `refused` says that nothing was allocated."""

    type: Literal["failed"] = "failed"
    reason: Words
    refused: bool = False


Command = Hello | Start | Continue | Pause | Resume | Advance | Change | Stop | Work | Dropped
Report = (
    Hello
    | Ready
    | Started
    | Sampled
    | Diagnosed
    | Paused
    | Resumed
    | Changed
    | Rejected
    | Recording
    | Continued
    | Ended
    | Failed
    | Working
    | Finished
    | Worked
)
