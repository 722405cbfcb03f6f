"""Stories: who sees them, where they live, how they are written."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog import relating
from blog.models import AddressTaken, Image, Post, Revision, Stale, Tag
from tests.desk import make_picture
from tests.making import make_person, make_post
from tests.sitemaps import read_sitemaps

pytestmark = pytest.mark.django_db


def status_for(client, post):
    return client.get(post.get_absolute_url()).status_code


def test_a_reader_finds_a_published_story_on_the_front_page_and_opens_it(client):
    post = make_post(title="The tide tables")
    assert "The tide tables" in client.get("/").content.decode()
    page = client.get(post.get_absolute_url())
    assert page.status_code == 200
    assert "It was a quiet morning." in page.content.decode()


def test_a_reader_cannot_see_a_draft(client):
    post = make_post(published=False, title="Not yet")
    assert status_for(client, post) == 404
    assert "Not yet" not in client.get("/").content.decode()


def test_a_reader_cannot_see_a_scheduled_post_until_its_time(client):
    post = make_post(published_at=timezone.now() + timedelta(hours=2))
    assert status_for(client, post) == 404
    assert post.is_scheduled
    assert not Post.objects.listed().exists()
    later = timezone.now() + timedelta(hours=3)
    assert Post.objects.listed(later).get() == post


def test_an_unlisted_story_opens_by_its_address_only(client):
    post = make_post(visibility="unlisted", title="For friends")
    page = client.get(post.get_absolute_url())
    assert page.status_code == 200
    assert "noindex" in page.content.decode()
    assert "For friends" not in client.get("/").content.decode()
    assert "For friends" not in client.get("/feed/").content.decode()
    assert post.get_absolute_url() not in read_sitemaps(client)


def test_a_withdrawn_story_says_that_it_is_gone(client):
    post = make_post()
    post.unpublish(by=None)
    page = client.get(post.get_absolute_url())
    assert page.status_code == 410
    post.publish(by=None)
    assert status_for(client, post) == 200


def test_a_schedule_taken_back_leaves_no_trace(client):
    post = make_post(published_at=timezone.now() + timedelta(days=1))
    post.unpublish(by=None)
    assert post.published_at is None
    assert status_for(client, post) == 404


def test_an_old_address_leads_to_the_story_for_ever(client):
    post = make_post(title="First title")
    old = post.get_absolute_url()
    for slug in ("second", "third"):
        post.slug = slug
        post.write(by=None)
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, "/third/")
    assert client.get("/second/").status_code == 301
    assert client.get(f"{old}responses/")["Location"] == "/third/responses/"


def test_an_address_may_return_to_the_story_that_had_it(client):
    post = make_post(slug="here")
    for slug in ("there", "here"):
        post.slug = slug
        post.write(by=None)
    assert client.get("/here/").status_code == 200
    assert client.get("/there/")["Location"] == "/here/"


def rename(post, slug):
    post.slug = slug
    post.write(by=None)


def test_an_address_that_a_story_had_is_not_taken_by_another(client):
    post = make_post(slug="famous")
    rename(post, "renamed")
    for taker in (Post(title="x", slug="famous"), make_post(published=False, slug="other")):
        taker.slug = "famous"
        with pytest.raises(AddressTaken), transaction.atomic():
            taker.write(by=None)
    for taker in (Post(title="x"), make_post(slug="another")):
        taker.slug = "renamed"
        with pytest.raises(AddressTaken), transaction.atomic():
            taker.write(by=None)
    assert client.get("/famous/")["Location"] == "/renamed/"
    assert make_post(title="Famous").slug == "famous-2"


def test_addresses_that_no_reader_could_have_read_are_free_again(client):
    draft = make_post(published=False, slug="drafted")
    rename(draft, "elsewhere")
    due = make_post(slug="due", published_at=timezone.now() + timedelta(days=1))
    rename(due, "later")
    assert make_post(slug="drafted").slug == "drafted"
    assert make_post(slug="due").slug == "due"


def test_addresses_are_kept_however_often_a_story_is_withdrawn_and_renamed(client):
    post = make_post(slug="read")
    post.unpublish(by=None)
    rename(post, "unread")
    rename(post, "read")
    rename(post, "again")
    assert client.get("/read/").status_code == 410
    assert client.get("/unread/").status_code == 404
    post.publish(by=None, at=timezone.now() + timedelta(days=1))
    rename(post, "soon")
    # Readers knew it, and cannot open it yet.
    assert client.get("/read/").status_code == 410
    post.unpublish(by=None)
    post.publish(by=None)
    assert client.get("/read/")["Location"] == "/soon/"


def test_two_stories_of_one_title_get_addresses_of_their_own():
    first, second = make_post(title="Salt"), make_post(title="Salt")
    assert (first.slug, second.slug) == ("salt", "salt-2")


@pytest.mark.parametrize("slug", ["admin", "search", "tag", "feed", "preview", "accounts"])
def test_addresses_of_the_publication_are_refused_with_a_sentence(slug):
    with pytest.raises(ValidationError, match="address of the publication"):
        Post(title="x", slug=slug, source="x").full_clean(exclude=["html"])


def test_an_address_in_another_script_works(client):
    post = make_post(title="ليالي القمر", language="ar")
    page = client.get(post.get_absolute_url())
    assert page.status_code == 200
    assert 'dir="rtl"' in page.content.decode()


def test_a_story_over_200_kilobytes_is_refused_with_a_sentence():
    with pytest.raises(ValidationError, match="limit is 200 KB"):
        Post(title="x", source="x" * (200 * 1024 + 1)).full_clean(exclude=["slug"])


def test_two_editors_on_one_story_cannot_overwrite_each_other():
    post = make_post()
    mine, theirs = Post.objects.get(pk=post.pk), Post.objects.get(pk=post.pk)
    theirs.source = "Theirs."
    theirs.write(by=None)
    mine.source = "Mine."
    with pytest.raises(Stale):
        mine.write(by=None)
    assert Post.objects.get(pk=post.pk).source == "Theirs."


def test_a_save_does_not_undo_a_publication_that_came_meanwhile():
    post = make_post(published=False)
    mine = Post.objects.get(pk=post.pk)
    post.publish(by=None)
    with pytest.raises(Stale):
        mine.write(by=None)
    mine.write(by=None, only_if_version=post.version)
    assert Post.objects.get(pk=post.pk).is_live


def test_readers_learn_when_a_published_story_was_edited():
    post = make_post()
    assert post.edited_at is None
    post.write(by=None)
    assert post.edited_at is None, "nothing was changed"
    post.source = "It was a loud morning."
    post.write(by=None)
    assert post.edited_at is not None


def test_a_new_story_is_signed_by_its_writer():
    ada = make_person("Ada Lovelace", Role.AUTHOR)
    post = make_post(by=ada)
    assert [author.name for author in post.byline] == ["Ada Lovelace"]
    assert post.byline[0].handle == "adalovelace"


def test_authors_and_tags_keep_their_order():
    ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
    post = make_post(by=ada)
    post.set_byline([bea.author, ada.author])
    post.set_topics(Tag.objects.named(["Sea", "Maps", "sea", " Archives "]))
    again = Post.objects.whole().get(pk=post.pk)
    assert [author.name for author in again.byline] == ["Bea", "Ada"]
    assert [tag.name for tag in again.topics] == ["Sea", "Maps", "Archives"]


def test_a_story_is_never_left_without_an_author():
    with pytest.raises(ValueError, match="needs an author"):
        make_post().set_byline([])


def test_names_that_differ_only_in_signs_are_two_tags():
    c, cpp = Tag.objects.named(["C", "C++"])
    assert c.slug != cpp.slug
    assert Tag.objects.named(["c++"]) == [cpp]


def test_a_renamed_tags_old_address_leads_to_it(client):
    (tag,) = Tag.objects.named(["Sea"])
    make_post().set_topics([tag])
    tag.move_to("the-sea")
    answer = client.get("/tag/sea/")
    assert (answer.status_code, answer["Location"]) == (301, "/tag/the-sea/")


def test_stories_are_rendered_anew_though_they_were_published_meanwhile(media):
    image = make_picture(None, alt="Before")
    post = make_post(source=f"![]({image.url})", published=False)
    mine = Post.objects.get(pk=post.pk)
    post.publish(by=None)
    Image.objects.filter(pk=image.pk).update(alt="After")
    mine.rerender()
    assert 'alt="After"' in Post.objects.get(pk=post.pk).html


@pytest.mark.parametrize("changed", [{"source": "New."}, {"language": "de"}])
def test_a_newer_text_is_not_undone_by_rendering_the_older_anew(changed):
    post = make_post(source='"Old."')
    mine = Post.objects.get(pk=post.pk)
    for name, value in changed.items():
        setattr(post, name, value)
    post.write(by=None)
    mine.rerender()
    assert Post.objects.get(pk=post.pk).html == post.html


class TestRevisions:
    def write(self, post, source, at, by=None):
        post.source = source
        post.write(by=by, at=at)

    def test_ten_minutes_of_writing_are_one_revision(self):
        start = timezone.now()
        post = make_post(published=False)
        post.revisions.all().delete()
        for minute in range(25):
            self.write(post, f"Draft {minute}", start + timedelta(minutes=minute))
        kept = list(post.revisions.order_by("created_at").values_list("source", flat=True))
        assert kept == ["Draft 9", "Draft 19", "Draft 24"]

    def test_nothing_is_kept_when_nothing_changed(self):
        post = make_post(published=False)
        start = timezone.now()
        for hour in range(3):
            self.write(post, "Same", start + timedelta(hours=hour))
        assert post.revisions.filter(source="Same").count() == 1

    def test_publishing_is_a_named_moment(self):
        ada = make_person("Ada", Role.AUTHOR)
        post = make_post(by=ada)
        last = post.revisions.latest("created_at")
        assert (last.kind, last.by) == (Revision.Kind.PUBLISHED, ada)

    def test_a_save_after_publishing_does_not_hide_in_the_named_moment(self):
        post = make_post(source="As published.")
        self.write(post, "Changed at once.", timezone.now())
        sources = set(post.revisions.values_list("source", flat=True))
        assert sources == {"As published.", "Changed at once."}

    def test_another_persons_save_is_a_revision_of_its_own(self):
        ada, ed = make_person("Ada", Role.AUTHOR), make_person("Ed", Role.EDITOR)
        post = make_post(by=ada, published=False)
        now = timezone.now()
        self.write(post, "Ada's", now, by=ada)
        self.write(post, "Ed's", now + timedelta(minutes=1), by=ed)
        assert set(post.revisions.values_list("by__name", "source")) >= {
            ("Ada", "Ada's"),
            ("Ed", "Ed's"),
        }


class TestPreview:
    def url(self, post):
        return reverse("blog:preview", args=[post.pk])

    @pytest.mark.parametrize(
        ("name", "role", "status"),
        [
            ("Ada", Role.AUTHOR, 200),
            ("Bea", Role.AUTHOR, 404),
            ("Cy", Role.CONTRIBUTOR, 404),
            ("Ed", Role.EDITOR, 200),
            ("Rita", Role.READER, 404),
        ],
    )
    def test_only_those_who_may_edit_a_draft_preview_it(self, client, name, role, status):
        person = make_person(name, role)
        writer = person if name == "Ada" else None
        post = make_post(by=writer, published=False)
        client.force_login(person)
        page = client.get(self.url(post))
        assert page.status_code == status
        assert "no-store" in page["Cache-Control"] or status == 404

    def test_a_stranger_does_not_learn_that_there_is_a_draft(self, client):
        assert client.get(self.url(make_post(published=False))).status_code == 404
        assert client.get("/preview/999999/").status_code == 404


class TestLists:
    def test_a_list_is_read_in_pages_that_stay_put_while_stories_arrive(self, client):
        ada = make_person("Ada", Role.AUTHOR)
        start = timezone.now() - timedelta(days=3)
        for number in range(45):
            make_post(by=ada, title=f"No {number}.", published_at=start + timedelta(minutes=number))
        url = ada.author.get_absolute_url()
        first = client.get(url)
        make_post(by=ada, title="Brand new")
        second = client.get(first.context["older_url"])
        third = client.get(second.context["older_url"])
        titles = [post.title for page in (first, second, third) for post in page.context["rows"]]
        assert titles == [f"No {number}." for number in range(44, -1, -1)]
        assert third.context["older_url"] == ""
        back = client.get(third.context["newer_url"])
        assert [p.title for p in back.context["rows"]] == titles[20:40]

    def test_stories_of_the_same_moment_are_neither_lost_nor_doubled(self, client):
        ada, at = make_person("Ada", Role.AUTHOR), timezone.now() - timedelta(days=1)
        for _number in range(25):
            make_post(by=ada, published_at=at)
        first = client.get("/")
        second = client.get(first.context["older_url"])
        pks = [
            p.pk for p in [first.context["lead"], *first.context["rows"], *second.context["rows"]]
        ]
        assert len(set(pks)) == len(pks) == 25

    @pytest.mark.parametrize("query", ["older=x", "newer=%00", "older=" + "A" * 5000])
    def test_a_place_that_is_none_is_no_page(self, client, query):
        assert client.get(f"/?{query}").status_code == 404

    @pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
    @pytest.mark.parametrize("url", ["/?older=", "/?newer=", "/a-quay/responses/?after="])
    def test_a_place_outside_of_the_calendar_is_no_page(self, client, url, time):
        make_post(slug="a-quay")
        place = base64.urlsafe_b64encode(f"{time}|1".encode()).rstrip(b"=").decode()
        assert client.get(f"{url}{place}").status_code == 404

    def test_a_pinned_story_leads(self, client):
        pinned = make_post(is_pinned=True, published_at=timezone.now() - timedelta(days=9))
        make_post()
        assert client.get("/").context["lead"].make() == pinned

    def test_an_author_is_found_whatever_the_case_of_the_handle(self, client):
        ada = make_person("Ada", Role.AUTHOR)
        answer = client.get("/@ADA/")
        assert (answer.status_code, answer["Location"]) == (301, ada.author.get_absolute_url())

    def test_empty_lists_are_pages_too(self, client):
        ada = make_person("Ada", Role.AUTHOR)
        for url in ("/", ada.author.get_absolute_url(), "/feed/", "/sitemap.xml"):
            assert client.get(url).status_code == 200


class TestCeilings:
    def fill(self):
        ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
        tags = Tag.objects.named(["Sea", "Maps"])
        for number in range(25):
            post = make_post(by=ada if number % 2 else bea)
            post.set_topics(tags)
        # As a worker does, soon after a story came out.
        relating.relate_some()
        return post, ada

    def test_lists_and_stories_ask_the_database_little(self, client, django_assert_max_num_queries):
        from tests.making import make_response

        post, ada = self.fill()
        for _number in range(12):
            reply_to = make_response(post)
            make_response(post, parent=reply_to)
        ceilings = {
            "/": 5,
            ada.author.get_absolute_url(): 5,
            "/tag/sea/": 5,
            post.get_absolute_url(): 6,
            "/feed/": 4,
            "/sitemap.xml": 5,
        }
        for url, ceiling in ceilings.items():
            with django_assert_max_num_queries(ceiling):
                assert client.get(url).status_code == 200


def test_tags_and_authors_that_stay_as_they_are_keep_their_rows():
    ada, bea = (make_person(name, Role.AUTHOR).author for name in ("Ada", "Bea"))
    post, tags = make_post(by=ada.user), Tag.objects.named(["Sea", "Maps"])

    def rows():
        return [*post.post_tags.values_list("pk", "tag")], [*post.authorships.values_list("pk")]

    post.set_topics(tags)
    post.set_byline([ada, bea])
    before = rows()
    post.set_topics(tags)
    post.set_byline([ada, bea])
    assert rows() == before
    post.set_topics(reversed(tags))
    post.set_byline([bea, ada])
    post.refresh_from_db()
    assert ([tag.name for tag in post.topics], post.byline) == (["Maps", "Sea"], [bea, ada])
