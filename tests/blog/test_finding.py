"""Finding without searching: the front page, authors, subjects, and the ways between pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Author, Follow
from accounts.roles import Role
from blog import front, keyset
from blog.models import Clap, Clapper, Post, Publication, Series, Tag
from blog.told import Told
from tests.blog.dom import parse
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


def html_of(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def body_of(html):
    """The tree from <body> on: a doctype is a declaration."""
    return parse(html[html.index("<body") : html.index("</html>")])


def ways_in_head(html):
    head = html[html.index("<head>") + 6 : html.index("</head>")]
    links = [link.attrs for link in parse(head).all("link")]
    return {link["rel"]: link["href"] for link in links if link["rel"] in {"prev", "next"}}


def found(told):
    """The stories that the front page was told of."""
    return [one.make() for one in told]


def titles(answer):
    lead = answer.context.get("lead")
    shown = [*([lead] if lead else []), *answer.context["rows"]]
    return [(one.make() if isinstance(one, Told) else one).title for one in shown]


def ago(**time):
    return timezone.now() - timedelta(**time)


def clap(post, count):
    Clap.objects.give(post=post, clapper=Clapper(user=make_person()), wanted=count)


@pytest.fixture
def two_a_page(monkeypatch):
    monkeypatch.setattr("blog.pages.ROWS_PER_PAGE", 2)
    monkeypatch.setattr("blog.parts.ROWS_PER_PAGE", 2)
    monkeypatch.setattr("blog.pages.NAMES_PER_PAGE", 2)


class TestFrontPage:
    def test_the_newest_series_says_how_many_parts_it_has_and_which_is_new(self, client):
        old, new = Series.objects.named("Old ropes"), Series.objects.named("New lights")
        make_post(series=old, series_position=1, published_at=ago(days=9))
        for number in (1, 2, 3):
            make_post(
                title=f"Light {number}",
                series=new,
                series_position=number,
                published_at=ago(days=5 - number),
            )
        make_post(title="Secret light", series=new, series_position=4, published=False)
        aside = body_of(html_of(client, "/")).one("aside")
        assert "New lights" in aside.text
        assert "3 parts" in aside.text
        assert "Part 3" in aside.text
        assert "Light 3" in aside.text
        assert "Old ropes" not in aside.text
        assert "Secret" not in aside.text

    def test_a_series_of_drafts_is_not_told_of(self, client):
        make_post(series=Series.objects.named("Hidden"), series_position=1, published=False)
        make_post()
        assert "Hidden" not in html_of(client, "/")

    def test_pages_after_the_first_have_the_stories_alone(self, client, two_a_page):
        lights = Series.objects.named("Lights")
        for number in range(5):
            make_post(series=lights, series_position=number)
        second = html_of(client, client.get("/").context["older_url"])
        assert not body_of(second).all("aside")

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_a_small_publication_does_not_say_what_it_has_twice(self, client, count):
        for number in range(count):
            clap(make_post(title=f"Number {number}."), 3)
        html = html_of(client, "/")
        assert [html.count(f"Number {number}.") for number in range(count)] == [1] * count
        assert "Most applauded" not in html

    def test_the_most_applauded_are_those_with_the_most_claps(self, client):
        posts = [make_post() for _number in range(6)]
        for post, count in zip(posts, (5, 1, 0, 9, 7, 0), strict=True):
            if count:
                clap(post, count)
        Post.objects.filter(pk=posts[0].pk).update(is_pinned=True)
        assert found(client.get("/").context["applauded"]) == [posts[3], posts[4], posts[0]]

    @pytest.mark.parametrize("very_likely", [1, 2, 40])
    def test_stories_of_years_ago_do_not_hide_what_was_applauded_this_year(
        self, client, monkeypatch, very_likely
    ):
        monkeypatch.setattr(front, "VERY_LIKELY", very_likely)
        for statement in (front._QUICKLY, front._THOROUGHLY):
            monkeypatch.setattr(statement, "_written", {})
        for _number in range(2):
            clap(make_post(published_at=ago(days=500)), 9)
        posts = [make_post() for _number in range(5)]
        # The newest and the pinned one were applauded least.
        Post.objects.filter(pk=posts[3].pk).update(is_pinned=True)
        for post, count in zip(posts, (2, 4, 3, 1, 1), strict=True):
            clap(post, count)
        assert found(client.get("/").context["applauded"]) == [posts[1], posts[2], posts[0]]

    def test_a_pinned_story_leads_and_the_others_follow(self, client):
        posts = [make_post(published_at=ago(days=number + 1)) for number in range(4)]
        Post.objects.filter(pk=posts[2].pk).update(is_pinned=True)
        answer = client.get("/")
        assert answer.context["lead"].make() == posts[2]
        assert found(answer.context["rows"]) == [posts[0], posts[1], posts[3]]

    def test_subjects_are_those_of_the_newest_stories_the_most_frequent_first(self, client):
        for names in (["Sea", "Maps"], ["Sea"], ["Sky"]):
            make_post().set_topics(Tag.objects.named(names))
        make_post(published=False).set_topics(Tag.objects.named(["Secret"]))
        make_post(visibility="unlisted").set_topics(Tag.objects.named(["Whisper"]))
        assert [tag.name for tag in client.get("/").context["subjects"].make()] == [
            "Sea",
            "Maps",
            "Sky",
        ]

    def test_every_anonymous_reader_gets_the_same_bytes(self, client):
        make_post(series=Series.objects.named("Lights"), series_position=1)
        assert client.get("/").content == client.get("/").content


class TestKeysetPages:
    LISTS = ("/", "/@ada/", "/tag/sea/")

    def fill(self, count):
        ada = make_person("Ada", Role.AUTHOR)
        for number in range(count):
            post = make_post(by=ada, title=f"No {number}.", published_at=ago(days=99 - number))
            post.set_topics(Tag.objects.named(["Sea"]))
        return ada

    @pytest.mark.parametrize("url", LISTS)
    def test_a_story_that_arrives_meanwhile_doubles_and_hides_none(self, client, url, two_a_page):
        ada = self.fill(5)
        seen, at = [], url
        while at:
            answer = client.get(at)
            seen += titles(answer)
            at = answer.context["older_url"]
            make_post(by=ada, title="Late").set_topics(Tag.objects.named(["Sea"]))
        assert seen == ["No 4.", "No 3.", "No 2.", "No 1.", "No 0."]

    @pytest.mark.parametrize("url", LISTS)
    def test_newer_leads_from_the_second_page_to_the_list_itself(self, client, url, two_a_page):
        self.fill(7)
        second = client.get(client.get(url).context["older_url"])
        assert second.context["newer_url"] == url
        third = client.get(second.context["older_url"])
        back = client.get(third.context["newer_url"])
        assert titles(back) == titles(second)
        assert back.context["newer_url"] == url
        assert back.context["older_url"] == second.context["older_url"]

    def test_a_place_among_the_newest_shows_the_first_page_whole(self, client, two_a_page):
        self.fill(7)
        third = client.get(client.get(client.get("/").context["older_url"]).context["older_url"])
        way = third.context["newer_url"]
        Post.objects.filter(title__in=["No 6.", "No 5."]).delete()
        answer = client.get(way)
        assert titles(answer) == ["No 4.", "No 3."]
        assert answer.context["is_first_page"]

    def test_a_backdated_story_stands_where_its_date_says(self, client, two_a_page):
        ada = self.fill(5)
        older = client.get("/").context["older_url"]
        make_post(by=ada, title="Found in a drawer", published_at=ago(days=97, hours=1))
        assert titles(client.get(older)) == ["No 2.", "Found in a drawer"]

    def test_a_scheduled_story_appears_at_its_time_and_not_before(self, client, clock):
        make_post(title="Now", published_at=clock.now - timedelta(hours=1))
        make_post(title="Soon", published_at=clock.now + timedelta(hours=1))
        assert titles(client.get("/")) == ["Now"]
        clock.pass_by(hours=2)
        assert titles(client.get("/")) == ["Soon", "Now"]

    @pytest.mark.parametrize("url", LISTS)
    @pytest.mark.parametrize("way", ["older", "newer"])
    def test_no_place_shows_a_story_before_its_time(self, client, url, way):
        ada = self.fill(2)
        soon = make_post(by=ada, title="Soon", published_at=ago(days=-1))
        soon.set_topics(Tag.objects.named(["Sea"]))
        for days in (-2, 200):
            place = keyset.encode(ago(days=days), soon.pk + 1)
            assert "Soon" not in titles(client.get(f"{url}?{way}={place}"))

    def test_a_list_that_became_shorter_leads_back(self, client, two_a_page):
        self.fill(3)
        older = client.get("/").context["older_url"]
        Post.objects.filter(title="No 0.").delete()
        answer = client.get(older)
        assert titles(answer) == []
        assert answer.context["newer_url"] == "/"
        assert "Nothing comes after this any more" in answer.content.decode()
        assert "No story has been published" not in answer.content.decode()

    def test_the_head_names_the_pages_beside(self, client, two_a_page):
        self.fill(6)
        for url in (*self.LISTS, f"/archive/{ago(days=97).year}/"):
            first = client.get(url)
            older = first.context["older_url"]
            if not older:
                continue
            assert ways_in_head(first.content.decode()) == {"next": older}
            second = client.get(older)
            ways = {"prev": url, "next": second.context["older_url"]}
            assert ways_in_head(second.content.decode()) == {k: v for k, v in ways.items() if v}

    def test_parts_before_the_second_page_are_the_series_itself(self, client, two_a_page):
        lights = Series.objects.named("Lights")
        for number in range(1, 6):
            make_post(title=f"Part {number}", series=lights, series_position=number)
        first = client.get("/series/lights/")
        later = first.context["page"].later_url
        assert ways_in_head(first.content.decode()) == {"next": later}
        second = client.get(later)
        assert second.context["page"].earlier_url == "/series/lights/"
        third = client.get(second.context["page"].later_url)
        assert ways_in_head(third.content.decode()) == {"prev": third.context["page"].earlier_url}
        assert titles(client.get(third.context["page"].earlier_url)) == ["Part 3", "Part 4"]


class TestNames:
    def people(self, *names):
        for name in names:
            make_post(by=make_person(name, Role.AUTHOR))

    def names(self, answer):
        return [row.name for row in answer.context["rows"]]

    def test_a_name_that_changes_meanwhile_hides_nobody(self, client, two_a_page):
        self.people("Ada", "Bea", "Cy", "Dora")
        after = client.get("/authors/").context["after_url"]
        Author.objects.filter(name="Bea").update(name="Zoe")
        second = client.get(after)
        assert self.names(second) == ["Cy", "Dora"]
        assert self.names(client.get(second.context["after_url"])) == ["Zoe"]

    def test_somebody_who_goes_meanwhile_hides_nobody(self, client, two_a_page):
        self.people("Ada", "Bea", "Cy")
        after = client.get("/authors/").context["after_url"]
        Post.objects.filter(authors__name="Bea").delete()
        Author.objects.filter(name="Bea").delete()
        assert self.names(client.get(after)) == ["Cy"]

    def test_before_leads_from_the_second_page_to_the_list_itself(self, client, two_a_page):
        self.people("Ada", "Bea", "Cy", "Dora", "Eva")
        second = client.get(client.get("/authors/").context["after_url"])
        assert second.context["before_url"] == "/authors/"
        third = client.get(second.context["after_url"])
        assert self.names(third) == ["Eva"]
        assert self.names(client.get(third.context["before_url"])) == ["Cy", "Dora"]
        head = ways_in_head(third.content.decode().replace("&amp;", "&"))
        assert head == {"prev": third.context["before_url"]}

    @pytest.mark.parametrize("name", ["A~1~2", "a & b", "=?%#", "نجم"])
    def test_whatever_stands_in_a_name_its_place_is_found(self, client, two_a_page, name):
        for other in ("!", "!!!", name, "~"):
            make_post().set_topics(Tag.objects.named([other]))
        seen, at = [], "/tags/"
        while at:
            answer = client.get(at)
            assert answer.status_code == 200
            seen += self.names(answer)
            at = answer.context["after_url"]
        assert sorted(seen) == sorted(["!", "!!!", name, "~"])

    @pytest.mark.parametrize("place", ["Ada", "~1", "Ada~0", "Ada~" + "9" * 30, "%00~1", ""])
    def test_a_place_that_is_none_is_no_page(self, client, place):
        expected = 404 if place else 200
        assert client.get(f"/authors/?after={place}").status_code == expected


class TestAuthorPage:
    def test_the_masthead_says_who_it_is_and_leads_on(self, client):
        ada = make_person("Ada", Role.AUTHOR).author
        ada.tagline, ada.bio = "Counts waves.", "Once a *pilot*."
        ada.links = [{"label": "Her boat", "url": "https://example.org/boat"}]
        ada.save()
        Follow.objects.follow(ada, by=make_person())
        head = body_of(html_of(client, "/@ada/")).one("header", class_="person h-card")
        assert head.one("h1").text == "Ada"
        assert "Counts waves." in head.text
        assert head.one("em").text == "pilot"
        assert head.one("a", href="https://example.org/boat").attrs["rel"].split()[0] == "me"
        assert head.one("a", href="/@ada/feed/").text == "Feed"
        assert "1 follower" in head.text
        assert "Follow" in head.one("a", href="/@ada/followers/").text

    def test_a_story_of_several_stands_with_each_and_names_them_all(self, client):
        ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
        both = make_post(by=ada, title="Together")
        both.set_byline([ada.author, bea.author])
        for url in ("/@ada/", "/@bea/"):
            row = body_of(html_of(client, url)).one("article")
            assert "Ada and Bea" in row.text
            assert "Together" in row.text

    def test_their_series_are_those_in_which_readers_find_a_part_of_theirs(self, client):
        ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
        hers, others, hidden = map(Series.objects.named, ("Hers", "Of others", "Hidden"))
        make_post(by=ada, series=hers, series_position=1)
        make_post(by=bea, series=others, series_position=1)
        make_post(by=ada, series=hidden, series_position=1, published=False)
        assert list(client.get("/@ada/").context["series"]) == [hers]

    def test_without_stories_it_says_so(self, client):
        make_person("Ada", Role.AUTHOR)
        assert "Ada has not published a story yet." in html_of(client, "/@ada/")


class TestTagPage:
    def test_it_leads_to_the_subjects_that_go_with_it(self, client):
        Tag.objects.named(["Sea"])
        Tag.objects.update(description="Salt and water.")
        for names in (["Sea", "Maps", "Ships"], ["Sea", "Ships"], ["Sky"]):
            make_post().set_topics(Tag.objects.named(names))
        answer = client.get("/tag/sea/")
        assert [tag.name for tag in answer.context["related"]] == ["Ships", "Maps"]
        assert "Salt and water." in answer.content.decode()

    @pytest.mark.parametrize(
        "hidden", [{"published": False}, {"visibility": Post.Visibility.UNLISTED}]
    )
    def test_it_never_tells_what_a_hidden_story_is_about(self, client, hidden):
        make_post().set_topics(Tag.objects.named(["Sea"]))
        make_post(**hidden).set_topics(Tag.objects.named(["Sea", "Secret"]))
        html = html_of(client, "/tag/sea/")
        assert "Secret" not in html
        assert "Related subjects" not in html


class TestAbout:
    def write(self, about):
        Publication(name="The Quay", tagline="By the water", about=about).save()

    def test_readers_learn_what_the_publication_is(self, client):
        self.write("We print *slowly*.\n\n## How\n\n<script>alert(1)</script>\n")
        html = html_of(client, "/about/")
        body = body_of(html)
        assert body.one("h1").text == "The Quay"
        assert body.one("em").text == "slowly"
        assert "alert(1)</script>" not in html
        assert '<link rel="canonical" href="http' in html
        assert body.one("a", href="/about/").text == "About"

    @pytest.mark.parametrize("about", ["", "  \n"])
    def test_without_words_there_is_no_page_and_no_way_to_it(self, client, about):
        self.write(about)
        assert client.get("/about/").status_code == 404
        assert 'href="/about/"' not in html_of(client, "/")

    def test_everybody_gets_the_same_page(self, client):
        self.write("We print.")
        answer = client.get("/about/")
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies


class TestPagesThatAreNotThere:
    def test_a_wrong_address_leads_to_the_newest_stories(self, client):
        make_post(title="Newest of all")
        make_post(title="Not to be found", visibility=Post.Visibility.UNLISTED)
        answer = client.get("/nothing-here/")
        assert answer.status_code == 404
        assert "Newest of all" in answer.content.decode()
        assert "Not to be found" not in answer.content.decode()
        assert client.get("/nothing-there/").content == answer.content

    def test_a_withdrawn_story_leads_to_others(self, client):
        gone, other = make_post(title="Gone"), make_post(title="Still here")
        gone.unpublish(by=None)
        answer = client.get(gone.get_absolute_url())
        assert answer.status_code == 410
        assert other.title in answer.content.decode()
        assert "Gone" not in answer.content.decode()

    def test_in_an_empty_publication_it_is_still_a_page(self, client):
        html = client.get("/nothing-here/").content.decode()
        assert "Newest stories" not in html
        assert "To the front page" in html


@pytest.fixture
def crowd():
    """Everything that a list can show, more than a page of it."""
    ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
    lights, tags = Series.objects.named("Lights"), Tag.objects.named(["Sea", "Maps", "Sky"])
    Publication(name="The Quay", about="We print.").save()
    for number in range(6):
        post = make_post(by=ada, series=lights, series_position=number)
        post.set_byline([ada.author, bea.author])
        post.set_topics(tags)
        clap(post, 2)
    Post.objects.filter(pk=post.pk).update(is_pinned=True)
    return post


class TestCeilings:
    CEILINGS = (
        ("/", 6),
        ("/@ada/", 5),
        ("/tag/sea/", 5),
        ("/tags/", 3),
        ("/authors/", 3),
        ("/archive/", 5),
        ("/archive/{year}/", 4),
        ("/archive/{year}/{month}/", 4),
        ("/series/lights/", 6),
        ("/about/", 2),
        ("/nothing-here/", 4),
        ("{post}", 8),
    )

    @pytest.mark.parametrize(("url", "ceiling"), CEILINGS)
    def test_a_first_page_asks_the_database_little(
        self, client, crowd, two_a_page, url, ceiling, django_assert_max_num_queries
    ):
        at = crowd.published_at
        url = url.format(year=at.year, month=at.month, post=crowd.get_absolute_url())
        with django_assert_max_num_queries(ceiling):
            client.get(url)

    @pytest.mark.parametrize("url", ["/", "/@ada/", "/tag/sea/", "/archive/{year}/"])
    def test_a_later_page_asks_no_more(
        self, client, crowd, two_a_page, url, django_assert_max_num_queries
    ):
        older = client.get(url.format(year=crowd.published_at.year)).context["older_url"]
        with django_assert_max_num_queries(5):
            assert client.get(older).context["newer_url"]

    def test_to_follow_asks_the_database_little(self, client, crowd, django_assert_max_num_queries):
        client.force_login(make_person())
        with django_assert_max_num_queries(7):
            assert client.get("/@ada/followers/").status_code == 200


class TestGrowth:
    @pytest.mark.parametrize("name", ["front", "one of them"])
    def test_the_newest_are_read_from_an_index_and_never_sorted(self, name):
        """Whatever there is: else a million stories would be sorted for twenty."""
        newest = Post.objects.listed().newest_first().light()
        found = newest[:20] if name == "front" else newest.values("published_at")[:1]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Of no rows anything is cheap; what is off is done if nothing else will do.
                for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                    cursor.execute(f"SET LOCAL enable_{way} = off")
        plan = found.explain()
        # Either has the order; among none, they cost the same.
        assert "post_listed" in plan or "post_by_date" in plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan
