"""Several people talk under one story; others read it in every order, with scripts and without."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import go_by, press, sign_in
from tests.making import PASSWORD

PUBLISH = """
import json
from datetime import timedelta
from allauth.account.models import EmailAddress
from django.utils import timezone
from accounts.roles import Role
from blog.models import Comment
from tests.making import make_person, make_post, make_response

writer = make_person("Tove Talk", Role.AUTHOR)
readers = [make_person(name) for name in ("Rita Talk", "Bo Talk")]
post = make_post(by=writer, title=f"What the tide says {timezone.now().timestamp()}")
long_ago = timezone.now() - timedelta(days=50)
Comment.objects.bulk_create(
    Comment(post=post, author=readers[number % 2], source="x", created_at=long_ago,
            html=f"<p>An early word, number {number}.</p>")
    for number in range(31)
)
Comment.objects.filter(post=post).rescore()
pinned = make_response(post, by=writer, source="Before you begin: be kind.")
Comment.objects.filter(pk=pinned.pk).update(pinned_at=timezone.now())
for one in (writer, *readers):
    EmailAddress.objects.create(user=one, email=one.email, primary=True, verified=True)
print(json.dumps({"url": post.get_absolute_url(),
                  "people": [one.email for one in (*readers, writer)]}))
"""
SAID = ["At low tide.", "Which tide?", "The one in March.", "Not that one.", "I was there.", "So?"]


def test_three_people_talk_six_deep_and_others_follow_it_in_every_order(person, publication):
    made = json.loads(publication.run(PUBLISH))
    people = [person(), person(width=390), person(scripts=False)]
    for page, email in zip(people, made["people"], strict=True):
        sign_in(page, email, PASSWORD)
    last = ""
    for number, words in enumerate(SAID):
        page = people[number % len(people)]
        last = say(page, made["url"], words, above=last)
    # Sent to where it stands: deeper than the story's page shows, on a page of its own.
    assert re.search(r"/responses/(\d+)/#response-\1$", last)

    for stranger in (person(), person(scripts=False, width=390)):
        read_in_every_order(stranger, made["url"])
        follow_the_thread(stranger, made["url"], last)
    expect_to_be_led(person(), made["url"], last)


def say(page: Page, url: str, words: str, *, above: str) -> str:
    """Respond to the story, or to the response whose place is `above`; the place of the new one."""
    # What others have said since is not on the page that was left open.
    page.goto("about:blank")
    page.goto(above or url)
    if not above:
        page.get_by_label("Your response").fill(words)
        press(page, "Respond")
    else:
        answered = page.locator(f"[id='{above.partition('#')[2]}']")
        answered.locator("summary", has_text="Reply").click()
        answered.get_by_role("textbox").fill(words)
        go_by(answered.get_by_role("button", name="Reply", exact=True))
    new = page.locator(".response:target")
    expect(new).to_contain_text(words)
    return page.url


def read_in_every_order(page: Page, url: str) -> None:
    page.goto(url)
    talk = page.locator(".responses")
    expect(talk.locator(".thread").first.locator(".response").first).to_contain_text("be kind")
    expect(talk.get_by_text("Pinned by the author")).to_have_count(1)
    expect(talk.get_by_text("author replied")).to_have_count(1)
    orders = page.get_by_role("navigation", name="Order of the responses")
    go_by(orders.get_by_role("link", name="Oldest"))
    page.wait_for_url("**/responses/?order=oldest")
    expect(page.locator(".response").nth(0)).to_contain_text("be kind")
    expect(page.locator(".response").nth(1)).to_contain_text("number 0.")
    expect(page.get_by_text(SAID[0], exact=True)).to_have_count(0)
    go_by(page.get_by_role("link", name="More responses"))
    page.wait_for_url("**/responses/?order=oldest&after=*")
    expect(page.get_by_text(SAID[0], exact=True)).to_be_visible()
    expect(page.get_by_text("be kind")).to_have_count(0)
    go_by(orders.get_by_role("link", name="Newest"))
    page.wait_for_url("**/responses/?order=newest")
    expect(page.locator(".response").nth(1)).to_contain_text(SAID[0])
    expect(orders.locator("[aria-current]")).to_have_text("Newest")


def follow_the_thread(page: Page, url: str, last: str) -> None:
    """Four deep on the story, on from there, and down to the last by its date."""
    page.goto(url)
    talk = page.locator(".responses")
    expect(talk.get_by_text(SAID[3], exact=True)).to_be_visible()
    expect(talk.get_by_text(SAID[4], exact=True)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    go_by(talk.get_by_role("link", name="Continue this thread"))
    for words in SAID[3:]:
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    end = page.locator(".response", has_text=SAID[5])
    go_by(end.locator(".u-url"))
    page.wait_for_url(last)
    expect(page.locator(".response:target")).to_contain_text(SAID[5])
    expect(page.get_by_role("link", name="In reply to Bo Talk")).to_be_visible()
    if page.evaluate("'scripts' in document.documentElement.dataset"):
        close_by_key(end.locator(".menu"), page)
    go_by(page.get_by_role("link", name="The whole thread"))
    expect(page.locator(".response:target")).to_contain_text(SAID[0])


def close_by_key(menu: Locator, page: Page) -> None:
    """A menu lets go of whoever leaves it by Escape."""
    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("link", name="Report")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Report")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def expect_to_be_led(page: Page, url: str, last: str) -> None:
    """A link to a place on the story's page, where the response does not stand (any more)."""
    page.goto(f"{url}#{last.partition('#')[2]}")
    page.wait_for_url(last)
    expect(page.locator(".response:target")).to_contain_text(SAID[5])
