"""The list of stories: what it costs, and what it finds in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from blog import search
from blog.admin.post_list import SORTS
from blog.models import Authorship, Post, PostStats, Tag
from tests.desk import STORIES, change_url, desk_of, make_picture
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


def titles(client, query=""):
    """In the order of the list."""
    return [post.title for post in client.get(f"{STORIES}{query}").context["cl"].result_list]


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
        assert max(few.values()) <= 15

    def test_a_narrowed_list_asks_no_more_for_thirty_rows(self, ed, media):
        client = desk_of(ed)
        url = f"{STORIES}?q=quiet&state=published&whose=&author=&tag=&language=en&o=-claps"
        self.fill(2, ed)
        search.index(Post.objects.values_list("pk", flat=True))
        few = self.queries(client, url)
        self.fill(20, ed)
        search.index(Post.objects.values_list("pk", flat=True))
        assert self.queries(client, url) == few <= 15
        assert len(titles(client, url.removeprefix(STORIES))) == 22

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
        assert counts[0] == counts[1] <= 18

    def test_a_list_does_not_read_the_texts(self, ed):
        make_post(source="A long text")
        client = desk_of(ed)
        with CaptureQueriesContext(connection) as context:
            client.get(STORIES)
        assert not [q for q in context if '"blog_post"."source"' in q["sql"]]


class TestFinding:
    def test_each_state_has_its_filter(self, ed):
        now = timezone.now()
        make_post(published=False, title="draft")
        make_post(published_at=now + timedelta(days=1), title="scheduled")
        make_post(title="published")
        make_post(visibility="unlisted", title="unlisted")
        make_post(published_at=now - timedelta(days=2), title="expired")
        Post.objects.filter(title="expired").update(expires_at=now - timedelta(days=1))
        for state in ("in_review", "changes", "approved"):
            post = make_post(published=False, title=state)
            Post.objects.filter(pk=post.pk).update(status=state)
        client = desk_of(ed)
        states = ["in_review", "changes", "approved", "draft"]
        states += ["scheduled", "published", "unlisted", "expired"]
        assert {state: shown(client, f"?state={state}") for state in states} == {
            state: {state} for state in states
        }
        assert titles(client, "?o=state") == states

    def test_an_editor_filters_by_author_and_an_author_is_not_asked(self, ed, ada):
        make_post(by=ada, title="Ada's")
        make_post(title="Another's")
        make_post(by=ed, title="Ed's")
        client = desk_of(ed)
        assert shown(client, f"?author={ada.author.handle}") == {"Ada's"}
        assert shown(client, "?whose=mine") == {"Ed's"}
        assert shown(client, "?author=nobody") == set()
        hers = desk_of(ada)
        assert shown(hers, "?author=somebody") == shown(hers, "?whose=mine") == {"Ada's"}
        assert 'name="author"' not in hers.get(STORIES).content.decode()

    def test_a_tag_is_found_whatever_its_case(self, ed):
        make_post(title="About it").set_topics(Tag.objects.named(["Größe", "Sea"]))
        make_post(title="Not")
        client = desk_of(ed)
        assert shown(client, "?tag=GRÖSSE") == shown(client, "?tag=+größe+") == {"About it"}
        assert shown(client, "?tag=Nothing") == set()

    def test_a_language_is_offered_once_there_are_two(self, ed):
        make_post(title="One")
        client = desk_of(ed)
        assert 'name="language"' not in client.get(STORIES).content.decode()
        make_post(title="Eins", language="de")
        assert "German" in client.get(STORIES).content.decode()
        assert shown(client, "?language=de") == {"Eins"}

    def test_dates_are_days_of_the_person_who_asks(self, ed):
        ed.time_zone = "Pacific/Auckland"
        ed.save()
        # Eleven at night in UTC on the 9th is noon of the 10th in Auckland.
        make_post(title="It", published_at=datetime(2026, 6, 9, 23, tzinfo=UTC))
        make_post(title="Draft", published=False)
        client = desk_of(ed)
        assert shown(client, "?dated=published&since=2026-06-10&until=2026-06-10") == {"It"}
        assert shown(client, "?dated=published&until=2026-06-09") == set()
        today = timezone.localdate(timezone=ed.clock)
        assert shown(client, f"?since={today}") == {"It", "Draft"}
        assert shown(client, f"?until={today - timedelta(days=1)}") == set()
        for slip in ("2026-13-45", "0001-01-01", "9999-12-31", "soon"):
            assert shown(client, f"?since={slip}") == shown(client, f"?until={slip}")

    def test_titles_texts_names_and_tags_are_searched_within_what_one_may_see(
        self, ed, ada, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            post = make_post(by=ada, title="Salt", subtitle="and water", source="of the sea")
            post.set_topics(Tag.objects.named(["Minerals"]))
            make_post(title="100 % wool", source="Not of the sea.", published=False)
        client = desk_of(ed)
        for query in ("SALT", "water", "salt sea", "ada", "minerals"):
            assert shown(client, f"?q={query}") == {"Salt"}, query
        assert shown(client, "?q=sea") == {"Salt", "100 % wool"}
        assert shown(client, "?q=sea&state=draft") == {"100 % wool"}
        assert shown(desk_of(ada), "?q=sea") == {"Salt"}

    def test_what_is_narrowed_is_said_and_taken_back_one_by_one(self, ed, ada):
        make_post(title="It", language="de")
        make_post()
        client = desk_of(ed)
        query = f"?q=wool&state=draft&author={ada.author.handle}&since=2026-01-02&o=title"
        answer = client.get(STORIES + query)
        chips = {chip.label: chip.url for chip in answer.context["cl"].chips}
        dated = "Date: saved since 2 Jan 2026"
        assert list(chips) == ["“wool”", "Status: Draft", "Author: Ada", dated]
        assert "state=" not in chips["Status: Draft"]
        assert "author=" in chips["Status: Draft"]
        assert "since=" not in chips[dated]
        html = answer.content.decode()
        assert "No story fits what you look for." in html
        assert '<a class="button" href="?">Clear filters</a>' in html

    def test_who_has_no_story_is_shown_where_to_begin(self, ada):
        make_post()
        html = desk_of(ada).get(STORIES).content.decode()
        assert "Write your first story" in html
        assert "Clear filters" not in html
        assert 'type="search"' not in html

    @pytest.mark.parametrize("odd", ODD)
    @pytest.mark.parametrize(
        "name",
        ["q", "state", "author", "whose", "tag", "language", "dated", "since", "o", "p", "status"],
    )
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


class TestOrder:
    def test_the_list_is_sorted_by_each_column_both_ways(self, ed):
        now = timezone.now()
        for number, title in enumerate(["Élan", "apple", "Zoo"]):
            post = make_post(title=title, published_at=now - timedelta(days=number))
            Post.objects.filter(pk=post.pk).update(updated_at=now - timedelta(hours=number))
            PostStats.objects.filter(post=post).update(
                clap_count=number, comment_count=[5, 0, 7][number]
            )
        search.index(list(Post.objects.values_list("pk", flat=True)))
        client = desk_of(ed)
        orders = {
            "title": ["apple", "Élan", "Zoo"],
            "saved": ["Zoo", "apple", "Élan"],
            "published": ["Zoo", "apple", "Élan"],
            "claps": ["Élan", "apple", "Zoo"],
            "responses": ["apple", "Élan", "Zoo"],
        }
        for key, expected in orders.items():
            assert titles(client, f"?o={key}") == expected, key
            assert titles(client, f"?o=-{key}") == expected[::-1], key
        assert titles(client) == titles(client, "?o=nonsense") == orders["saved"][::-1]

    def test_who_searches_finds_what_is_named_so_first_unless_they_choose_an_order(
        self, ed, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            make_post(title="Named tides", source="x")
            make_post(title="Tagged", source="x").set_topics(Tag.objects.named(["Tides"]))
            make_post(title="Other", source="On tides.")
            make_post(title="None", source="x")
        client = desk_of(ed)
        assert titles(client, "?q=tides") == ["Tagged", "Named tides", "Other"]
        assert titles(client, "?q=tid") == ["Tagged", "Named tides", "Other"]
        assert titles(client, "?q=tides&o=-saved") == ["Other", "Tagged", "Named tides"]
        assert client.get(f"{STORIES}?q=tides").context["cl"].sorts[0] == ("", "Best match", True)
        assert client.get(STORIES).context["cl"].sorts[0] == ("", "Last saved", True)
        assert titles(client, "?q=%25&o=best") == titles(client, "?q=zzz") == []

    def test_drafts_come_last_whichever_way_dates_of_publication_are_sorted(self, ed):
        make_post(title="Draft", published=False)
        make_post(title="Live")
        client = desk_of(ed)
        assert (
            titles(client, "?o=published") == titles(client, "?o=-published") == ["Live", "Draft"]
        )

    def test_the_head_of_a_column_says_how_the_list_is_sorted_and_turns_it(self, ed):
        make_post()
        cl = desk_of(ed).get(f"{STORIES}?o=-claps&state=published").context["cl"]
        columns = {column.key: column for column in cl.columns}
        assert columns["claps"].direction == "descending"
        assert columns["claps"].url == "?o=claps&state=published"
        assert columns["title"].direction == ""
        assert columns["saved"].url == "?o=-saved&state=published"

    @pytest.mark.parametrize("order", ["", *(key for key, _label in SORTS)])
    def test_more_than_thirty_are_read_in_pages_forth_and_back(self, ed, order):
        Post.objects.bulk_create(
            Post(title=f"Story {number}", slug=f"story-{number}") for number in range(64)
        )
        for number in range(4):
            make_post(title=f"Live {number}")
        PostStats.objects.bulk_create(
            PostStats(post=post, clap_count=post.pk % 3)
            for post in Post.objects.filter(status="draft").order_by("pk")[:40]
        )
        search.index(list(Post.objects.order_by("-pk").values_list("pk", flat=True)[:50]))
        client = desk_of(ed)
        pages = [client.get(f"{STORIES}?state=&o={order}").context["cl"]]
        while pages[-1].older_url:
            pages.append(client.get(f"{STORIES}{pages[-1].older_url}").context["cl"])
        read = [[post.pk for post in page.result_list] for page in pages]
        assert [len(page) for page in read] == [30, 30, 8]
        assert len({pk for page in read for pk in page}) == 68
        back = client.get(f"{STORIES}{pages[2].newer_url}").context["cl"]
        assert [post.pk for post in back.result_list] == read[1]
        first = client.get(f"{STORIES}{back.newer_url}").context["cl"]
        assert [post.pk for post in first.result_list] == read[0]
        assert first.newer_url == pages[0].newer_url == ""

    @pytest.mark.parametrize("order", ["", "saved", "state", "-claps"])
    def test_one_authors_stories_are_read_in_pages_forth_and_back(self, ed, ada, order):
        now = timezone.now()
        Post.objects.bulk_create(
            Post(
                title=f"Story {number}",
                slug=f"story-{number}",
                # Some were saved at the same moment.
                updated_at=now - timedelta(minutes=number * 7 % 13),
            )
            for number in range(70)
        )
        posts = list(Post.objects.order_by("-updated_at", "-pk"))
        theirs = [post for post in posts if post.pk % 10]
        Authorship.objects.bulk_create(
            Authorship(post=post, author=ed.author, position=0) for post in posts[::3]
        )
        Authorship.objects.bulk_create(
            Authorship(post=post, author=ada.author, position=1) for post in theirs
        )
        if order == "saved":
            theirs.sort(key=lambda post: (post.updated_at, post.pk))
        for client, query in (
            (desk_of(ada), f"?o={order}"),
            (desk_of(ed), f"?author={ada.author.handle}&o={order}"),
        ):
            pages = [client.get(f"{STORIES}{query}").context["cl"]]
            while pages[-1].older_url:
                pages.append(client.get(f"{STORIES}{pages[-1].older_url}").context["cl"])
            read = [[post.pk for post in page.result_list] for page in pages]
            assert [pk for page in read for pk in page] == [post.pk for post in theirs]
            assert [page.result_count for page in pages] == [63, 63, 63]
            back = client.get(f"{STORIES}{pages[2].newer_url}").context["cl"]
            assert [post.pk for post in back.result_list] == read[1]

    def test_what_an_author_saves_goes_to_the_top_of_their_list(self, ada):
        first, second = make_post(by=ada, published=False), make_post(by=ada)
        client = desk_of(ada)
        assert titles(client) == [second.title, first.title]
        first.write(by=ada)
        assert titles(client) == [first.title, second.title]

    def test_an_editor_finds_what_they_wrote_together_with_somebody(self, ed, ada):
        both = make_post(by=ed)
        both.set_byline([ed.author, ada.author])
        make_post(by=ed)
        make_post(by=ada)
        found = titles(desk_of(ed), f"?whose=mine&author={ada.author.handle}")
        assert found == [both.title]

    def test_a_place_in_the_list_holds_for_that_list_only(self, ed):
        for _number in range(31):
            make_post(by=ed, published=False)
        client = desk_of(ed)
        older = client.get(f"{STORIES}?state=draft").context["cl"].older_url
        page = client.get(f"{STORIES}{older}").context["cl"]
        assert len(page.result_list) == 1
        assert page.columns[0].url == "?o=title&state=draft"
        assert page.chips[0].url == "?"

    def test_a_place_that_is_none_leads_to_the_first_page(self, ed):
        post = make_post(by=ed)
        client = desk_of(ed)
        for place in ("nonsense", "0-999999", "9-1", f"1-{post.pk}", "0-0"):
            assert titles(client, f"?after={place}") == [post.title]
            assert titles(client, f"?before={place}") == [post.title]

    def test_more_than_a_thousand_are_not_counted(self, ed):
        Post.objects.bulk_create(Post(title="Story", slug=f"story-{n}") for n in range(1_001))
        html = desk_of(ed).get(STORIES).content.decode()
        assert "More than 1000 stories" in html


class TestRows:
    def test_a_contributor_is_led_to_what_they_may_open(self):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        live, draft = make_post(by=cy), make_post(by=cy, published=False)
        html = desk_of(cy).get(STORIES).content.decode()
        assert f'href="{change_url(draft)}"' in html
        assert f'href="{change_url(live)}"' not in html
        assert f'href="{live.get_absolute_url()}"' in html

    def test_titles_stand_in_their_own_direction_and_cannot_leave_their_place(self, ed):
        make_post(title="حكاية <b>البحر</b>", published=False)
        html = desk_of(ed).get(STORIES).content.decode()
        assert "<bdi>حكاية &lt;b&gt;البحر&lt;/b&gt;</bdi>" in html
