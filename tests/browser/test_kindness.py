"""People who keep apart, and an author who tends a talk, each in a browser of their own."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import forgive, go_by, press
from tests.serving import Serving

pytestmark = pytest.mark.once

CAST = """
import json
from importlib import import_module
from secrets import token_hex
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.roles import Role
from tests.making import make_person, make_post, make_response

Store = import_module(settings.SESSION_ENGINE).SessionStore
people = {}
for name, role in {"Rita": Role.READER, "Cy": Role.READER, "Ada": Role.AUTHOR}.items():
    # Other processes have made people of these names in this publication, with their addresses.
    people[name.lower()] = person = make_person(f"{name} {token_hex(4)}", role)
    person.name = name
    person.save()
story = make_post(by=people["ada"])
make_response(story, people["cy"], source="Says Cy.")
below = make_response(story, people["ada"], source="Says Ada.")
make_response(story, people["rita"], source="Says Rita.")
make_response(story, people["cy"], parent=below, source="Cy to Ada.")
keys = {}
for name, person in people.items():
    session = Store()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    keys[name] = session.session_key
print(json.dumps({"story": story.get_absolute_url(), "keys": keys}))
"""


@pytest.fixture
def cast(publication: Serving):
    """Where a story with some talk is, and what lets each of three people in."""
    return json.loads(publication.run(CAST))


@pytest.fixture
def as_(person, publication, cast):
    def open_browser(name: str, **options: object) -> Page:
        page = person(**options)
        cookie = {"name": "sessionid", "value": cast["keys"][name], "url": publication.url}
        page.context.add_cookies([cookie])
        page.goto(cast["story"])
        return page

    return open_browser


def response(page: Page, said: str):
    return page.locator(".response").filter(has_text=said)


def open_menu(page: Page, said: str):
    menu = response(page, said).locator(".menu")
    menu.locator("summary").click()
    return menu


def test_who_is_blocked_or_muted_is_out_of_sight_and_comes_back(as_, person, cast, complaints):
    ada, cy, stranger = as_("ada", scripts=False), as_("cy"), person()
    rita = as_("rita", width=390)

    go_by(open_menu(ada, "Says Rita.").get_by_role("link", name="Block Rita…"))
    press(ada, "Block")
    expect(ada.get_by_text("Rita is blocked.")).to_be_visible()
    expect(response(ada, "Says Rita.")).to_have_count(0)

    rita.get_by_label("Your response").fill("Let me say this.")
    press(rita, "Respond")
    expect(rita.get_by_role("alert")).to_contain_text("You cannot respond here.")
    expect(rita.get_by_label("Your response")).to_have_value("Let me say this.")
    forgive(complaints, "403")
    rita.goto(cast["story"])
    expect(response(rita, "Says Ada.")).to_have_count(0)
    expect(rita.get_by_text("A response that you do not see.")).to_be_visible()
    expect(response(rita, "Cy to Ada.")).to_be_visible()

    stranger.goto(cast["story"])
    cy.reload()
    for page in (cy, stranger):
        expect(response(page, "Says Rita.")).to_be_visible()
        expect(response(page, "Says Ada.")).to_be_visible()

    open_menu(cy, "Says Ada.")
    press(cy, "Mute this thread")
    expect(cy.get_by_text("You muted this thread")).to_be_visible()
    expect(response(cy, "Cy to Ada.")).to_have_count(0)
    go_by(open_menu(cy, "Says Rita.").get_by_role("link", name="Mute Rita…"))
    press(cy, "Mute")
    expect(response(cy, "Says Rita.")).to_have_count(0)
    expect(cy).to_have_url(re.compile(re.escape(f"{cast['story']}#responses") + "$"))

    ada.goto("/accounts/blocked/")
    press(ada, "Unblock Rita")
    ada.goto(cast["story"])
    expect(response(ada, "Says Rita.")).to_be_visible()
    cy.goto("/accounts/blocked/")
    press(cy, "Unmute this thread")
    press(cy, "Unmute Rita")
    cy.goto(cast["story"])
    for said in ("Says Rita.", "Says Ada.", "Cy to Ada."):
        expect(response(cy, said)).to_be_visible()
    rita.goto(cast["story"])
    rita.get_by_label("Your response").fill("We talk again.")
    press(rita, "Respond")
    expect(response(rita, "We talk again.")).to_be_visible()


def test_an_author_pins_hides_locks_and_closes(as_, cast):
    ada, rita = as_("ada", scripts=False, width=390), as_("rita")

    open_menu(ada, "Says Rita.")
    press(ada, "Pin to the top")
    open_menu(ada, "Says Rita.")
    press(ada, "Unpin")

    go_by(open_menu(ada, "Says Ada.").get_by_role("link", name="Lock this thread…"))
    press(ada, "Lock")
    rita.reload()
    expect(response(rita, "Says Ada.")).to_contain_text("Takes no more replies")
    expect(response(rita, "Cy to Ada.").get_by_text("Reply", exact=True)).to_have_count(0)

    go_by(open_menu(ada, "Says Cy.").get_by_role("link", name="Hide…"))
    expect(ada.get_by_text("Says Cy.")).to_be_visible()
    press(ada, "Hide")
    rita.reload()
    expect(response(rita, "Says Rita.")).to_be_visible()
    expect(response(rita, "Says Cy.")).to_have_count(0)
    go_by(ada.get_by_role("link", name="Hidden responses"))
    press(ada, "Show it again Cy")
    rita.reload()
    expect(response(rita, "Says Cy.")).to_be_visible()

    go_by(ada.get_by_role("link", name="Close responses…"))
    press(ada, "Close responses")
    rita.reload()
    expect(rita.get_by_text("This story takes no more responses.")).to_be_visible()
    expect(rita.get_by_label("Your response")).to_have_count(0)
    press(ada, "Open responses again")
    rita.reload()
    expect(rita.get_by_label("Your response")).to_be_visible()
