"""People write to each other under a story: preview, names, quotes, and words that are not lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, forgive, go_by, press, sign_in
from tests.browser.test_everybody import misfits, seen_by_axe
from tests.making import PASSWORD

PUBLISH = """
from allauth.account.models import EmailAddress
from accounts.roles import Role
from tests.making import make_person, make_post, make_response

roles = {"Ada": Role.AUTHOR, "Bea": Role.AUTHOR, "Rita": Role.READER, "Ed": Role.EDITOR}
people = {name: make_person(f"{name} Bell", role) for name, role in roles.items()}
for name, person in people.items():
    person.email = f"{name.lower()}@bell.example"
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
story = make_post(people["Ada"], title="The bell", slug="the-bell")
make_response(story, people["Bea"], source="It rang *twice* that night.\\n\\nNobody knows why.")
"""
STORY = "/the-bell/"
SELECT = """(text) => {
    const range = document.createRange();
    range.selectNodeContents([...document.querySelectorAll(".response__text p")]
        .find((one) => one.textContent.includes(text)));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture(scope="session", autouse=True)
def _story(publication) -> None:
    publication.run(PUBLISH)


def enter(page: Page, who: str) -> Page:
    sign_in(page, f"{who}@bell.example", PASSWORD)
    page.goto(STORY)
    return page


@pytest.mark.once
def test_what_somebody_types_is_shown_completed_and_never_lost(person, complaints):
    page = enter(person(width=390), "rita")
    field = page.get_by_label("Your response")
    # A pause before the first key, as people make one.
    page.clock.install()
    field.focus()
    expect(page.locator(".composer__said")).to_be_attached()
    page.clock.run_for(1_000)
    page.clock.resume()

    # As readers will read it, a moment after the last key; an older answer never comes after it.
    field.press_sequentially("Was it *really* ")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("em")).to_have_text("really")
    expect(page.get_by_text("How it will read is shown below the field.")).to_be_attached()
    switch = page.get_by_role("button", name="Preview")
    switch.click()
    expect(preview).to_be_hidden()
    switch.click()
    expect(preview).to_be_visible()

    # An @ proposes who talks here; by keyboard alone.
    field.press_sequentially("@b")
    people = page.get_by_role("listbox", name="People")
    expect(people.get_by_role("option")).to_have_text(["Bea Bell @beabell"])
    assert seen_by_axe(page) == []
    assert misfits(page, 390) == []
    field.press("ArrowDown")
    expect(people.get_by_role("option", selected=True)).to_have_count(1)
    field.press("Enter")
    expect(people).to_be_hidden()
    expect(field).to_have_value("Was it *really* @beabell ")
    field.press_sequentially("you, or @a")
    expect(people).to_be_visible()
    field.press("Escape")
    expect(people).to_be_hidden()
    typed = "Was it *really* @beabell you, or @a"
    expect(preview.get_by_role("link", name="@beabell")).to_be_visible()

    # It survives a reload, and a session that ended: the same person finds it again, another not.
    page.wait_for_function("() => localStorage.getItem('response-drafts')?.includes('or @a')")
    page.reload()
    expect(field).to_have_value(typed)
    expect(page.get_by_text("What you wrote before is here again.")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.goto(STORY)
    enter(page, "bea")
    expect(page.get_by_label("Your response")).to_have_value("")
    page.context.clear_cookies(name="sessionid")
    enter(page, "rita")
    expect(field).to_have_value(typed)

    # A session that ends while somebody writes: sent, it is refused, and comes back with them.
    page.context.clear_cookies(name="sessionid")
    press(page, "Respond")
    forgive(complaints, "403")
    expect(page.get_by_text("Your words are kept")).to_be_visible()
    follow(page, "Sign in to respond")
    page.get_by_label("E-mail").fill("rita@bell.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(field).to_have_value(typed)

    # Sent, it is gone from the browser.
    press(page, "Respond")
    expect(page.locator(".response__text", has_text="Was it really @beabell you")).to_be_visible()
    page.goto(STORY)
    expect(page.get_by_label("Your response")).to_have_value("")
    page.wait_for_function("() => !localStorage.getItem('response-drafts')")


def test_people_answer_each_other_and_hear_of_it(person):
    bea, rita = enter(person(), "bea"), enter(person(), "rita")

    # Rita quotes what she answers: the selection goes into the reply, by a press or by a key.
    rita.evaluate(SELECT, "twice")
    answered = rita.locator(".response", has_text="Nobody knows why.").first
    answered.get_by_text("Reply", exact=True).first.click()
    field = rita.get_by_label("Your reply to Bea Bell")
    expect(field).to_have_value("> It rang twice that night.\n\n")
    expect(field).to_be_focused()
    field.press_sequentially("Three times, @adabell.")
    go_by(answered.get_by_role("button", name="Reply", exact=True))
    mine = rita.locator(".response", has_text="Three times").last
    expect(mine.get_by_role("link", name="@adabell")).to_be_visible()
    # By keyboard as well, and at the first use of a page.
    mine.locator(".reply > summary").press("Enter")
    expect(mine.get_by_role("textbox")).to_be_focused()

    # Bea reads it in her inbox, and Ada that she was named.
    bea.goto("/accounts/inbox/")
    row = bea.get_by_role("listitem").filter(has_text="Rita Bell answered your response")
    expect(row).to_contain_text("Three times, @adabell.")
    go_by(row.get_by_role("button"))
    expect(bea.locator(".response__text", has_text="Three times")).to_be_visible()
    ada = enter(person(scripts=False), "ada")
    ada.goto("/accounts/inbox/")
    expect(ada.get_by_role("listitem").filter(has_text="mentioned you")).to_be_visible()

    # Rita says it in other words, and everybody sees that it was edited.
    go_by(mine.get_by_role("link", name="Edit"))
    field = rita.get_by_label("Your response")
    field.fill("Three times, I *think*.")
    expect(rita.get_by_role("region", name="Preview").locator("em")).to_have_text("think")
    assert seen_by_axe(rita) == []
    press(rita, "Save")
    expect(rita.locator(".response", has_text="Three times, I think.").last).to_contain_text(
        "edited"
    )

    # Without scripts: a preview, an answer, an edit; only their writer finds the way.
    ada.goto(STORY)
    expect(ada.get_by_text("Three times, I think.")).to_be_visible()
    ada.get_by_label("Your response").fill("It was *four* times.")
    go_by(ada.locator("#respond").get_by_role("button", name="Preview"))
    expect(ada.get_by_role("region", name="Preview").locator("em")).to_have_text("four")
    go_by(ada.locator("#respond").get_by_role("button", name="Respond"))
    own = ada.locator(".response", has_text="It was four times.").last
    go_by(own.get_by_role("link", name="Edit"))
    ada.get_by_label("Your response").fill("It was *five* times.")
    press(ada, "Save")
    expect(ada.locator(".response", has_text="It was five times.").last).to_contain_text("edited")
    ed = enter(person(scripts=False), "ed")
    changed = ed.locator(".response", has_text="It was five times.").last
    expect(changed.get_by_role("link", name="Edit")).to_have_count(0)
    go_by(changed.get_by_role("link", name="History"))
    expect(ed.locator(".update del")).to_contain_text("four")
