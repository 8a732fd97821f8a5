"""The command `grade`. `grade PATH` is short for the command that grades; a command word wins over a folder's name."""

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from grader.errors import GraderError
from grader.run.interrupts import exit_code, heed_endings, interruption
from grader.version import __version__

# numpy's library starts its threads as it is loaded; a forked, confined process would wait for them for ever.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

GRADE = "run"
COMMANDS = {
    GRADE: ("grader.cli.run", "Grade what is at PATH (this folder, by default)."),
    "init": ("grader.cli.init", "Get the files to fill in."),
    "hint": ("grader.cli.lookup", "Get a hint for one stage."),
    "show": ("grader.cli.lookup", "Show one stage: its forward lines, what it is given, its shapes."),
    "watch": ("grader.cli.watch", "Grade again on every save, and report only what has changed."),
    "train": ("grader.cli.train", "Train with your own gradients, then sample names."),
    "batch": ("grader.cli.batch", "Grade a whole class: a report for each student, and the gradebook."),
    "diff": ("grader.cli.diff", "Show what has changed between two runs of a class."),
    "export": ("grader.cli.export", "Write results for other tools: Gradescope, GitHub, GitLab, Canvas, Moodle, …"),
    "ci": ("grader.cli.ci", "Write the workflow that grades in CI."),
    "completion": ("grader.cli.completion", "Print the code that lets your shell complete commands and names."),
    "doctor": ("grader.cli.doctor", "Show versions, and which protections are in force here."),
    "new": ("grader.cli.new", "For authors: start an assignment from a small one that works."),
    "verify": (
        "grader.cli.verify",
        "For authors: check an assignment. Its solutions pass, its mutants are caught and named.",
    ),
    "release": ("grader.cli.release", "For authors: make the students' copy of an assignment, without solutions."),
}
FAULT_OF_OURS = 3
CUT_OFF = 1
"""Whoever read the output has stopped reading."""
CHOOSE = "Choose another place, or ask for permission to use this one."
REFUSALS = {
    errno.EACCES: CHOOSE,
    errno.EPERM: CHOOSE,
    errno.EROFS: CHOOSE,
    errno.ENAMETOOLONG: "Check the name.",
    errno.ELOOP: "Check the name.",
    errno.ENOSPC: "Free some space there, or choose another place.",
}
"""What a system may refuse to anyone, with what to do then; other errors of it are faults of ours."""


class Commands(click.Group):
    """Loads the module of a command when it is called for, and takes anything else for a path to grade."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if name != GRADE]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[name][0]), name)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)  # a shell asks what may come first
        if not args or args[0] not in (*self.list_commands(ctx), "--help", "-h", "--version"):
            args = [GRADE, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What may come first: a path, a command, or an option of grading."""
        grade = self.get_command(ctx, GRADE)
        assert grade
        if incomplete.startswith("-"):
            others = [CompletionItem("--version"), CompletionItem("--help")]
            found = [item for item in others if item.value.startswith(incomplete)]
            return [*click.Command.shell_complete(grade, click.Context(grade), incomplete), *found]
        commands = [CompletionItem(name, help=COMMANDS[name][1]) for name in self.list_commands(ctx)]
        found = [item for item in commands if item.value.startswith(incomplete)]
        return [CompletionItem(incomplete, type="file"), *found]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage("grade", "[PATH] [OPTIONS]")
        formatter.write_usage("grade", "COMMAND [ARGUMENTS]")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        grade = self.get_command(ctx, GRADE)
        assert grade
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])
        with formatter.section("Grading options"):
            formatter.write_dl(
                [
                    record
                    for param in grade.params
                    if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
                ]
            )
        with formatter.section("Other options"):
            formatter.write_dl([("--version", "Show the version."), ("-h, --help", "Show this text.")])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pass


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grade")
def grade() -> None:
    """Grade a backward pass written by hand, one gradient at a time.

    Without a command, grade what is at PATH: a Python file, a notebook, or a folder of them (this folder, by default).
    To get the files to start from, run `grade init`.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    heed_endings()
    end(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = grade.main(arguments, prog_name="grade", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        _complain(_sentence(error))
        return error.exit_code
    except GraderError as error:
        if interruption(error):  # what is cut short may fail on its way out
            return _stopped(error)
        _complain(str(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        return _stopped(error)
    except BrokenPipeError:
        return CUT_OFF
    except Exception as error:
        if interruption(error):
            return _stopped(error)
        if isinstance(error, OSError) and error.errno in REFUSALS:
            _complain(f"{error.filename or 'the output'}: {error.strerror}. {REFUSALS[error.errno]}")
            return GraderError.exit_code
        traceback.print_exc()
        click.echo(
            "grade: this is a fault of the grader, not of the code it graded. Please report the lines above.", err=True
        )
        return FAULT_OF_OURS


def _stopped(error: BaseException) -> int:
    with suppress(OSError):  # the terminal may be what is gone
        click.echo("grade: stopped.", err=True)
    return exit_code(interruption(error))


def _complain(sentence: str) -> None:
    """Say what is in the way; the names of files in it may be anyone's."""
    from grader.report.safe import logged

    click.echo(f"grade: {logged(sentence)}", err=True)


def _sentence(error: click.ClickException) -> str:
    """What is wrong with the words of a command, and where the right ones are."""
    text = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path.removesuffix(f" {GRADE}") if context else "grade"
    return f"{text if text.endswith(('.', '?')) else text + '.'} See `{command} --help`."


def end(code: int) -> NoReturn:
    """Leave at once: taking torch down in the ordinary way costs half as much as importing it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        pass
    os._exit(code)
