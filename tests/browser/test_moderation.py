"""A reader reports a response, a moderator decides by keys alone, and a third person sees it."""

from __future__ import annotations

import json
import uuid

from playwright.sync_api import Page, expect

from tests.browser.conftest import forgive, press, sign_in
from tests.browser.test_everybody import seen_by_axe
from tests.making import PASSWORD

MAKE = """
import json
from allauth.account.models import EmailAddress
from accounts.models import User
from accounts.roles import Role, grant
from tests.making import make_post, make_response

def join(name, role):
    address = f"{{name.lower()}}.{key}@example.org"
    person = User.objects.create_user(address, {password!r}, name=name)
    EmailAddress.objects.create(user=person, email=address, primary=True, verified=True)
    grant(person, Role(role))
    return person

rita, ed, bo = join("Rita", "reader"), join("Ed", "editor"), join("Bo", "reader")
post = make_post(title="Lamps {key}")
bad = make_response(post, bo, source="You are all fools, {key}.")
held = make_response(post, bo, source="Buy my lamps, {key}.", held_because=[{{"rule": "links"}}])
print(json.dumps({{
    "story": post.get_absolute_url(), "rita": rita.email, "ed": ed.email,
    "bad": bad.pk, "held": held.pk,
}}))
"""


def item(page: Page, pk: int):
    return page.locator(f"#waiting-{pk}")


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def press_in(page: Page, pk: int, name: str) -> None:
    item(page, pk).get_by_role("button", name=name).click()
    expect(item(page, pk).get_by_role("button", name="Take back")).to_be_visible()


def test_a_report_is_handled_by_keyboard_and_undone(person, owner, publication, complaints):
    key = uuid.uuid4().hex[:8]
    made = json.loads(publication.run(MAKE.format(key=key, password=PASSWORD)))
    bad, held = made["bad"], made["held"]
    eve = person()
    eve.goto(made["story"])
    insult = eve.get_by_text(f"You are all fools, {key}.")
    expect(insult).to_be_visible()

    # Rita says what is wrong with it, and is thanked where it stands.
    rita = person(width=390)
    sign_in(rita, made["rita"], PASSWORD)
    rita.goto(f"{made['story']}responses/{bad}/report/")
    rita.get_by_label("It is unkind or attacks somebody").check()
    rita.get_by_label("In your own words").fill("He says it to everybody.")
    assert seen_by_axe(rita) == []
    press(rita, "Report it")
    expect(rita.get_by_text("Thank you. A moderator will look at this response.")).to_be_visible()

    # Ed finds it among what waits, and has his hands on the keyboard.
    ed = person()
    sign_in(ed, made["ed"], PASSWORD)
    ed.goto("/admin/blog/comment/queue/")
    expect(ed.locator(".waiting:focus")).to_have_count(1)
    for _step in range(20):
        if item(ed, bad).evaluate("one => one === document.activeElement"):
            break
        keys(ed, "j")
    expect(item(ed, bad)).to_be_focused()
    expect(item(ed, bad)).to_contain_text("He says it to everybody.")
    assert seen_by_axe(ed) == []

    # While he says why, letters are letters.
    keys(ed, "r")
    expect(item(ed, bad).get_by_label("What Bo is told with the decision")).to_be_focused()
    keys(ed, "Tab")
    ed.keyboard.type("Such a harsh tone.")
    keys(ed, "Escape", "h")
    expect(item(ed, bad)).to_contain_text("Such a harsh tone.")
    expect(ed.get_by_role("status")).to_contain_text("Hidden: nobody sees the response by Bo.")
    assert not item(ed, bad).evaluate("one => one === document.activeElement")
    eve.reload()
    expect(insult).to_have_count(0)

    # Second thoughts.
    keys(ed, "u")
    expect(item(ed, bad)).to_be_focused()
    expect(ed.get_by_role("status")).to_contain_text("Taken back")
    eve.reload()
    expect(insult).to_be_visible()

    # A colleague was quicker with the other one: nothing is overwritten.
    owner.goto("/admin/blog/comment/queue/")
    press_in(owner, held, "Spam")
    item(ed, held).focus()
    keys(ed, "a")
    expect(item(ed, held).locator("[data-role=trouble]")).to_contain_text("marked it as spam")
    forgive(complaints, "409")
    eve.reload()
    expect(eve.get_by_text(f"Buy my lamps, {key}.")).to_have_count(0)
    item(ed, bad).focus()
    keys(ed, "s")
    expect(item(ed, bad)).to_contain_text("Marked as spam.")
    ed.goto("/admin/blog/comment/decisions/")
    expect(ed.get_by_text("Ed marked it as spam").first).to_be_visible()
    assert seen_by_axe(ed) == []
