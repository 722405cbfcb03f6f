"""The hand of a story's authors on the responses below it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from blog.models import Comment, Post, PostStats
from blog.models.comment import ThreadLocked
from blog.recount import recount
from blog.telling_responses import who_may_open
from blog.views import hosting
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

Hand = Comment.Hand


def url(name, comment):
    return reverse(f"blog:{name}", args=[comment.post.slug, comment.pk])


def story_url(name, post):
    return reverse(f"blog:{name}", args=[post.slug])


def page(client, post):
    return client.get(post.get_absolute_url()).content.decode()


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(ada):
    return make_post(by=ada)


@pytest.fixture
def response(story):
    return make_response(story, make_person("Rita"), source="What a lamp!")


@pytest.fixture
def desk(ada):
    return desk_of(ada)


class TestWhoMay:
    @pytest.mark.parametrize("is_own", [True, False])
    @pytest.mark.parametrize("role", Role)
    def test_predicate_and_queryset_agree_on_who_tends_a_story(self, role, is_own):
        person = make_person(role=role)
        story = make_post(by=person if is_own and role is not Role.READER else None)
        found = Post.objects.hosted_by(person).filter(pk=story.pk).exists()
        writes = is_own and role is not Role.READER
        assert found == story.can_host(person) == (writes or role in {Role.EDITOR, Role.OWNER})

    @pytest.mark.parametrize("taken_by", [Hand.AUTHOR, Hand.MODERATOR])
    @pytest.mark.parametrize("who", ["reader", "writer", "author", "other", "editor"])
    def test_predicate_and_queryset_agree_on_who_shows_again(self, ada, response, who, taken_by):
        person = {
            "reader": make_person,
            "writer": lambda: response.author,
            "author": lambda: ada,
            "other": lambda: make_person(role=Role.AUTHOR),
            "editor": lambda: make_person(role=Role.EDITOR),
        }[who]()
        response.hide(by=taken_by)
        response = Comment.objects.get(pk=response.pk)
        found = Comment.objects.showable_by(person).filter(pk=response.pk).exists()
        may = who == "editor" or (who == "author" and taken_by == Hand.AUTHOR)
        assert found == response.can_show(person) == may

    def test_what_readers_never_saw_an_author_cannot_bring_before_them(self, story, ada):
        held = make_response(story, held_because=[{"rule": "links"}])
        held.hide(by=Hand.AUTHOR)
        held = Comment.objects.get(pk=held.pk)
        assert not held.can_show(ada)
        assert not Comment.objects.showable_by(ada).exists()

    def test_somebody_else_is_refused_and_nothing_changes(self, story, response):
        before = Comment.objects.values().get()
        for who in (make_person(), make_person(role=Role.AUTHOR), response.author):
            client = desk_of(who)
            for name in ("hiding", "hiding-removal", "pin", "pin-removal", "lock", "lock-removal"):
                assert client.post(url(f"comment-{name}", response)).status_code == 403
            for name in ("closing", "closing-removal"):
                assert client.post(story_url(f"comments-{name}", story)).status_code == 403
            assert client.get(story_url("comments-hidden", story)).status_code == 403
        assert Comment.objects.values().get() == before
        assert Post.objects.get().responses_open

    def test_only_who_tends_the_story_finds_the_ways(self, story, response, desk):
        make_response(story, make_person(), parent=response)
        hiding = url("comment-hiding", response)
        assert hiding in page(desk, story)
        assert hiding not in page(desk_of(make_person()), story)


class TestHiding:
    def test_it_is_asked_first_and_then_out_of_sight(self, story, response, desk):
        asked = desk.get(url("comment-hiding", response))
        assert "What a lamp!" in asked.content.decode()
        assert Comment.objects.visible().exists()
        for _time in range(2):
            answer = desk.post(url("comment-hiding", response))
            assert answer.status_code == 303
        assert "What a lamp!" not in page(desk_of(make_person()), story)
        assert Comment.objects.get().taken_by == Hand.AUTHOR
        assert PostStats.objects.get(post=story).comment_count == 0
        assert not recount(story.pk)

    def test_a_moderator_hides_as_a_moderator_and_an_author_who_moderates_as_author(self, response):
        editor = make_person(role=Role.EDITOR)
        desk_of(editor).post(url("comment-hiding", response))
        assert Comment.objects.get().taken_by == Hand.MODERATOR
        own = make_response(make_post(by=editor))
        desk_of(editor).post(url("comment-hiding", own))
        assert Comment.objects.get(pk=own.pk).taken_by == Hand.AUTHOR

    def test_what_is_hidden_is_found_and_shown_again(self, story, response, desk):
        response.hide(by=Hand.AUTHOR)
        showing = url("comment-hiding-removal", response)
        assert showing in desk.get(story_url("comments-hidden", story)).content.decode()
        for _time in range(2):
            assert desk.post(showing).status_code == 303
        assert "What a lamp!" in page(desk_of(make_person()), story)
        assert PostStats.objects.get(post=story).comment_count == 1

    def test_what_a_moderator_has_hidden_stays_hidden_for_the_author(self, story, response, desk):
        response.hide(by=Hand.MODERATOR)
        showing = url("comment-hiding-removal", response)
        listed = desk.get(story_url("comments-hidden", story)).content.decode()
        assert "hidden by a moderator" in listed
        assert showing not in listed
        assert desk.post(showing).status_code == 403
        assert not Comment.objects.visible().exists()

    def test_a_moderator_who_hides_what_an_author_has_hidden_has_the_last_word(self, response, ada):
        response.hide(by=Hand.AUTHOR)
        desk_of(make_person(role=Role.EDITOR)).post(url("comment-hiding", response))
        response = Comment.objects.get()
        response.hide(by=Hand.AUTHOR)
        assert Comment.objects.get().taken_by == Hand.MODERATOR
        assert not response.can_show(ada)

    def test_what_waits_for_a_moderator_is_not_the_authors_to_hide(self, story, desk):
        held = make_response(story, held_because=[{"rule": "links"}])
        assert desk.get(url("comment-hiding", held)).status_code == 404
        assert desk.post(url("comment-hiding", held)).status_code == 404
        assert Comment.objects.get().is_held

    def test_what_waits_is_not_read_where_a_thread_is_locked(self, story, desk):
        held = make_response(story, source="Not for you.", held_because=[{"rule": "links"}])
        assert desk.get(url("comment-lock", held)).status_code == 404

    @pytest.mark.parametrize("way", ["comment-hiding", "comment-hiding-removal"])
    def test_whoever_is_slower_by_a_moment_sees_what_was_decided(self, response, monkeypatch, way):
        if way == "comment-hiding-removal":
            response.hide()
        olga = desk_of(make_person(role=Role.OWNER))
        decide = hosting.moderate

        def twice(*about, **how):
            decide(*about, **how)
            return decide(*about, **how)

        monkeypatch.setattr(hosting, "moderate", twice)
        assert olga.post(url(way, response)).status_code == 303

    def test_the_list_goes_on_by_key_and_costs_the_same_for_many(
        self, story, desk, django_assert_max_num_queries
    ):
        writer = make_person()
        Comment.objects.bulk_create(
            Comment(post=story, author=writer, source="x", html="<p>x</p>", status="hidden")
            for _number in range(45)
        )
        seen, address = [], story_url("comments-hidden", story)
        while address:
            with django_assert_max_num_queries(14):
                context = desk.get(address).context
            seen += [row.pk for row in context["rows"]]
            older = context["older"]
            address = older and f"{story_url('comments-hidden', story)}?older={older}"
        assert len(seen) == len(set(seen)) == 45
        assert desk.get(story_url("comments-hidden", story), {"older": "x"}).status_code == 404


class TestPinning:
    def test_a_second_pin_takes_the_place_of_the_first(self, story, response, desk):
        other = make_response(story)
        for one in (response, response, other):
            assert desk.post(url("comment-pin", one)).status_code == 303
        assert list(Comment.objects.filter(pinned_at__isnull=False)) == [other]
        for _time in range(2):
            assert desk.post(url("comment-pin-removal", other)).status_code == 303
        assert not Comment.objects.filter(pinned_at__isnull=False).exists()

    def test_pinned_again_it_keeps_its_time(self, response):
        response.pin()
        at = Comment.objects.get().pinned_at
        response.pin()
        assert Comment.objects.get().pinned_at == at

    def test_only_what_begins_a_thread_can_be_pinned_or_locked(self, story, response, desk):
        reply = make_response(story, parent=response)
        for name in ("comment-pin", "comment-lock"):
            assert desk.post(url(name, reply)).status_code == 404

    def test_another_story_has_a_pin_of_its_own(self, response):
        other = make_response(make_post())
        response.pin()
        other.pin()
        assert Comment.objects.filter(pinned_at__isnull=False).count() == 2

    def test_the_database_holds_one_pin_for_each_story(self, story, response):
        response.pin()
        other = make_response(story)
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.filter(pk=other.pk).update(pinned_at=other.created_at)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_pin_at_once_one_pin_stays(story):
    responses = [make_response(story) for _number in range(4)]
    start = Barrier(len(responses))

    def pin(response):
        try:
            start.wait()
            response.pin()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(responses)) as pool:
        list(pool.map(pin, responses))
    assert Comment.objects.filter(pinned_at__isnull=False).count() == 1


class TestLocking:
    def test_a_locked_thread_takes_no_replies_at_any_depth_and_keeps_the_text(
        self, story, response, desk
    ):
        reply = make_response(story, parent=response)
        assert "Lock this thread?" in desk.get(url("comment-lock", response)).content.decode()
        for _time in range(2):
            assert desk.post(url("comment-lock", response)).status_code == 303
        client = desk_of(make_person())
        html = page(client, story)
        assert "Takes no more replies" in html
        assert 'name="parent"' not in html
        for above in (response, reply):
            sent = {"source": "But wait!", "parent": above.pk}
            answer = client.post(story_url("comments", story), sent)
            assert answer.status_code == 403
            assert "But wait!" in answer.content.decode()
        assert Comment.objects.count() == 2
        with pytest.raises(ThreadLocked):
            make_response(story, parent=reply)

    def test_the_page_of_a_reply_in_it_takes_none_either(self, story, response):
        reply = make_response(story, parent=response)
        response.lock()
        html = desk_of(make_person()).get(reply.get_absolute_url()).content.decode()
        assert 'name="parent"' not in html

    def test_other_threads_go_on_and_unlocked_this_one_does(self, story, response, desk):
        response.lock()
        assert make_response(story)
        for _time in range(2):
            assert desk.post(url("comment-lock-removal", response)).status_code == 303
        response.refresh_from_db()
        assert make_response(story, parent=response)


class TestClosing:
    def test_a_closed_story_takes_no_responses_until_it_is_opened(self, story, desk):
        closing = story_url("comments-closing", story)
        assert "Close the responses" in desk.get(closing).content.decode()
        for _time in range(2):
            assert desk.post(closing).status_code == 303
        sent = desk_of(make_person()).post(story_url("comments", story), {"source": "Too late?"})
        assert sent.status_code == 403
        assert "Too late?" in sent.content.decode()
        opening = story_url("comments-closing-removal", story)
        # Also where nothing was said yet, the author finds the way back.
        assert opening in page(desk, story)
        for _time in range(2):
            assert desk.post(opening).status_code == 303
        assert Post.objects.get(pk=story.pk).takes_responses

    def test_it_makes_no_new_version_of_what_is_being_written(self, story, desk):
        version = story.version
        desk.post(story_url("comments-closing", story))
        assert Post.objects.get(pk=story.pk).version == version

    def test_opening_what_is_too_old_says_why_it_stays_closed(self, story, desk):
        Post.objects.filter(pk=story.pk).update(responses_open=False, responses_close_after_days=0)
        desk.post(story_url("comments-closing-removal", story))
        assert "too old" in page(desk, story)


def test_what_tends_is_sent_and_never_only_asked_for(story, response, desk):
    for name in ("hiding-removal", "pin", "pin-removal", "lock-removal"):
        assert desk.get(url(f"comment-{name}", response)).status_code == 405
    assert desk.get(story_url("comments-closing-removal", story)).status_code == 405
    for name in ("comment-hiding", "comment-lock"):
        desk.get(url(name, response))
    found = Comment.objects.get()
    assert (found.status, found.pinned_at, found.locked_at) == ("published", None, None)


def test_a_response_to_another_story_is_not_found_under_this_one(story, desk):
    other = make_response(make_post())
    address = reverse("blog:comment-hiding", args=[story.slug, other.pk])
    assert desk.post(address).status_code == 404
    assert Comment.objects.get().is_visible


class TestTold:
    """What an inbox leads to, and what of it is gone meanwhile."""

    @pytest.mark.parametrize("way", ["its own page", "its place on it"])
    def test_a_response_can_be_opened_while_readers_can_read_it(self, story, response, way):
        reader = make_person()
        address = {
            "its own page": response.get_absolute_url(),
            "its place on it": f"{response.get_absolute_url()}#{response.anchor}",
        }[way]
        assert who_may_open([reader], address) == [reader]
        response.hide()
        assert who_may_open([reader], address) == []
        response.show()
        story.unpublish(by=None)
        assert who_may_open([reader], address) == []

    def test_an_inbox_says_that_a_response_is_gone(self, response, ada, desk):
        Notification.objects.tell(
            [ada],
            kind="response_reply",
            by=response.author,
            text="Rita responds",
            url=response.get_absolute_url(),
        )
        row = Notification.objects.get(kind="response_reply")
        response.remove()
        answer = desk.post(reverse("account_inbox_opening", args=[row.pk]))
        assert answer["Location"] == reverse("account_inbox")
        assert "not there any more" in desk.get(answer["Location"]).content.decode()
