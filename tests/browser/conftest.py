"""A publication that runs as it does for its owner, and people who open it in a real browser.

On the second database run those whose rows are written by many, found or counted: the main job,
saving, publishing, searching, talking, clapping, moderating, guests. The others are marked `once`:
what the server answers to them is asked of both databases without a browser.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from tests import chromium
from tests.serving import Running, Serving, installed

OWNER = ("olga@example.org", "a long enough sentence")
# Many times what anything takes: only a page on which it never happens waits as long.
WAIT_MS = 30_000
# A publication that runs already, behind a certificate that nobody has signed: script/stack test.
RUNNING = os.environ.get("LONGHAND_RUNNING", "")
UNSIGNED = ("--ignore-certificate-errors",) if RUNNING else ()

Person = Callable[..., Page]
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def publication(tmp_path_factory) -> Iterator[Serving]:
    """Served with its worker, its own database, and mail that goes into files."""
    if RUNNING:
        with Running(Path(RUNNING)) as running:
            yield running
        return
    data = tmp_path_factory.mktemp("publication")
    settings = {"OWNER_EMAIL": OWNER[0], "OWNER_PASSWORD": OWNER[1]}
    # A browser in a test types as fast as a script, which it is.
    settings["RESPONSE_SECONDS_AT_LEAST"] = "0"
    # One looks where another has just done something.
    settings["PAGES_MAY_LAG"] = "no"
    with (
        installed(data) as url,
        Serving(data, "--empty", DATABASE_URL=url, **settings) as serving,
    ):
        serving.wait_until_ready()
        yield serving


@pytest.fixture(scope="session")
def pages(publication) -> dict[str, str]:
    """Where each public page is, of a publication that has everything (`tests/everything.py`)."""
    return json.loads(publication.run("from tests.everything import print_pages; print_pages()"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or chromium.installed(),
            args=[*chromium.ARGUMENTS, *UNSIGNED],
        )
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> list[str]:
    """What browsers have complained about; a test forgives what it has provoked."""
    return []


@pytest.fixture
def person(browser, publication, complaints) -> Iterator[Person]:
    """Somebody at a computer (`scripts=False`: one without scripts; `width` in px).

    Whatever the browser complains about, a refused script above all, fails the test.
    """
    contexts: list[BrowserContext] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location})")

    def open_browser(*, scripts: bool = True, width: int = 1440, **options: Any) -> Page:
        context = browser.new_context(
            base_url=publication.url,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            **options,
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("requestfailed", lambda request: _hear_failure(complaints, request))
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []


def _hear_failure(complaints: list[str], request: Any) -> None:
    # A request that a newer one, or a new page, has called off.
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"{request.url}: {request.failure}")


@pytest.fixture(scope="session")
def owner_session(browser, publication) -> StorageState:
    """What a browser holds in which the owner has signed in; nobody ends this session."""
    context = browser.new_context(base_url=publication.url)
    sign_in(context.new_page(), *OWNER)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def owner(person, owner_session) -> Page:
    """The owner, signed in."""
    return person(storage_state=owner_session)


def forgive(complaints: list[str], words: str) -> None:
    """Take away the complaints that have these words; there has to be one."""
    forgiven = [complaint for complaint in complaints if words in complaint]
    assert forgiven, complaints
    for complaint in forgiven:
        complaints.remove(complaint)


def press(page: Page, name: str) -> None:
    """Press a button that leads to a page, and wait for that page."""
    go_by(page.get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> None:
    """Follow a link to another page, and wait for that page."""
    go_by(page.get_by_role("link", name=name, exact=True))


def go_by(control: Locator, *, key: str = "") -> None:
    """Use what leads to another page, by a key or a click, and wait for that page and its scripts.

    What looks like the result may still be the page before: a saving desk changes its address, and
    shows what an earlier press has said. And what is pressed or typed before its scripts are there
    is none of theirs.
    """
    page = control.page
    control.wait_for()
    # Or the page on which it stands, and not the next one, would be the one that has come.
    page.wait_for_load_state("load")
    with page.expect_event("load"):
        control.press(key) if key else control.click()


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")
    page.get_by_role("navigation", name="Your account").get_by_label("Menu of").wait_for()
