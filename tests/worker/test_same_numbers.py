"""The same experiment gives the same numbers on the screen's way and headless."""

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol
from gradtui.engine.training.trainer import train
from gradtui.worker.worker import BACKEND, Worker
from tests.worker.test_worker import Waiting

EXPERIMENT = experiment({"network": {"depth": 3}, "run": {"steps": 200, "device": "cpu"}})


def test_a_run_through_the_backend_equals_one_in_this_process():
    mailbox = Waiting()
    worker = Worker(mailbox, BACKEND)
    worker.send(protocol.Start(run=1, experiments=(EXPERIMENT.tables(),)))
    letters = mailbox.until(lambda letter: isinstance(letter, protocol.Ended))
    worker.close()
    ended = letters[-1]
    frames = [letter.frame for letter in letters if isinstance(letter, protocol.Sampled)]

    training = train([EXPERIMENT])
    here = []
    while True:
        try:
            here.append(next(training))
        except StopIteration as end:
            (outcome,) = end.value
            break
    assert (ended.status, ended.step, ended.validation_loss) == (outcome.status, outcome.step, outcome.validation_loss)
    assert frames[-1].loss.last == here[-1].loss.last and frames[-1].layers == here[-1].layers
    assert sum(frame.loss.count for frame in frames) == EXPERIMENT.run.steps
    assert max(frame.loss.high for frame in frames) == max(frame.loss.high for frame in here)
