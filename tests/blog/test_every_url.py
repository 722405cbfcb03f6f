"""Every public address, asked by everybody; fails when an address is missing from the table."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Ban
from accounts.roles import Role
from blog.models import Publication, Series, ShareLink, Tag
from blog.models.moderation import moderate
from blog.sitemaps.chunk import Chunk
from tests.making import make_guest_link, make_person, make_post, make_response

pytestmark = pytest.mark.django_db

EVE, RITA, ADA, BEA, CY, ED, OLGA = ["Eve", "Rita", "Ada", "Bea", "Cy", "Ed", "Olga"]
EVERYBODY = (EVE, RITA, ADA, BEA, CY, ED, OLGA)
ROLES = {
    RITA: Role.READER,
    ADA: Role.AUTHOR,
    BEA: Role.AUTHOR,
    CY: Role.CONTRIBUTOR,
    ED: Role.EDITOR,
    OLGA: Role.OWNER,
}


def all_get(status):
    return dict.fromkeys(EVERYBODY, status)


def hosts_get(status):
    """Ada, who wrote the story, and those who moderate; everybody else is refused."""
    return {**all_get(403), ADA: status, ED: status, OLGA: status}


RESPONSE = {"slug": "story", "pk": "response"}
# name → (kwargs, GET, POST); Ada wrote the story and the draft, Rita the response.
OPEN = (all_get(200), all_get(405))
TABLE = {
    "front": ({}, *OPEN),
    "about": ({}, *OPEN),
    "feeds": ({}, *OPEN),
    "feed": ({}, *OPEN),
    "feed-in": ({"kind": "rss"}, *OPEN),
    "feed-guess": ({"guess": "rss.xml"}, all_get(301), all_get(405)),
    "robots": ({}, *OPEN),
    "llms": ({}, *OPEN),
    "favicon": ({}, *OPEN),
    "touch-icon": ({}, *OPEN),
    "manifest": ({}, *OPEN),
    "oembed": ({}, all_get(400), all_get(405)),
    "sitemap": ({}, *OPEN),
    "sitemap-pages": ({}, *OPEN),
    "sitemap-chunk": ({"kind": "tags", "number": "tag_chunk"}, *OPEN),
    "media": ({"path": "pictures/none/320.jpg"}, all_get(404), all_get(405)),
    "search": ({}, *OPEN),
    "search-suggestions": ({}, *OPEN),
    "search-missed": ({}, all_get(200), all_get(204)),
    "opensearch": ({}, *OPEN),
    "archive": ({}, *OPEN),
    "archive-year": ({"year": 2000}, all_get(404), all_get(405)),
    "archive-month": ({"year": 2000, "month": 1}, all_get(404), all_get(405)),
    "authors": ({}, *OPEN),
    "tags": ({}, *OPEN),
    "author": ({"handle": "ada"}, *OPEN),
    "author-feed": ({"handle": "ada"}, *OPEN),
    "author-feed-in": ({"handle": "ada", "kind": "json"}, *OPEN),
    "author-followers": (
        {"handle": "ada"},
        {**all_get(200), EVE: 302},
        {**all_get(303), EVE: 302},
    ),
    "author-followers-removal": ({"handle": "ada"}, all_get(405), {**all_get(303), EVE: 302}),
    "tag": ({"slug": "sea"}, *OPEN),
    "tag-feed": ({"slug": "sea"}, *OPEN),
    "tag-feed-in": ({"slug": "sea", "kind": "rss"}, *OPEN),
    "series": ({"slug": "lights"}, *OPEN),
    "series-feed": ({"slug": "lights"}, *OPEN),
    "series-feed-in": ({"slug": "lights", "kind": "json"}, *OPEN),
    "preview": (
        {"pk": "draft"},
        {**all_get(404), ADA: 200, ED: 200, OLGA: 200},
        all_get(405),
    ),
    "draft": ({"token": "token"}, *OPEN),
    "post": ({"slug": "story"}, *OPEN),
    "post-markdown": ({"slug": "story"}, *OPEN),
    "post-text": ({"slug": "story"}, *OPEN),
    "changes": ({"slug": "story"}, *OPEN),
    "claps": ({"slug": "story"}, all_get(200), {**all_get(303), ADA: 403}),
    "claps-mine": ({"slug": "story"}, *OPEN),
    "claps-withdrawal": ({"slug": "story"}, all_get(405), all_get(303)),
    "clappers": ({"slug": "story"}, *OPEN),
    "comment-claps": (
        {"slug": "story", "pk": "response"},
        all_get(200),
        {**all_get(303), RITA: 403},
    ),
    "comment-claps-withdrawal": (
        {"slug": "story", "pk": "response"},
        all_get(405),
        all_get(303),
    ),
    "comment-clappers": ({"slug": "story", "pk": "response"}, *OPEN),
    "help": ({}, *OPEN),
    "highlights-yours": ({}, {**all_get(200), EVE: 302}, all_get(405)),
    "highlight-removal": ({"pk": 1}, all_get(405), {**all_get(303), EVE: 403}),
    "highlights": ({"slug": "story"}, all_get(200), {**all_get(303), EVE: 403}),
    "highlights-mine": ({"slug": "story"}, *OPEN),
    "comments": ({"slug": "story"}, all_get(200), {**all_get(303), EVE: 403}),
    "comments-feed": ({"slug": "story"}, *OPEN),
    "comments-feed-in": ({"slug": "story", "kind": "rss"}, *OPEN),
    "guest-response": (
        {"slug": "story"},
        {**all_get(303), EVE: 200},
        {**all_get(409), EVE: 303},
    ),
    "guest-confirmation": ({"token": "guest_token"}, all_get(200), all_get(303)),
    "comment": ({"slug": "story", "pk": "response"}, *OPEN),
    "comments-preview": ({"slug": "story"}, all_get(405), all_get(200)),
    "comments-people": ({"slug": "story"}, all_get(200), all_get(405)),
    "comment-edit": (
        {"slug": "story", "pk": "response"},
        {**all_get(403), RITA: 200},
        {**all_get(403), RITA: 303},
    ),
    "comment-history": (
        {"slug": "story", "pk": "response"},
        {**all_get(403), ED: 200, OLGA: 200},
        all_get(405),
    ),
    "comment-removal": (
        {"slug": "story", "pk": "response"},
        {**all_get(200), EVE: 403, BEA: 403, CY: 403},
        {**all_get(303), EVE: 403, BEA: 403, CY: 403},
    ),
    "comments-hidden": ({"slug": "story"}, hosts_get(200), all_get(405)),
    "comments-closing": ({"slug": "story"}, hosts_get(200), hosts_get(303)),
    "comments-closing-removal": ({"slug": "story"}, all_get(405), hosts_get(303)),
    "comment-hiding": (RESPONSE, hosts_get(200), hosts_get(303)),
    "comment-hiding-removal": (RESPONSE, all_get(405), hosts_get(303)),
    "comment-pin": (RESPONSE, all_get(405), hosts_get(303)),
    "comment-pin-removal": (RESPONSE, all_get(405), hosts_get(303)),
    "comment-lock": (RESPONSE, hosts_get(200), hosts_get(303)),
    "comment-lock-removal": (RESPONSE, all_get(405), hosts_get(303)),
    "thread-mute": (RESPONSE, all_get(405), {**all_get(303), EVE: 302}),
    "thread-mute-removal": (RESPONSE, all_get(405), {**all_get(303), EVE: 302}),
    "writer-block": (RESPONSE, {**all_get(200), EVE: 302}, {**all_get(303), EVE: 302}),
    "writer-mute": (RESPONSE, {**all_get(200), EVE: 302}, {**all_get(303), EVE: 302}),
    "author-block": ({"handle": "ada"}, {**all_get(200), EVE: 302}, {**all_get(303), EVE: 302}),
    "author-mute": ({"handle": "ada"}, {**all_get(200), EVE: 302}, {**all_get(303), EVE: 302}),
    "blocked": ({}, {**all_get(200), EVE: 302}, all_get(405)),
    "blocked-removal": ({"pk": 1}, all_get(405), {**all_get(303), EVE: 302}),
    "muted-removal": ({"pk": 1}, all_get(405), {**all_get(303), EVE: 302}),
    "muted-thread-removal": ({"pk": 1}, all_get(405), {**all_get(303), EVE: 302}),
    "comment-report": (
        {"slug": "story", "pk": "response"},
        {**all_get(200), EVE: 302, RITA: 403},
        {**all_get(303), EVE: 403, RITA: 403},
    ),
}
SENT = {
    "comment-report": {"reason": "spam"},
    "claps": {"wanted": "1"},
    "comment-claps": {"wanted": "1"},
    "comments": {"source": "I see."},
    "comments-preview": {"source": "I see."},
    "comment-edit": {"source": "I see now."},
    "guest-response": {"source": "I see.", "name": "Gina", "email": "gina@example.org"},
    "highlights": {"exact": "It was a loud morning."},
}


def public_names():
    for pattern in get_resolver("blog.urls").url_patterns:
        yield pattern.name


def test_the_table_has_every_public_address():
    assert set(TABLE) == set(public_names())


@pytest.fixture
def cast():
    return {name: make_person(name, role) for name, role in ROLES.items()}


@pytest.fixture
def things(cast):
    Publication(about="We print slowly.", guests_may_respond=True).save()
    series = Series.objects.create(title="Lights", slug="lights")
    story = make_post(by=cast[ADA], slug="story", series=series, series_position=1)
    story.source = "It was a loud morning.\n"
    story.write(by=cast[ADA])
    tags = Tag.objects.named(["Sea"])
    story.set_topics(tags)
    draft = make_post(by=cast[ADA], published=False)
    return {
        "draft": draft.pk,
        "token": ShareLink.objects.make(draft, by=cast[ADA]).token,
        "response": make_response(story, by=cast[RITA]).pk,
        "guest_token": make_guest_link(story),
        "tag_chunk": Chunk.with_row("tags", tags[0].pk).number,
    }


def answers(cast, method, url, sent):
    """The status that each of them gets."""
    found = {}
    for who in EVERYBODY:
        client = Client()
        # Each finds everything as it was before the others came.
        with transaction.atomic():
            if who != EVE:
                client.force_login(cast[who])
            found[who] = getattr(client, method)(url, sent).status_code
            transaction.set_rollback(True)
    return found


def differences(cast, things, method, table, sent, namespace):
    """Where somebody gets another answer than the table says: (name, who) → (got, said)."""
    found = {}
    for name, (kwargs, get, post) in table.items():
        kwargs = {key: things.get(value, value) for key, value in kwargs.items()}
        fields = {} if method == "get" else sent.get(name, {})
        said = get if method == "get" else post
        got = answers(cast, method, reverse(f"{namespace}:{name}", kwargs=kwargs), fields)
        found |= {(name, who): (got[who], said[who]) for who in EVERYBODY if got[who] != said[who]}
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_gets_the_answer_of_the_table(cast, things, method):
    assert differences(cast, things, method, TABLE, SENT, "blog") == {}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused_everywhere(client, things, method):
    for name, (kwargs, _get, _post) in TABLE.items():
        url = reverse(f"blog:{name}", kwargs={k: things.get(v, v) for k, v in kwargs.items()})
        assert getattr(client, method)(url).status_code == 405, (name, method)


def moderators_get(status):
    """Those who moderate; who works in the desk is refused, anybody else is asked to sign in."""
    return {EVE: 302, RITA: 302, **dict.fromkeys((ADA, BEA, CY), 403), ED: status, OLGA: status}


# Of responses and bans; a room of the desk that needs more to be sent answers with its form.
DESK = {
    "blog_comment_changelist": ({}, moderators_get(200), moderators_get(200)),
    "blog_comment_add": ({}, moderators_get(403), moderators_get(403)),
    "blog_comment_change": ({"object_id": "response"}, moderators_get(200), moderators_get(302)),
    "blog_comment_delete": ({"object_id": "response"}, moderators_get(200), moderators_get(200)),
    "blog_comment_history": ({"object_id": "response"}, moderators_get(200), moderators_get(200)),
    "blog_comment_queue": ({}, moderators_get(200), moderators_get(405)),
    "blog_comment_decision": ({"pk": "response"}, moderators_get(405), moderators_get(303)),
    "blog_comment_decisions": ({}, moderators_get(200), moderators_get(405)),
    "blog_comment_undoing": ({"pk": "decision"}, moderators_get(405), moderators_get(303)),
    "accounts_ban_changelist": ({}, moderators_get(200), moderators_get(200)),
    "accounts_ban_add": ({}, moderators_get(200), moderators_get(302)),
    "accounts_ban_change": ({"object_id": "ban"}, moderators_get(200), moderators_get(403)),
    "accounts_ban_delete": ({"object_id": "ban"}, moderators_get(403), moderators_get(403)),
    "accounts_ban_history": ({"object_id": "ban"}, moderators_get(200), moderators_get(200)),
    "accounts_ban_import": ({}, moderators_get(200), moderators_get(400)),
    "accounts_ban_export": ({}, moderators_get(200), {**all_get(405), EVE: 302, RITA: 302}),
}
SENT_TO_DESK = {
    "blog_comment_decision": {"verb": "hide"},
    "accounts_ban_add": {"whom": "192.0.2.7"},
}


def desk_patterns():
    for room in admin.site.urls[0]:
        yield from getattr(room, "url_patterns", [])


def test_the_table_of_the_desk_has_every_room_of_responses_and_bans():
    names = {pattern.name or "" for pattern in desk_patterns()}
    assert set(DESK) == {n for n in names if n.startswith(("blog_comment_", "accounts_ban_"))}


@pytest.fixture
def desk_things(cast, things):
    story = make_post(by=cast[ADA])
    decision = moderate(make_response(story), "hide", by=cast[ED])
    ban = Ban.objects.ban(by=cast[ED], address="198.51.100.7")
    return {**things, "decision": decision.pk, "ban": ban.pk}


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_gets_the_answer_of_the_table_in_the_desk(cast, desk_things, method):
    assert differences(cast, desk_things, method, DESK, SENT_TO_DESK, "admin") == {}
