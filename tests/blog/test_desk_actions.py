"""What is done to several stories at once: asked before, said afterwards, and by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.roles import Role
from blog.models import Post, Stale
from tests.desk import STORIES, desk_of, read
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

CY, ADA, ED, OLGA = ["Cy", "Ada", "Ed", "Olga"]
ROLES = {CY: Role.CONTRIBUTOR, ADA: Role.AUTHOR, ED: Role.EDITOR, OLGA: Role.OWNER}
ACTIONS = ("publish", "unpublish", "move", "delete")


@pytest.fixture
def cast():
    return {name: make_person(name, role) for name, role in ROLES.items()}


@pytest.fixture
def ada(cast):
    return cast[ADA]


@pytest.fixture
def ed(cast):
    return cast[ED]


def ask(client, action, posts, query="", **more):
    """Press the button under the list; the page that asks."""
    chosen = {"action": action, "_selected_action": [post.pk for post in posts], **more}
    return client.post(STORIES + query, chosen)


def do(client, action, posts, query="", **more):
    """Press the button, and the one on the page that asks; what is said afterwards."""
    page = read(ask(client, action, posts, query, **more), form_id="")
    assert page.action == STORIES + query
    answer = client.post(page.action, {**page.fields, "confirmed": "yes"})
    assert answer.status_code == 302
    assert answer["Location"] == STORIES + query
    return said(client, answer["Location"])


def said(client, url=STORIES):
    return [str(message) for message in client.get(url).context["messages"]]


def states(*posts):
    return [Post.objects.get(pk=post.pk).state for post in posts]


def writers(post):
    return [author.name for author in Post.objects.get(pk=post.pk).byline]


class TestWhoMay:
    @pytest.mark.parametrize(
        ("who", "actions"),
        [
            (CY, {"delete"}),
            (ADA, {"delete", "publish", "unpublish"}),
            (ED, set(ACTIONS)),
            (OLGA, set(ACTIONS)),
        ],
    )
    def test_each_role_is_offered_its_own(self, cast, who, actions):
        make_post(by=cast[who], published=False)
        page = desk_of(cast[who]).get(STORIES)
        assert {action.key for action in page.context["actions"]} == actions

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("who", ROLES)
    def test_the_page_that_asks_changes_nothing(self, cast, who, action):
        draft, live = make_post(by=cast[who], published=False), make_post(by=cast[who])
        author = make_person("Bea", Role.AUTHOR).author
        answer = ask(desk_of(cast[who]), action, [draft, live], author=author.pk)
        assert answer.status_code in {200, 302}
        assert states(draft, live) == ["draft", "published"]
        assert writers(draft) == [who]

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("who", [CY, ADA])
    def test_nothing_is_said_of_or_done_to_the_stories_of_others(self, cast, who, action):
        draft, live = make_post(published=False, title="A secret"), make_post()
        client = desk_of(cast[who])
        more = {"confirmed": "yes", "author": cast[who].author.pk}
        answer = ask(client, action, [draft, live], **more)
        assert answer.status_code == 302
        assert "Nothing was changed." in said(client)[0]
        assert states(draft, live) == ["draft", "published"]
        assert who not in writers(draft)

    @pytest.mark.parametrize("action", ["publish", "unpublish", "move"])
    def test_a_contributor_cannot_act_by_hand(self, cast, action):
        live, draft = make_post(by=cast[CY]), make_post(by=cast[CY], published=False)
        more = {"confirmed": "yes", "author": cast[ADA].author.pk}
        ask(desk_of(cast[CY]), action, [live, draft], **more)
        assert states(live, draft) == ["published", "draft"]
        assert writers(draft) == [CY]

    def test_who_only_reads_or_is_nobody_does_not_come_in(self, client):
        draft = make_post(published=False)
        assert ask(client, "delete", [draft], confirmed="yes").status_code in {302, 403}
        rita = make_person("Rita")
        assert ask(desk_of(rita), "delete", [draft], confirmed="yes").status_code in {302, 403}
        assert states(draft) == ["draft"]

    def test_a_form_from_elsewhere_is_refused(self, ada):
        draft = make_post(by=ada, published=False)
        client = desk_of(ada, enforce_csrf_checks=True)
        assert ask(client, "delete", [draft], confirmed="yes").status_code == 403
        assert states(draft) == ["draft"]


class TestPublishing:
    def test_the_page_says_how_many_will_be_published_and_why_the_rest_stays(self, ada):
        three = [make_post(by=ada, published=False) for _time in range(3)]
        empty = make_post(by=ada, published=False, source=" \n", title="Only a title")
        live = make_post(by=ada)
        client = desk_of(ada)
        html = ask(client, "publish", [*three, empty, live]).content.decode()
        assert "3 stories will be published now." in html
        assert "1 stays as it is: it has no text yet." in html
        assert "1 is published already." in html
        assert "Publish 3 stories" in html
        for post in (*three, empty, live):
            assert post.title in html
        sentences = do(client, "publish", [*three, empty, live])
        assert sentences == [
            "3 stories are published. 1 is published already. 1 stays as it is: it has no text yet."
        ]
        assert states(*three, empty, live) == ["published"] * 3 + ["draft", "published"]

    def test_published_by_the_list_means_now(self, ada):
        at = timezone.now() + timedelta(days=1)
        planned, scheduled = make_post(by=ada, published=False), make_post(by=ada, published_at=at)
        Post.objects.filter(pk=planned.pk).update(published_at=at)
        html = ask(desk_of(ada), "publish", [planned, scheduled]).content.decode()
        assert "1 of them was to appear later." in html
        do(desk_of(ada), "publish", [planned, scheduled])
        assert states(planned, scheduled) == ["published", "published"]

    @pytest.mark.parametrize("status", ["draft", "published"])
    def test_what_was_to_be_seen_until_yesterday_stays(self, ada, status):
        post = make_post(by=ada, published_at=timezone.now() - timedelta(days=3))
        yesterday = timezone.now() - timedelta(days=1)
        Post.objects.filter(pk=post.pk).update(expires_at=yesterday, status=status)
        html = ask(desk_of(ada), "publish", [post], confirmed="yes").content.decode()
        assert "Nothing would change." in html
        assert "the time for which it was to be seen has passed" in html

    def test_a_story_in_review_is_published_by_those_who_may(self, ed):
        post = make_post(published=False)
        post.submit(by=None)
        assert do(desk_of(ed), "publish", [post]) == ["1 story is published."]
        assert states(post) == ["published"]
        assert LogEntry.objects.get(object_id=post.pk).change_message == "1 story is published."

    def test_somebody_who_saves_meanwhile_is_not_overtaken(self, ada, monkeypatch):
        one, two = (make_post(by=ada, published=False) for _time in range(2))
        publish = Post.publish_now

        def busy(post, **more):
            if post.pk == one.pk:
                raise Stale
            publish(post, **more)

        monkeypatch.setattr(Post, "publish_now", busy)
        assert do(desk_of(ada), "publish", [one, two]) == [
            f"1 story is published. “{one.title}” stays as it is: somebody saved it just now. "
            "Look at it first."
        ]
        assert states(one, two) == ["draft", "published"]

    def test_pressed_twice_the_second_finds_nothing_to_do(self, ada):
        post = make_post(by=ada, published=False)
        client = desk_of(ada)
        do(client, "publish", [post])
        version = Post.objects.get(pk=post.pk).version
        html = ask(client, "publish", [post], confirmed="yes").content.decode()
        assert "1 is published already." in html
        assert Post.objects.get(pk=post.pk).version == version


class TestUnpublishing:
    def test_what_is_live_or_scheduled_becomes_a_draft_and_readers_hear_of_it(self, ada, client):
        live, draft = make_post(by=ada), make_post(by=ada, published=False)
        scheduled = make_post(by=ada, published_at=timezone.now() + timedelta(days=1))
        html = ask(desk_of(ada), "unpublish", [live, draft, scheduled]).content.decode()
        assert "2 stories will become drafts again." in html
        assert "Readers see 1 of them now; its address will say that it was taken back." in html
        assert "1 stays as it is: it is not published." in html
        do(desk_of(ada), "unpublish", [live, draft, scheduled])
        assert states(live, draft, scheduled) == ["draft"] * 3
        assert client.get(live.get_absolute_url()).status_code == 410


class TestMoving:
    def test_an_editor_chooses_the_author_is_asked_and_told(self, ed, ada):
        bea = make_person("Bea", Role.AUTHOR)
        posts = [make_post(by=ada), make_post(by=ada, published=False)]
        hers = make_post(by=bea)
        client = desk_of(ed)
        page = read(ask(client, "move", [*posts, hers]), form_id="")
        assert "author" in page.fields
        page = read(client.post(STORIES, {**page.fields, "author": bea.author.pk}), form_id="")
        assert "2 stories will be moved to Bea." in page.html
        assert "From then on Bea alone is their author, and not Ada." in page.html
        assert "1 is by this author alone already." in page.html
        answer = client.post(STORIES, {**page.fields, "confirmed": "yes"})
        assert said(client, answer["Location"]) == [
            "2 stories are by Bea now. 1 is by this author alone already."
        ]
        assert [writers(post) for post in posts] == [["Bea"], ["Bea"]]

    @pytest.mark.parametrize("author", ["999999", "nobody", ""])
    def test_moving_to_nobody_asks_again(self, ed, author):
        post = make_post()
        answer = ask(desk_of(ed), "move", [post], author=author, confirmed="yes")
        assert answer.status_code == 200
        assert "author" in read(answer, form_id="").fields


class TestDeleting:
    def test_drafts_go_with_what_hangs_from_them_and_live_stories_stay(self, ada):
        draft, live = make_post(by=ada, title="Draft"), make_post(by=ada)
        make_response(draft)
        make_response(live)
        draft.unpublish(by=None)
        client = desk_of(ada)
        html = ask(client, "delete", [draft, live]).content.decode()
        assert "1 story will be deleted for good." in html
        assert "1 response goes too, and so do all earlier versions." in html
        assert "1 stays: readers can see it. Unpublish it first." in html
        assert "Delete 1 story" in html
        assert do(client, "delete", [draft, live]) == [
            "1 story is deleted. 1 stays: readers can see it. Unpublish it first."
        ]
        assert list(Post.objects.all()) == [live]
        assert LogEntry.objects.get().object_repr == "Draft"

    def test_what_somebody_publishes_at_this_moment_is_not_deleted(self, ada, monkeypatch):
        draft, other = (make_post(by=ada, published=False) for _time in range(2))
        may = Post.can_delete

        def published_meanwhile(post, user):
            Post.objects.get(pk=post.pk).publish(by=None)
            return may(post, user)

        client = desk_of(ada)
        page = read(ask(client, "delete", [draft, other]), form_id="")
        monkeypatch.setattr(Post, "can_delete", published_meanwhile)
        answer = client.post(page.action, {**page.fields, "confirmed": "yes"})
        assert "stays as it is: somebody saved it just now." in said(client, answer["Location"])[0]
        assert states(draft, other) == ["published", "published"]
        assert not LogEntry.objects.exists()

    def test_a_contributor_deletes_drafts_and_not_what_is_scheduled(self, cast):
        draft = make_post(by=cast[CY], published=False)
        later = make_post(by=cast[CY], published_at=timezone.now() + timedelta(days=1))
        client = desk_of(cast[CY])
        html = ask(client, "delete", [draft, later]).content.decode()
        assert "1 stays as it is: it is not yours to change." in html
        do(client, "delete", [draft, later])
        assert list(Post.objects.all()) == [later]


class TestOddRequests:
    @pytest.mark.parametrize("action", ["", "nonsense", "delete_selected", "publish"])
    def test_nothing_chosen_or_nothing_to_do_is_said(self, ada, action):
        make_post(by=ada, published=False)
        client = desk_of(ada)
        client.post(STORIES, {"action": action})
        assert "Choose stories first" in said(client)[0]

    @pytest.mark.parametrize("key", ["", "x", "-1", "9" * 40, "1.5", "٣", "\x00", "1 OR 1=1"])
    def test_odd_keys_choose_nothing(self, ada, key):
        make_post(by=ada, published=False)
        answer = desk_of(ada).post(
            STORIES, {"action": "delete", "_selected_action": key, "confirmed": "yes"}
        )
        assert answer.status_code == 302
        assert Post.objects.count() == 1

    def test_thousands_are_not_done_in_one_request(self, ada):
        keys = [str(number) for number in range(1, 4_000)]
        draft = make_post(by=ada, published=False)
        data = {"action": "delete", "_selected_action": [*keys, draft.pk], "confirmed": "yes"}
        assert desk_of(ada).post(STORIES, data).status_code in {200, 302}

    def test_one_comes_back_to_the_list_as_it_was_narrowed(self, ada):
        draft = make_post(by=ada, published=False)
        assert do(desk_of(ada), "publish", [draft], "?state=draft&o=title") == [
            "1 story is published."
        ]

    def test_the_page_that_asks_shows_titles_as_text(self, ada):
        draft = make_post(by=ada, published=False, title="<script>x</script>")
        html = ask(desk_of(ada), "delete", [draft]).content.decode()
        assert "<script>x" not in html
        assert "&lt;script&gt;x" in html


def test_a_story_whose_newest_words_wait_is_not_published_from_the_list(ada):
    story = make_post(by=ada, source="As it was.")
    story.keep_working_copy({"source": "Mended."}, by=ada)
    story.unpublish(by=ada)
    page = ask(desk_of(ada), "publish", [story]).content.decode()
    assert "newer words wait on its own page" in page
    assert states(story) == ["draft"]
