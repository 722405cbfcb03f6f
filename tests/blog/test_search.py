"""What is found by which words, by whom, and that the index follows every change."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from accounts.roles import Role
from blog import search
from blog.models import Post, ReadNext, SearchEntry, Tag
from blog.search import postgres, sqlite, words
from blog.search.engine import engine
from blog.search.entry import OUT, Part
from blog.tasks import index_missing
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What is done inside is committed at its end, and what then follows has followed."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def story(committed):
    def make(**fields):
        with committed():
            return make_post(**fields)

    return make


def found(query, posts=None):
    posts = Post.objects.all() if posts is None else posts
    return {post.title for post in search.matching(posts, query)}


def rows_of(pks):
    """The keys of these stories in SQLite's own tables."""
    marks = ",".join(map(str, pks))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM blog_searchwords WHERE rowid IN ({marks}) "
            f"UNION ALL SELECT rowid FROM blog_searchheads WHERE rowid IN ({marks})"
        )
        return [pk for (pk,) in cursor.fetchall()]


class TestWhatIsFound:
    @pytest.mark.parametrize(
        ("text", "queries"),
        [
            ("Crème brûlée in Łódź", ["creme", "CRÈME BRULEE", "lodz", "łÓDŹ"]),
            ("Die Straße nach Århus", ["strasse", "STRASSE", "arhus", "straße"]),
            ("ΟΔΟΣ ΑΘΗΝΩΝ", ["οδος", "αθηνών"]),
            ("It’s only the author’s l’eau de vie", ["it's", "its", "author", "eau", "L'EAU"]),
            ("Written in C++ and C#", ["c++", "C#", "written c++"]),
            ("A well-known lighthouse_keeper", ["well-known", "known well", "keeper", "lighth"]),
            ("hello AND goodbye NEAR the sea", ["hello AND", "hello NEAR", "near the se"]),
            ("東京都に住む人々", ["東京", "京都", "東京都", "住む", "人", "都", "東京 人々"]),
            ("我喜欢海洋和灯塔", ["海洋", "灯塔", "海", "塔", "灯塔 海洋"]),
            ("한국어를 배우다", ["한국어", "배우"]),
            ("ภาษาไทยง่ายนิดเดียว", ["ภาษา", "ไทย"]),
            ("हिन्दी में लिखना", ["हिन्दी", "हिन्दी लिख"]),
            ("שָׁלוֹם עולם", ["שלום", "עולם", "שָׁלוֹם"]),
            ("السَّلامُ عليكم أحمد", ["السلام", "احمد", "أحمد"]),
            ("A fox 🦊 by the sea", ["🦊", "fox 🦊"]),
            ("ﬁne ｆｕｌｌ width №5", ["fine", "full width", "no5"]),
            ("soft\u00adhyphen", ["softhyphen"]),
        ],
    )
    def test_a_text_is_found_by_its_words_whatever_their_case_and_accents(
        self, story, text, queries
    ):
        story(title="It", source=text)
        story(title="Another", source="Nothing of that kind.")
        assert {query: found(query) for query in queries} == {query: {"It"} for query in queries}

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("Vitamin C and D", "c++"),
            ("One Swiss clock", "it's"),
            ("Hello there", "hello AND goodbye"),
            ("東の京", "東京"),
            ("harbour", "arbour"),
            ("harbours", "harbour sea"),
            ("Sea", "harb sea"),
        ],
    )
    def test_what_lacks_a_word_is_not_found(self, story, text, query):
        story(source=text)
        assert found(query) == set()

    def test_the_last_word_may_go_on_and_the_others_may_not(self, story):
        story(title="It", source="The harbourmaster counts boats.")
        assert found("counts harb") == {"It"}
        assert found("harb counts") == set()

    def test_title_subtitle_text_authors_and_tags_are_searched_together(self, story, committed):
        ada = make_person("Ada Lovelace", Role.AUTHOR)
        post = story(by=ada, title="Engines", subtitle="On looms", source="Numbers are woven.")
        with committed():
            post.set_topics(Tag.objects.named(["Früher", "Maschinen"]))
        for query in ("engines", "looms", "woven", "lovelace", "fruher", "ada looms maschinen wov"):
            assert found(query) == {"Engines"}, query

    @pytest.mark.parametrize(
        "query",
        [
            *["%", "'", '"', "\\", "_", "*", "(", "-", "^", ":", "NEAR(", '"a" OR', "a:b", "--x"],
            *["' OR 1=1 --", "a & | ! <-> b", "\x00", "a\x00b", "'q':*", "\ud800", "\u200d", "{{"],
            *[
                "x" * 10_000,
                "x " * 5_000,
                "海" * 3_000,
                "'" * 10_000,
                "🦊" * 2_500,
                "é\u0301" * 900,
            ],
        ],
    )
    def test_no_query_is_an_error(self, story, query):
        story(source="Nothing")
        assert found(query) == set()

    def test_a_blank_query_asks_for_nothing(self, story):
        story(title="It")
        assert found("") == found(" \n") == {"It"}

    @pytest.mark.parametrize(
        "way", ["whole", "passing", "index", "reading", "near", "too near", "some"]
    )
    @pytest.mark.parametrize("query", ["heron", "rare heron", "rare her", "marsh her", "grebe"])
    def test_the_newest_come_first_whichever_way_they_are_looked_for(
        self, story, monkeypatch, way, query
    ):
        """PostgreSQL looks for common words, for rare ones and for both together in other ways."""
        numbers = {"FEW": 1_000 if way == "whole" else 3, "SHORT_WAY": 0, "MAX_EXPECTED": 0}
        numbers |= {"SHORT_WAY": 1_000} if way == "passing" else {}
        numbers |= {"PLACES_A_STORY": 0.001 if way == "reading" else 8}
        numbers |= {"AT_LEAST": 4 if way == "some" else 1}
        if way in {"near", "too near"}:
            numbers |= {"KEYS_A_STORY": 1_000_000, "LONGEST_REACH": 1_000_000}
            numbers |= {"ROOM": 3 if way == "near" else 0.5}
        for name, number in numbers.items():
            monkeypatch.setattr(postgres, name, number)
        told = [
            story(title=title, source=source).pk
            for title, source in (
                ("Heron", "A rare bird of the marsh.\n"),
                ("One", "A rare heron.\n"),
                ("Two", "Rare herons of the marsh.\n"),
                ("Grebe", "A bird.\n"),
                ("Rare heron", "Of a marsh.\n"),
            )
        ]
        words_of = {
            "heron": [told[4], told[2], told[1], told[0]],
            "rare heron": [told[4], told[2], told[1], told[0]],
            "rare her": [told[4], told[2], told[1], told[0]],
            "marsh her": [told[4], told[2], told[0]],
            "grebe": [told[3]],
        }[query]
        titled = {"heron": [told[4], told[0]], "rare heron": [told[4]], "rare her": [told[4]]}
        titled |= {"grebe": [told[3]], "marsh her": []}
        sought = engine().Search(words.terms_of(query), (OUT,))
        assert sought.newest(Part.TITLE, limit=4) == titled[query]
        assert sought.newest(Part.ANYWHERE, limit=4) == words_of
        assert sought.newest(Part.ANYWHERE, limit=2) == words_of[:2]

    @pytest.mark.parametrize("at_least", [1, 100])
    @pytest.mark.parametrize("max_words", [0, 1, 32])
    def test_a_beginning_finds_the_same_however_many_words_begin_so(
        self, story, monkeypatch, at_least, max_words
    ):
        """SQLite asks for the words themselves if they are few, and may walk no list twice."""
        monkeypatch.setattr(sqlite, "MAX_WORDS", max_words)
        monkeypatch.setattr(sqlite, "AT_LEAST", at_least)
        ada = make_person("Ada Harbourg", Role.AUTHOR)
        named = story(title="By her", by=ada).pk
        story(title="Harb", source="No beginning of it.")
        text = story(title="Text", source="Harbour, harbours and harboured, once each.").pk
        titled = story(title="The harbours").pk
        sought = engine().Search(words.terms_of("harbo"), (OUT,))
        assert sought.newest(Part.TITLE, limit=3) == [titled]
        assert sought.newest(Part.NAMES, limit=3) == [titled, named]
        assert sought.newest(Part.LEADING, limit=3) == [titled, named]
        assert sought.newest(Part.ANYWHERE, limit=3) == [titled, text, named]
        assert engine().Search(words.terms_of("harbox"), (OUT,)).newest(Part.TITLE, limit=3) == []

    @pytest.mark.parametrize("part", [Part.TITLE, Part.ANYWHERE])
    def test_drafts_hide_no_story_however_many_are_newer(self, story, monkeypatch, part):
        monkeypatch.setattr(sqlite, "AT_LEAST", 1)
        out = [story(title="A heron").pk for _time in range(2)]
        for _time in range(5):
            story(title="A heron", published=False)
        sought = engine().Search(words.terms_of("heron"), (OUT,))
        assert sought.newest(part, limit=2) == out[::-1]

    def test_a_word_longer_than_any_is_found_by_its_beginning(self, story):
        story(title="It", source="donaudampfschiff" * 20)
        assert found("donaudampf") == found("donaudampfschiff" * 20) == {"It"}

    @pytest.mark.parametrize(
        "text",
        ["ab" * 90_000, "字" * 60_000, "ﷺa " * 30_000, "".join(map(chr, range(0x4E00, 0x9FFF)))],
    )
    def test_the_longest_texts_are_found(self, story, text):
        """Given to the index without the renderer, which has limits of its own."""
        post = story(title="Longest")
        Post.objects.filter(pk=post.pk).update(text=text)
        assert search.index([post.pk]) == 1
        assert found("longest") == {"Longest"}


class TestWhoFinds:
    def test_nobody_finds_what_they_may_not_see(self, story):
        ada, ed = make_person("Ada", Role.AUTHOR), make_person("Ed", Role.EDITOR)
        rita = make_person("Rita")
        story(by=ada, title="Own", source="A secret harbour", published=False)
        story(title="Another's", source="A secret harbour", published=False)
        story(title="Live", source="A secret harbour")
        desks = {person: Post.objects.in_desk_of(person) for person in (ada, ed, rita)}
        assert found("secret", desks[ada]) == {"Own"}
        assert found("secret", desks[ed]) == {"Own", "Another's", "Live"}
        assert found("secret", desks[rita]) == set()
        assert found("secret", Post.objects.listed()) == {"Live"}


class TestTheIndexFollows:
    def test_what_is_written_anew(self, story, committed):
        post = story(title="It", source="harbour")
        post.source = "mountain"
        with committed():
            post.write(by=None)
        assert (found("harbour"), found("mountain")) == (set(), {"It"})

    def test_what_is_rendered_anew(self, story, committed):
        post = story(title="It", source="harbour")
        Post.objects.filter(pk=post.pk).update(text="")
        search.index([post.pk])
        assert found("harbour") == set()
        with committed():
            post.rerender()
        assert found("harbour") == {"It"}

    def test_tags_that_are_set_and_taken_away(self, story, committed):
        post = story(title="It")
        with committed():
            post.set_topics(Tag.objects.named(["Tides"]))
        assert found("tides") == {"It"}
        with committed():
            post.set_topics([])
        assert found("tides") == set()

    def test_another_byline(self, story, committed):
        post = story(title="It", by=make_person("Ada", Role.AUTHOR))
        with committed():
            post.set_byline([make_person("Bea", Role.AUTHOR).author])
        assert (found("ada"), found("bea")) == (set(), {"It"})

    def test_an_author_who_is_renamed(self, story, committed, do_waiting_work):
        ada = make_person("Ada", Role.AUTHOR)
        story(title="It", by=ada)
        ada.author.name = "Augusta"
        with committed():
            ada.author.save()
        do_waiting_work()
        assert (found("ada"), found("augusta")) == (set(), {"It"})

    def test_a_tag_that_is_renamed_and_one_that_goes(self, story, committed, do_waiting_work):
        post = story(title="It")
        with committed():
            post.set_topics(Tag.objects.named(["Tides", "Ships"]))
        tag = Tag.objects.get(name="Tides")
        tag.name = "Currents"
        with committed():
            tag.save()
            Tag.objects.filter(name="Ships").delete()
        do_waiting_work()
        assert [found(query) for query in ("tides", "ships", "currents")] == [set(), set(), {"It"}]

    def test_a_story_that_goes(self, story):
        post = story(title="It", source="harbour")
        kept = story(title="Kept", source="harbour")
        pks = [post.pk, kept.pk]
        post.delete()
        assert found("harbour") == {"Kept"}
        assert list(SearchEntry.objects.values_list("pk", flat=True)) == [kept.pk]
        Post.objects.all().delete()
        if connection.vendor == "sqlite":
            assert rows_of(pks) == []

    def test_what_a_story_of_the_same_key_left_behind_is_replaced(self, story):
        """The tables of words are no model's: what a crash leaves in them stays there."""
        if connection.vendor != "sqlite":
            return
        post = make_post(title="It", source="mountain")
        with connection.cursor() as cursor:
            left = [post.pk, "harbour"]
            # Another test may have left something as well.
            put = "INSERT OR REPLACE INTO"
            cursor.execute(f"{put} blog_searchwords (rowid, words) VALUES (%s, %s)", left)
            cursor.execute(f"{put} blog_searchheads (rowid, title) VALUES (%s, %s)", left)
        search.index([post.pk])
        assert (found("harbour"), found("mountain")) == (set(), {"It"})
        assert rows_of([post.pk]) == [post.pk] * 2

    def test_a_save_of_words_tags_and_authors_takes_the_words_in_once(self, committed):
        taken = []
        with pytest.MonkeyPatch.context() as patch, committed():
            patch.setattr(search, "index", taken.extend)
            post = make_post()
            post.set_topics(Tag.objects.named(["Tides"]))
        assert taken == [post.pk]

    def test_a_save_that_fails_in_the_index_is_saved(self, committed, monkeypatch, caplog):
        def fail(_pks):
            raise RuntimeError("The index is broken.")

        monkeypatch.setattr(search, "index", fail)
        with committed():
            post = make_post(title="Saved")
        assert Post.objects.get(pk=post.pk).title == "Saved"
        assert list(search.missing()) == [post]
        assert "not in the index" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_publication_that_was_emptied_has_no_words_of_its_stories():
    search.index([make_post(title="The harbour before").pk])
    call_command("flush", interactive=False, verbosity=0)
    # The first of the next stories has this key, and is not told from it by its words.
    assert search.stories_with("harbour", at_most=1) == []


class TestReindex:
    def said(self, *options):
        out = io.StringIO()
        call_command("reindex", *options, stdout=out)
        return out.getvalue().strip()

    def test_what_is_missing_is_taken_in_and_the_rest_left_alone(self):
        posts = [make_post(source="harbour") for _time in range(3)]
        assert found("harbour") == set()
        assert self.said() == "Indexed 3 stories."
        assert found("harbour") == {post.title for post in posts}
        assert self.said() == "Indexed 0 stories."
        assert self.said("--all") == "Indexed 3 stories."

    def test_other_rules_take_in_everything_again(self, story, monkeypatch):
        story()
        assert not search.missing().exists()
        monkeypatch.setattr(search, "RULES", words.RULES + 1)
        assert self.said() == "Indexed 1 story."

    def test_the_worker_takes_in_the_stories_from_before_there_was_an_index(self):
        post = make_post(title="Old", source="harbour")
        index_missing.func()
        assert found("harbour") == {"Old"}
        assert not search.missing().exists()
        assert SearchEntry.objects.get().version == post.version

    def test_the_worker_takes_in_some_at_a_time_and_then_finds_what_is_read_next(
        self, monkeypatch, do_waiting_work
    ):
        monkeypatch.setattr("blog.tasks.INDEXED_AT_ONCE", 2)
        posts = [make_post(source="harbour") for _time in range(5)]
        index_missing.func()
        assert len(found("harbour")) == 2
        while DBTaskResult.objects.ready().exists():
            do_waiting_work()
        assert found("harbour") == {post.title for post in posts}
        assert ReadNext.objects.count() == 5
