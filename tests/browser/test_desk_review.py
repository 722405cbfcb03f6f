"""A story goes from a contributor through an editor's hands to its readers, each in a browser."""

from __future__ import annotations

import email
import re
import uuid
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, forgive, go_by, press, sign_in
from tests.making import PASSWORD
from tests.serving import Serving, wait_until

pytestmark = pytest.mark.once

HIRE = """
from allauth.account.models import EmailAddress
from accounts.models import User
from accounts.roles import Role, grant
person = User.objects.create_user({email!r}, {password!r}, name={name!r})
EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
grant(person, Role({role!r}))
"""


@pytest.fixture
def hire(person, publication):
    """Somebody of a role, signed in at a computer of their own; the page and the address."""

    def hired(name: str, role: str, **options) -> tuple[Page, str]:
        address = f"{name.lower()}.{uuid.uuid4().hex[:8]}@example.org"
        about = {"email": address, "password": PASSWORD, "name": name, "role": role}
        publication.run(HIRE.format(**about))
        page = person(**options)
        sign_in(page, address, PASSWORD)
        return page, address

    return hired


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def write_and_hand_in(page: Page, title: str) -> None:
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill(title)
    text_of(page).fill("The tide comes twice a day.")
    press(page, "Hand to the editors")
    expect(page.get_by_text("Saved and handed to the editors.")).to_be_visible()


def open_from_inbox(page: Page, told: str) -> None:
    page.goto("/accounts/inbox/")
    go_by(page.get_by_role("button", name=told).first)


def mail_to(publication: Serving, address: str, subject: str) -> str:
    """What the letter of this subject says, once the worker has sent it."""
    folder = Path(publication.environment["LONGHAND_DATA"]) / "mail"
    found: list[str] = []

    def has_come() -> bool:
        for file in folder.glob("*"):
            letter = email.message_from_bytes(file.read_bytes(), policy=default)
            if letter["To"] == address and str(letter["Subject"]).startswith(subject):
                found.append(letter.get_content())
        return bool(found)

    wait_until(has_come)
    return found[0]


def test_a_story_is_handed_in_changed_approved_and_published(hire, publication, complaints):
    title = f"Tides {uuid.uuid4().hex[:8]}"
    cy, cys_address = hire("Cy", "contributor")
    ed, _address = hire("Ed", "editor")
    write_and_hand_in(cy, title)

    # Ed finds it among what waits, corrects a word and asks for more, in one press.
    ed.goto("/admin/blog/post/inbox/")
    follow(ed, title)
    text_of(ed).fill("The tide comes twice a day, nearly.")
    ed.get_by_text("Review…", exact=True).click()
    press(ed, "Ask for changes")
    expect(ed.get_by_text("Say what should change.")).to_be_visible()
    forgive(complaints, "400")
    expect(text_of(ed)).to_have_value("The tide comes twice a day, nearly.")
    ed.get_by_label("What should change?").fill("Why nearly?\nSay it.")
    press(ed, "Ask for changes")
    expect(ed.get_by_text("Given back.")).to_be_visible()

    # Cy reads it in the inbox and by mail, answers without leaving the page, and goes on.
    letter = mail_to(publication, cys_address, "Ed asks for changes")
    assert "> Why nearly?" in letter
    cy.goto("/")
    follow(cy, "Inbox, 1 unread")
    expect(cy.get_by_text("Why nearly?")).to_be_visible()
    go_by(cy.get_by_role("button", name=f"Ed asks for changes to “{title}”"))
    expect(text_of(cy)).to_have_value("The tide comes twice a day, nearly.")
    text_of(cy).fill("The tide comes every twelve hours and a half.")
    cy.get_by_label("Your note").fill("Counted now.")
    cy.get_by_role("button", name="Send note").click()
    expect(cy.get_by_role("listitem").filter(has_text="Counted now.")).to_be_visible()
    expect(text_of(cy)).to_have_value("The tide comes every twelve hours and a half.")
    press(cy, "Hand in again")
    expect(cy.get_by_text("Saved and handed to the editors.")).to_be_visible()

    # Ed reads it as readers will, and approves it there.
    open_from_inbox(ed, f"Cy handed in “{title}”")
    expect(ed.get_by_role("listitem").filter(has_text="Counted now.")).to_be_visible()
    press(ed, "Preview")
    ed.get_by_text("In review · Review…").click()
    press(ed, "Approve")
    expect(ed.get_by_text("Approved. Its author hears of it")).to_be_visible()
    press(ed, "Publish…")
    press(ed, "Publish now")
    expect(ed.get_by_text("Published. Readers can see it now.")).to_be_visible()

    # Cy is told, and led to what readers see.
    open_from_inbox(cy, f"Ed published “{title}”")
    expect(cy.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(cy.get_by_text("every twelve hours and a half")).to_be_visible()
    cy.goto("/accounts/inbox/")
    press(cy, "Mark all as read")
    expect(cy.get_by_role("link", name="Inbox", exact=True)).to_be_visible()


def test_without_scripts_on_a_phone_a_story_goes_there_and_back(hire):
    title = f"Bread {uuid.uuid4().hex[:8]}"
    cy, _address = hire("Cy", "contributor", scripts=False, width=390)
    ed, _address = hire("Ed", "editor", scripts=False, width=390)
    write_and_hand_in(cy, title)
    cy.get_by_label("Your note").fill("Is it too long?")
    press(cy, "Send note")
    expect(cy.get_by_role("listitem").filter(has_text="Is it too long?")).to_be_visible()
    open_from_inbox(ed, f"Cy wrote a note on “{title}”")
    ed.get_by_text("Review…", exact=True).click()
    ed.get_by_label("What should change?").fill("Not at all. Add a recipe.")
    press(ed, "Ask for changes")
    expect(ed.get_by_text("Given back.")).to_be_visible()
    cy.goto("/admin/blog/post/inbox/")
    expect(cy.get_by_role("heading", name="Asked to change")).to_be_visible()
    follow(cy, title)
    text_of(cy).fill("Flour, water, salt.")
    press(cy, "Hand in again")
    expect(cy.locator(".state", has_text="In review")).to_be_visible()
    press(cy, "Save, and take it back from the editors")
    expect(cy.get_by_text("Taken back. It is a draft again.")).to_be_visible()


def test_a_note_that_could_not_be_sent_stays_and_says_so(hire, complaints):
    title = f"Salt {uuid.uuid4().hex[:8]}"
    cy, _address = hire("Cy", "contributor")
    write_and_hand_in(cy, title)
    cy.route("**/notes/", lambda route: route.abort())
    cy.get_by_label("Your note").fill("Hello?")
    cy.get_by_role("button", name="Send note").click()
    expect(cy.get_by_text("Not sent: the server did not answer.")).to_be_visible()
    expect(cy.get_by_label("Your note")).to_have_value("Hello?")
    cy.unroute("**/notes/")
    cy.get_by_role("button", name="Send note").click()
    expect(cy.get_by_role("listitem").filter(has_text="Hello?")).to_be_visible()
    expect(cy.get_by_label("Your note")).to_have_value("")
    forgive(complaints, "/notes/")


def test_what_one_is_told_of_is_ones_own_choice(hire):
    title = f"Stars {uuid.uuid4().hex[:8]}"
    cy, _address = hire("Cy", "contributor")
    ed, _address = hire("Ed", "editor")
    ed.goto("/accounts/")
    row = ed.get_by_role("listitem").filter(has_text="A story is handed in")
    row.get_by_label("in the inbox").uncheck()
    row.get_by_label("by mail").uncheck()
    go_by(ed.locator("#telling").get_by_role("button", name="Save these choices"))
    expect(ed.get_by_text("Saved.")).to_be_visible()
    write_and_hand_in(cy, title)
    ed.goto("/accounts/inbox/")
    expect(ed.get_by_text(title)).to_have_count(0)
    # It waits for an editor all the same.
    ed.goto("/admin/blog/post/inbox/")
    expect(ed.get_by_role("link", name=re.compile(f"^{title}"))).to_be_visible()
