"""What pytest calls. Every run of pytest on a machine loads this, so nothing else is imported until a file is ours."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from grader.pytest_plugin.head import promising_head
from grader.pytest_plugin.settings import UNWRITTEN_FAILS


def pytest_addoption(parser: pytest.Parser) -> None:
    """A course may want a stub to fail; a student has enough red dots without those."""
    parser.addini(UNWRITTEN_FAILS, "A stage that nobody has written yet fails, and is not skipped.", "bool", False)


@pytest.hookimpl(hookwrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, None]:
    """Collect the stages of a file that is ours, in place of the module that pytest would import."""
    outcome = yield
    if head := promising_head(file_path):
        from grader.pytest_plugin.collect import collected

        outcome.force_result(collected(file_path, head, parent, outcome.get_result()))
