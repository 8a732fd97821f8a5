"""`grade watch`: what is told of a save, what is not, and that it lives through whatever editors and students do."""

import contextlib
import io
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import nbformat
import pytest
from nbformat import v4
from rich.console import Console

from grader.cli.main import run
from grader.report.changes import LastTold, changes
from grader.report.terminal import show_changes
from grader.result import Diagnosis, StageResult, Warned
from grader.run import interrupts
from grader.run.interrupts import insistent_interrupts
from grader.sandbox.border.limits import ENDINGS
from grader.sandbox.ours.talk import careless
from grader.submission import read_submission
from grader.watching import file_events as file_events_module
from grader.watching import rounds as rounds_module
from grader.watching.announce import Teller
from grader.watching.file_events import wakes
from grader.watching.last_seen import WatchedPlace, look, look_until_settled
from grader.watching.rounds import Begun, Foreseen, Gone, Part, RoundDone, Rounds, Same, Slow
from helpers.command import GRADE
from helpers.places import SOLUTIONS
from helpers.solution import FILES, ONE, THREE, TWO, UNDIVIDED

FAST, NORM = "dLogitsFast", "dHiddenLayerPreBatchNormStatesFast"
SECONDS = 120


def stage(name, verdict="wrong", message="", **more):
    return StageResult(name, name, verdict, 0.0, 1, message, **more)


# What has changed between two judgements


def test_a_stage_that_is_judged_as_before_is_not_told_again():
    before = changes({}, [stage("dA", message="It is off by 3."), stage("dB", "exact")])[1]
    found, after = changes(before, [stage("dA", message="It is off by 3.", max_diff=9.0), stage("dB", "exact")])
    assert found == [] and after == before


def test_a_new_verdict_is_told_with_the_one_before_and_new_words_without():
    before = changes({}, [stage("dA", message="Far off."), stage("dB", message="Far off.")])[1]
    found, _ = changes(before, [stage("dA", "exact"), stage("dB", message="Nearly.")])
    assert [(each.before, each.stages[0].name, each.words) for each in found] == [
        ("wrong", "dA", ""),
        (None, "dB", "Nearly."),
    ]


def test_a_diagnosis_or_a_warning_counts_as_words():
    before = changes({}, [stage("dA", message="Far off."), stage("dB", "exact")])[1]
    now = [stage("dA", message="Far off.", diagnosis=Diagnosis("sign", "A sign is wrong."))]
    now += [stage("dB", "exact", warnings=[Warned("dtype", "It is float64.")])]
    assert [each.words for each in changes(before, now)[0]] == ["A sign is wrong.", "It is float64."]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (
            {"diagnosis": Diagnosis("x", "Line 12: wrong in `-x`.", line=12, anywhere="wrong in `-x`.")},
            {"diagnosis": Diagnosis("x", "Line 13: wrong in `-x`.", line=13, anywhere="wrong in `-x`.")},
        ),
        (
            {"message": "a.py: invalid syntax (line 9)", "anywhere": "a.py: invalid syntax"},
            {"message": "a.py: invalid syntax (line 10)", "anywhere": "a.py: invalid syntax"},
        ),
    ],
)
def test_a_line_written_above_does_not_make_words_new(before, now):
    assert changes(changes({}, [stage("dA", **before)])[1], [stage("dA", **now)])[0] == []


def test_the_same_slip_in_another_expression_makes_words_new():
    slips = [Diagnosis("x", f"Line 12: wrong in `{text}`.", anywhere=f"wrong in `{text}`.") for text in ("-x", "-y")]
    before, now = ([stage("dA", diagnosis=slip)] for slip in slips)
    assert [each.words for each in changes(changes({}, before)[1], now)[0]] == ["Line 12: wrong in `-y`."]


EDITED = {
    "a variable that is still None": (
        "dLogits = logits * 2\ndProbabilities = 1 / probabilities\ndCounts = None\n",
        "missing",
    ),
    "a slip that raises in a slice": ("x = 1\ndLogits = logits\ndCounts = cuonts * 2\n", "error"),
    "a line that cannot be parsed": ("def dCounts(counts):\n    return counts *\n", "error"),
    "a line that is wrong": ("def dCounts(counts, dProbabilities, sumCountsInverse):\n    return counts\n", "wrong"),
}


@pytest.mark.parametrize("name", EDITED)
def test_what_is_said_is_the_same_where_lines_are_written_above(name, grade_text):
    text, verdict = EDITED[name]
    before, now = (grade_text(each)["dCounts"] for each in (text, f"\n\n{text}"))
    assert before.verdict == verdict and (before.message != now.message or verdict == "wrong")
    assert changes(changes({}, [before])[1], [now])[0] == []


def test_stages_that_went_the_same_way_are_one_line():
    before = {name: LastTold("exact", "") for name in ("dA", "dB", "dC", "dD", "dE")} | {"dF": LastTold("wrong", "")}
    found, _ = changes(before, [stage(name, "error", "It cannot be parsed.") for name in before])
    assert [(each.before, len(each.stages)) for each in found] == [("exact", 5), ("wrong", 1)]
    console = Console(width=200, record=True, file=io.StringIO())
    show_changes(found, console)
    text = console.export_text()
    assert (
        "dA, dB, dC and 2 more  ! error, was exact  It cannot be parsed." in text and "dF  ! error, was wrong" in text
    )


def test_words_that_may_be_others_in_a_moment_wait_and_then_come_once():
    before = {"dA": LastTold("exact", "")}
    first, between = changes(before, [stage("dA", message="A pattern.")], unexplained=["dA"])
    assert [(each.before, each.words) for each in first] == [("exact", "")]
    then, after = changes(between, [stage("dA", message="Line 3: a sign.")])
    assert [(each.before, each.words) for each in then] == [(None, "Line 3: a sign.")]
    again, _ = changes(after, [stage("dA", message="A pattern.")], unexplained=["dA"])
    assert again == [] and changes(after, [stage("dA", message="Line 3: a sign.")])[0] == []


def test_a_student_cannot_put_a_line_or_a_colour_of_their_own_there():
    hostile = stage("dA", "error", "x\nScore 39 / 39\x1b[2J [bold]y[/bold]")
    console = Console(width=200, record=True, file=io.StringIO())
    show_changes(changes({}, [hostile])[0], console)
    assert console.export_text().strip() == r"dA  ! error  x Score 39 / 39\x1b[2J [bold]y[/bold]"


# One round after the other, without waiting for the system to tell of a save


class Followed:
    """Rounds over a folder of these files, with what was told of them."""

    def __init__(self, folder, examination, sandbox, texts):
        self.folder, self.told = folder, []
        for name, text in texts.items():
            self.save(name, text)
        self.rounds = Rounds(WatchedPlace(folder), examination, sandbox, self.told.append)

    def save(self, name, text):
        """Write a file by way of another, as good editors do."""
        (self.folder / "4913~").write_text(text, encoding="utf-8")
        os.replace(self.folder / "4913~", self.folder / name)

    def next(self):
        """What is told of one round."""
        self.told.clear()
        self.rounds.round()
        return list(self.told)


@pytest.fixture
def followed(tmp_path, examination, sandbox, monkeypatch):
    monkeypatch.setattr(rounds_module, "PATIENCE", 1e9)
    yield lambda texts: Followed(tmp_path, examination, sandbox, texts)
    sandbox.heed = careless


def lines(events):
    """What a person would see of some events."""
    console = Console(width=200, record=True, file=io.StringIO())
    teller = Teller(console)
    for event in events:
        teller(event)
    return console.export_text()


def kinds(events):
    return [type(event) for event in events]


def test_the_first_round_tells_everything_and_the_next_ones_what_has_changed(followed):
    watch = followed({TWO: FILES[TWO], THREE: FILES[THREE]})
    first = watch.next()
    assert kinds(first) == [RoundDone] and first[0].is_first and "Exercise 3" in lines(first)
    assert watch.next() == []
    watch.save(TWO, UNDIVIDED)
    told = watch.next()
    said = lines(told)
    assert kinds(told)[0] is Begun and told[0].files == [TWO]
    assert f"{FAST}  ✗ wrong" in said and ", was approximate" in said and "Score 1 / 28" in said
    assert NORM not in said and f"Look first at {FAST}" in said
    watch.save(TWO, FILES[TWO])
    assert f"{FAST}  ≈ approximate, was wrong" in (said := lines(watch.next())) and "Score 2 / 28" in said


def test_a_save_that_changes_no_verdict_is_one_short_line(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    watch.save(TWO, "# a remark\n" + FILES[TWO])
    said = lines(watch.next())
    assert said.count("\n") == 1 and said.rstrip().endswith(f"{TWO}: no verdict has changed, 1 / 28.")


def test_a_file_saved_as_it_was_is_not_graded_again(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    watch.save(TWO, FILES[TWO])
    told = watch.next()
    assert kinds(told) == [Begun, Same] and "nothing has changed" in lines(told)


def test_a_syntax_error_is_told_and_so_is_that_it_is_mended(followed):
    watch = followed({ONE: FILES[ONE], TWO: FILES[TWO]})
    watch.next()
    watch.save(ONE, FILES[ONE] + "def dCounts(:\n")
    said = lines(watch.next())
    assert "! error" in said and "invalid syntax" in said and "Score 26 / 28" in said
    watch.save(ONE, FILES[ONE] + "\0")
    said = lines(watch.next())
    assert "! error" in said and "null bytes" in said and "Score 1 / 28" in said
    assert said.count("dCounts") <= 3, "the stages of one file are one line, not one each"
    watch.save(ONE, FILES[ONE])
    assert "was error" in (said := lines(watch.next())) and "Score 27 / 28" in said


def test_a_file_that_is_deleted_costs_its_stages_until_it_is_back(followed):
    watch = followed({TWO: FILES[TWO], THREE: FILES[THREE]})
    watch.next()
    (watch.folder / THREE).unlink()
    said = lines(watch.next())
    assert f"{THREE} (gone)" in said and f"{NORM}  · missing, was" in said and "Score 1 / 28" in said
    watch.save(THREE, FILES[THREE])
    said = lines(watch.next())
    assert f"{THREE} (new)" in said and ", was missing" in said and "Score 2 / 28" in said


def test_where_everything_is_deleted_that_is_said_once_and_it_goes_on_when_it_is_back(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    shutil.move(watch.folder, away := watch.folder.with_name("away"))
    told = watch.next()
    assert kinds(told) == [Gone] and "is gone; still watching." in lines(told)
    assert watch.next() == []
    watch.folder.mkdir()
    assert kinds(watch.next()) == [Gone]
    shutil.copy(away / TWO, watch.folder)
    told = watch.next()
    assert kinds(told) == [Begun, Same] and "is back" in lines(told)
    watch.save(TWO, UNDIVIDED)
    assert "✗ wrong" in lines(watch.next())


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_a_file_that_is_empty_in_the_middle_of_a_save_is_given_a_moment(followed, text):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    watch.save(TWO, text)
    later = threading.Timer(0.05, watch.save, [TWO, UNDIVIDED])
    later.start()
    said = lines(watch.next())
    later.join()
    assert "✗ wrong, was approximate" in said and "empty" not in said


def test_a_file_that_stays_empty_is_told(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    watch.save(TWO, "")
    assert "is empty. Did you save it?" in lines(watch.next())


def test_other_line_ends_and_a_byte_order_mark_are_nothing_new(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    (watch.folder / TWO).write_bytes(b"\xef\xbb\xbf" + FILES[TWO].replace("\n", "\r\n").encode())
    assert kinds(watch.next()) == [Begun, Same]


def test_no_verdict_is_told_of_what_was_saved_over_meanwhile(followed, monkeypatch):
    """A file is saved again while its first version is being graded: only the second one is judged."""
    watch = followed({TWO: FILES[TWO], THREE: FILES[THREE]})
    watch.next()
    watch.save(TWO, UNDIVIDED)
    grade = rounds_module.grade_submission
    texts = []

    def interrupted(submission, *arguments, **keywords):
        texts.append(submission.sources[0].text)
        if len(texts) == 1:
            watch.save(TWO, FILES[TWO].replace("-= 1", "-= 2"))
        return grade(submission, *arguments, **keywords)

    monkeypatch.setattr(rounds_module, "grade_submission", interrupted)
    told = watch.next()
    assert texts == [UNDIVIDED, FILES[TWO].replace("-= 1", "-= 2")]
    assert kinds(told)[:2] == [Begun, Begun] and kinds(told).count(RoundDone) == 1
    assert told[-1].graded.result.submission.sha256 == read_submission(watch.folder).sha256


def test_a_save_ends_the_wait_for_a_loop_that_does_not_end(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    watch.save(TWO, FILES[TWO].replace("gradient = F", "while True: pass\n    gradient = F"))
    later = threading.Timer(0.3, watch.save, [TWO, UNDIVIDED])
    later.start()
    told = watch.next()
    later.join()
    done = told[-1]
    assert isinstance(done, RoundDone) and kinds(told).count(RoundDone) == 1
    (judged,) = [each for each in done.graded.result.stages if each.name == FAST]
    assert judged.verdict == "wrong" and "timeout" not in lines(told)


def test_going_back_to_what_was_told_before_a_run_was_given_up_is_graded_and_told(followed, monkeypatch):
    watch = followed({TWO: FILES[TWO], THREE: FILES[THREE]})
    watch.next()
    tell = watch.rounds._tell

    def save_after_a_part(event):
        tell(event)
        if isinstance(event, Part) and len(watch.told) < 4:
            watch.save(TWO, FILES[TWO])

    monkeypatch.setattr(watch.rounds, "_tell", save_after_a_part)
    watch.save(TWO, UNDIVIDED)
    said = lines(watch.next())
    assert f"{FAST}  ✗ wrong, was approximate" in said and f"{FAST}  ≈ approximate, was wrong" in said


def test_what_a_change_cannot_have_reached_is_counted_at_once_and_graded_all_the_same(followed):
    watch = followed({TWO: FILES[TWO], THREE: FILES[THREE]})
    watch.next()
    watch.save(TWO, FILES[TWO].replace("return gradient / batchSize", "return -gradient / batchSize"))
    told = watch.next()
    assert kinds(told) == [Begun, Part, Foreseen, RoundDone] and told[-1].is_foreseen
    assert told[2].result.score == told[3].graded.result.score == 1
    assert lines(told).count("Score") == 1


def test_a_change_that_reaches_another_file_by_way_of_the_process_is_told_in_the_end(followed):
    watch = followed({TWO: FILES[TWO], THREE: FILES[THREE]})
    watch.next()
    watch.save(TWO, FILES[TWO] + "\n\nimport sys\nsys.modules['torch'].Tensor.sum = None\n")
    told = watch.next()
    assert Foreseen in kinds(told) and not told[-1].is_foreseen
    said = lines(told)
    assert f"{NORM}  ! error, was" in said and said.rindex("Score 1 / 28") > said.index(NORM)


def test_what_takes_a_while_is_told_once(followed, monkeypatch):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    monkeypatch.setattr(rounds_module, "PATIENCE", 0.0)
    watch.save(TWO, "# a remark\n" + FILES[TWO])
    told = watch.next()
    assert kinds(told).count(Slow) == 1 and "still grading" in lines(told)


def test_a_notebook_is_followed_too_also_while_half_of_it_is_written(tmp_path, followed):
    def notebook(last):
        cells = [v4.new_code_cell("import torch\nimport torch.nn.functional as F")]
        body = FILES[TWO].partition("F\n\n\n")[2].replace("return gradient / batchSize", last)
        return nbformat.writes(v4.new_notebook(cells=[*cells, v4.new_code_cell(body)]))

    watch = followed({"answers.ipynb": notebook("return gradient / batchSize")})
    assert "Score 1 / 28" in lines(watch.next())
    text = notebook("return gradient")
    (tmp_path / "answers.ipynb").write_text(text[: len(text) // 2], encoding="utf-8")
    later = threading.Timer(0.05, watch.save, ["answers.ipynb", text])
    later.start()
    said = lines(watch.next())
    later.join()
    assert f"{FAST}  ✗ wrong, was approximate" in said and "not a notebook" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_the_name_of_a_file_can_bring_no_line_and_no_colour_of_its_own(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    watch.save("x\nScore 39 of 39\x1b[2J.py", "x = 1\n")
    said = lines(watch.next())
    assert "\x1b" not in said and not [line for line in said.splitlines() if line.startswith("Score 39")]


def test_too_many_files_are_a_word_and_no_end(followed):
    watch = followed({TWO: FILES[TWO]})
    watch.next()
    for number in range(60):
        (watch.folder / f"x{number}.py").write_text("", encoding="utf-8")
    assert "a submission can have at most" in lines(watch.next())
    for number in range(60):
        (watch.folder / f"x{number}.py").unlink()
    assert kinds(watch.next()) == [Begun, Same]


# What the system tells of a save


@pytest.fixture
def woken(tmp_path, monkeypatch):
    """Do something, over and over if need be, until it is noticed."""
    monkeypatch.setattr(file_events_module, "HEARTBEAT", 10 * SECONDS * 1000)
    seen: queue.Queue[None] = queue.Queue()

    def follow(place):
        for _ in wakes(place):
            seen.put(None)

    def notices(path, act):
        thread = threading.Thread(target=follow, args=[WatchedPlace(path)], daemon=True)
        thread.start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            act()
            try:
                seen.get(timeout=0.2)
                return True
            except queue.Empty:
                continue
        return False

    return notices


def test_writing_a_file_is_noticed(tmp_path, woken):
    assert woken(tmp_path, lambda: (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8"))


def test_a_save_by_rename_is_noticed_where_one_file_is_watched(tmp_path, woken):
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")

    def save():
        (tmp_path / "a.py.tmp").write_text("x = 2\n", encoding="utf-8")
        os.replace(tmp_path / "a.py.tmp", tmp_path / "a.py")

    assert woken(tmp_path / "a.py", save)


def test_a_save_by_way_of_a_backup_is_noticed(tmp_path, woken):
    """As vim does it: the old file becomes the backup, a new one is written, the backup goes."""
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")

    def save():
        os.rename(tmp_path / "a.py", tmp_path / "a.py~")
        (tmp_path / "a.py").write_text("x = 2\n", encoding="utf-8")
        (tmp_path / "a.py~").unlink()

    assert woken(tmp_path / "a.py", save)


def test_that_a_folder_comes_back_is_noticed_and_so_are_saves_in_it(tmp_path, woken):
    folder = tmp_path / "mine"

    def come():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    assert woken(folder, come)
    assert woken(folder, lambda: (folder / "a.py").write_text("x = 1\n", encoding="utf-8"))


def test_files_that_are_deeper_down_are_noticed(tmp_path, woken):
    (tmp_path / "week1" / "mine").mkdir(parents=True)
    assert woken(tmp_path, lambda: (tmp_path / "week1" / "mine" / "a.py").write_text("x = 1\n", encoding="utf-8"))


def test_what_is_there_is_read_again_only_if_it_was_saved(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    os.utime(tmp_path / "a.py", (1, 1))
    seen = look(WatchedPlace(tmp_path))
    assert look(WatchedPlace(tmp_path), seen) is seen
    (tmp_path / "a.py").write_text("x = 2\n", encoding="utf-8")
    again = look(WatchedPlace(tmp_path), seen)
    assert again is not seen and again.submission.sources[0].text == "x = 2\n"


def test_a_save_within_one_tick_of_a_slow_clock_is_seen(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    seen = look(WatchedPlace(tmp_path))
    when = (tmp_path / "a.py").stat()
    with (tmp_path / "a.py").open("r+b") as file:
        file.write(b"x = 2")
    os.utime(tmp_path / "a.py", ns=(when.st_atime_ns, when.st_mtime_ns))
    assert look_until_settled(WatchedPlace(tmp_path), seen).submission.sources[0].text == "x = 2\n"


# The command


class Watched:
    """`grade watch` at work in a folder, and the lines it prints."""

    def __init__(self, folder, *options, **environment):
        self.process = subprocess.Popen(
            [GRADE, "watch", *map(str, options)],
            cwd=folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, *wanted):
        """The lines up to the first one that holds one of these texts."""
        said, until = "", time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                line = self._lines.get(timeout=1)
            except queue.Empty:
                assert self.process.poll() is None, said
                continue
            said += line
            if any(each in line for each in wanted):
                return said
        raise AssertionError(f"{wanted} did not come: {said}")

    def quiet_for(self, seconds):
        time.sleep(seconds)
        return self._lines.empty()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)


@pytest.fixture
def watched(tmp_path) -> Iterator[Watched]:
    made = []

    def start(*options, **environment):
        made.append(Watched(tmp_path, *options, **environment))
        made[-1].until("Ctrl-C ends it.")
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.wait()
        each._reader.join()
        each.process.stdout.close()


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(FILES[TWO], encoding="utf-8")
    return path


def test_it_follows_saves_deletions_and_errors_and_leaves_quietly(tmp_path, answers, watched):
    watch = watched("--exercise", "cross-entropy")
    page = tmp_path / "report.html"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert watch.quiet_for(2), "the report does not set it off"

    answers.write_text(UNDIVIDED, encoding="utf-8")
    said = watch.until("Look first at")
    assert f"{FAST}  ✗ wrong, was approximate" in said and "Score 0 / 1" in said and "\x1b" not in said
    wait_for(lambda: "0 / 1" in page.read_text(encoding="utf-8"))

    (tmp_path / "new").write_text(FILES[TWO], encoding="utf-8")
    os.replace(tmp_path / "new", answers)
    assert f"{FAST}  ≈ approximate, was wrong" in watch.until("Score 1 / 1")

    answers.write_text("def dLogitsFast(:\n", encoding="utf-8")
    assert "invalid syntax" in watch.until("Score 0 / 1")

    answers.unlink()
    watch.until("still watching")
    answers.write_text(FILES[TWO], encoding="utf-8")
    assert "is back" in watch.until("Score 1 / 1")

    answers.write_text(FILES[TWO] + "# a remark\n", encoding="utf-8")
    assert watch.until("no verdict has changed, 1 / 1.").count("\n") == 1
    assert (watch.interrupt() == 0 and watch._lines.empty()) or watch._lines.get() == "\n"


def wait_for(condition):
    until = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_loop_without_end_costs_its_limit_and_then_it_goes_on(answers, watched):
    watch = watched("answers.py", "--exercise", "cross-entropy", "--timeout", "0.5", "--no-html")
    answers.write_text(FILES[TWO].replace("gradient = F", "while True: pass\n    gradient = F"), encoding="utf-8")
    assert "◷ timeout, was approximate" in watch.until("Score 0 / 1")
    answers.write_text(FILES[TWO], encoding="utf-8")
    watch.until("Score 1 / 1")
    assert watch.process.poll() is None and not (answers.parent / "report.html").exists()


def test_the_probes_are_those_of_the_seed_in_every_round(answers, watched):
    watch = watched("--exercise", "cross-entropy", "--seed", "7", "--html", "page.html", "--explain")
    answers.write_text(UNDIVIDED, encoding="utf-8")
    said = watch.until("Look first at")
    assert "Score 0 / 1" in said
    wait_for(lambda: "0 / 1" in (answers.parent / "page.html").read_text(encoding="utf-8"))


def test_a_folder_that_is_taken_away_and_put_back_is_followed_on(tmp_path, watched):
    folder = tmp_path / "mine"
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("ex[134]*"))
    watch = watched("mine", "--exercise", "cross-entropy", "--no-html")
    shutil.move(folder, tmp_path / "away")
    assert "mine is gone; still watching." in watch.until("still watching")
    shutil.move(tmp_path / "away", folder)
    watch.until("nothing has changed")
    (folder / TWO).write_text(UNDIVIDED, encoding="utf-8")
    watch.until("Score 0 / 1")


def test_interrupted_before_the_first_verdict_it_leaves_as_quietly(answers):
    watch = Watched(answers.parent, "--no-html")
    time.sleep(1.5)
    assert watch.interrupt() in (0, 130, -signal.SIGINT)  # the last ones before Python has come to our code
    watch._reader.join()
    assert "Traceback" not in "".join(watch._lines.queue)
    watch.process.stdout.close()


@pytest.mark.parametrize("number", ENDINGS)
def test_an_interrupt_that_a_library_swallows_comes_again(number, monkeypatch):
    monkeypatch.setattr(interrupts, "AGAIN", 0.05)
    before = {each: signal.getsignal(each) for each in ENDINGS}
    for each in ENDINGS:
        signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)
    interrupts.heed_endings()
    heeded = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt) as raised, insistent_interrupts():
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(number)
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(SECONDS)
        time.sleep(SECONDS)
    assert interrupts.exit_code(raised.value) == 128 + number
    assert signal.getsignal(number) is heeded
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere does not exist"),
        (["nowhere.py"], "nowhere.py does not exist"),
        (["."], "There is no Python file or notebook in this folder."),
        ([str(SOLUTIONS), "--stage", "dCount"], "Did you mean dCounts, dSumCounts or"),
        ([str(SOLUTIONS), "--html", "ex1.py"], "that name is for code to be graded"),
        ([str(SOLUTIONS), "--stage", "dCounts", "--html", "absent/page.html"], "Cannot write"),
        ([str(SOLUTIONS), "--names", "absent.txt"], "absent.txt"),
    ],
)
def test_a_request_that_makes_no_sense_ends_with_2_and_one_sentence(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["watch", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err.replace(os.sep, "/") and "Traceback" not in err and err.count("\n") == 1
