"""Who may do what in the desk, and who learns what from it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog.models import Post
from tests.desk import (
    ADD,
    STORIES,
    change_url,
    desk_of,
    make_picture,
    publication,
    publication_url,
    write,
)
from tests.making import make_person, make_post

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

CY, ADA, ED, OLGA, RITA, EVE = ["Cy", "Ada", "Ed", "Olga", "Rita", "Eve"]
ROLES = {
    CY: Role.CONTRIBUTOR,
    ADA: Role.AUTHOR,
    ED: Role.EDITOR,
    OLGA: Role.OWNER,
    RITA: Role.READER,
}
PAGES = ("change", "delete", "history", "preview")
# What of whose → page → who gets which status. Eve, who is nobody, is asked to sign in.
OPEN, ABSENT, CLOSED = 200, 404, 403
WRITERS_OWN = {
    "own draft": {page: dict.fromkeys((CY, ADA, ED, OLGA), OPEN) for page in PAGES},
    "own published": {
        "change": {CY: CLOSED, ADA: OPEN, ED: OPEN, OLGA: OPEN},
        "delete": dict.fromkeys((CY, ADA, ED, OLGA), CLOSED),
        "history": {CY: CLOSED, ADA: OPEN, ED: OPEN, OLGA: OPEN},
        "preview": {CY: ABSENT, ADA: OPEN, ED: OPEN, OLGA: OPEN},
    },
    "other's draft": {page: {CY: ABSENT, ADA: ABSENT, ED: OPEN, OLGA: OPEN} for page in PAGES},
    "other's published": {
        "change": {CY: ABSENT, ADA: ABSENT, ED: OPEN, OLGA: OPEN},
        "delete": {CY: ABSENT, ADA: ABSENT, ED: CLOSED, OLGA: CLOSED},
        "history": {CY: ABSENT, ADA: ABSENT, ED: OPEN, OLGA: OPEN},
        "preview": {CY: ABSENT, ADA: ABSENT, ED: OPEN, OLGA: OPEN},
    },
}


def url_of(page, pk):
    if page == "preview":
        return reverse("blog:preview", args=[pk])
    return reverse(f"admin:blog_post_{page}", args=[pk])


@pytest.fixture
def cast():
    return {name: make_person(name, role) for name, role in ROLES.items()}


def plain(response):
    """The page without the token that is another on each."""
    return re.sub(r'(csrfmiddlewaretoken" value=")\w+', r"\1", response.content.decode())


def story_of(what, person):
    by = person if what.startswith("own") else None
    return make_post(by=by, published=what.endswith("published"), title="A secret title")


@pytest.mark.parametrize("what", WRITERS_OWN)
@pytest.mark.parametrize("who", [CY, ADA, ED, OLGA])
def test_each_page_of_a_story_opens_for_those_who_may(cast, what, who):
    client, post = desk_of(cast[who]), story_of(what, cast[who])
    got = {page: client.get(url_of(page, post.pk)).status_code for page in PAGES}
    assert got == {page: WRITERS_OWN[what][page][who] for page in PAGES}


@pytest.mark.parametrize("what", WRITERS_OWN)
@pytest.mark.parametrize("who", [CY, ADA, ED, OLGA])
def test_only_those_who_may_open_a_story_change_or_delete_it(cast, what, who):
    client, post = desk_of(cast[who]), story_of(what, cast[who])
    expected = WRITERS_OWN[what]
    sent = {"title": "Changed", "source": "x", "language": "en", "visibility": "public"}
    sent["base_version"] = post.version
    answer = client.post(
        url_of("change", post.pk), {**sent, "_save": "live" if post.is_live else "1"}
    )
    may_change = expected["change"][who] == OPEN
    assert answer.status_code == (302 if may_change else expected["change"][who])
    assert (Post.objects.get(pk=post.pk).title == "Changed") is may_change
    answer = client.post(url_of("delete", post.pk), {"post": "yes"})
    may_delete = expected["delete"][who] == OPEN
    assert answer.status_code == (302 if may_delete else expected["delete"][who])
    assert Post.objects.filter(pk=post.pk).exists() is not may_delete


@pytest.mark.parametrize("page", PAGES)
def test_an_author_never_learns_that_anothers_draft_exists(cast, page):
    draft = make_post(published=False, title="A secret title")
    client = desk_of(cast[ADA])
    there, absent = client.get(url_of(page, draft.pk)), client.get(url_of(page, 999_999))
    assert there.status_code == absent.status_code == 404
    assert plain(there) == plain(absent)


def test_a_stranger_does_not_learn_a_drafts_address_through_view_on_site(cast):
    draft = make_post(published=False, title="A secret title")
    kind = ContentType.objects.get_for_model(Post).pk
    client = desk_of(cast[CY])
    assert client.get(f"/admin/r/{kind}/{draft.pk}/").status_code == 404


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999999", "1;2", "%00"])
def test_a_key_that_is_none_is_no_story(cast, pk):
    client = desk_of(cast[OLGA])
    assert client.get(f"{STORIES}{pk}/change/").status_code == 404


@pytest.mark.parametrize("what", ["own draft", "own published"])
def test_who_is_not_signed_in_is_asked_to(client, cast, what):
    post = story_of(what, cast[ADA])
    for url in (STORIES, ADD, *(url_of(p, post.pk) for p in PAGES if p != "preview")):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"] == f"/admin/login/?next={url}"
        assert "/accounts/login/" in client.get(answer["Location"])["Location"]
    assert client.get(url_of("preview", post.pk)).status_code == 404


def test_a_reader_has_no_desk(cast):
    post, client = make_post(), desk_of(cast[RITA])
    for url in ("/admin/", STORIES, ADD, change_url(post), url_of("history", post.pk)):
        assert client.get(url, follow=True).status_code == 403, url
    sent = {"title": "x", "source": "x", "language": "en", "visibility": "public"}
    assert client.post(ADD, sent, follow=True).status_code == 403
    assert Post.objects.count() == 1


@pytest.mark.parametrize("who", [CY, ADA, ED, OLGA])
def test_the_list_shows_ones_own_stories_and_an_editor_everybodys(cast, who):
    own = make_post(by=cast[who], published=False, title="Mine")
    live = make_post(by=cast[who], title="Mine, live")
    make_post(published=False, title="Not mine")
    html = desk_of(cast[who]).get(STORIES).content.decode()
    assert own.title in html
    assert live.title in html
    assert ("Not mine" in html) is (who in {ED, OLGA})


def test_someone_without_a_role_any_more_finds_an_empty_hand(cast):
    post = make_post(by=cast[ADA], published=False)
    ada = cast[ADA]
    ada.groups.clear()
    client = desk_of(ada)
    assert client.get(change_url(post)).status_code in {403, 404}
    assert client.get(STORIES).status_code == 403


class TestWhatTheFormOffers:
    OF_PUBLISHERS = {"canonical_url"}
    OF_EDITORS = {"author_names", "is_pinned"}

    @pytest.mark.parametrize(
        ("who", "publishes", "edits"),
        [(CY, False, False), (ADA, True, False), (ED, True, True), (OLGA, True, True)],
    )
    def test_each_role_finds_its_own_fields(self, cast, who, publishes, edits):
        page = write(cast[who]).page
        offered = set(page.fields) | page.labels
        assert {"title", "subtitle", "source", "slug", "tag_names", "language"} <= offered
        assert (offered >= self.OF_PUBLISHERS) is publishes
        assert bool(offered & self.OF_PUBLISHERS) is publishes
        assert (offered >= self.OF_EDITORS) is edits
        assert bool(offered & self.OF_EDITORS) is edits

    @pytest.mark.parametrize(
        ("who", "buttons"),
        [
            (CY, {"_save", "_preview", "_submit"}),
            (ADA, {"_save", "_preview", "_publication", "_submit"}),
            (ED, {"_save", "_preview", "_publication"}),
        ],
    )
    def test_each_role_finds_its_own_buttons(self, cast, who, buttons):
        draft = make_post(by=cast[who], published=False)
        assert set(write(cast[who], draft).page.buttons) == buttons

    def test_a_live_story_is_unpublished_and_not_published_again(self, cast):
        live = make_post(by=cast[ADA])
        page = write(cast[ADA], live).page
        assert set(page.buttons) == {"_save", "_preview"}
        assert publication_url(live) in page.html
        assert set(publication(cast[ADA], live).page.buttons) == {"_save"}

    def test_what_a_contributor_may_not_set_is_ignored(self, cast):
        draft = make_post(by=cast[CY], published=False)
        bea = make_person("Bea", Role.AUTHOR)
        answer = write(cast[CY], draft).send(
            published_at="2020-01-01T10:00",
            visibility="unlisted",
            canonical_url="https://example.org/first",
            author_names=f"@{bea.author.handle}",
            is_pinned="on",
        )
        assert answer.status_code == 302
        post = Post.objects.get(pk=draft.pk)
        assert (post.published_at, post.visibility, post.canonical_url) == (None, "public", "")
        assert [author.user for author in post.byline] == [cast[CY]]
        assert not post.is_pinned

    def test_an_author_can_neither_sign_for_others_nor_pin(self, cast):
        draft = make_post(by=cast[ADA], published=False)
        bea = make_person("Bea", Role.AUTHOR)
        write(cast[ADA], draft).send(author_names=f"@{bea.author.handle}", is_pinned="on")
        post = Post.objects.get(pk=draft.pk)
        assert [author.user for author in post.byline] == [cast[ADA]]
        assert not post.is_pinned

    @pytest.mark.parametrize("button", ["_publication", "_publish", "_unpublish"])
    def test_a_contributor_who_presses_publish_by_hand_saves(self, cast, button):
        draft = make_post(by=cast[CY], published=False)
        answer = write(cast[CY], draft).send(title="Saved all the same", **{button: "1"})
        assert (answer.status_code, answer["Location"]) == (302, change_url(draft))
        post = Post.objects.get(pk=draft.pk)
        assert (post.title, post.status) == ("Saved all the same", "draft")

    @pytest.mark.parametrize("button", ["_publish", "_schedule"])
    def test_a_contributor_cannot_publish_or_schedule_by_hand(self, cast, button):
        draft = make_post(by=cast[CY], published=False)
        at = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        sent = {"base_version": draft.version, "visibility": "public", "published_at": at}
        answer = desk_of(cast[CY]).post(publication_url(draft), {**sent, button: "1"})
        assert answer.status_code == 403
        write(cast[CY], draft).send(published_at=at, **{button: "1"})
        post = Post.objects.get(pk=draft.pk)
        assert (post.status, post.published_at) == ("draft", None)

    def test_an_editor_sets_authors_in_their_order_and_pins(self, cast):
        draft = make_post(by=cast[ADA], published=False)
        bea = make_person("Bea", Role.AUTHOR)
        answer = write(cast[ED], draft).press(
            author_names=f"@{bea.author.handle}, Ada", is_pinned="on"
        )
        assert answer.status_code == 302
        post = Post.objects.get(pk=draft.pk)
        assert [author.user for author in post.byline] == [bea, cast[ADA]]
        assert post.is_pinned

    def test_a_byline_left_empty_stays_as_it_was(self, cast):
        draft = make_post(by=cast[ADA], published=False)
        write(cast[ED], draft).press(author_names=" , ")
        assert [author.user for author in Post.objects.get(pk=draft.pk).byline] == [cast[ADA]]


class TestRulesAgree:
    """What the lists find is what the predicates say, for everybody and every state."""

    def stories(self, by):
        soon = timezone.now() + timedelta(days=1)
        make_post(by=by, published=False)
        for step in ([], ["ask_for_changes"], ["approve"]):
            post = make_post(by=by, published=False)
            post.submit(by=None)
            for name in step:
                getattr(post, name)(by=None, text="Shorter.")
        make_post(by=by, published_at=soon)
        make_post(by=by)
        make_post(by=by, visibility="unlisted")
        make_post(by=by).unpublish(by=None)

    @pytest.mark.parametrize("who", ROLES)
    def test_what_one_may_edit_is_what_one_finds_to_edit(self, cast, who):
        self.stories(cast[ADA])
        self.stories(cast[CY])
        person = cast[who]
        allowed = {post for post in Post.objects.all() if post.can_edit(person)}
        assert set(Post.objects.editable_by(person)) == allowed
        assert set(Post.objects.in_desk_of(person)) >= allowed
        for post in Post.objects.all():
            assert post.can_delete(person) is (post in allowed and not post.is_live)

    def test_each_story_is_in_the_one_state_that_it_says(self, cast):
        self.stories(cast[ADA])
        states = ["draft", "in_review", "changes", "approved", "scheduled", "published", "unlisted"]
        found = {state: set(Post.objects.in_state(state)) for state in states}
        for post in Post.objects.all():
            assert [state for state in states if post in found[state]] == [post.state]

    def test_a_lead_picture_is_ones_own_or_one_that_the_story_shows(self, cast, media):
        own, shown, other = (make_picture(cast[who]) for who in (ADA, ED, ED))
        post = make_post(by=cast[ADA], source=shown.markdown)
        assert set(post.pictures_for(cast[ADA])) == {own, shown}
        assert set(Post().pictures_for(cast[ADA])) == {own}
        post.lead_image = other
        assert set(post.pictures_for(cast[ADA])) == {own, shown, other}
