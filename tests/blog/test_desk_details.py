"""What the panel beside a text sets, and what readers find of it."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from blog.models import Post
from tests.desk import STORIES, desk_of, write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def story() -> Post:
    return make_post(make_person("Ada", Role.AUTHOR), title="Wind", source='He said "no".')


def read(client, path):
    return client.get(path).content.decode()


def test_a_pinned_story_leads_the_front_page(ed, story, client):
    for number in range(3):
        make_post(title=f"Newer {number}")
    write(ed, story).press("_save", is_pinned="on")
    assert client.get("/").context["lead"].make() == story
    write(ed, story).press("_save", is_pinned=None)
    assert client.get("/").context["lead"].make() != story


def test_search_engines_and_feeds_are_sent_to_where_a_story_stood_first(ed, story, client):
    url = "https://example.org/first/?a=1&b=2"
    write(ed, story).press("_save", canonical_url=url)
    href = 'href="https://example.org/first/?a=1&amp;b=2"'
    assert f'<link rel="canonical" {href}>' in read(client, "/wind/")
    assert f'<link {href} rel="canonical"/>' in read(client, "/feed/")
    write(ed, story).press("_save", canonical_url="")
    assert 'rel="canonical"' not in read(client, "/feed/")
    assert "example.org/first" not in read(client, "/wind/")


def test_a_story_has_the_quotes_and_the_language_that_were_chosen(ed, story, client):
    write(ed, story).press("_save", language="de")
    page = read(client, "/wind/")
    assert '<h1 class="story__title p-name" lang="de">' in page
    assert "„no“" in page


def test_authors_stand_in_the_order_in_which_they_were_typed(ed, story, client):
    bea, cleo = (make_person(name, Role.AUTHOR).author for name in ("Bea", "Cleo"))
    write(ed, story).press("_save", author_names=f"Cleo, @{bea.handle}, Ada")
    names = ["Cleo", "Bea", "Ada"]
    assert [author.name for author in Post.objects.get().byline] == names
    assert [author.name for author in client.get("/wind/").context["byline"]] == names
    write(ed, story).press("_save", author_names=f"Ada, @{cleo.handle}")
    assert [author.name for author in Post.objects.get().byline] == ["Ada", "Cleo"]


def test_a_story_that_was_moved_is_its_new_authors_for_readers_and_in_the_desk(ed, story, client):
    ada, bea = story.byline[0], make_person("Bea", Role.AUTHOR)
    act = {
        "action": "move",
        "_selected_action": [story.pk],
        "author": bea.author.pk,
        "confirmed": "yes",
    }
    desk_of(ed).post(STORIES, act)
    assert "Wind" in read(client, bea.author.get_absolute_url())
    assert "Wind" not in read(client, ada.get_absolute_url())
    assert write(bea, story).page.status == 200
    assert desk_of(ada.user).get(f"{STORIES}{story.pk}/change/").status_code == 404


def test_a_folded_group_with_something_wrong_in_it_is_open(ed, story):
    def folds(page):
        return [
            part.partition(">")[0] for part in page.html.split('<details class="panel__fold"')[1:]
        ]

    writing = write(ed, story)
    assert not any("open" in fold for fold in folds(writing.page))
    writing.press("_save", slug="two words")
    assert ["open" in fold for fold in folds(writing.page)] == [True, False]
    writing.send(language="xx", slug="wind", _save="1")
    assert ["open" in fold for fold in folds(writing.page)] == [False, True]
