"""Makes what a measurement asks for, within a publication: run as a process of its own.

LONGHAND_DATA=… .venv/bin/python -m benchmarks.story usual|addresses N|cookie|queries N|holds|forget
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import django

WORDS_A_STORY, WORDS_A_PARAGRAPH = 700, 70
RESPONSES = 20
TITLE, SLUG = "A story to be measured", "a-story-to-be-measured"
# How the addresses of people begin whom `tests.making` makes; nobody else's here do.
MADE_HERE = "person."
# So many may have come since a publication was filled.
LATEST = 10_000
# Of the keys there are, some are of stories that readers do not find.
SPARE = 1.25
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
    post = make_post(title=TITLE, source="\n\n".join(paragraphs))
    for _response in range(RESPONSES):
        make_response(post, source=f"{CLAUSE}. " * chance.randint(1, 3))
    return str(post.get_absolute_url())


def addresses(most: int) -> list[str]:
    """Stories spread evenly over all there are, each once, in no order."""
    from blog.models import Post

    last = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    chance = random.Random(11)  # noqa: S311
    # Keys by chance, whether there is a story or not: nobody has to read all keys of a million.
    chosen = chance.sample(range(1, last + 1), min(round(most * SPARE), last))
    found: list[str] = []
    for start in range(0, len(chosen), 500):
        keys = chosen[start : start + 500]
        some = Post.objects.published().filter(pk__in=keys).order_by().only("pk", "slug")
        paths = {post.pk: post.get_absolute_url() for post in some}
        found += [paths[key] for key in keys if key in paths]
        if len(found) >= most:
            break
    return found[:most]


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


def holds() -> str:
    """How many stories `benchmarks.generate` has made here: 0 where none are, "others" if not."""
    from django.db import connection

    from accounts.models import User
    from blog.models import Post

    if Post._meta.db_table not in connection.introspection.table_names():
        return "0"
    newest = Post.objects.order_by("-pk").values_list("pk", "slug")[:LATEST]
    last = next((pk for pk, slug in newest if slug == f"story-{pk}"), 0)
    busy = Post.objects.filter(pk=last // 2 + 1, title="A busy story")
    if last and busy.exists():
        return str(last)
    return "others" if newest or User.objects.exists() else "0"


def forget() -> list[str]:
    """Take away what measurements have made, so that the publication is as it was filled."""
    from accounts.models import Author, User
    from blog.models import Post

    Post.objects.filter(slug__startswith=SLUG).delete()
    Author.objects.filter(user__email__startswith=MADE_HERE).delete()
    User.objects.filter(email__startswith=MADE_HERE).delete()
    return []


ANSWERS: dict[str, Callable[..., list[str]]] = {
    "usual": lambda: [usual()],
    "addresses": lambda most: addresses(int(most)),
    "cookie": cookie,
    "queries": lambda most: [str(queries(int(most)))],
    "holds": lambda: [holds()],
    "forget": forget,
}


def main() -> None:
    django.setup()
    # Several questions stand between pluses, their answers between empty lines.
    questions = [asked.split() for asked in " ".join(sys.argv[1:]).split("+")]
    answers = ["".join(f"{line}\n" for line in ANSWERS[noun](*rest)) for noun, *rest in questions]
    sys.stdout.write("\n".join(answers))
    sys.stdout.flush()
    _close()


def _close() -> None:
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


if __name__ == "__main__":
    main()
