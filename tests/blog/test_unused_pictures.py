"""Pictures that nothing shows any more."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog.models import Image, Post, Publication
from blog.unused import remove, unused
from tests.desk import desk_of, make_picture
from tests.making import make_person, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

ROOM = "/admin/blog/image/"
LONG_AGO = timezone.now() - timedelta(days=90)


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def old(ada):
    """A picture that was uploaded long ago and that nothing shows."""

    def make(**about):
        image = make_picture(ada, **about)
        Image.objects.filter(pk=image.pk).update(created_at=LONG_AGO)
        return image

    return make


def in_thirty_one_days():
    return timezone.now() + timedelta(days=31)


def act(person, images, **more):
    data = {"action": "remove_unused", "_selected_action": [image.pk for image in images]}
    return desk_of(person).post(ROOM, {**data, "index": "0", **more})


def said(*arguments):
    out = io.StringIO()
    call_command("remove_unused_pictures", *arguments, stdout=out, stderr=out)
    return out.getvalue()


class TestWhichTheyAre:
    def test_one_that_nothing_ever_showed_after_thirty_days(self, ada):
        image = make_picture(ada)
        now = timezone.now()
        assert not unused(now + timedelta(days=29)).exists()
        assert list(unused(now + timedelta(days=31))) == [image]

    def test_not_one_that_a_draft_shows(self, ada, old):
        make_post(by=ada, source=old().markdown, published=False)
        assert not unused().exists()

    def test_not_one_that_leads_a_story(self, ada, old):
        make_post(by=ada, lead_image=old(), published=False)
        assert not unused().exists()

    @pytest.mark.parametrize("key", [str, int])
    def test_not_one_that_a_working_copy_shows_or_is_led_by(self, ada, old, key):
        post = make_post(by=ada)
        shown, lead, free = old(), old(), old()
        typed = {"source": shown.markdown, "lead_image": key(lead.pk)}
        post.keep_working_copy(typed, by=ada)
        assert list(unused()) == [free]

    def test_a_working_copy_without_a_lead_holds_none(self, ada, old):
        image = old()
        make_post(by=ada).keep_working_copy({"source": "x", "lead_image": None}, by=ada)
        make_post(by=ada).keep_working_copy({"source": "x", "lead_image": ""}, by=ada)
        make_post(by=ada).keep_working_copy({"source": "x"}, by=ada)
        assert list(unused()) == [image]

    def test_thirty_days_after_a_story_stopped_showing_it(self, ada, old):
        image = old()
        post = make_post(by=ada, source=image.markdown, published=False)
        post.source = "Without."
        post.write(by=ada)
        assert not unused().exists()
        assert list(unused(in_thirty_one_days())) == [image]

    def test_thirty_days_after_its_story_was_deleted(self, ada, old):
        shown, leading = old(), old()
        make_post(by=ada, source=shown.markdown, lead_image=leading, published=False)
        Post.objects.all().delete()
        assert not unused().exists()
        assert set(unused(in_thirty_one_days())) == {shown, leading}

    def test_thirty_days_after_a_working_copy_with_it_was_given_up(self, ada, old):
        image, post = old(), make_post(by=ada)
        post.keep_working_copy({"source": image.markdown}, by=ada)
        post.drop_working_copy(by=ada)
        assert not unused().exists()
        assert list(unused(in_thirty_one_days())) == [image]

    def test_an_earlier_version_does_not_hold_it_and_comes_back_without_it(self, ada, old):
        image = old()
        post = make_post(by=ada, source=f"![A quay]({image.url})", published=False)
        earlier = post.revisions.first()
        post.source = "Without."
        post.write(by=make_person("Bea", Role.EDITOR))
        Image.objects.update(used_at=LONG_AGO)
        assert remove([image.pk]).count == 1
        post.restore(earlier, by=ada)
        post.refresh_from_db()
        assert post.html.strip() == "<p>A quay</p>"


class TestRemoving:
    def test_what_a_story_shows_again_meanwhile_stays(self, ada, old):
        image = old()
        make_post(by=ada, source=image.markdown)
        assert remove([image.pk]).count == 0
        assert Image.objects.filter(pk=image.pk).exists()

    def test_it_goes_with_its_files(self, old, media, django_capture_on_commit_callbacks):
        image = old()
        with django_capture_on_commit_callbacks(execute=True):
            removal = remove([image.pk, image.pk, 999_999])
        assert (removal.count, removal.byte_count) == (1, image.byte_count)
        assert not [path for path in media.rglob("*") if path.is_file()]


class TestInTheDesk:
    def test_they_have_a_filter(self, ada, ed, old):
        free, shown, new = old(alt="Free"), old(alt="Shown"), make_picture(ada, alt="New")
        make_post(by=ada, source=shown.markdown)
        answer = desk_of(ed).get(ROOM, {"use": "none"})
        assert list(answer.context["cl"].result_list) == [free]
        assert new not in answer.context["cl"].result_list

    def test_what_will_happen_is_said_before_it_does(self, ada, ed, old):
        going, shown, new = old(alt="Old sea"), old(), make_picture(ada)
        make_post(by=ada, source=shown.markdown)
        html = act(ed, [going, shown, new]).content.decode()
        assert "Remove 1 picture" in html
        assert "Old sea" in html
        assert "2 others that you chose stay" in html
        assert Image.objects.count() == 3

    def test_only_what_is_unused_goes(self, ada, ed, old, django_capture_on_commit_callbacks):
        going, shown, new = old(), old(), make_picture(ada)
        make_post(by=ada, source=shown.markdown)
        with django_capture_on_commit_callbacks(execute=True):
            assert act(ed, [going, shown, new], post="yes").status_code == 302
        assert set(Image.objects.all()) == {shown, new}

    def test_nothing_to_remove_is_said(self, ada, ed):
        client = desk_of(ed)
        data = {"action": "remove_unused", "_selected_action": [make_picture(ada).pk], "index": "0"}
        html = client.post(ROOM, data, follow=True).content.decode()
        assert "Nothing to remove" in html

    def test_whoever_may_not_delete_is_not_offered_it_and_not_obeyed(self, ada, old):
        image = old()
        html = desk_of(ada).get(ROOM).content.decode()
        assert "remove_unused" not in html
        assert "delete_selected" not in html
        act(ada, [image], post="yes")
        assert Image.objects.filter(pk=image.pk).exists()

    def test_the_list_says_where_each_is_used(self, ada, old):
        image = old(alt="A pier", file_name="pier.jpg")
        for _number in range(2):
            make_post(by=ada, source=image.markdown)
        make_post(by=ada, lead_image=image)
        make_picture(ada)
        html = desk_of(ada).get(ROOM).content.decode()
        assert all(words in html for words in ("In 2 stories", "Leads 1", "Nowhere", "pier.jpg"))

    def test_file_names_are_searched(self, ada, old):
        image = old(file_name="IMG_2041.jpg")
        make_picture(ada)
        answer = desk_of(ada).get(ROOM, {"q": "2041"})
        assert list(answer.context["cl"].result_list) == [image]

    def test_a_picture_s_page_names_the_stories_that_show_it(self, ada, old):
        image, other = old(), make_person("Bea", Role.AUTHOR)
        own = make_post(by=ada, source=image.markdown, title="Mine", published=False)
        make_post(by=other, lead_image=image, title="Hers, published")
        make_post(by=other, source=image.markdown, title="Her secret", published=False)
        html = (
            desk_of(ada).get(reverse("admin:blog_image_change", args=[image.pk])).content.decode()
        )
        assert reverse("admin:blog_post_change", args=[own.pk]) in html
        assert "Hers, published" in html
        assert "Her secret" not in html
        assert "1 more" in html

    def test_its_page_asks_no_more_for_many_stories(self, ada, old):
        image, client, counts = old(), desk_of(ada), []
        url = reverse("admin:blog_image_change", args=[image.pk])
        for count in (1, 25):
            for _number in range(count):
                make_post(by=ada, source=image.markdown)
            client.get(url)
            with CaptureQueriesContext(connection) as context:
                assert client.get(url).status_code == 200
            counts.append(len(context))
        assert counts[0] == counts[1] <= 14

    def test_deleting_one_that_is_shown_says_who_loses_it(self, ada, ed, old):
        image = old()
        make_post(by=ada, source=image.markdown, title="The loser")
        url = reverse("admin:blog_image_delete", args=[image.pk])
        html = desk_of(ed).get(url).content.decode()
        assert "These stories lose it" in html
        assert "The loser" in html


class TestCommand:
    def test_it_only_says_what_it_would_do(self, ada, old):
        old(file_name="old sea.jpg")
        make_picture(ada)
        words = said()
        assert "old sea.jpg" in words
        assert "1 picture" in words
        assert "Run it again with --delete" in words
        assert Image.objects.count() == 2

    def test_told_to_it_deletes(self, ada, old):
        old()
        old()
        kept = make_picture(ada)
        assert "Removed 2 pictures" in said("--delete")
        assert list(Image.objects.all()) == [kept]
        assert "Removed 0 pictures" in said("--delete")

    def test_nothing_to_do_is_said(self):
        assert said() == "No picture has been used nowhere for 30 days.\n"

    @pytest.mark.django_db(transaction=True)
    def test_files_that_cannot_be_removed_are_named_and_the_rest_goes(self, old, monkeypatch):
        old(), old()

        def refuse(_name):
            raise OSError("read-only")

        monkeypatch.setattr(default_storage, "delete", refuse)
        with pytest.raises(CommandError, match="Files of 2 are left"):
            said("--delete")
        assert not Image.objects.exists()


def test_a_picture_on_the_page_about_the_publication_is_in_use(old):
    shown, other = old(), old()
    Publication.objects.create(about=f"Who we are.\n\n{shown.markdown}")
    assert list(unused()) == [other]
