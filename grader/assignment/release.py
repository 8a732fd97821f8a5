"""What a student is given of an assignment. Needs no torch."""

from grader.assignment.assignment import Assignment

README = "README.md"


def student_files(assignment: Assignment) -> dict[str, str]:
    """Files by name: the stubs and the notebook as they ship, the forward scripts to read, and the README."""
    scripts = [exercise.script.path for exercise in assignment.exercises]
    stubs = [assignment.folder / exercise.stub for exercise in assignment.exercises]
    readme = assignment.folder / README
    notebook = assignment.folder / assignment.notebook
    files = [path for path in [readme, *stubs, notebook, *scripts] if path.is_file()]
    return {path.relative_to(assignment.folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
