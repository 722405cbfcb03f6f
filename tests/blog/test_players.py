"""The one door in the security policy: for two hosts, on stories that have a film."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db
FILM = "https://youtu.be/dQw4w9WgXcQ"
DOOR = "frame-src https://www.youtube-nocookie.com https://player.vimeo.com"


def policy(response) -> list[str]:
    return [part.strip() for part in response["Content-Security-Policy"].split(";")]


def test_a_story_with_a_film_lets_the_hosts_of_players_in_and_nobody_else(client):
    response = client.get(make_post(source=FILM).get_absolute_url())
    assert DOOR in policy(response)
    assert [part for part in policy(response) if "://" in part] == [DOOR]
    assert "default-src 'none'" in policy(response)
    assert "embed-player" in response.content.decode()


@pytest.mark.parametrize(
    "source",
    [
        "words",
        f"see {FILM}",
        "https://e.org/page",
        '`<p class="embed" data-embed="video" data-player="x">`',
    ],
)
def test_every_other_story_lets_nobody_in(client, source):
    response = client.get(make_post(source=source).get_absolute_url())
    assert not [part for part in policy(response) if "frame-src" in part or "://" in part]
    assert "embed-player" not in response.content.decode()


def test_the_page_before_publication_plays_too_and_no_other_page_does(client):
    ada = make_person("Ada", Role.AUTHOR)
    story = make_post(by=ada, source=FILM, published=False)
    desk = desk_of(ada)
    assert DOOR in policy(desk.get(f"/preview/{story.pk}/"))
    for path in ("/", "/@ada/", "/feed/", "/admin/blog/post/", "/admin/blog/post/how-to-write/"):
        assert DOOR not in policy(desk.get(path))


def test_no_response_can_have_a_film(client):
    story = make_post(source="words")
    make_response(story, source=FILM)
    response = client.get(story.get_absolute_url())
    assert DOOR not in policy(response)
