"""The browser and the built site, which several test files share: a process can have but one of them."""

import os
import shutil

import pytest

BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # a page that asks for another host gets nothing
]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    found = [os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    path = next(filter(None, found), None)
    if path is None:
        message = "no Chromium found: install one, or name it in the environment variable CHROMIUM"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site():
    from tests.test_site import SITE, served

    if not (SITE / "index.html").exists():
        pytest.fail(f"there is no built site in {SITE}: run `make book`")
    with served(SITE) as address:
        yield address
