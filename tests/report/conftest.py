"""What the tests of pages share: a browser, and a few submissions that were really graded."""

import pytest

from helpers.chromium import CHROMIUM, QUIET
from helpers.fake_class import graded_samples


@pytest.fixture(scope="module")
def browser():
    """Chromium, once for each file of tests; they skip where there is none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def samples(examination, training_examination, sandbox):
    """Of which classes of any size are mixed."""
    return graded_samples(examination, training_examination, sandbox)
