"""Makes what a measurement asks for, within a publication: run as a process of its own.

LONGHAND_DATA=… .venv/bin/python -m benchmarks.story usual|addresses N|cookie
"""

from __future__ import annotations

import random
import sys

import django

WORDS_A_STORY, WORDS_A_PARAGRAPH = 700, 70
RESPONSES = 20
# A clause that is long enough for a page to be told from others by it.
CLAUSE = "The keeper wrote down the hour, the wind, and which of the boats had come home"
CLAPS = 12


def usual() -> str:
    """The address of a new story of the usual length, with the usual number of responses."""
    from tests.making import make_post, make_response

    chance = random.Random(7)  # noqa: S311 -- the same words each time
    words = CLAUSE.split()
    paragraphs = [
        " ".join(chance.choice(words) for _word in range(WORDS_A_PARAGRAPH))
        for _paragraph in range(WORDS_A_STORY // WORDS_A_PARAGRAPH)
    ]
    post = make_post(title="A story to be measured", source="\n\n".join(paragraphs))
    for _response in range(RESPONSES):
        make_response(post, source=f"{CLAUSE}. " * chance.randint(1, 3))
    return str(post.get_absolute_url())


def addresses(most: int) -> list[str]:
    """Stories spread evenly over all there are, each once, in no order."""
    from blog.models import Post

    keys = list(Post.objects.published().order_by().values_list("pk", flat=True))
    chance = random.Random(11)  # noqa: S311
    chosen = chance.sample(keys, min(most, len(keys)))
    found: dict[int, str] = {}
    for start in range(0, len(chosen), 500):
        some = Post.objects.filter(pk__in=chosen[start : start + 500]).order_by()
        found |= {post.pk: post.get_absolute_url() for post in some.only("pk", "slug")}
    return [found[key] for key in chosen]


def cookie() -> list[str]:
    """The session of a reader, and the address of a story to which they have clapped."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from blog.models import Clap, Clapper, Post
    from tests.making import make_person, make_response

    reader = make_person()
    address = usual()
    post = Post.objects.get(slug=address.strip("/"))
    Clap.objects.give(post=post, clapper=Clapper(user=reader), wanted=CLAPS)
    make_response(post, reader)
    session = SessionStore()
    session[SESSION_KEY] = str(reader.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = reader.get_session_auth_hash()
    session.create()
    return [str(session.session_key), address]


def queries(most: int) -> int:
    """The most queries that any of some stories takes, asked for the first time."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    asker, seen = Client(headers={"host": "127.0.0.1"}), []
    paths = addresses(most + 1)
    # What a process asks once in its life is not the page's.
    asker.get(paths.pop())
    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            asker.get(path)
        seen.append(len(asked))
    return max(seen)


def main() -> None:
    django.setup()
    noun, *rest = sys.argv[1:]
    if noun == "usual":
        lines = [usual()]
    elif noun == "addresses":
        lines = addresses(int(rest[0]))
    elif noun == "cookie":
        lines = cookie()
    else:
        lines = [str(queries(int(rest[0])))]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    _close()


def _close() -> None:
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


if __name__ == "__main__":
    main()
