"""A story with 5,000 responses: as quick to open as any, and nothing of it out of reach."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.conftest import go_by

PUBLISH = """
import json, random
from datetime import timedelta
from django.utils import timezone
from blog.models import Comment, PostStats
from tests.making import make_person, make_post

post, readers = make_post(title="What everybody talks about"), [make_person() for _n in range(20)]
start, number = timezone.now() - timedelta(days=9), 0

def say(count, above=lambda n: None):
    global number
    said = []
    for n in range(count):
        number += 1
        parent = above(n)
        said.append(Comment(
            post=post, author=readers[number % 20], parent=parent,
            root_id=(parent.root_id or parent.pk) if parent else None,
            html=f"<p>Word number {number}.</p>", source="x",
            created_at=start + timedelta(minutes=number)))
    return Comment.objects.bulk_create(said)

threads = say(200)
busy, deep = threads[0], threads[1]
say(2_000, lambda n: busy)
for _step in range(30):
    (deep,) = say(1, lambda n: deep)
say(2_770, lambda n: threads[2 + n % 198])
Comment.objects.filter(post=post).rescore()
PostStats.objects.update_or_create(post=post, defaults={"comment_count": number})
print(json.dumps({"url": post.get_absolute_url(), "last": deep.get_absolute_url()}))
"""
MOST_ON_A_PAGE = 100
PAGE_BYTES = 400 * 1024
THREADS = 200


def test_five_thousand_responses_are_read_page_by_page(person, publication):
    made = json.loads(publication.run(PUBLISH))
    for page in (person(width=390), person(scripts=False)):
        read_as_a_reader_does(page, made["url"])
    page.goto(made["last"])
    expect(page.locator(".response").first).to_contain_text("Word number 2230.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # All threads stand on some page, each of them once, and no page is larger than others.
    address, seen = f"{made['url']}responses/?order=oldest", []
    while address:
        answer = page.goto(address)
        assert len(answer.body()) <= PAGE_BYTES
        assert page.locator(".response").count() <= MOST_ON_A_PAGE
        threads = page.locator(".thread").first.locator("> div > .response")
        seen += threads.evaluate_all("(found) => found.map((one) => one.id)")
        more = page.get_by_role("link", name="More responses")
        address = more.get_attribute("href") if more.count() else ""
    assert len(seen) == len(set(seen)) == THREADS


def read_as_a_reader_does(page: Page, url: str) -> None:
    """The story, on to further responses, and into a thread that does not end."""
    page.goto(url)
    expect(page.get_by_role("link", name="5000 responses").first).to_be_visible()
    assert 30 <= page.locator(".response").count() <= MOST_ON_A_PAGE
    go_by(page.get_by_role("link", name="More responses"))
    expect(page.locator(".response").first).to_be_visible()
    assert 30 <= page.locator(".response").count() <= MOST_ON_A_PAGE
    page.goto(f"{url}responses/?order=oldest")
    go_by(page.get_by_role("link", name="Continue this thread").first)
    for _page in range(2):
        replies = page.locator(".thread .thread .response")
        expect(replies.first).to_be_visible()
        assert replies.count() <= MOST_ON_A_PAGE
        go_by(page.get_by_role("link", name="Continue this thread").last)
