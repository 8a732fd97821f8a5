"""What a student, or a machine that grades, is given of an assignment: never a solution. Needs no torch."""

from grader.assignment.assignment import Assignment
from grader.errors import AssignmentError

README, DESCRIPTION = "README.md", "assignment.toml"


def student_files(assignment: Assignment) -> dict[str, str]:
    """Files by name: the stubs and the notebook as they ship, the forward scripts to read, and the README."""
    scripts = [exercise.script.path for exercise in assignment.exercises]
    stubs = [assignment.folder / exercise.stub for exercise in assignment.exercises]
    readme = assignment.folder / README
    notebook = assignment.folder / assignment.notebook
    files = [path for path in [readme, *stubs, notebook, *scripts] if path.is_file()]
    return {path.relative_to(assignment.folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def grading_files(assignment: Assignment) -> dict[str, bytes]:
    """Files by name, as they are: what it takes to grade, which is `assignment.toml`, the scripts it names, and its own
    data set. Neither stubs nor solutions are among them.

    Raises:
        AssignmentError: a file of it is not in its folder.
    """
    scripts = [assignment.inputs, *(exercise.script for exercise in assignment.exercises)]
    scripts += [task.script for exercise in assignment.exercises for task in exercise.tasks]
    paths = [assignment.folder / DESCRIPTION, *(script.path for script in scripts)]
    if assignment.dataset and assignment.dataset.file.is_relative_to(assignment.folder):
        paths.append(assignment.dataset.file)
    for path in paths:
        if ".." in path.parts or not path.resolve().is_relative_to(assignment.folder.resolve()):
            raise AssignmentError(path, f"is not in the folder of the assignment, {assignment.folder}; move it there.")
    return {path.relative_to(assignment.folder).as_posix(): path.read_bytes() for path in dict.fromkeys(paths)}
