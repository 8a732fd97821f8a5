"""The mutants of an assignment, spread over processes, each with a sandbox of its own."""

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from grader.assignment.catalog import load_assignment
from grader.errors import WorkersFailed
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.caught import Caught
from grader.verify.checks import Tick, usual_examination
from grader.verify.mutation import MutantShare, announced, mutate_part, shares_of

SHARES = 8
"""In so many parts the mutants of a function are tried, so that no process is left alone with a long one."""
DIED = "A process that tried mutants died. Run `grade verify` again; if it dies again, use --workers 1."


def mutate_spread(examination: Examination, workers: int, tick: Tick = lambda name: None) -> list[Caught]:
    """What comes of the mutants of each function, in order, whichever process tries them.

    Args:
        examination: its assignment is loaded again by each process.
        workers: how many processes.
        tick: told what is waited for.

    Raises:
        WorkersFailed: one of them died.
    """
    shares = [share for part in shares_of(examination) for share in part.split(SHARES)]
    with _pool(examination, min(workers, len(shares))) as pool:
        try:
            futures = {share: pool.submit(_mutated, share) for share in shares}
            found: dict[tuple[str, str], Caught] = {}
            for share in announced(shares, tick):
                name, caught = (share.exercise, share.function), futures[share].result()
                found[name] = found[name] + caught if name in found else caught
            return [*found.values()]
        except BrokenProcessPool:
            raise WorkersFailed(DIED) from None


@contextmanager
def _pool(examination: Examination, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with this block, whatever they are doing."""
    spawned = multiprocessing.get_context("spawn")
    arguments = (examination.assignment.folder, examination.selected)
    pool = ProcessPoolExecutor(workers, mp_context=spawned, initializer=_Trying.start, initargs=arguments)
    try:
        yield pool
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Trying:
    """What one process keeps between parts."""

    examination: Examination
    sandbox: Sandbox

    @classmethod
    def start(cls, folder: Path, selected: frozenset[str]) -> None:
        """Ctrl-C is for the process that waits; it ends this one."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        cls.examination = usual_examination(load_assignment(folder), selected)
        cls.sandbox = Sandbox()
        cls.sandbox.__enter__()


def _mutated(part: MutantShare) -> Caught:
    return mutate_part(part, _Trying.examination, _Trying.sandbox)
