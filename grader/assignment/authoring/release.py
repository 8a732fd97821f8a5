"""What a student, or a machine that grades, is given of an assignment: never a solution. Needs no torch."""

from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import DESCRIPTION, assignment_names, is_shipped
from grader.errors import AssignmentError

README = "README.md"


def student_files(assignment: Assignment) -> dict[str, str]:
    """Files by name: the stubs and the notebook as they ship, the forward scripts to read, and the README."""
    scripts = {each.script.path: each.script.text for each in assignment.exercises}
    scripts |= {each.calls.path: each.calls.text for each in assignment.exercises if each.calls}
    return files_to_fill_in(assignment) | {_name(path, assignment): text for path, text in scripts.items()}


def files_to_fill_in(assignment: Assignment) -> dict[str, str]:
    """Stubs and notebook, as they are in the folder of the assignment, with the README."""
    stubs = [assignment.folder / exercise.stub for exercise in assignment.exercises]
    paths = [assignment.folder / README, *stubs, assignment.folder / assignment.notebook]
    return {_name(path, assignment): path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def files_to_grade_itself(assignment: Assignment) -> dict[str, bytes]:
    """What a student's folder needs beside the files to fill in; nothing where the assignment comes with the grader.

    Raises:
        AssignmentError: a file of it is not in its folder, or another assignment would be taken in its place.
    """
    if is_shipped(assignment):
        return {}
    if assignment.name in assignment_names():
        what = f"name = {assignment.name!r} is the name of an assignment that comes with the grader, which would grade "
        raise AssignmentError(assignment.folder / DESCRIPTION, f"{what}your students' work. Choose another name.")
    return grading_files(assignment)


def answers_in(assignment: Assignment) -> list[str]:
    """The scripts among them that are the reference of a task: students who look can read them."""
    forward = {exercise.script.path for exercise in assignment.exercises}
    tasks = dict.fromkeys(task.script.path for exercise in assignment.exercises for task in exercise.tasks)
    return [_name(path, assignment) for path in tasks if path not in forward]


def grading_files(assignment: Assignment) -> dict[str, bytes]:
    """Files by name, as they are: what it takes to grade, which is `assignment.toml`, the scripts it names, and its own
    data set. Neither stubs nor solutions are among them.

    Raises:
        AssignmentError: a file of it is not in its folder.
    """
    paths = dict.fromkeys(_grading_paths(assignment))
    for path in paths:
        if ".." in path.parts or not path.resolve().is_relative_to(assignment.folder.resolve()):
            raise AssignmentError(path, f"must be inside the assignment's folder, {assignment.folder}; move it there.")
    return {_name(path, assignment): path.read_bytes() for path in paths}


def _grading_paths(assignment: Assignment) -> list[Path]:
    """Of one that is derived, also those of its base, unless that ships with the grader."""
    description = assignment.folder / DESCRIPTION
    if assignment.derivation:
        base = assignment.derivation.base
        return [description, *([] if is_shipped(base) else _grading_paths(base))]
    scripts = [assignment.inputs, *(exercise.script for exercise in assignment.exercises)]
    scripts += [task.script for exercise in assignment.exercises for task in exercise.tasks]
    calls = [exercise.calls.path for exercise in assignment.exercises if exercise.calls]
    names = [assignment.dataset.file] if assignment.dataset else []
    own = [file for file in names if file.is_relative_to(assignment.folder)]
    return [description, *(script.path for script in scripts), *calls, *own]


def _name(path: Path, assignment: Assignment) -> str:
    return path.relative_to(assignment.folder).as_posix()
