"""What a story said before, compared and restored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog.models import Post, Revision, WorkingCopy
from tests.desk import desk_of
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(ada):
    """Two revisions: the wind was calm, and then it was not."""
    post = make_post(by=ada, published=False, title="Wind", source="It was a calm day.\n")
    Revision.objects.update(created_at=timezone.now() - timedelta(hours=2))
    post.source = "It was a wild day.\n"
    post.write(by=ada)
    return post


def url_of(post):
    return reverse("admin:blog_post_revisions", args=[post.pk])


def restoration_of(revision):
    return reverse("admin:blog_post_restoration", args=[revision.post_id, revision.pk])


def test_the_newest_change_is_shown_word_by_word(ada, story):
    page = desk_of(ada).get(url_of(story)).content.decode()
    assert "<del>calm</del><ins>wild</ins>" in page


def test_any_two_revisions_are_compared_in_their_order(ada, story):
    old, new = story.revisions.order_by("pk")
    for first, second in ((old, new), (new, old)):
        page = desk_of(ada).get(url_of(story), {"from": first.pk, "to": second.pk})
        assert "<del>calm</del><ins>wild</ins>" in page.content.decode()
    page = desk_of(ada).get(url_of(story), {"from": old.pk, "to": old.pk})
    assert "Both say the same." in page.content.decode()


def test_a_restored_revision_is_a_new_one_and_nothing_is_lost(ada, story):
    old, new = story.revisions.order_by("pk")
    answer = desk_of(ada).post(restoration_of(old), follow=True)
    assert "Restored: the text is that of" in answer.content.decode()
    story.refresh_from_db()
    assert story.source == "It was a calm day.\n"
    assert "calm" in story.html
    kinds = list(story.revisions.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["saved", "saved", "restored"]
    assert Revision.objects.get(pk=new.pk).source == "It was a wild day.\n"


def test_a_revision_that_is_too_long_by_now_is_refused_with_a_sentence(ada, story):
    old = story.revisions.order_by("pk").first()
    Revision.objects.filter(pk=old.pk).update(source="x" * 210_000)
    answer = desk_of(ada).post(restoration_of(old), follow=True)
    assert "This text is too long" in answer.content.decode()
    assert Post.objects.get(pk=story.pk).source == "It was a wild day.\n"


def test_a_restored_text_of_a_published_story_waits_in_its_working_copy(ada, story):
    story.publish(by=ada)
    old = story.revisions.order_by("pk").first()
    seen = story.source
    desk_of(ada).post(restoration_of(old))
    assert WorkingCopy.of(story).source == old.source
    assert Post.objects.get(pk=story.pk).source == seen


def test_strangers_neither_see_nor_restore_revisions(client, story):
    old = story.revisions.order_by("pk").first()
    for who, status in ((Role.AUTHOR, 404), (Role.CONTRIBUTOR, 404), (Role.EDITOR, 200)):
        desk = desk_of(make_person(role=who))
        assert desk.get(url_of(story)).status_code == status
        expected = 302 if status == 200 else 404
        assert desk.post(restoration_of(old)).status_code == expected
    assert client.get(url_of(story)).status_code == 302


def test_a_contributor_restores_nothing_once_readers_can_see_it():
    cy = make_person(role=Role.CONTRIBUTOR)
    story = make_post(by=cy)
    desk = desk_of(cy)
    assert desk.get(url_of(story)).status_code == 404
    assert desk.post(restoration_of(story.revisions.first())).status_code == 404


def test_another_storys_revision_cannot_be_restored_here(ada, story):
    other = make_post(by=make_person(role=Role.AUTHOR), published=False, source="Secret.")
    foreign = other.revisions.get()
    url = reverse("admin:blog_post_restoration", args=[story.pk, foreign.pk])
    assert desk_of(ada).post(url).status_code == 404
    compared = desk_of(ada).get(url_of(story), {"from": foreign.pk, "to": foreign.pk})
    assert compared.status_code == 404


def test_looking_changes_nothing_and_restoring_needs_post(ada, story):
    old = story.revisions.order_by("pk").first()
    assert desk_of(ada).get(restoration_of(old)).status_code == 405
    assert desk_of(ada).post(url_of(story)).status_code == 405


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "1 2", "²"])
def test_odd_keys_show_the_newest_instead_of_a_mistake(ada, story, odd):
    page = desk_of(ada).get(url_of(story), {"from": odd, "to": odd, "older": odd})
    assert page.status_code == 200


def test_many_revisions_are_read_page_by_page(ada, django_assert_max_num_queries):
    story = make_post(by=ada, published=False)
    at = timezone.now()
    Revision.objects.bulk_create(
        Revision(post=story, by=ada, title="T", source=f"v{n}", created_at=at) for n in range(120)
    )
    desk = desk_of(ada)
    with django_assert_max_num_queries(14):
        page = desk.get(url_of(story))
    seen, pages = set(), 0
    while page is not None:
        rows = page.context["rows"]
        seen |= {row.pk for row in rows}
        pages += 1
        older = page.context["older"]
        page = desk.get(url_of(story), {"older": older}) if older else None
    assert (len(seen), pages) == (121, 3)
