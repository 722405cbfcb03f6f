"""A secret link shows a draft to whoever has it, for a while, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog import markdown
from blog.models import Post, ShareLink
from blog.models.share_link import LASTS, MAX_OPEN_LINKS, TooManyLinks
from tests.desk import change_url, desk_of, make_picture
from tests.making import make_person, make_post
from tests.sitemaps import read_index

pytestmark = pytest.mark.django_db

JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(ada) -> Post:
    return make_post(ada, published=False, title="Wind", source="Nobody knows yet.\n")


@pytest.fixture
def link(ada, story) -> ShareLink:
    return ShareLink.objects.make(story, by=ada)


def making_url(story: Post) -> str:
    return reverse("admin:blog_post_share_links", args=[story.pk])


def removal_url(link: ShareLink) -> str:
    return reverse("admin:blog_post_share_link_removal", args=[link.post_id, link.pk])


def status_of(link: ShareLink) -> int:
    return Client().get(link.get_absolute_url()).status_code


class TestReading:
    def test_a_stranger_with_the_link_reads_the_draft(self, client, link):
        page = client.get(link.get_absolute_url())
        html = page.content.decode()
        assert page.status_code == 200
        assert "Nobody knows yet." in html
        assert "A draft, shared with you by <bdi>Ada</bdi> until" in html
        assert "Please keep it to yourself." in html

    def test_it_shows_what_was_saved_last(self, client, ada, story, link):
        story.title, story.source = "Storm", "Now they know.\n"
        story.write(by=ada)
        html = client.get(link.get_absolute_url()).content.decode()
        assert "Storm" in html
        assert "Now they know." in html
        assert "Nobody knows yet." not in html

    def test_a_scheduled_story_is_a_draft_still(self, client, ada, story, link):
        story.publish(by=ada, at=timezone.now() + timedelta(days=1))
        assert "Nobody knows yet." in client.get(link.get_absolute_url()).content.decode()

    def test_a_draft_without_title_and_text_says_so(self, client, ada):
        empty = make_post(ada, published=False, title="", source="")
        link = ShareLink.objects.make(empty, by=ada)
        html = client.get(link.get_absolute_url()).content.decode()
        assert "Untitled" in html
        assert "There is no text yet." in html

    def test_its_pictures_load_for_a_stranger(self, client, ada, story, link, media):
        shown, lead = make_picture(ada, alt="The quay"), make_picture(ada, alt="The sea")
        story.source, story.lead_image = shown.markdown, lead
        story.write(by=ada)
        html = client.get(link.get_absolute_url()).content.decode()
        assert "The quay" in html
        assert "The sea" in html
        for picture in (shown, lead):
            answer = client.get(picture.url)
            answer.close()
            assert answer.status_code == 200

    def test_there_is_nothing_to_clap_for_or_to_respond_to(self, client, link):
        html = client.get(link.get_absolute_url()).content.decode()
        assert 'class="clap"' not in html
        assert 'id="responses"' not in html
        assert "<form" not in html

    def test_nobody_may_keep_it_and_nothing_tells_of_its_address(self, client, link):
        page = client.get(link.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
        assert "no-store" in page["Cache-Control"]
        assert "private" in page["Cache-Control"]
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in page
        assert not page.cookies
        html = page.content.decode()
        assert '<meta name="robots" content="noindex, nofollow">' in html
        assert 'rel="canonical"' not in html
        assert "og:title" not in html

    def test_it_stands_in_no_list_for_machines(self, client, link):
        for url in (*read_index(client), "/feed/", "/robots.txt", "/"):
            assert link.token not in client.get(url).content.decode(), url

    def test_whoever_is_signed_in_sees_the_same_page_as_a_stranger(self, client, link):
        stranger = client.get(link.get_absolute_url())
        client.force_login(make_person("Rita"))
        assert client.get(link.get_absolute_url()).content == stranger.content

    def test_the_e_mail_address_of_whoever_shares_it_is_told_to_nobody(self, client, story):
        ed = make_person("Ed", Role.EDITOR)
        ed.name = ""
        ed.save()
        ed.author.delete()
        link = ShareLink.objects.make(story, by=ed)
        html = client.get(link.get_absolute_url()).content.decode()
        assert "A draft, shared with you until" in html
        assert ed.email.partition("@")[0] not in html

    def test_a_link_outlives_the_account_of_whoever_made_it(self, client, story):
        ed = make_person("Ed", Role.EDITOR)
        link = ShareLink.objects.make(story, by=ed)
        ed.author.delete()
        ed.delete()
        assert (
            "A draft, shared with you until" in client.get(link.get_absolute_url()).content.decode()
        )

    def test_the_page_asks_the_database_little(
        self, client, ada, story, django_assert_max_num_queries
    ):
        for _number in range(MAX_OPEN_LINKS):
            link = ShareLink.objects.make(story, by=ada)
        with django_assert_max_num_queries(6):
            assert client.get(link.get_absolute_url()).status_code == 200

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_it_can_only_be_read(self, client, link, method):
        assert getattr(client, method)(link.get_absolute_url()).status_code == 405


class TestTheEnd:
    def test_a_link_ends_after_seven_days(self, link):
        assert status_of(link) == 200
        ShareLink.objects.update(expires_at=timezone.now())
        assert status_of(link) == 404

    def test_it_lasts_seven_days(self, ada, story):
        at = timezone.now()
        assert ShareLink.objects.make(story, by=ada, at=at).expires_at == at + LASTS

    def test_a_revoked_link_leads_nowhere_and_the_others_stay(self, ada, story, link):
        other = ShareLink.objects.make(story, by=ada)
        link.revoke(by=ada)
        assert status_of(link) == 404
        assert status_of(other) == 200

    def test_unknown_revoked_and_expired_look_the_same(self, client, ada, story, link):
        expired = ShareLink.objects.make(story, by=ada)
        ShareLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
        link.revoke(by=ada)
        urls = [
            link.get_absolute_url(),
            expired.get_absolute_url(),
            "/draft/nothing/",
            f"/draft/{'a' * 500}/",
        ]
        answers = [client.get(url) for url in urls]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1

    def test_once_published_it_leads_to_the_story(self, client, ada, story, link):
        story.publish(by=ada)
        answer = client.get(link.get_absolute_url())
        assert (answer.status_code, answer["Location"]) == (302, story.get_absolute_url())
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"

    def test_it_leads_to_an_unlisted_story_too(self, client, ada, story, link):
        story.visibility = Post.Visibility.UNLISTED
        story.write(by=ada)
        story.publish(by=ada)
        assert client.get(link.get_absolute_url())["Location"] == story.get_absolute_url()

    def test_what_is_written_on_a_published_story_is_not_shown(self, client, ada, story, link):
        story.publish(by=ada)
        story.keep_working_copy({"source": "Not for you.\n"}, by=ada)
        page = client.get(link.get_absolute_url(), follow=True)
        assert "Nobody knows yet." in page.content.decode()
        assert "Not for you." not in page.content.decode()

    def test_a_story_taken_back_takes_its_links_along(self, ada, story, link):
        story.publish(by=ada)
        story.unpublish(by=ada)
        assert status_of(link) == 404
        assert status_of(ShareLink.objects.make(story, by=ada)) == 200

    def test_a_story_whose_time_is_over_takes_its_links_along(self, ada, story, link):
        story.publish(by=ada)
        Post.objects.update(
            published_at=timezone.now() - timedelta(days=2), expires_at=timezone.now()
        )
        assert status_of(link) == 404
        assert status_of(ShareLink.objects.make(story, by=ada)) == 200

    def test_of_a_story_taken_back_the_text_that_was_being_written_is_shown(
        self, client, ada, story
    ):
        story.publish(by=ada)
        story.keep_working_copy({"title": "Storm", "source": "Being *written*.\n"}, by=ada)
        story.unpublish(by=ada)
        link = ShareLink.objects.make(story, by=ada)
        html = client.get(link.get_absolute_url()).content.decode()
        assert "Storm" in html
        assert "Being <em>written</em>." in html

    def test_a_text_too_long_to_be_shown_leaves_what_was_there_before(self, client, ada, story):
        story.publish(by=ada)
        story.keep_working_copy({"source": "x" * (markdown.MAX_SOURCE_BYTES + 1)}, by=ada)
        story.unpublish(by=ada)
        link = ShareLink.objects.make(story, by=ada)
        page = client.get(link.get_absolute_url())
        assert page.status_code == 200
        assert "Nobody knows yet." in page.content.decode()

    def test_with_the_story_its_links_are_gone(self, story, link):
        story.delete()
        assert status_of(link) == 404


class TestSharing:
    def test_an_author_makes_a_link_and_finds_it_beside_the_text(self, ada, story, settings):
        desk = desk_of(ada)
        answer = desk.post(making_url(story))
        assert answer.status_code == 303
        page = desk.get(answer["Location"]).content.decode()
        link = ShareLink.objects.get()
        assert (link.post, link.by) == (story, ada)
        assert f"{settings.SITE_URL}{link.get_absolute_url()}" in page
        assert "Here is the link." in page
        assert "by <bdi>Ada</bdi>" in page

    def test_an_author_revokes_a_link(self, ada, story, link):
        desk = desk_of(ada)
        answer = desk.post(removal_url(link))
        page = desk.get(answer["Location"]).content.decode()
        assert "The link leads nowhere any more." in page
        assert link.token not in page
        assert status_of(link) == 404

    def test_to_revoke_twice_is_to_revoke_once(self, ada, link):
        desk = desk_of(ada)
        desk.post(removal_url(link))
        first = ShareLink.objects.get().revoked_at
        assert desk.post(removal_url(link)).status_code == 303
        assert ShareLink.objects.get().revoked_at == first

    def test_a_script_gets_the_links_and_a_sentence(self, ada, story):
        desk = desk_of(ada)
        made = desk.post(making_url(story), **JSON)
        link = ShareLink.objects.get()
        assert made.json()["said"].startswith("Here is the link.")
        assert link.token in made.json()["section"]
        revoked = desk.post(removal_url(link), **JSON)
        assert link.token not in revoked.json()["section"]

    def test_a_script_leaves_no_sentence_for_the_next_page(self, ada, story):
        desk = desk_of(ada)
        desk.post(making_url(story), **JSON)
        assert "Here is the link." not in desk.get(change_url(story)).content.decode()

    def test_there_are_only_so_many_links_at_once(self, ada, story):
        for _number in range(MAX_OPEN_LINKS):
            last = ShareLink.objects.make(story, by=ada)
        with pytest.raises(TooManyLinks):
            ShareLink.objects.make(story, by=ada)
        answer = desk_of(ada).post(making_url(story), **JSON)
        assert answer.status_code == 409
        assert "Revoke one of them first." in answer.json()["said"]
        last.revoke(by=ada)
        assert status_of(ShareLink.objects.make(story, by=ada)) == 200

    def test_what_is_over_is_swept_away_by_the_next_link(self, ada, story, link):
        link.revoke(by=ada)
        newest = ShareLink.objects.make(story, by=ada)
        assert list(ShareLink.objects.all()) == [newest]

    def test_a_published_story_needs_no_link(self, ada, story):
        story.publish(by=ada)
        desk = desk_of(ada)
        page = desk.get(desk.post(making_url(story))["Location"]).content.decode()
        assert "Readers see this story already" in page
        assert "Share this draft" not in page
        assert not ShareLink.objects.exists()

    def test_a_story_not_saved_yet_cannot_be_shared(self, ada):
        page = desk_of(ada).get("/admin/blog/post/add/").content.decode()
        assert "Share this draft" not in page

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.EDITOR, 303), (Role.OWNER, 303), (Role.AUTHOR, 404), (Role.CONTRIBUTOR, 404)],
    )
    def test_who_may_edit_the_story_may_share_it_and_nobody_else(self, story, link, role, status):
        desk = desk_of(make_person("Bea", role))
        assert desk.post(making_url(story)).status_code == status
        assert desk.post(removal_url(link)).status_code == status
        assert status_of(link) == (404 if status == 303 else 200)

    def test_a_contributor_shares_their_own_draft(self):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        own = make_post(cy, published=False)
        assert desk_of(cy).post(making_url(own)).status_code == 303

    def test_readers_and_strangers_are_sent_to_sign_in(self, client, story, link):
        for url in (making_url(story), removal_url(link)):
            assert client.post(url).status_code == 302
            assert desk_of(make_person("Rita")).post(url).status_code == 302
        assert status_of(link) == 200
        assert ShareLink.objects.count() == 1

    def test_a_link_of_another_story_is_not_revoked_from_here(self, ada, link):
        own = make_post(ada, published=False)
        url = reverse("admin:blog_post_share_link_removal", args=[own.pk, link.pk])
        assert desk_of(ada).post(url).status_code == 404
        assert status_of(link) == 200

    def test_a_form_from_elsewhere_shares_nothing(self, ada, story):
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert client.post(making_url(story)).status_code == 403
        assert not ShareLink.objects.exists()

    @pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
    def test_links_are_made_and_revoked_by_post_alone(self, ada, story, link, method):
        desk = desk_of(ada)
        for url in (making_url(story), removal_url(link)):
            assert getattr(desk, method)(url).status_code == 405

    def test_a_story_that_is_not_there_is_404(self, ada):
        assert desk_of(ada).post("/admin/blog/post/4711/share-links/").status_code == 404
