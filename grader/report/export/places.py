"""Where in a repository a stage is written."""

import posixpath
from pathlib import PurePath

from grader.result import Result, StageResult


def file_of(result: Result, stage: StageResult, root: str) -> str | None:
    """The file of a stage, as seen from the top of the repository.

    Args:
        result: the submission's path is as it was given, from the folder where `grade` ran.
        stage: one of its stages.
        root: the top of the repository, if known; an absolute path inside it becomes a relative one.

    Returns:
        None where it is not known, or not inside the repository.
    """
    if stage.where is None:
        return None
    path = PurePath(result.submission.path)
    file = path if path.name == stage.where.file else path / stage.where.file
    if file.is_absolute() and root and file.is_relative_to(root):
        file = file.relative_to(root)
    name = posixpath.normpath(file.as_posix())
    return None if file.is_absolute() or name.startswith("..") else name
