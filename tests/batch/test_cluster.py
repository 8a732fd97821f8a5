"""A class on a cluster: a real scheduler and two worker processes, any of which may be lost at any moment."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from helpers.classes import small_class, submissions_in
from helpers.command import MAIN
from helpers.places import ROOT

pytest.importorskip("distributed", reason="distributed is not installed: pip install -e '.[cluster]'")

from grader.assignment import load_assignment
from grader.batch import cluster as cluster_module
from grader.batch.batch import ClassRun
from grader.batch.cluster import Cluster
from grader.batch.settings import Terms, this_grader
from grader.batch.store import Store
from grader.classroom.own_output import STORE
from grader.cli.main import run
from grader.errors import ClusterFailed, UntrustedCode

pytestmark = pytest.mark.slow

ENVIRONMENT = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
}


class Machines:
    """A scheduler with workers, each a process of its own."""

    def __init__(self, folder):
        self._folder, self.workers = folder, []
        told = folder / "scheduler.json"  # on a port of its own choice: one that was free a moment ago may be taken
        place = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        self.scheduler = self._start("scheduler", *place, "--no-dashboard")
        while not (told.is_file() and told.read_text()):
            assert self.scheduler.poll() is None, (folder / "scheduler-0.log").read_text()
            time.sleep(0.05)
        self.address = json.loads(told.read_text())["address"]

    def add(self, *options):
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder), *options)
        self.workers.append(self._start("worker", self.address, *options))
        return self

    def _start(self, *command):
        with (self._folder / f"{command[0]}-{len(self.workers)}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]],
                env=os.environ | ENVIRONMENT,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def close(self):
        for process in (*self.workers, self.scheduler):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def machines(tmp_path):
    (tmp_path / "machines").mkdir()
    machines = Machines(tmp_path / "machines")
    yield machines
    machines.close()


@pytest.fixture
def grade(assignment, tmp_path):
    """Grade a folder on machines; the results by id."""

    def grade(machines, folder, tick=lambda: None, given=assignment, names=None):
        out = tmp_path / "out"
        with Store(out / STORE) as store:
            terms = Terms(given, frozenset(given.stage_names), "tests", names, timeout=2.0)
            run = ClassRun(submissions_in(folder), terms, store, out)
            try:
                run.grade(Cluster(machines.address), tick)
            finally:
                run.write_books()
        results = [json.loads(line) for line in (out / "results.jsonl").read_bytes().splitlines()]
        return {result["submission"]["id"]: result for result in results}

    return grade


def test_a_worker_that_is_killed_in_the_middle_costs_nobody_anything(machines, grade, tmp_path):
    machines.add().add()
    done = []

    def tick():
        done.append(1)
        if len(done) == 3:
            machines.workers[0].send_signal(signal.SIGKILL)

    results = grade(machines, small_class(tmp_path / "class", 12), tick)
    assert len(results) == len(done) == 12
    assert {result["status"] for result in results.values()} == {"graded"}
    assert {result["score"] for result in results.values()} == {0.0}
    assert len(list((tmp_path / "out" / "reports").iterdir())) == 12
    assert len({result["grader"]["isolation"]["network"] for result in results.values()}) == 1


def test_it_judges_as_this_machine_does(machines, tmp_path, capsys):
    machines.add()
    folder = small_class(tmp_path / "class", 2)
    options = ["batch", str(folder), "--seed", "one"]
    assert run([*options, "-o", str(tmp_path / "there"), "--cluster", machines.address]) == 0
    assert run([*options, "-o", str(tmp_path / "here"), "--workers", "1"]) == 0
    there, here = ([without_times(line) for line in lines(tmp_path / name)] for name in ("there", "here"))
    assert there == here and len(here) == 2


def lines(out):
    return [json.loads(line) for line in (out / "results.jsonl").read_bytes().splitlines()]


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key != "seconds"}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def test_an_assignment_and_names_that_only_this_machine_has_are_shipped(machines, grade, tmp_path):
    """They are gone by the time the worker would read them."""
    machines.add()
    folder = tmp_path / "mine"
    folder.mkdir()
    for path in (ROOT / "exercises" / "nameweave").rglob("*"):
        if path.suffix in (".toml", ".py"):
            (folder / path.relative_to(ROOT / "exercises" / "nameweave")).parent.mkdir(parents=True, exist_ok=True)
            (folder / path.relative_to(ROOT / "exercises" / "nameweave")).write_bytes(path.read_bytes())
    toml = folder / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('title = "', 'title = "My '), encoding="utf-8")
    names = tmp_path / "names.txt"
    names.write_text("\n".join(f"x{'yz'[n % 2] * (n % 7 + 1)}" for n in range(400)), encoding="utf-8")
    mine = load_assignment(folder)
    terms = Terms(mine, frozenset(mine.stage_names), "tests", names)
    assert terms.digest
    submissions = submissions_in(small_class(tmp_path / "class", 1))
    names.unlink()
    toml.unlink()
    ((_, judged),) = Cluster(machines.address).judge(submissions, terms, reports=True)
    result = json.loads(judged.line)
    assert result["assignment"]["title"].startswith("My ")
    assert result["exercises"][0]["stages"][0]["probes"][0]["sizes"]["vocabularySize"] == 4
    assert b"<title>" in judged.page


def test_a_hand_in_that_brings_down_its_workers_is_ungraded_and_the_others_are_not(machines, grade, tmp_path):
    killer = tmp_path / "killer.py"
    killer.write_text(
        "import os, signal\n"
        "from grader.batch.grade_one import Examiner\n"
        "judge = getattr(Examiner, 'original', Examiner.judge_submission)\n"
        "Examiner.original = judge\n"
        "def judge_or_die(self, submission):\n"
        "    if submission.id == 's1':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return judge(self, submission)\n"
        "Examiner.judge_submission = judge_or_die\n",
        encoding="utf-8",
    )
    for _ in range(3):
        machines.add("--preload", str(killer))
    results = grade(machines, small_class(tmp_path / "class", 4))
    assert results["s1"]["status"] == "ungraded" and results["s1"]["score"] is None
    assert {results[id]["status"] for id in ("s0", "s2", "s3")} == {"graded"}


def test_where_the_scheduler_is_lost_what_is_finished_is_kept_and_the_next_run_goes_on(machines, tmp_path, capsys):
    machines.add().add()
    folder, out = small_class(tmp_path / "class", 30), tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "batch", str(folder), "-o", str(out), "--cluster", machines.address],
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and len(list((out / "reports").glob("*.html"))) < 3:
        time.sleep(0.01)
    machines.scheduler.send_signal(signal.SIGKILL)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 3, told
    assert "was lost. What is finished is kept; run the same command again" in told and "Traceback" not in told
    finished = len(lines(out))
    assert 3 <= finished < 30
    assert run(["batch", str(folder), "-o", str(out), "--workers", "1"]) == 0
    assert f"30 of 30 judged ({finished} of them in an earlier run)" in capsys.readouterr().out


def test_a_worker_with_another_grader_is_refused(machines, grade, tmp_path, monkeypatch):
    machines.add()
    folder = small_class(tmp_path / "class", 1)
    mine = this_grader()
    for other, told in (
        (
            replace(mine, torch="0.1"),
            r"with backprop-grader .*, torch .*, but this machine has .*torch 0\.1.*Install the same",
        ),
        (replace(mine, digest="another"), "different source code from the one here"),
    ):
        monkeypatch.setattr(cluster_module, "this_grader", lambda other=other: other)
        with pytest.raises(ClusterFailed, match=told):
            grade(machines, folder)


def test_strangers_code_is_not_run_on_a_machine_that_cannot_confine_it(machines, grade, tmp_path):
    preload = tmp_path / "open.py"
    text = "from grader.sandbox.ours import Sandbox\nSandbox.isolation = {'network': 'not enforced'}\n"
    preload.write_text(text, encoding="utf-8")
    machines.add("--preload", str(preload))
    with pytest.raises(UntrustedCode, match="network"):
        grade(machines, small_class(tmp_path / "class", 1))


def test_a_cluster_that_is_not_there_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1)
    folder = small_class(tmp_path / "class", 1)
    assert run(["batch", str(folder), "-o", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:9"]) == 3
    assert "cannot be reached" in (told := capsys.readouterr().err) and told.count("\n") == 2
    assert run(["batch", str(folder), "-o", str(tmp_path / "out"), "--cluster", "what://ever"]) == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_a_cluster_without_workers_is_told(machines, grade, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "WORKER_SECONDS", 1)
    with pytest.raises(ClusterFailed, match=r"has no workers. Start some with `dask worker tcp://"):
        grade(machines, small_class(tmp_path / "class", 1))


def test_without_distributed_it_is_told_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    folder = small_class(tmp_path / "class", 1)
    assert run(["batch", str(folder), "-o", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:9"]) == 3
    assert "pip install 'backprop-grader[cluster]'" in capsys.readouterr().err
