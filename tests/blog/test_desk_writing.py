"""Writing and saving a story in the desk, and what is said when it cannot be saved."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from blog.models import Post, Tag
from tests.desk import ADD, change_url, desk_of, make_picture, publication, write
from tests.making import make_person, make_post

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


def test_a_new_story_gets_an_address_an_author_counters_and_a_revision(ada):
    answer = write(ada).press(title="The tide tables", source="One.\n\nTwo.", tag_names="Sea, Maps")
    post = Post.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, change_url(post))
    assert (post.slug, post.status, post.version) == ("the-tide-tables", "draft", 1)
    assert [author.user for author in post.byline] == [ada]
    assert [tag.name for tag in post.topics] == ["Sea", "Maps"]
    assert (post.stats.clap_count, post.stats.comment_count) == (0, 0)
    revision = post.revisions.get()
    assert (revision.title, revision.source, revision.by) == (post.title, post.source, ada)


def test_line_breaks_are_stored_as_they_were_typed(ada):
    write(ada).press(title="Lines", source="One\r\nstill one.\r\n\r\nTwo.")
    assert Post.objects.get().source == "One\nstill one.\n\nTwo."


def test_saving_what_the_page_offers_changes_nothing(ada, media):
    image = make_picture(ada, alt="A pier")
    post = make_post(
        by=ada,
        source=f"\n\nOne\n\n{image.markdown}\n\n    code & <b>\n",
        subtitle="“Sub”",
        summary="Two\nlines",
        lead_image=image,
        language="de",
        responses_open=False,
        visibility="unlisted",
        canonical_url="https://example.org/a?b=1&c=2",
    )
    post.set_topics(Tag.objects.named(["Sea", "Maps"]))
    before = Post.objects.get(pk=post.pk)
    assert write(ada, post).press().status_code == 302
    after = Post.objects.get(pk=post.pk)
    changed = {"updated_at", "version"}
    for field in Post._meta.concrete_fields:
        if field.name not in changed:
            was, now = getattr(before, field.attname), getattr(after, field.attname)
            if field.name == "summary":
                now = now.replace("\r\n", "\n")
            assert now == was, field.name
    assert [tag.name for tag in after.topics] == ["Sea", "Maps"]
    assert after.edited_at is None


def test_a_title_of_several_lines_becomes_one(ada):
    write(ada).press(title="  Salt \r\n and   water ", source="x")
    assert Post.objects.get().title == "Salt and water"


def test_the_address_is_kept_when_its_field_is_emptied(ada):
    post = make_post(by=ada, slug="kept")
    assert write(ada, post).press(slug="").status_code == 302
    assert Post.objects.get(pk=post.pk).slug == "kept"


def test_a_story_in_another_language_is_set_by_its_rules(ada):
    write(ada).press(title="Zitat", source='Er sagte "ja".', language="de")
    assert "„ja“" in Post.objects.get().html


def test_responses_can_be_closed(ada):
    post = make_post(by=ada)
    write(ada, post).press(responses_open=None)
    assert not Post.objects.get(pk=post.pk).responses_open


def test_a_picture_of_ones_own_leads_the_story(ada, media):
    image = make_picture(ada)
    write(ada).press(title="Led", source="x", lead_image=str(image.pk))
    assert Post.objects.get().lead_image == image


class TestAddresses:
    @pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.EDITOR])
    @pytest.mark.parametrize("is_new", [True, False])
    def test_an_address_that_leads_to_another_story_is_refused(self, client, role, is_new):
        writer, story = make_person("Bea", role), make_post(slug="famous")
        story.slug = "renamed"
        story.write(by=None)
        writing = write(writer, None if is_new else make_post(by=writer, published=False))
        assert writing.press(title="Mine", source="x", slug="famous").status_code == 400
        assert "This address leads to another story, which had it once." in writing.page.errors
        assert client.get("/famous/")["Location"] == "/renamed/"

    @pytest.mark.parametrize("is_new", [True, False])
    @pytest.mark.parametrize("state", ["draft", "in review", "scheduled"])
    def test_the_address_of_anothers_draft_cannot_be_guessed(self, is_new, state):
        bea = make_person("Bea", Role.AUTHOR)
        soon = timezone.now() + timedelta(days=1)
        hidden = make_post(slug="secret", published=state == "scheduled", published_at=soon)
        if state == "in review":
            hidden.submit(by=None)
        mine = None if is_new else make_post(by=bea, published=False, slug="mine")
        assert write(bea, mine).press(title="Mine", source="x", slug="secret").status_code == 302
        assert Post.objects.get(title="Mine").slug == "secret-2"
        assert Post.objects.get(pk=hidden.pk).slug == "secret"

    @pytest.mark.parametrize("state", ["live", "gone", "own draft"])
    def test_an_address_that_one_may_know_of_is_refused(self, ada, state):
        story = make_post(by=ada if state == "own draft" else None, slug="known")
        if state != "live":
            story.unpublish(by=None)
        if state == "own draft":
            Post.objects.update(withdrawn_at=None)
        writing = write(ada)
        assert writing.press(title="Mine", source="x", slug="known").status_code == 400
        assert "Another story has this address." in writing.page.errors


# What is wrong, in whose field, and what is said about it.
KINDS = [
    ({"title": ""}, 400, "Give the story a title first."),
    ({"title": "   "}, 400, "Give the story a title first."),
    ({"title": "x" * 201}, 400, "This title has 201 letters; 200 is the most."),
    ({"subtitle": "x" * 301}, 400, "This subtitle has 301 letters; 300 is the most."),
    ({"title": "A\x08B"}, 400, "a character in it that nobody can see (U+0008)"),
    ({"subtitle": "A\x01B"}, 400, "a character in it that nobody can see (U+0001)"),
    ({"summary": "A\ufffeB"}, 400, "a character in it that nobody can see (U+FFFE)"),
    ({"tag_names": "Sea, bad\x08tag"}, 400, "a character in it that nobody can see (U+0008)"),
    ({"summary": "x" * 301}, 400, "at most 300 characters"),
    ({"source": "ü" * 102_401}, 413, "This text is too long: it has 201 KB, and 200 KB"),
    ({"source": "> " * 50 + "deep"}, 400, "Lists or quotes stand inside each other too deeply"),
    ({"source": "a\0b"}, 400, "Null characters are not allowed."),
    ({"slug": "two words"}, 400, "Enter a valid “slug”"),
    ({"slug": "admin"}, 400, "is an address of the publication itself"),
    ({"slug": "taken"}, 400, "Another story has this address."),
    ({"slug": "x" * 81}, 400, "at most 80 characters"),
    ({"tag_names": ",".join(f"tag {n}" for n in range(11))}, 400, "These are 11 tags; 10 are"),
    ({"tag_names": "x" * 41}, 400, "is too long for a tag; 40 letters are the most"),
    ({"language": "xx"}, 400, "xx is not one of the available choices"),
    ({"canonical_url": "javascript:alert(1)"}, 400, "Enter a valid URL."),
    ({"canonical_url": "not an address"}, 400, "Enter a valid URL."),
    ({"canonical_url": "ftp://example.org/a"}, 400, "begins with https:// or http://."),
    ({"lead_image": "999999"}, 400, "This picture is not there any more."),
    ({"author_names": "@nobody"}, 400, "Nobody here is called “@nobody”."),
    ({"author_names": "Ed, Alex"}, 400, "Several authors are called “Alex”. Name one by the"),
    ({"author_names": ",".join(f"a{n}" for n in range(11))}, 400, "10 authors at most"),
]
TYPED = {"title": "A title", "subtitle": "Sub", "source": "Typed for hours.", "tag_names": "Sea"}


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "live"])
@pytest.mark.parametrize(("wrong", "status", "says"), KINDS, ids=lambda v: str(v)[:24])
def test_what_is_wrong_is_said_in_place_and_what_was_typed_is_kept(ed, is_new, wrong, status, says):
    make_post(slug="taken")
    make_person("Alex", Role.AUTHOR)
    make_person("Alex", Role.AUTHOR)
    post = None if is_new else make_post(title="As it was", source="As it was.")
    count, version = Post.objects.count(), post and post.version
    writing = write(ed, post)
    answer = writing.send(**{**TYPED, **wrong, "_save": "1"})
    assert answer.status_code == status
    page = writing.page
    assert any(says in error for error in page.errors), page.errors
    assert any("Not saved yet. What you typed is kept" in error for error in page.errors)
    for name, value in {**TYPED, **wrong}.items():
        kept = " ".join(value.split()) if name in {"title", "subtitle"} else value
        if name not in {"language", "lead_image"}:
            assert page.fields[name] == kept, name
    assert Post.objects.count() == count
    assert Tag.objects.count() == 0
    if post:
        post.refresh_from_db()
        assert (post.title, post.source, post.version) == ("As it was", "As it was.", version)


def test_two_wrongs_are_said_each_in_its_place_even_about_the_address_of_a_live_story(ada):
    post = make_post(by=ada)
    writing = write(ada, post)
    answer = writing.press(title="", slug="", source="Kept.")
    assert answer.status_code == 400
    assert writing.page.fields["source"] == "Kept."


def test_exactly_as_much_as_may_be_is_saved(ada):
    answer = write(ada).press(
        title="t" * 200,
        subtitle="s" * 300,
        source="x" * (200 * 1024),
        tag_names=",".join(f"tag {n}" for n in range(10)),
    )
    assert answer.status_code == 302
    assert len(Post.objects.get().topics) == 10


def test_what_was_wrong_once_is_saved_when_it_is_right(ada):
    writing = write(ada)
    assert writing.press(title="", source="Typed.").status_code == 400
    assert writing.press(title="Now").status_code == 302
    assert Post.objects.get().source == "Typed."


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "0001-01-01T00:00+14:00",
        "2025-02-30T10:00",
        "2025-01-01",
        "12025-01-01T10:00",
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_date_at_the_end_of_time_is_no_error_page(ada, at, zone):
    ada.time_zone = zone
    ada.save()
    draft = make_post(by=ada, published=False)
    for button in ("_publish", "_schedule"):
        answer = publication(ada, draft).press(button, published_at=at, expires_at=at)
        assert answer.status_code in {303, 400}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc", "America", ""])
def test_a_clock_that_the_server_does_not_know_is_that_of_utc(ada, zone):
    User.objects.update(time_zone=zone)
    at = timezone.now().replace(hour=3, minute=4)
    post = make_post(by=ada, published_at=at - timedelta(days=9))
    page = publication(ada, post)
    assert page.page.fields["published_at"].endswith("T03:04")
    assert "Your time zone is UTC." in page.page.html
    assert page.press("_save", visibility="unlisted").status_code == 303
    assert write(ada, post).press(title="Saved").status_code == 302


def test_html_in_a_title_stays_text(ada):
    post = make_post(by=ada, title="<script>alert(1)</script>", published=False)
    page = write(ada, post).page
    assert "<script>alert" not in page.html
    assert page.fields["title"] == post.title


def test_a_get_with_strange_beginnings_opens_an_empty_page(ada):
    query = "?lead_image=x&published_at=x&base_version=x&tag_names=%FF&language=xx&title=%FF"
    assert desk_of(ada).get(ADD + query).status_code == 200


def test_the_time_of_the_last_save_is_said_in_ones_own_time_zone(ada):
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    post = make_post(by=ada, published=False)
    at = timezone.now().replace(hour=1, minute=5)
    Post.objects.filter(pk=post.pk).update(updated_at=at)
    assert "10:05" in write(ada, post).page.html


def test_code_on_the_first_line_stays_code(ada):
    write(ada).press(title="Code", source="    x = 1\r\n\r\nThat was code.")
    post = Post.objects.get()
    assert post.source.startswith("    x = 1")
    assert "<pre" in post.html


def test_the_chosen_lead_and_unticked_boxes_are_kept_beside_an_error(ada, media):
    images = [make_picture(ada) for _number in range(14)]
    oldest, newest = images[0], images[-1]
    writing = write(ada)
    writing.press(title="", lead_image=str(newest.pk), responses_open=None)
    assert writing.page.fields["lead_image"] == str(newest.pk)
    assert "responses_open" not in writing.page.fields
    writing.press(title="Led", source="x")
    post = Post.objects.get()
    assert (post.lead_image, post.responses_open) == (newest, False)
    post.lead_image = oldest
    post.write(by=None)
    assert write(ada, post).page.fields["lead_image"] == str(oldest.pk)
    assert write(ada, post).press(lead_image="").status_code == 302
    assert Post.objects.get().lead_image is None


def test_known_tags_and_authors_are_offered_by_the_fields_themselves(ed):
    Tag.objects.named(["Maps", "Sea"])
    page = desk_of(ed).get(ADD).content.decode()
    for field, name in (("id_tag_names", "Maps"), ("id_author_names", f"@{ed.author.handle}")):
        assert re.search(rf'<input [^>]*\bid="{field}"[^>]*\blist="{field}_known"', page)
        offered = page.partition(f'<datalist id="{field}_known">')[2].partition("</datalist>")[0]
        assert f'<option value="{name}">' in offered
    assert re.search(r'<script [^>]*js/desk/names[.\w]*\.js"', page)
