"""The list of stories: what it costs, finds and does to several at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from blog.models import Post, Tag
from tests.desk import STORIES, change_url, desk_of, make_picture, read
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

ODD = ["%", "'", '"', "\\", "_", "🦊", "a" * 500, "%00", "* OR 1=1", "(", "c++"]


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


def shown(client, query=""):
    answer = client.get(f"{STORIES}{query}")
    assert answer.status_code == 200, query
    return {post.title for post in answer.context["cl"].result_list}


def act(client, action, posts, **more):
    data = {"action": action, "_selected_action": [p.pk for p in posts], "index": "0", **more}
    return client.post(STORIES, data)


def states(*posts):
    return [Post.objects.get(pk=post.pk).state for post in posts]


class TestCost:
    ROOMS = (STORIES, "/admin/blog/comment/", "/admin/blog/image/", "/admin/blog/tag/")

    def queries(self, client, url):
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert client.get(url).status_code == 200
        return len(context)

    def fill(self, count, by):
        for number in range(count):
            post = make_post(by=make_person(role=Role.AUTHOR))
            post.lead_image = make_picture(by)
            post.write(by=None)
            post.set_topics(Tag.objects.named([f"{post.pk} {number}"]))
            make_response(post)

    def test_thirty_rows_ask_no_more_than_five(self, ed, media):
        client = desk_of(ed)
        self.fill(5, ed)
        few = {url: self.queries(client, url) for url in self.ROOMS}
        self.fill(25, ed)
        assert {url: self.queries(client, url) for url in self.ROOMS} == few
        assert max(few.values()) <= 12

    def test_the_page_of_a_story_asks_no_more_for_many_pictures_tags_and_authors(self, ed, media):
        client, post = desk_of(ed), make_post(by=ed, published=False)
        counts = []
        for number in (1, 6):
            images = [make_picture(ed) for _time in range(number)]
            post.source = "\n\n".join(image.markdown for image in images)
            post.write(by=None)
            post.set_topics(Tag.objects.named([f"Tag {name}" for name in range(number)]))
            post.set_byline([make_person(role=Role.AUTHOR).author for _time in range(number)])
            counts.append(self.queries(client, change_url(post)))
        assert counts[0] == counts[1] <= 16

    def test_a_list_does_not_read_the_texts(self, ed):
        make_post(source="A long text")
        client = desk_of(ed)
        with CaptureQueriesContext(connection) as context:
            client.get(STORIES)
        assert not [q for q in context if '"blog_post"."source"' in q["sql"]]


class TestFinding:
    def test_each_state_has_its_filter(self, ed):
        make_post(published=False, title="draft")
        make_post(published=False, title="in_review").submit(by=None)
        make_post(published_at=timezone.now() + timedelta(days=1), title="scheduled")
        make_post(title="published")
        make_post(visibility="unlisted", title="unlisted")
        client = desk_of(ed)
        for state in ("draft", "in_review", "scheduled", "published", "unlisted"):
            assert shown(client, f"?state={state}") == {state}

    def test_an_editor_filters_by_author_and_an_author_is_not_asked(self, ed, ada):
        make_post(by=ada, title="Ada's")
        make_post(title="Another's")
        client = desk_of(ed)
        assert shown(client, f"?author={ada.author.handle}") == {"Ada's"}
        assert shown(desk_of(ada), "?author=somebody") == {"Ada's"}

    def test_titles_and_subtitles_are_searched(self, ed):
        make_post(title="Salt", subtitle="and water")
        make_post(title="100 % wool")
        client = desk_of(ed)
        assert shown(client, "?q=SALT") == shown(client, "?q=water") == {"Salt"}
        assert shown(client, "?q=%25") == {"100 % wool"}
        assert shown(client, "?q=salt+water") == {"Salt"}

    @pytest.mark.parametrize("odd", ODD)
    @pytest.mark.parametrize("name", ["q", "state", "author", "o", "p", "described", "status"])
    def test_odd_input_is_no_error_page(self, ed, odd, name):
        from urllib.parse import quote

        make_post()
        value = odd if odd == "%00" else quote(odd)
        client = desk_of(ed)
        assert client.get(f"{STORIES}?{name}={value}").status_code in {200, 302, 400}

    @pytest.mark.parametrize("room", ["comment", "image", "tag", "author"])
    @pytest.mark.parametrize("odd", ["%00", "%25", "%27"])
    def test_odd_searches_are_no_error_page_in_other_rooms(self, ed, room, odd):
        client = desk_of(ed)
        for name in ("q", "status__exact", "described"):
            url = f"/admin/blog/{room}/?{name}={odd}".replace("blog/author", "accounts/author")
            assert client.get(url).status_code in {200, 302, 400}

    @pytest.mark.parametrize("order", ["2", "-2", "3", "4", "5", "-6", "6.2"])
    def test_every_column_can_be_sorted_by(self, ed, order):
        first, second = make_post(), make_post()
        client = desk_of(ed)
        assert shown(client, f"?o={order}") == {first.title, second.title}

    def test_more_than_thirty_are_read_in_pages(self, ed):
        for _number in range(31):
            make_post(by=ed, published=False)
        client = desk_of(ed)
        assert (len(shown(client)), len(shown(client, "?p=2"))) == (30, 1)


class TestSeveralAtOnce:
    def actions(self, person):
        make_post(by=person, published=False)
        page = desk_of(person).get(STORIES)
        return {name for name, _label in page.context["action_form"].fields["action"].choices}

    def test_each_role_finds_its_own_actions(self, ed, ada):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        assert self.actions(cy) == {"", "delete_selected"}
        assert self.actions(ada) == {"", "delete_selected", "publish", "unpublish"}
        assert self.actions(ed) == {"", "delete_selected", "publish", "unpublish", "move"}

    def test_drafts_are_published_and_withdrawn(self, ada):
        one, two = (make_post(by=ada, published=False) for _time in range(2))
        client = desk_of(ada)
        answer = act(client, "publish", [one, two])
        assert "2 stories are published." in client.get(answer["Location"]).content.decode()
        assert states(one, two) == ["published", "published"]
        act(client, "unpublish", [one])
        assert states(one, two) == ["draft", "published"]
        assert one.revisions.latest("created_at").source == one.source

    def test_published_by_the_list_means_now(self, ada):
        at = timezone.now() + timedelta(days=1)
        post = make_post(by=ada, published=False)
        Post.objects.filter(pk=post.pk).update(published_at=at)
        act(desk_of(ada), "publish", [post])
        assert states(post) == ["published"]

    def test_a_story_without_text_is_not_published_by_the_list_either(self, ada):
        empty = make_post(by=ada, published=False, source=" \n", title="Only a title")
        full = make_post(by=ada, published=False)
        client = desk_of(ada)
        answer = act(client, "publish", [empty, full])
        assert states(empty, full) == ["draft", "published"]
        html = client.get(answer["Location"]).content.decode()
        assert "1 story is published." in html
        assert "“Only a title” stays as it is: there is no text yet to publish." in html

    @pytest.mark.parametrize("action", ["publish", "unpublish", "move", "delete_selected"])
    def test_nothing_happens_to_the_stories_of_others(self, ada, action):
        draft, live = make_post(published=False), make_post()
        act(desk_of(ada), action, [draft, live], post="yes", author=ada.author.pk)
        assert states(draft, live) == ["draft", "published"]
        assert draft.byline[0].user != ada

    @pytest.mark.parametrize("action", ["publish", "move"])
    def test_a_contributor_cannot_act_by_hand(self, action):
        cy, bea = make_person("Cy", Role.CONTRIBUTOR), make_person("Bea", Role.AUTHOR)
        post = make_post(by=cy, published=False)
        act(desk_of(cy), action, [post], author=bea.author.pk)
        assert states(post) == ["draft"]
        assert [author.user for author in Post.objects.get().byline] == [cy]

    def test_stories_move_to_another_author_in_two_steps(self, ed, ada):
        bea = make_person("Bea", Role.AUTHOR)
        posts = [make_post(by=ada), make_post(by=ada, published=False)]
        client = desk_of(ed)
        page = read(act(client, "move", posts), form_id="")
        assert sorted(page.fields["_selected_action"]) == sorted(str(post.pk) for post in posts)
        answer = client.post(STORIES, {**page.fields, "author": bea.author.pk})
        assert "2 stories are by Bea now." in client.get(answer["Location"]).content.decode()
        for post in posts:
            assert [author.name for author in Post.objects.get(pk=post.pk).byline] == ["Bea"]

    def test_moving_to_nobody_asks_again(self, ed):
        answer = act(desk_of(ed), "move", [make_post()], author="999999")
        assert answer.status_code in {200, 400}

    def test_drafts_are_deleted_and_live_stories_refused(self, ada):
        draft, live = make_post(by=ada, published=False), make_post(by=ada)
        make_response(live)
        client = desk_of(ada)
        assert act(client, "delete_selected", [draft, live]).status_code == 200
        assert act(client, "delete_selected", [draft, live], post="yes").status_code == 403
        assert Post.objects.count() == 2
        act(client, "delete_selected", [draft], post="yes")
        assert list(Post.objects.all()) == [live]
