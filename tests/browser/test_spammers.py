"""Somebody sends spam twenty times; nobody reads it, and it is dealt with without scripts too."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import forgive, go_by, press, sign_in
from tests.making import PASSWORD

MAKE = """
import json, uuid
from allauth.account.models import EmailAddress
from accounts.models import User
from accounts.roles import Role, grant
from tests.making import PASSWORD, make_post, make_response

key = uuid.uuid4().hex[:8]
people = {
    name: User.objects.create_user(
        f"{name.lower()}.{key}@example.org", PASSWORD, name=f"{name} {key}")
    for name in ("Eve", "Rita", "Ed", "Ada")
}
grant(people["Ed"], Role.EDITOR)
grant(people["Ada"], Role.AUTHOR)
for person in people.values():
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
post = make_post(people["Ada"], title=f"The tides {key}")
rude = make_response(post, people["Eve"], source=f"Fools, all of you {key}.")
print(json.dumps({
    "key": key, "story": post.get_absolute_url(), "rude": rude.pk,
    "people": {name: person.email for name, person in people.items()},
}))
"""
TRIES, READ_BY_MODERATORS = 20, 5
LINKS = " ".join(f"https://pills{number}.example/" for number in range(4))


def come_in(page: Page, made: dict, name: str) -> Page:
    sign_in(page, made["people"][name], PASSWORD)
    return page


def test_twenty_tries_of_a_spammer_are_five_lines_for_moderators_and_none_for_readers(
    person, publication, complaints
):
    made = json.loads(publication.run(MAKE))
    eve, rita = person(scripts=False), person(width=390)
    come_in(eve, made, "Eve")
    eve.goto(made["story"])
    for number in range(TRIES):
        eve.get_by_label("Your response").fill(f"Pills, {number} a day: {LINKS}")
        press(eve, "Respond")
        if number < READ_BY_MODERATORS:
            expect(eve.get_by_text("Your response waits for a moderator")).to_be_visible()
        else:
            expect(eve.get_by_role("alert")).to_contain_text("wait for a moderator")
            assert f"Pills, {number} a day" in eve.get_by_label("Your response").input_value()
    forgive(complaints, "429")

    # Whoever is honest is read at once.
    come_in(rita, made, "Rita").goto(made["story"])
    rita.get_by_label("Your response").fill("At low tide one walks over.")
    press(rita, "Respond")
    stranger = person()
    stranger.goto(made["story"])
    expect(stranger.get_by_text("At low tide one walks over.")).to_be_visible()
    expect(stranger.get_by_text("Pills")).to_have_count(0)

    # Ed has no scripts, five lines to read, and bans with the first.
    ed = come_in(person(scripts=False), made, "Ed")
    ed.goto("/admin/blog/comment/queue/")
    waiting = ed.locator(".waiting").filter(has_text="Pills").filter(has_text=made["key"])
    expect(waiting).to_have_count(READ_BY_MODERATORS)
    go_by(waiting.first.get_by_role("button", name="Spam"))
    expect(waiting).to_have_count(READ_BY_MODERATORS - 1)
    waiting.first.get_by_text("Ban…").click()
    go_by(waiting.first.get_by_role("button", name="Hide and ban"))
    expect(waiting).to_have_count(READ_BY_MODERATORS - 2)
    eve.goto(made["story"])
    eve.get_by_label("Your response").fill("And now?")
    press(eve, "Respond")
    expect(eve.get_by_role("alert")).to_contain_text("You cannot respond here until")
    forgive(complaints, "403")


@pytest.mark.once
def test_without_scripts_readers_clap_and_report_and_a_moderator_decides(person, publication):
    made = json.loads(publication.run(MAKE))
    stranger, story = person(scripts=False, width=390), made["story"]
    stranger.goto(story)
    for thing in ("this story", "the response of Eve"):
        go_by(stranger.get_by_role("button", name=re.compile(f"^Clap for {thing}")).first)
        press(stranger, "50 claps")
        expect(stranger.get_by_text("50 claps so far.")).to_be_visible()
        go_by(stranger.get_by_role("link", name=re.compile("^Back to the")))
        expect(stranger.get_by_role("link", name="50 claps, who gave them").first).to_be_visible()

    rita = come_in(person(scripts=False, width=390), made, "Rita")
    rita.goto(story)
    rude = rita.locator(f"#response-{made['rude']}")
    rude.locator(".menu summary").click()
    go_by(rude.get_by_role("link", name="Report"))
    rita.get_by_label("It is unkind or attacks somebody").check()
    press(rita, "Report it")
    expect(rita.get_by_text("Thank you. A moderator will look at this response.")).to_be_visible()

    ed = come_in(person(scripts=False), made, "Ed")
    ed.goto("/admin/blog/comment/queue/")
    item = ed.locator(f"#waiting-{made['rude']}")
    expect(item).to_contain_text("It is unkind or attacks somebody")
    go_by(item.get_by_role("button", name="Hide").first)
    expect(item).to_have_count(0)
    stranger.goto(story)
    expect(stranger.get_by_text("Fools, all of you")).to_have_count(0)
    go_by(ed.get_by_role("button", name="Take back").first)
    stranger.reload()
    expect(stranger.get_by_text("Fools, all of you")).to_be_visible()
