"""What a list says again of a story is what it would say now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Author
from accounts.roles import Role
from blog.models import Image, Post, PostStats, Publication, Series, Tag
from blog.templatetags.longhand import short_day
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories():
    """Enough that one leads, some are applauded, and one is the newest part of a series."""
    ada = make_person("Ada Moss", Role.AUTHOR)
    image = Image.objects.create(width=1600, height=900, widths=[480, 960], alt="The old pier")
    posts = [
        make_post(ada, title=f"Log {number}", subtitle="By night", lead_image=image)
        for number in range(5)
    ]
    for post in posts:
        post.set_topics(Tag.objects.named(["Sea"]))
    Post.objects.filter(pk=posts[1].pk).update(series=Series.objects.named("Old ropes"))
    PostStats.objects.update(clap_count=7)
    return posts


def changed(html, *, before, after):
    return after in html and before not in html


def test_a_page_made_again_says_what_was_changed_meanwhile(client, stories):
    keys = [post.pk for post in stories]
    of_these = Post.objects.filter(pk__in=keys)
    for change, before, after in (
        (lambda: of_these.update(title="Harbour"), "Log 1", "Harbour"),
        (lambda: of_these.update(subtitle="By day"), "By night", "By day"),
        (lambda: of_these.update(reading_minutes=9), ">1 min read", ">9 min read"),
        (lambda: of_these.update(language="he"), 'lang="en"><a', 'lang="he"><a'),
        (lambda: PostStats.objects.update(clap_count=8), ">7 claps", ">8 claps"),
        (lambda: Author.objects.update(name="Ada Reed"), "Ada Moss", "Ada Reed"),
        (lambda: Author.objects.update(avatar="a/new.jpg"), '<span class="avatar"', "a/new.jpg"),
        (lambda: Image.objects.update(alt="The new pier"), "The old pier", "The new pier"),
        (lambda: Image.objects.update(widths=[480, 1280]), "/960.jpg", "/1280.jpg"),
        (lambda: Tag.objects.update(name="Tides"), ">Sea<", ">Tides<"),
        (lambda: Series.objects.update(title="New ropes"), "Old ropes", "New ropes"),
    ):
        assert before in client.get("/").content.decode(), before
        change()
        html = client.get("/").content.decode()
        assert changed(html, before=before, after=after), after


def test_a_page_made_again_counts_the_parts_anew(client, stories):
    assert ">1 part<" in client.get("/").content.decode()
    Post.objects.filter(pk=stories[0].pk).update(series=Series.objects.get())
    assert ">2 parts<" in client.get("/").content.decode()


def test_dates_are_those_of_the_time_zone_that_the_publication_has_now(client):
    at = datetime(2024, 1, 5, 23, tzinfo=UTC)
    make_post(published_at=at)
    here, there = short_day(at.date()), short_day(at.date() + timedelta(days=1))
    assert here in client.get("/").content.decode()
    Publication(time_zone="Asia/Tokyo").save()
    html = client.get("/").content.decode()
    assert changed(html, before=here, after=there)


def test_what_is_said_again_is_made_of_the_same_and_ends_at_the_same_time(client, stories):
    ends_at = timezone.now() + timedelta(hours=1)
    Post.objects.filter(pk=stories[2].pk).update(expires_at=ends_at)
    first, second = client.get("/"), client.get("/")
    assert first.made_of == second.made_of
    author, image = Author.objects.get(), Image.objects.get()
    assert {("author", author.pk), ("image", image.pk)} <= second.made_of
    assert {("post", post.pk) for post in stories} <= second.made_of
    assert second.recipe.good_until == first.recipe.good_until == ends_at


def test_a_story_without_an_author_and_one_with_two_say_so(client):
    make_post(title="Nobody's").authorships.all().delete()
    both = make_post(make_person("Ada", Role.AUTHOR), title="Both")
    bea = Author.objects.make_for(make_person("Bea", Role.AUTHOR))
    both.set_byline([*both.byline, bea])
    for _time in range(2):
        html = client.get("/").content.decode()
        assert html.count("Nobody&#x27;s") + html.count("Nobody’s") >= 1
        assert html.index(">Ada<") < html.index(">Bea<")
