"""What a reader finds: the page of search, in which order, marked, narrowed, set right."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts.roles import Role
from blog import search
from blog.models import Image, Post, SearchWord, Tag
from blog.search.question import Question
from blog.search.results import HITS_A_PAGE, Results
from blog.views import search as doors
from tests.making import make_person, make_post, picture_bytes

pytestmark = pytest.mark.django_db


def told(title, **fields):
    """A published story that is in the index; `tags` are names."""
    tags = fields.pop("tags", [])
    post = make_post(title=title, **fields)
    if tags:
        post.set_topics(Tag.objects.named(tags))
    search.index([post.pk])
    return post


def ask(client, query, **more):
    answer = client.get(f"/search/?{urlencode({'q': query, **more})}")
    assert answer.status_code == 200
    return answer


def titles(client, query, **more):
    return [hit.post.title for hit in ask(client, query, **more).context.get("hits", [])]


def marks(answer):
    return [
        html.unescape(mark) for mark in re.findall("<mark>(.*?)</mark>", answer.content.decode())
    ]


def links(answer, words):
    """Addresses of the links that say these words."""
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', answer.content.decode(), re.S)
    return [html.unescape(url) for url, text in found if words in re.sub("<[^>]*>", "", text)]


class TestOrder:
    def test_the_nearer_the_words_stand_to_the_name_the_earlier_a_story_comes(self, client):
        at = timezone.now() - timedelta(days=9)
        bea = make_person("Bea Tidewell", Role.AUTHOR)
        told("It", source="Once there was a tidewell here.", published_at=at + timedelta(days=8))
        told("Often", source="A tidewell is no tidewell. " * 3, published_at=at + timedelta(days=3))
        told("Below", subtitle="A tidewell", published_at=at + timedelta(days=2))
        told("By her", by=bea, published_at=at + timedelta(days=1))
        told("Tidewells", published_at=at + timedelta(days=4))
        told("The old tidewell", published_at=at + timedelta(days=3))
        told("Tidewell", published_at=at)
        assert titles(client, "tidewell") == [
            *("Tidewell", "The old tidewell", "Tidewells", "By her", "Often", "Below", "It"),
        ]

    def test_of_equals_the_newer_comes_first(self, client):
        now = timezone.now()
        for days in (3, 1, 2):
            told(f"{days} days", source="A harbour", published_at=now - timedelta(days=days))
        assert titles(client, "harbour") == ["1 days", "2 days", "3 days"]

    def test_every_word_may_stand_in_another_place(self, client):
        ada = make_person("Ada Lovelace", Role.AUTHOR)
        told("Engines", by=ada, subtitle="On looms", source="Numbers woven.", tags=["Früher"])
        assert titles(client, "lovelace fruher engines woven looms") == ["Engines"]

    @pytest.mark.parametrize(
        ("text", "query", "marked"),
        [
            ("Ein Café in Łódź", "cafe lodz", ["Café", "Łódź"]),
            ("Die Straße lang", "STRASSE", ["Straße"]),
            ("It’s an author’s", "it's", ["It’s"]),
            ("東京都に住む人々", "東京都", ["東京都"]),
            ("我喜欢海洋和灯塔", "海洋", ["海洋"]),
            ("한국어를 배우다", "한국어", ["한국어"]),
            ("In C++ and C", "c++ ", ["C++"]),
            ("The harbourmaster counts", "harbour", ["harbourmaster"]),
            ("Cafe\u0301 noir", "café noir", ["Cafe\u0301", "noir"]),
            ('<b>bold</b> & "harbour"', "harbour", ["harbour"]),
        ],
    )
    def test_the_words_are_marked_as_they_are_written(self, client, text, query, marked):
        post = told("It")
        Post.objects.filter(pk=post.pk).update(text=text)
        search.index([post.pk])
        assert marks(ask(client, query)) == marked

    def test_nothing_in_a_story_becomes_markup(self, client):
        post = told("<i>harbour</i>", subtitle="<mark>harbour")
        Post.objects.filter(pk=post.pk).update(text="<script>harbour</script>")
        search.index([post.pk])
        page = ask(client, "harbour").content.decode()
        assert "&lt;script&gt;<mark>harbour</mark>&lt;/script&gt;" in page
        assert "&lt;i&gt;<mark>harbour</mark>&lt;/i&gt;" in page
        assert "<script>harbour" not in page

    def test_the_extract_is_the_passage_with_most_of_the_words(self, client):
        told("It", source="A pilot. " + "Nothing here. " * 60 + "The pilot saw the reef at dawn.")
        (hit,) = ask(client, "pilot reef").context["hits"]
        text = "".join(piece.text for piece in hit.extract)
        assert "The pilot saw the reef" in text
        assert text.startswith("… ")
        assert len(text) < 300

    def test_what_is_quoted_is_found_word_for_word(self, client):
        told("Right", source="They saw the salt — sea again.")
        told("Turned", source="A sea of salt.")
        told("Apart", source="Salt in the sea.")
        ada = make_person("Ada Salt Sea", Role.AUTHOR)
        told("By her", by=ada)
        assert titles(client, '"salt sea"') == ["By her", "Right"]
        assert set(titles(client, "“salt sea” again")) == {"Right"}
        assert len(titles(client, "salt sea")) == 4
        assert marks(ask(client, '"salt sea" again'))[:1] == ["salt — sea"]

    def test_what_is_quoted_in_a_dense_script_is_found_letter_by_letter(self, client):
        told("Right", source="東京都に住む")
        told("Apart", source="東京と京都")
        assert titles(client, '"東京都"') == ["Right"]


class TestWhoIsFound:
    def test_readers_find_only_what_is_in_lists(self, client):
        now = timezone.now()
        told("Draft", source="harbour", published=False)
        told("Scheduled", source="harbour", published_at=now + timedelta(days=1))
        told("Unlisted", source="harbour", visibility=Post.Visibility.UNLISTED)
        told("Live", source="harbour")
        assert titles(client, "harbour") == ["Live"]

    def test_a_story_is_found_once_it_is_published_and_no_more_once_it_is_taken_back(
        self, client, django_capture_on_commit_callbacks
    ):
        post = told("It", source="harbour", published=False)
        with django_capture_on_commit_callbacks(execute=True):
            post.publish(by=None)
        assert titles(client, "harbour") == ["It"]
        with django_capture_on_commit_callbacks(execute=True):
            post.unpublish(by=None)
        assert titles(client, "harbour") == []

    def test_drafts_do_not_push_what_readers_see_off_the_list(self):
        told("Live", source="harbour")
        for _time in range(3):
            told("Draft", source="harbour", published=False)
        results = Results(Question.asked("harbour"), candidates=2)
        assert len(results.found) == 1


class TestPages:
    @pytest.fixture
    def many(self):
        now = timezone.now()
        posts = [
            make_post(title=f"N{n:02}", source="harbour", published_at=now - timedelta(hours=n + 1))
            for n in range(HITS_A_PAGE * 2 + 1)
        ]
        search.index([post.pk for post in posts])
        return [post.title for post in posts]

    def test_pages_stay_as_they_are_while_new_stories_arrive(self, client, many):
        first = ask(client, "harbour")
        told("Newer", source="harbour")
        second = client.get(links(first, "More")[0])
        assert [hit.post.title for hit in second.context["hits"]] == many[HITS_A_PAGE:-1]
        third = client.get(links(second, "More")[0])
        assert [hit.post.title for hit in third.context["hits"]] == many[-1:]
        assert links(third, "More") == []
        back = client.get(links(third, "Back")[0])
        assert [hit.post.title for hit in back.context["hits"]] == many[HITS_A_PAGE:-1]
        assert 'rel="prev"' in back.content.decode()
        assert 'rel="next"' in back.content.decode()

    @pytest.mark.parametrize("place", ["x", "1.x", "9999.abc", "٣.abc", "1.", "\0", "1" * 5000])
    def test_a_place_that_is_none_is_no_page(self, client, many, place):
        assert (
            client.get(f"/search/?{urlencode({'q': 'harbour', 'after': place})}").status_code == 404
        )

    def test_a_page_asks_the_database_little_and_never_counts_a_table(
        self, client, many, django_assert_max_num_queries
    ):
        seen = []
        # On PostgreSQL three of them look at some stories first, once keys have grown.
        for query, ceiling in (("harbour", 13), ('"harbour"', 13), ('"N01 harbour"', 15)):
            with django_assert_max_num_queries(ceiling) as queries:
                ask(client, query)
            seen += [query["sql"] for query in queries.captured_queries]
        assert not any("OFFSET" in sql or "COUNT(*)" in sql for sql in seen)

    def test_a_page_of_stories_with_pictures_asks_no_more(
        self, client, many, django_assert_max_num_queries
    ):
        image = Image.objects.upload(picture_bytes((320, 180)), by=None, alt="A quay")
        Post.objects.update(lead_image=image)
        with django_assert_max_num_queries(13):
            page = ask(client, "harbour").content.decode()
        assert page.count("row__frame") == HITS_A_PAGE

    def test_setting_slips_right_asks_a_bounded_number_of_times(
        self, client, many, django_assert_max_num_queries
    ):
        SearchWord.objects.learn(f"harbou{letter}" for letter in "abcdefghijklmnopq")
        with django_assert_max_num_queries(38):
            ask(client, " ".join(f"harb{letter}ur" for letter in "abcdefgh"))

    def test_the_page_without_a_question_asks_little(
        self, client, many, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(5):
            client.get("/search/")


class TestNarrowing:
    @pytest.fixture
    def shelf(self):
        ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
        year = {n: datetime(n, 5, 1, tzinfo=UTC) for n in (2021, 2022)}
        told("One", by=ada, source="harbour", tags=["Sea"], published_at=year[2021])
        told("Two", by=ada, source="harbour", tags=["Land"], published_at=year[2022])
        told("Drei", by=bea, source="harbour", tags=["Sea"], language="de", published_at=year[2022])
        return ada, bea

    def test_filters_can_be_combined_and_keep_the_question(self, client, shelf):
        ada, _bea = shelf
        handle = ada.author.handle
        assert titles(client, "harbour", author=handle) == ["Two", "One"]
        assert titles(client, "harbour", tag="sea") == ["Drei", "One"]
        assert titles(client, "harbour", year="2022") == ["Drei", "Two"]
        assert titles(client, "harbour", language="de") == ["Drei"]
        both = ask(client, "harbour", author=handle, tag="sea")
        assert [hit.post.title for hit in both.context["hits"]] == ["One"]
        page = both.content.decode()
        assert f'<input type="hidden" name="author" value="{handle}">' in page
        assert '<input type="hidden" name="tag" value="sea">' in page
        (without,) = links(both, "Ada ×")
        assert [hit.post.title for hit in client.get(without).context["hits"]] == ["Drei", "One"]

    def test_only_filters_that_lead_somewhere_are_offered(self, client, shelf):
        page = ask(client, "harbour")
        offered = [
            (group["label"], [choice.label for choice, _url in group["links"]])
            for group in page.context["groups"]
        ]
        assert offered == [
            ("Author", ["Ada", "Bea"]),
            ("Subject", ["Sea", "Land"]),
            ("Year", ["2022", "2021"]),
            ("Language", ["German", "English"]),
        ]
        for group in page.context["groups"]:
            for choice, url in group["links"]:
                assert client.get(url).context["hits"], choice
        assert ask(client, "harbour", language="de").context["groups"] == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *[("author", "nobody"), ("tag", "nothing"), ("year", "last"), ("year", "0")],
            *[("language", "xx"), ("tag", "\0"), ("author", "x" * 5000), ("year", "٢٠٢١")],
        ],
    )
    def test_what_nothing_is_called_is_said_and_no_error(self, client, shelf, name, value):
        answer = ask(client, "harbour", **{name: value})
        if value != "\0":
            assert answer.context["hits"] == []
            assert "cannot be narrowed" in answer.content.decode()
            (wider,) = links(answer, "Search in all stories")
            assert len(client.get(wider).context["hits"]) == 3

    def test_the_subject_of_a_draft_has_no_name_here(self, client, shelf):
        told("Draft", source="x", published=False, tags=["Top secret"])
        assert "Top secret" not in ask(client, "harbour", tag="top-secret").content.decode()


class TestSlips:
    @pytest.mark.parametrize(
        "typed", ["lighthose", "lighthousee", "ligthhouse", "lighthauss"[:9] + "e", "kighthouse"]
    )
    def test_one_slip_in_a_word_is_forgiven_and_said(self, client, typed):
        told("Tall", source="The lighthouse stands.")
        answer = ask(client, f"tall {typed}")
        assert [hit.post.title for hit in answer.context["hits"]] == ["Tall"]
        assert "Showing results for" in answer.content.decode()
        (as_typed,) = links(answer, typed)
        typed_answer = client.get(as_typed)
        assert typed_answer.context["hits"] == []
        assert "Did you mean" in typed_answer.content.decode()
        (meant,) = links(typed_answer, "tall lighthouse")
        assert "Showing results" not in client.get(meant).content.decode()

    @pytest.mark.parametrize("word", ["tides", "harbour", "lighthouse"])
    def test_every_slip_of_one_letter_leads_back(self, word):
        SearchWord.objects.learn([word, "another", "cat", "year2023"])
        assert SearchWord.objects.count() == 2
        places = range(len(word))
        slips = [word[:at] + word[at + 1 :] for at in places]
        slips += [f"{word[:at]}x{word[at:]}" for at in [*places, len(word)]]
        slips += [f"{word[:at]}x{word[at + 1 :]}" for at in places]
        slips += [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-1]]
        assert {slip: SearchWord.objects.near(slip) for slip in slips} == {
            slip: [word] for slip in slips
        }
        assert SearchWord.objects.near(word) == []
        assert SearchWord.objects.near(f"{word}xx") == []

    def test_accents_do_not_hinder_it(self, client):
        told("It", source="Ein Spaziergang in Görlitz")
        assert titles(client, "gorlizt") == titles(client, "Görltiz") == ["It"]

    def test_a_short_word_and_a_quoted_one_are_taken_as_they_are(self, client):
        told("It", source="The boat and the lighthouse")
        assert titles(client, "baot") == titles(client, '"the lighthose"') == []

    def test_the_word_that_finds_more_is_meant(self, client):
        told("A", source="paints")
        told("B", source="points")
        told("C", source="points")
        assert set(titles(client, "pxints")) == {"B", "C"}

    def test_words_that_only_drafts_and_unlisted_stories_have_are_never_proposed(self, client):
        told("Draft", source="merger", published=False)
        told("Unlisted", source="merger", visibility=Post.Visibility.UNLISTED)
        told("Later", source="merger", published_at=timezone.now() + timedelta(days=1))
        told("Live", source="harbour")
        answer = ask(client, "mergar")
        assert answer.context["hits"] == []
        assert "merger" not in answer.content.decode()

    def test_a_word_of_a_story_that_was_taken_back_is_not_proposed_any_more(
        self, client, django_capture_on_commit_callbacks
    ):
        post = told("It", source="merger")
        assert SearchWord.objects.filter(word="merger").exists()
        with django_capture_on_commit_callbacks(execute=True):
            post.unpublish(by=None)
        assert "merger" not in ask(client, "mergar").content.decode()


class TestSayingNothing:
    def test_an_empty_question_shows_the_form_and_ways_in(self, client):
        told("The newest", tags=["Sea"])
        page = client.get("/search/").content.decode()
        assert 'name="q"' in page
        assert "The newest" in page
        assert "/tag/sea/" in page
        assert 'name="robots"' not in page

    def test_what_is_found_is_no_page_for_search_engines(self, client):
        assert '<meta name="robots" content="noindex">' in ask(client, "sea").content.decode()

    def test_nothing_found_says_so_and_what_to_do(self, client):
        told("The newest")
        page = ask(client, "zeppelin").content.decode()
        assert "No story has" in page
        assert "zeppelin" in page
        assert "The newest" in page

    @pytest.mark.parametrize(
        "query",
        [
            *[
                "c++",
                "it's",
                "hello AND",
                '"',
                '""',
                '"a',
                "*",
                "NEAR(",
                "\x00",
                "a\x00b",
                "\ud800",
            ],
            *["x" * 10_000, "x " * 5_000, '"' * 3_000, "“”", '"!!" ??', "#out", "'", "海" * 3_000],
            *[
                "%",
                "lighthouse" * 500,
                '"a b" ' * 900,
                "🦊",
                "\u200d",
                "((((",
                "a" * 25 + " bcdefgh",
            ],
        ],
    )
    def test_no_question_is_an_error(self, client, query):
        told("Nothing", source="Else")
        quoted = urlencode({"q": query}, errors="surrogatepass")
        assert client.get(f"/search/?{quoted}").status_code == 200
        assert client.get(f"/search/suggestions/?{quoted}").status_code == 200

    def test_the_page_is_the_same_for_everybody_and_may_be_shared(self, client):
        told("It", source="harbour")
        answer = ask(client, "harbour")
        assert answer["Cache-Control"].startswith("public")
        assert "Cookie" not in answer.get("Vary", "")
        assert not answer.cookies


class TestSuggestions:
    def suggested(self, client, query):
        found = client.get("/search/suggestions/", {"q": query})
        assert found.status_code == 200
        assert found["Cache-Control"].startswith("public")
        return {name: [one["text"] for one in rows] for name, rows in found.json().items()}

    def test_stories_authors_and_subjects_are_proposed_by_the_beginnings_of_their_words(
        self, client
    ):
        ada = make_person("Zoë Lumière", Role.AUTHOR)
        told("The lumber yard", by=ada, tags=["Luminous things", "Sea"])
        expected = {
            "stories": ["The lumber yard"],
            "authors": ["Zoë Lumière"],
            "tags": ["Luminous things"],
        }
        assert self.suggested(client, "lum") == expected
        assert self.suggested(client, "zoe lumi")["authors"] == ["Zoë Lumière"]
        assert self.suggested(client, "umb") == {"stories": [], "authors": [], "tags": []}

    def test_an_author_is_proposed_though_newer_stories_have_subjects_that_fit(
        self, client, monkeypatch
    ):
        monkeypatch.setattr("blog.search.suggestions.NAMED_CANDIDATES", (3, 60))
        mary = make_person("Mary Somebody", Role.AUTHOR)
        told("An old one", by=mary, published_at=timezone.now() - timedelta(days=9))
        for n, subject in enumerate(["Market", "Marsh", "Maritime", "Marble"]):
            at = timezone.now() - timedelta(hours=n + 1)
            told(f"A new one {n}", tags=[subject], published_at=at)
        found = self.suggested(client, "mar")
        assert found["authors"] == ["Mary Somebody"]
        assert len(found["tags"]) == 3

    def test_nothing_of_a_draft_is_proposed(self, client):
        secret = make_person("Secret Person", Role.AUTHOR)
        told("Secret plan", by=secret, tags=["Secret"], published=False)
        told("Secret later", by=secret, published_at=timezone.now() + timedelta(days=1))
        assert self.suggested(client, "secret") == {"stories": [], "authors": [], "tags": []}

    def test_they_are_few(self, client):
        for n in range(8):
            told(f"Harbour {n}")
        assert len(self.suggested(client, "harb")["stories"]) == 5

    def test_too_many_questions_are_refused(self, client, monkeypatch):
        monkeypatch.setattr(doors, "SUGGESTIONS", doors.Limit("few", times=1, per_seconds=60))
        assert client.get("/search/suggestions/?q=a").status_code == 200
        refused = client.get("/search/suggestions/?q=b")
        assert refused.status_code == 429
        assert "public" not in refused["Cache-Control"]


class TestOpenSearch:
    def test_browsers_learn_how_to_search_here(self, client):
        answer = client.get("/opensearch.xml")
        assert answer["Content-Type"].startswith("application/opensearchdescription+xml")
        assert "/search/?q={searchTerms}" in answer.content.decode()
        for page in ("/", "/search/"):
            assert 'href="/opensearch.xml"' in client.get(page).content.decode()

    def test_the_way_to_search_stands_on_every_page(self, client):
        assert 'href="/search/" aria-label="Search"' in client.get("/").content.decode()
