"""What stands before responses: a person never meets it, and is told when they have to wait."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import press, sign_in
from tests.making import PASSWORD

pytestmark = pytest.mark.once

MAKE = """
from allauth.account.models import EmailAddress
from tests.making import make_person, make_post
make_post(title="An open door", slug="open-door")
make_post(title="A door with a bell", slug="bell", response_hold="everything")
for number in range(2):
    person = make_person(f"Caller {number}")
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    print(person.email)
"""


def respond(page: Page, text: str) -> None:
    field = page.get_by_label("Your response")
    field.fill(text)
    field.press("Tab")
    expect(page.locator("[name=subject]").first).not_to_be_focused()
    press(page, "Respond")


def test_traps_hold_up_no_person_with_or_without_scripts(person, publication):
    people = publication.run(MAKE).split()
    stranger = person(width=390)
    for number, scripts in enumerate((True, False)):
        reader = person(scripts=scripts, width=390)
        sign_in(reader, people[number], PASSWORD)
        reader.goto("/open-door/")
        # Nobody sees it, nobody hears of it, and nothing beside it moves.
        lure = reader.locator("[aria-hidden=true]", has=reader.locator("[name=subject]")).first
        assert lure.bounding_box()["width"] <= 1
        expect(reader.get_by_role("textbox", name="Leave this field empty")).to_have_count(0)
        respond(reader, f"I came in, {number}.")
        expect(reader.get_by_text(f"I came in, {number}.")).to_be_visible()
        # From the page that the browser kept, too.
        reader.go_back()
        respond(reader, f"And again, {number}.")
        stranger.goto("/open-door/")
        for said in ("I came in", "And again"):
            expect(stranger.get_by_text(f"{said}, {number}.")).to_be_visible()

        reader.goto("/bell/")
        respond(reader, f"I rang, {number}.")
        expect(reader.get_by_text("Your response waits for a moderator")).to_be_in_viewport()
        stranger.goto("/bell/")
        expect(stranger.get_by_text(f"I rang, {number}.")).to_have_count(0)
