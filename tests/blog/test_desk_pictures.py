"""The words on pictures: beside a story, and in the desk's own room for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.roles import Role
from blog.models import Image, Post
from blog.tasks import rerender_stories_with
from tests.desk import desk_of, make_picture, read, write
from tests.making import make_person, make_post, picture_bytes

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.once]

ROOM = "/admin/blog/image/"


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def image(ada):
    return make_picture(ada, alt="A pier")


def url_of(image):
    return reverse("admin:blog_image_change", args=[image.pk])


class TestBesideTheStory:
    def test_new_words_are_in_the_story_at_once(self, ada, image):
        post = make_post(by=ada, source=f"![]({image.url})")
        key = f"picture-{image.pk}"
        answer = write(ada, post).press(
            **{f"{key}-alt": "A pier at dawn", f"{key}-caption": "Dawn", f"{key}-credit_name": "Bo"}
        )
        assert answer.status_code == 302
        html = Post.objects.get().html
        assert all(words in html for words in ('alt="A pier at dawn"', "Dawn", "Bo"))
        image.refresh_from_db()
        assert (image.alt, image.caption, image.credit_name) == ("A pier at dawn", "Dawn", "Bo")

    def test_other_stories_with_the_picture_say_the_new_words_too(
        self, ada, image, django_capture_on_commit_callbacks
    ):
        post, other = (make_post(by=ada, source=f"![]({image.url})") for _time in range(2))
        with django_capture_on_commit_callbacks(execute=True):
            write(ada, post).press(**{f"picture-{image.pk}-alt": "At dawn"})
        assert DBTaskResult.objects.filter(task_path__endswith="rerender_stories_with").exists()
        rerender_stories_with.func(image.pk)
        other.refresh_from_db()
        assert 'alt="At dawn"' in other.html
        assert other.edited_at is None

    def test_words_that_did_not_change_make_no_work(
        self, ada, image, django_capture_on_commit_callbacks
    ):
        post = make_post(by=ada, source=f"![]({image.url})")
        writing = write(ada, post)
        with django_capture_on_commit_callbacks(execute=True):
            assert writing.press(title="Another").status_code == 302
        assert not DBTaskResult.objects.filter(task_path__endswith="rerender_stories_with").exists()

    def test_a_picture_about_which_nothing_was_sent_makes_no_work(
        self, ada, image, django_capture_on_commit_callbacks
    ):
        post = make_post(by=ada, source=f"![]({image.url})")
        silent = {name: None for name in write(ada, post).page.fields if "picture-" in name}
        with django_capture_on_commit_callbacks(execute=True):
            assert write(ada, post).send(**silent, _save="1").status_code == 302
        assert not DBTaskResult.objects.exists()
        image.refresh_from_db()
        assert image.alt == "A pier"

    def test_the_words_on_anothers_picture_are_not_offered_and_not_taken(self, ada):
        theirs = make_picture(make_person("Bea", Role.AUTHOR), alt="Bea's words")
        post = make_post(by=ada, source=theirs.markdown)
        writing = write(ada, post)
        key = f"picture-{theirs.pk}"
        assert f"{key}-alt" not in writing.page.fields
        writing.send(**{f"{key}-sent": "1", f"{key}-alt": "Mine now", "_save": "1"})
        theirs.refresh_from_db()
        assert theirs.alt == "Bea's words"

    def test_an_editor_describes_every_picture(self, ada, image):
        post = make_post(by=ada, source=f"![]({image.url})")
        ed = make_person("Ed", Role.EDITOR)
        write(ed, post).press(**{f"picture-{image.pk}-alt": "By Ed"})
        image.refresh_from_db()
        assert image.alt == "By Ed"

    def test_described_and_decorative_at_once_is_asked_about(self, ada, image):
        post = make_post(by=ada, source=f"![]({image.url})")
        writing = write(ada, post)
        key = f"picture-{image.pk}"
        answer = writing.press(title="Kept", **{f"{key}-is_decorative": "on"})
        assert answer.status_code == 400
        assert "Either describe the picture, or call it decorative." in writing.page.errors
        assert "Something about a picture is not right; see below." in writing.page.errors
        assert writing.page.fields["title"] == "Kept"
        assert writing.press(**{f"{key}-alt": ""}).status_code == 302
        image.refresh_from_db()
        assert image.is_decorative

    @pytest.mark.parametrize(
        ("name", "value"), [("credit_url", "javascript:alert(1)"), ("alt", "x" * 501)]
    )
    def test_wrong_words_are_kept_and_nothing_is_saved(self, ada, image, name, value):
        post = make_post(by=ada, source=f"![]({image.url})", title="As it was")
        writing = write(ada, post)
        key = f"picture-{image.pk}-{name}"
        assert writing.press(title="Changed", **{key: value}).status_code == 400
        assert writing.page.fields[key] == value
        assert Post.objects.get().title == "As it was"
        image.refresh_from_db()
        assert getattr(image, name) != value

    @pytest.mark.parametrize("key", ["picture-999999999999999999-sent", "picture-x-sent"])
    def test_words_on_a_picture_that_is_not_there_are_ignored(self, ada, key):
        assert write(ada).send(title="x", source="x", **{key: "1"}).status_code == 302

    def test_anothers_picture_does_not_lead_ones_story(self, ada):
        theirs = make_picture(make_person("Bea", Role.AUTHOR))
        writing = write(ada)
        answer = writing.send(title="x", source="x", lead_image=str(theirs.pk))
        assert answer.status_code == 400
        assert "This picture is not there any more." in writing.page.errors


class TestWhatReadersSee:
    """Whoever may not publish does not change the words on pictures that are published."""

    @pytest.fixture
    def cy(self):
        return make_person("Cy", Role.CONTRIBUTOR)

    def test_a_contributor_no_longer_changes_what_an_editor_has_published(self, cy):
        image = make_picture(cy, alt="As published")
        post = make_post(by=cy, source=image.markdown, published=False)
        page = read(desk_of(cy).get(url_of(image)), "image_form")
        post.publish(by=make_person("Ed", Role.EDITOR))
        desk_of(cy).post(url_of(image), {**page.fields, "alt": "Mine", "_save": "1"})
        other = make_post(by=cy, source=image.markdown, published=False)
        key = f"picture-{image.pk}"
        assert f"{key}-alt" not in write(cy, other).page.fields
        write(cy, other).send(**{f"{key}-sent": "1", f"{key}-alt": "Mine"})
        image.refresh_from_db()
        assert image.alt == "As published"

    @pytest.mark.parametrize("role", Role)
    def test_the_list_finds_what_the_predicate_allows(self, role):
        person, bea = make_person("Some Body", role), make_person("Bea", Role.AUTHOR)
        soon = timezone.now() + timedelta(days=1)
        pictures = {}
        for owner in (person, bea):
            free, drafted, shown, leading, due, withdrawn = (make_picture(owner) for _ in range(6))
            make_post(by=bea, source=drafted.markdown, lead_image=drafted, published=False)
            make_post(by=bea, source=shown.markdown)
            make_post(by=bea, source=shown.markdown)
            make_post(by=bea, lead_image=leading, visibility="unlisted")
            make_post(by=bea, source=due.markdown, published_at=soon)
            make_post(by=bea, source=withdrawn.markdown).unpublish(by=None)
            pictures[owner] = {free, drafted, withdrawn}, {shown, leading, due}
        found = list(Image.objects.owned_by(person))
        assert len(set(found)) == len(found)
        assert set(found) == {image for image in Image.objects.all() if image.can_edit(person)}
        hidden, published = pictures[person]
        if person.has_perm("blog.edit_any_post"):
            assert len(found) == 12
        elif person.has_perm("blog.publish_post"):
            assert set(found) == hidden | published
        else:
            assert set(found) == hidden


class TestRoom:
    def test_each_finds_their_own_pictures_and_an_editor_all(self, ada, image):
        make_picture(make_person("Bea", Role.AUTHOR), alt="Of Bea")
        html = desk_of(ada).get(ROOM).content.decode()
        assert "A pier" in html
        assert "Of Bea" not in html
        html = desk_of(make_person("Ed", Role.EDITOR)).get(ROOM).content.decode()
        assert "Of Bea" in html

    def test_anothers_picture_is_not_there(self, ada):
        theirs = make_picture(make_person("Bea", Role.AUTHOR))
        client = desk_of(ada)
        for url in (url_of(theirs), f"{ROOM}999999/change/"):
            assert client.get(url)["Location"] == "/admin/"
        client.post(url_of(theirs), {"alt": "Mine now"})
        theirs.refresh_from_db()
        assert theirs.alt == ""

    def test_words_are_changed(self, ada, image):
        client = desk_of(ada)
        page = read(client.get(url_of(image)), "image_form")
        assert page.fields["alt"] == "A pier"
        answer = client.post(url_of(image), {**page.fields, "alt": "At dawn", "_save": "1"})
        assert answer.status_code == 302
        image.refresh_from_db()
        assert image.alt == "At dawn"

    def test_those_without_words_are_found(self, ada, image):
        bare, decorative = make_picture(ada), make_picture(ada, is_decorative=True)
        html = desk_of(ada).get(f"{ROOM}?described=no").content.decode()
        assert url_of(bare) in html
        assert url_of(image) not in html
        assert url_of(decorative) not in html

    def test_a_picture_is_added(self, ada):
        client = desk_of(ada)
        file = SimpleUploadedFile("x.jpg", picture_bytes((40, 30)))
        answer = client.post(f"{ROOM}add/", {"image": file})
        assert answer["Location"] == url_of(Image.objects.get())
        assert "Say what it shows." in client.get(answer["Location"]).content.decode()

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"csrfmiddlewaretoken": "x"}, "Choose a picture first."),
            ({"image": b"<svg/>"}, "This file is not a picture we can show."),
        ],
    )
    def test_what_is_no_picture_is_refused_in_a_sentence(self, ada, sent, says):
        data = {
            name: SimpleUploadedFile("x.jpg", value) if isinstance(value, bytes) else value
            for name, value in sent.items()
        }
        answer = desk_of(ada).post(f"{ROOM}add/", data)
        assert answer.status_code == 400
        assert says in answer.content.decode()

    def test_a_reader_adds_none(self):
        client = desk_of(make_person("Rita"))
        assert client.get(f"{ROOM}add/", follow=True).status_code == 403

    def test_only_editors_delete_and_the_files_go_too(
        self, ada, image, media, django_capture_on_commit_callbacks
    ):
        url = reverse("admin:blog_image_delete", args=[image.pk])
        assert desk_of(ada).post(url, {"post": "yes"}).status_code == 403
        assert any(path.is_file() for path in media.rglob("*"))
        ed = desk_of(make_person("Ed", Role.EDITOR))
        with django_capture_on_commit_callbacks(execute=True):
            assert ed.post(url, {"post": "yes"}).status_code == 302
        assert not Image.objects.exists()
        assert not any(path.is_file() for path in media.rglob("*"))
