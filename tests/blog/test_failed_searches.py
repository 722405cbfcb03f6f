"""What readers looked for in vain: when it is counted, what is not kept, and who reads it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.roles import Role
from blog import search
from blog.models import FailedSearch, failed_search
from blog.views import search as doors
from tests.desk import desk_of
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db
MISSED = "/search/missed/"
LIST = "/admin/blog/failedsearch/"


def kept():
    return dict(FailedSearch.objects.values_list("words", "count"))


class TestCounting:
    def test_what_a_person_did_not_find_is_counted_in_one_spelling(self, client):
        for words in ("Zeppelins", " zeppelins ", "ZEPPELINS"):
            assert client.post(MISSED, {"q": words}).status_code == 204
        assert kept() == {"zeppelins": 3}

    def test_looking_at_a_page_counts_nothing(self, client):
        client.get("/search/?q=zeppelin")
        client.get(f"{MISSED}?q=zeppelin")
        assert kept() == {}

    def test_what_is_found_is_not_counted(self, client):
        search.index([make_post(source="harbour").pk])
        client.post(MISSED, {"q": "harbour"})
        assert kept() == {}

    @pytest.mark.parametrize(
        "words",
        [
            *[
                "",
                " ",
                "\0",
                "?!",
                "ada@example.org",
                "call +49 (0)30 123 45 67",
                "12345",
                "x" * 81,
            ],
            *["https://example.org/x", "www.example.org", "4111 1111 1111 1111"],
        ],
    )
    def test_what_is_no_subject_is_not_kept(self, client, words):
        assert client.post(MISSED, {"q": words}).status_code == 204
        assert kept() == {}

    def test_one_client_cannot_fill_the_list(self, client, monkeypatch):
        monkeypatch.setattr(doors, "MISSED", doors.Limit("few", times=2, per_seconds=3600))
        answers = [client.post(MISSED, {"q": f"word{'x' * n}"}).status_code for n in range(3)]
        assert answers == [204, 204, 429]
        assert len(kept()) == 2

    def test_all_clients_together_cannot_fill_it_either(self, monkeypatch):
        monkeypatch.setattr(failed_search, "MAX_ROWS", 2)
        for words in ("often", "often", "old", "new"):
            FailedSearch.objects.count_one(words)
        assert kept() == {"often": 2, "new": 1}

    def test_it_takes_a_token(self):
        strict = Client(enforce_csrf_checks=True)
        refused = strict.post(MISSED, {"q": "zeppelin"}, headers={"accept": "application/json"})
        assert refused.status_code == 403
        token = strict.get(MISSED).json()["token"]
        assert (
            strict.post(MISSED, {"q": "zeppelin"}, headers={"x-csrftoken": token}).status_code
            == 204
        )


class TestInTheDesk:
    @pytest.fixture
    def wanted(self):
        for words in ("tide & time", "zeppelins", "zeppelins"):
            FailedSearch.objects.count_one(words)

    def test_editors_read_what_was_wanted_most_and_may_write_about_it(self, wanted):
        page = desk_of(make_person("Ed", Role.EDITOR)).get(LIST).content.decode()
        assert page.index("zeppelins") < page.index("tide &amp; time")
        assert 'href="/search/?q=tide%20%26%20time"' in page
        assert 'href="/admin/blog/post/add/?title=tide%20%26%20time"' in page

    def test_the_new_story_begins_with_the_words(self, wanted):
        page = desk_of(make_person("Ed", Role.EDITOR)).get("/admin/blog/post/add/?title=zeppelins")
        assert "zeppelins" in page.content.decode()

    def test_editors_take_off_what_is_done(self, wanted):
        ed = desk_of(make_person("Ed", Role.EDITOR))
        chosen = FailedSearch.objects.get(words="zeppelins").pk
        asked = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        assert ed.post(LIST, asked).status_code == 302
        assert kept() == {"tide & time": 1}

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.CONTRIBUTOR])
    def test_others_do_not_read_it(self, wanted, role):
        assert desk_of(make_person("Ada", role)).get(LIST).status_code == 403

    def test_nobody_writes_into_it(self, wanted):
        ed = desk_of(make_person("Ed", Role.EDITOR))
        assert ed.get(f"{LIST}add/").status_code == 403
        pk = FailedSearch.objects.first().pk
        assert ed.post(f"{LIST}{pk}/change/", {"words": "x"}).status_code == 403
