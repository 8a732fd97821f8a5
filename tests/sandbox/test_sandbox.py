"""The parts of the border by themselves: frames in pieces, what is offered, and the clock."""

import os
import subprocess
import sys
import time

import pytest
import torch

from grader.border import Source
from grader.errors import SandboxError
from grader.sandbox.border.messages import Done, Order, Wanted, WantedStage
from grader.sandbox.border.wire import ClosedChannel, Inbox, MalformedFrame, pack
from grader.sandbox.ours import Limits, Sandbox, clock
from grader.sandbox.ours.clock import PATIENCE, TICK, Clock
from grader.sandbox.ours.offers import KEPT, Offers
from grader.sandbox.ours.question import Question
from grader.sandbox.ours.untrusted import LARGE, slimmed

FRAMES = [pack(Done(pid=1)), pack(Done(pid=2), b"body")]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_frames_are_taken_out_whole_however_they_arrive(size):
    inbox, taken = Inbox(), []
    data = b"".join(FRAMES)
    for start in range(0, len(data), size):
        inbox.feed(data[start : start + size])
        while frame := inbox.take(Done):
            taken.append(frame)
    assert taken == [(Done(pid=1), b""), (Done(pid=2), b"body")]
    assert not inbox


def test_what_is_left_of_a_frame_is_kept():
    inbox = Inbox()
    inbox.feed(FRAMES[0] + FRAMES[1][:5])
    assert inbox.take(Done)
    assert inbox.take(Done) is None and inbox


@pytest.mark.parametrize(
    "data", [b"\xff" * 8, pack(Done(), b"x" * 65), pack({"verb": 3}), b"\x02\0\0\0\0\0\0\0[["], ids=range(4)
)
def test_what_is_no_frame_of_the_kind_is_refused(data):
    inbox = Inbox()
    inbox.feed(data)
    with pytest.raises(MalformedFrame):
        inbox.take(Order, body_cap=64)


def test_nothing_more_is_the_end():
    with pytest.raises(ClosedChannel):
        Inbox().feed(b"")


def test_only_what_is_asked_for_is_packed_and_once():
    offers = Offers([{"x": torch.ones(2), "secret": torch.ones(3), "n": 2}, {"x": torch.zeros(2), "n": 3}])
    numbers, body = offers.packed({"x", "n", "unknown"})
    assert numbers == ({"n": 2}, {"n": 3})
    assert b"0/x" in body and b"1/x" in body and b"secret" not in body
    assert offers.packed({"n", "x"})[1] is body


def test_strange_wishes_do_not_pile_up():
    offers = Offers([{f"x{number}": torch.ones(2) for number in range(2 * KEPT)}])
    for number in range(2 * KEPT):
        offers.packed({f"x{number}"})
    assert len(offers._packed) == KEPT


def test_of_an_answer_far_too_large_only_the_shape_is_kept():
    large = torch.ones(LARGE + 1, 2)
    kept = slimmed(large, 10)
    assert kept.shape == large.shape and kept.untyped_storage().nbytes() == 4
    assert slimmed(large, large.numel()) is large
    small = torch.ones(100, 100)
    assert slimmed(small, 10) is small


class Watched:
    """A clock over a child that is said to do this or that, on a made-up time."""

    def __init__(self, monkeypatch, limits):
        self.now, self.cpu, self.runnable = 0.0, 0.0, False
        monkeypatch.setattr(clock.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(clock, "cpu_seconds", lambda pid: self.cpu)
        monkeypatch.setattr(clock, "is_runnable", lambda pid: self.runnable)
        self.clock = Clock(0, limits)

    def ticks_until_overrun(self, most, *, computing=0.0):
        """After how many ticks the clock cries out, and of which limit."""
        for number in range(1, most + 1):
            self.now += TICK
            self.cpu += computing * TICK
            if fault := self.clock.overrun(printed=0):
                return number, fault.type
        return None


@pytest.fixture
def watched(monkeypatch):
    return Watched(monkeypatch, Limits(cpu=1.0, wall=2.0))


def test_a_child_that_sits_there_is_over_its_wall_limit(watched):
    ticks, limit = watched.ticks_until_overrun(1000)
    assert limit == "WallClockLimit" and ticks == pytest.approx(clock.IDLENESS * 2.0 / TICK, abs=2)


def test_a_child_that_is_not_let_run_has_patience_on_its_side(watched):
    watched.runnable = True
    ticks, limit = watched.ticks_until_overrun(1000)
    assert limit == "WallClockLimit" and ticks == pytest.approx(PATIENCE * 2.0 / TICK, abs=2)


def test_a_child_that_computes_is_over_its_processor_limit(watched):
    watched.runnable = True
    ticks, limit = watched.ticks_until_overrun(1000, computing=1.0)
    assert limit == "CpuLimit" and ticks == pytest.approx(1.0 / TICK, abs=2)


def test_a_grader_that_was_stopped_for_an_hour_holds_it_against_no_one(watched):
    watched.now += 3600
    assert watched.clock.overrun(printed=0) is None


def test_the_processor_time_of_a_process_is_known(sandbox):
    with sandbox.open((Source("a.py", "def dX(): return 1"),), Wanted((WantedStage("dX"),))) as session:
        assert session._talk.pid
        assert 0 < clock.cpu_seconds(session._talk.pid) < 60
    start = time.process_time()
    assert start <= clock.cpu_seconds(os.getpid()) + 0.01


def test_a_zygote_that_is_forked_lives_on():
    with Sandbox(start="fork") as sandbox:
        forked = sandbox._children._pid
        with sandbox.open((Source("a.py", "def dX(): return 1"),), Wanted((WantedStage("dX"),))):
            assert sandbox._children._pid == forked


def test_a_zygote_that_is_lost_while_a_child_answers_is_said_and_replaced():
    code = "import time\ndef dX(x):\n    time.sleep(x.item())\n    return x\n"
    with Sandbox() as sandbox:
        with sandbox.open((Source("a.py", code),), Wanted((WantedStage("dX"),))) as session:
            (found,) = session.loaded.functions["dX"]
            os.kill(sandbox._children._pid, 9)
            with pytest.raises(SandboxError, match="has died"):
                session.ask(Question("dX", found, Offers([{"x": torch.tensor(30.0)}])))
        with sandbox.open((Source("a.py", code),), Wanted((WantedStage("dX"),))) as session:
            (answer,) = session.ask(Question("dX", found, Offers([{"x": torch.zeros(1)}]))).answers
    assert answer.tensor is not None and answer.tensor.tolist() == [0.0]


CALLERS = '''
from grader.assignment import load_assignment
from grader.border import Source
from grader.run.exam import wanted_of
from grader.sandbox.ours import Sandbox
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question

TEXT = """
import sys

def dLogits(logits):
    frame, names = sys._getframe(), []
    while frame:
        names += [name for name, held in frame.f_locals.items() if held is not None]
        frame = frame.f_back
    print(*names)
    return logits
"""


class Folder:
    def __del__(self):
        print("removed", flush=True)


def caller(request):
    held, folder = request, Folder()
    with Sandbox(start="fork") as sandbox, sandbox.open([Source("a.py", TEXT)], wanted_of(request)) as session:
        (found,) = session.loaded.functions["dLogits"]
        names = session.ask(Question("dLogits", found, Offers([{"logits": 1}]))).printed.split()
    print("frame" in names, {"request", "held", "folder", "sandbox", "self"} & {*names}, held is request)


caller(load_assignment("nameweave"))
'''


@pytest.mark.skipif(sys.platform != "linux", reason="a zygote is forked on Linux alone")
def test_a_zygote_forked_amid_our_functions_has_nothing_that_these_hold():
    done = subprocess.run([sys.executable, "-c", CALLERS], capture_output=True, text=True, check=True)
    assert done.stdout == "True set() True\nremoved\n"
