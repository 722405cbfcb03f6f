"""One story in several languages: how they are linked, and who learns of it."""

from __future__ import annotations

import json
import re

import pytest
from django.db import IntegrityError

from accounts.roles import Role
from blog.models import NoTranslation, Post, Tag, Work
from tests.desk import Writing, desk_of, make_picture, write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def bea():
    return make_person("Bea", Role.AUTHOR)


@pytest.fixture
def wind(ada) -> Post:
    return make_post(ada, title="Wind", slug="wind")


def translated(original: Post, language: str = "de", title: str = "Der Wind", **fields) -> Post:
    post = make_post(title=title, language=language, **fields)
    post.translate_from(original)
    return post


def page_of(client, post: Post) -> str:
    return client.get(post.get_absolute_url()).content.decode()


def languages_in(page: str) -> dict[str, str]:
    """What stands under the byline: language and address."""
    line = re.search(r'<p class="story__languages".*?</p>', page, re.DOTALL)
    return dict(re.findall(r'hreflang="([\w-]+)"[^>]*>([^<]+)<', line[0])) if line else {}


def alternates_in(page: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page)
    return {language: address.removeprefix("http://127.0.0.1:8000") for language, address in found}


def ld_of(page: str) -> dict:
    return json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])


class TestReaders:
    def test_each_language_leads_to_the_others_by_their_own_names(self, client, wind):
        german, arabic = translated(wind), translated(wind, "ar", "الريح")
        assert languages_in(page_of(client, wind)) == {"de": "Deutsch", "ar": "العربيّة"}
        assert languages_in(page_of(client, german)) == {"ar": "العربيّة", "en": "English"}
        page = page_of(client, german)
        assert f'href="{arabic.get_absolute_url()}" rel="alternate" hreflang="ar" lang="ar"' in page
        assert 'lang="ar" dir="rtl">العربيّة</a>' in page

    def test_a_story_in_one_language_says_nothing_of_others(self, client, wind):
        page = page_of(client, wind)
        assert "story__languages" not in page
        assert "hreflang" not in page

    def test_search_engines_learn_of_every_language_and_of_the_original(self, client, wind):
        german = translated(wind)
        told = {
            "de": german.get_absolute_url(),
            "en": "/wind/",
            "x-default": "/wind/",
        }
        for story in (wind, german):
            assert alternates_in(page_of(client, story)) == told
        assert ld_of(page_of(client, german))["translationOfWork"]["url"].endswith("/wind/")
        made = ld_of(page_of(client, wind))["workTranslation"]
        assert [translation["inLanguage"] for translation in made] == ["de"]

    def test_what_readers_do_not_see_is_not_told(self, client, wind):
        translated(wind, published=False)
        translated(wind, "fr", "Le vent", visibility="unlisted")
        page = page_of(client, wind)
        assert "hreflang" not in page
        assert "Der Wind" not in page
        assert "Le vent" not in page

    def test_an_unlisted_translation_leads_to_the_listed_ones_and_tells_no_search_engine(
        self, client, wind
    ):
        page = page_of(client, translated(wind, visibility="unlisted"))
        assert languages_in(page) == {"en": "English"}
        assert alternates_in(page) == {}

    def test_a_story_that_stood_elsewhere_first_is_no_alternate_here(self, client, wind):
        german = translated(wind, canonical_url="https://example.org/wind")
        assert alternates_in(page_of(client, german)) == {}
        assert alternates_in(page_of(client, wind)) == {}
        assert languages_in(page_of(client, wind)) == {"de": "Deutsch"}

    def test_a_translation_is_not_what_to_read_next(self, client, wind):
        translated(wind)
        context = client.get(wind.get_absolute_url()).context
        assert context["read_next"] == context["more_from"] == []

    def test_translations_cost_no_question_more(self, client, wind, django_assert_max_num_queries):
        for language in ("de", "fr", "ar", "ja"):
            translated(wind, language, language)
        with django_assert_max_num_queries(8):
            client.get(wind.get_absolute_url())


class TestTogether:
    def test_they_stay_together_when_the_original_is_deleted(self, client, wind):
        german, french = translated(wind), translated(wind, "fr", "Le vent")
        Post.objects.filter(pk=wind.pk).delete()
        assert languages_in(page_of(client, german)) == {"fr": "français"}
        assert set(alternates_in(page_of(client, french))) == {"de", "fr"}

    def test_they_stay_together_when_the_original_is_unpublished(self, client, ada, wind):
        german, french = translated(wind), translated(wind, "fr", "Le vent")
        wind.refresh_from_db()
        wind.unpublish(by=ada)
        assert languages_in(page_of(client, german)) == {"fr": "français"}
        assert ld_of(page_of(client, french)).keys().isdisjoint({"translationOfWork"})
        wind.publish(by=ada)
        assert languages_in(page_of(client, german)) == {"en": "English", "fr": "français"}

    def test_a_translation_of_a_translation_is_one_of_the_original(self, wind):
        german = translated(wind)
        french = translated(german, "fr", "Le vent")
        assert french.translated_from == wind

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_there_is_one_story_for_each_language(self, wind, language):
        translated(wind)
        with pytest.raises(NoTranslation, match="language already"):
            translated(wind, language, "Another")

    def test_no_story_is_a_translation_of_itself(self, wind):
        with pytest.raises(NoTranslation):
            wind.translate_from(wind)

    def test_what_has_translations_is_no_translation_itself(self, wind):
        translated(wind)
        with pytest.raises(NoTranslation):
            wind.translate_from(make_post(language="fr"))

    def test_the_database_itself_refuses_a_second_story_of_a_language(self, wind):
        german = translated(wind)
        with pytest.raises(IntegrityError):
            Post.objects.filter(pk=make_post(language="de").pk).update(work=german.work)

    def test_a_story_that_leaves_stands_alone_and_nothing_empty_is_kept(self, client, wind):
        german = translated(wind)
        german.stand_alone()
        assert "hreflang" not in page_of(client, german)
        wind.refresh_from_db()
        wind.stand_alone()
        assert not Work.objects.exists()

    def test_a_save_that_began_before_does_not_undo_the_link(self, ada, wind):
        before = Post.objects.get(pk=wind.pk)
        german = translated(wind)
        before.write(by=ada)
        assert Post.objects.get(pk=wind.pk).work == german.work

    def test_two_that_take_the_same_language_at_once_part(self, wind):
        german, french = translated(wind), translated(wind, "fr", "Le vent")
        french.language = "de"
        french.write(by=None)
        french.refresh_from_db()
        assert (french.language, french.work) == ("de", None)
        assert Post.objects.get(pk=german.pk).work is not None


class TestDesk:
    @pytest.mark.parametrize("name", ["wind", "WIND", "/wind/", "https://example.org/wind/"])
    def test_the_original_is_chosen_by_title_or_address(self, bea, wind, name):
        german = make_post(bea, title="Der Wind", language="de")
        assert write(bea, german).press("_save", original_name=name).status_code == 302
        german.refresh_from_db()
        assert german.translated_from == wind
        assert write(bea, german).page.fields["original_name"] == "wind"

    def test_an_emptied_field_takes_it_out_again(self, bea, wind):
        german = make_post(bea, title="Der Wind", language="de")
        write(bea, german).press("_save", original_name="wind")
        write(bea, german).press("_save", original_name="")
        assert Post.objects.get(pk=german.pk).work is None

    def test_what_was_left_alone_may_be_a_translation_of_another(self, bea, wind):
        german = make_post(bea, title="Der Wind", language="de")
        german.translate_from(wind)
        wind.delete()
        gale = make_post(title="Gale", slug="gale")
        assert write(bea, german).press("_save", original_name="gale").status_code == 302
        assert Post.objects.get(pk=german.pk).translated_from == gale

    def test_one_of_several_whose_original_is_gone_stays_among_them(self, bea, wind):
        german = make_post(bea, title="Der Wind", language="de")
        german.translate_from(wind)
        french = translated(wind, "fr", "Le vent")
        wind.delete()
        write(bea, german).press("_save")
        german.refresh_from_db()
        assert german.says_the_same_as(french)

    def test_titles_of_drafts_of_others_are_neither_offered_nor_told(self, ada, bea):
        secret = make_post(ada, title="A secret plan", slug="plan", published=False)
        page = write(bea)
        assert "A secret plan" not in page.page.html
        for name in ("A secret plan", "plan", "no such story"):
            page.press("_save", title="Mine", original_name=name)
            assert "You know of no other story" in " ".join(page.page.errors)
        assert Post.objects.get(pk=secret.pk).work is None

    def test_a_draft_in_another_language_is_not_shown_to_who_may_not_know_of_it(self, ada, wind):
        translated(wind, published=False, title="Geheim")
        assert "Geheim" not in write(ada, wind).page.html
        assert "Geheim" in write(make_person(role=Role.EDITOR), wind).page.html

    def test_a_language_that_is_taken_is_said_at_the_field(self, bea, wind):
        translated(wind)
        another = make_post(bea, title="Wieder der Wind", language="de")
        page = write(bea, another)
        assert page.press("_save", original_name="wind").status_code == 400
        assert "It is there in this language already: Deutsch." in page.page.errors

    def test_the_language_of_a_translation_does_not_become_that_of_another(self, bea, wind):
        mine = make_post(bea, title="Der Wind", language="de")
        mine.translate_from(wind)
        page = write(bea, mine)
        assert page.press("_save", language="en").status_code == 400
        assert "another of its translations" in " ".join(page.page.errors)

    def test_of_a_story_that_readers_see_the_link_waits_for_update(self, client, bea, wind):
        german = make_post(bea, title="Der Wind", language="de")
        page = write(bea, german)
        url = page.url.replace("/change/", "/autosave/")
        data = {**page.page.fields, "original_name": "wind"}
        assert page.client.post(url, data).status_code == 204
        assert "hreflang" not in page_of(client, german)
        assert write(bea, german).page.fields["original_name"] == "wind"
        write(bea, german).press("_save")
        assert languages_in(page_of(client, wind)) == {"de": "Deutsch"}


class TestBeginning:
    def begin(self, person, story, language="de"):
        writing = Writing(
            desk_of(person), f"/admin/blog/post/{story.pk}/translations/", "translation_form"
        )
        return writing, writing.press("_begin", language=language)

    def test_a_draft_has_all_that_is_in_the_story(self, ada, bea, wind, media):
        wind.lead_image = make_picture(ada)
        wind.subtitle = "From the west"
        wind.write(by=ada)
        wind.set_topics(Tag.objects.named(["Sea", "Air"]))
        _page, answer = self.begin(bea, wind)
        draft = Post.objects.get(language="de")
        assert answer.url == f"/admin/blog/post/{draft.pk}/change/"
        assert (draft.title, draft.subtitle, draft.source) == ("Wind", "From the west", wind.source)
        assert draft.lead_image == wind.lead_image
        assert [tag.name for tag in draft.topics] == ["Sea", "Air"]
        assert (draft.status, draft.byline) == ("draft", [bea.author])
        assert draft.translated_from == wind
        assert draft.slug == "wind-2"

    def test_pressed_twice_there_is_one_draft(self, ada, wind):
        page, _answer = self.begin(ada, wind)
        again = page.send(language="de", _begin="1")
        assert again.status_code == 400
        assert Post.objects.count() == 2
        assert "Deutsch" in page.page.html

    def test_a_text_that_the_renderer_of_today_refuses_is_no_error_page(self, ada, wind):
        Post.objects.filter(pk=wind.pk).update(source=f"{'>' * 5000} Deep")
        page, answer = self.begin(ada, wind)
        assert answer.status_code == 400
        assert "stand inside each other too deeply" in " ".join(page.page.errors)
        assert Post.objects.count() == 1

    def test_languages_that_are_there_are_not_offered(self, ada, wind):
        translated(wind)
        page = desk_of(ada).get(f"/admin/blog/post/{wind.pk}/translations/").content.decode()
        assert 'value="fr"' in page
        assert 'value="de"' not in page
        assert 'value="en"' not in page

    def test_nobody_translates_a_draft_that_they_may_not_know_of(self, ada, bea):
        draft = make_post(ada, published=False)
        url = f"/admin/blog/post/{draft.pk}/translations/"
        assert desk_of(bea).get(url).status_code == 404
        assert desk_of(bea).post(url, {"language": "de"}).status_code == 404
        assert desk_of(make_person()).post(url, {"language": "de"}).status_code == 302
        assert desk_of(ada).put(url).status_code == 405
        assert Post.objects.count() == 1

    def test_a_language_that_there_is_not_is_refused(self, ada, wind):
        assert self.begin(ada, wind, "tlh")[1].status_code == 400
        assert Post.objects.count() == 1
