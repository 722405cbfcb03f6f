"""What is written on a published story stays in the desk until it is brought before readers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from blog.models import Image, Post, Stale, WorkingCopy
from tests.desk import desk_of, make_picture, write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(ada) -> Post:
    return make_post(ada, title="Wind", source="What readers see.\n")


@pytest.fixture
def written(ada, story) -> Post:
    """The story with a working copy."""
    typed = {"title": "Storm", "subtitle": "", "source": "What Ada writes.\n", "summary": "New."}
    story.keep_working_copy(typed, by=ada)
    return story


def test_readers_do_not_see_a_working_copy(written, client):
    page = client.get(written.get_absolute_url()).content.decode()
    assert "What readers see." in page
    assert "What Ada writes." not in page


def test_the_desk_goes_on_with_the_working_copy(ada, written):
    page = write(ada, written).page
    assert page.fields["title"] == "Storm"
    assert page.fields["source"] == "What Ada writes.\r\n"
    assert page.fields["summary"] == "New."
    assert "Readers do not see this text yet." in page.html


def test_update_brings_the_working_copy_before_readers(ada, written, client):
    write(ada, written).press("_save")
    assert "What Ada writes." in client.get(written.get_absolute_url()).content.decode()
    assert WorkingCopy.of(written) is None


def test_an_update_is_a_revision_that_readers_saw(ada, written):
    write(ada, written).press("_save")
    newest = written.revisions.order_by("-pk").first()
    assert (newest.kind, newest.is_public, newest.source) == (
        "updated",
        True,
        "What Ada writes.\n",
    )


def test_a_slip_of_the_pen_is_mended_without_saying_so(ada, story):
    write(ada, story).press("_save", source="What readers see!", is_minor="on")
    story.refresh_from_db()
    assert story.source == "What readers see!"
    assert story.edited_at is None
    assert story.revisions.order_by("-pk").first().is_minor


def test_giving_it_up_shows_what_readers_see_and_keeps_the_text_among_the_revisions(ada, written):
    desk_of(ada).post(f"/admin/blog/post/{written.pk}/working-copy/removal/")
    assert write(ada, written).page.fields["source"] == "What readers see.\r\n"
    assert written.revisions.filter(source="What Ada writes.\n").exists()


def test_another_author_cannot_give_it_up(written):
    bea = make_person("Bea", Role.AUTHOR)
    answer = desk_of(bea).post(f"/admin/blog/post/{written.pk}/working-copy/removal/")
    assert answer.status_code in {403, 404}
    assert WorkingCopy.of(written)


def test_looking_at_the_address_gives_nothing_up(ada, written):
    answer = desk_of(ada).get(f"/admin/blog/post/{written.pk}/working-copy/removal/")
    assert answer.status_code == 405
    assert WorkingCopy.of(written)


def test_somebody_elses_working_copy_is_not_overwritten_unseen(ada, story):
    story.keep_working_copy({"source": "Ada’s."}, by=ada, only_if_version=story.version)
    with pytest.raises(Stale):
        story.keep_working_copy({"source": "Bea’s."}, by=ada, only_if_version=story.version - 1)
    assert WorkingCopy.of(story).source == "Ada’s."


def test_a_page_whose_answer_was_lost_goes_on_saving(ada, story):
    known = story.version
    story.keep_working_copy({"source": "One."}, by=ada, only_if_version=known, key="a" * 32)
    story.keep_working_copy({"source": "One, two."}, by=ada, only_if_version=known, key="a" * 32)
    assert WorkingCopy.of(story).source == "One, two."


def test_whoever_saves_beside_a_working_copy_is_shown_it(ada, story):
    writing = write(ada, story)
    story.keep_working_copy({"source": "Saved meanwhile."}, by=ada)
    answer = writing.press("_save", source="Typed here.")
    assert answer.status_code == 409
    assert "Saved meanwhile." in answer.content.decode()


def test_a_picture_of_the_working_copy_counts_as_used(ada, story):
    picture = make_picture(ada)
    story.keep_working_copy({"source": picture.markdown}, by=ada)
    assert Image.objects.filter(posts=story).get() == picture


def test_a_title_typed_anew_gives_a_draft_another_address(ada):
    draft = make_post(ada, published=False, title="Old words")
    writing = write(ada, draft)
    writing.press("_save", title="New words", slug="")
    draft.refresh_from_db()
    assert draft.slug == "new-words"


def test_a_published_story_keeps_its_address_when_the_field_is_emptied(ada, story):
    write(ada, story).press("_save", title="Other words", slug="")
    story.refresh_from_db()
    assert story.slug == "wind"


def test_a_picture_that_a_story_shows_no_more_remembers_when(ada):
    picture = make_picture(ada)
    draft = make_post(ada, published=False, source=picture.markdown)
    draft.source = "Without."
    draft.write(by=ada)
    picture.refresh_from_db()
    assert picture.used_at == draft.updated_at


def test_a_story_that_has_expired_is_gone(story, client):
    end = story.published_at + timedelta(minutes=30)
    Post.objects.filter(pk=story.pk).update(expires_at=end)
    late = Post.objects.get(pk=story.pk)
    assert (late.state, late.is_live, late.is_gone) == ("expired", False, True)
    assert list(Post.objects.in_state("expired")) == [late]
    assert client.get(story.get_absolute_url()).status_code == 410
    assert not Post.objects.published().exists()
