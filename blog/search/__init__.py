"""Searching stories: one face for both databases.

Every story has its words here, drafts too; who may find what is for the caller to say. What readers
find is in `results`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from blog.models import Authorship, Post, PostTag, SearchEntry, SearchWord
from blog.models.post import PostQuerySet
from blog.search.engine import engine
from blog.search.entry import OUT, Entry, Part
from blog.search.words import RULES, Term, plain, terms_of, words_of

# So many stories are locked at once, for a moment, while they are taken into the index.
BATCH = 50
TITLE_KEY_CHARS = 100
READ = (
    *("title", "subtitle", "text", "version"),
    *("language", "status", "visibility", "published_at"),
)


def matching(posts: PostQuerySet, query: str) -> PostQuerySet:
    """Those of `posts` that have all words of `query`; all of them when it is blank."""
    if not query.strip():
        return posts
    terms = terms_of(query)
    if not terms:
        return posts.none()
    sql, params = engine().hits(terms)
    return posts.filter(pk__in=RawSQL(sql, params))  # noqa: S611 -- our own SQL, words quoted


def stories_with(word: str, *, at_most: int) -> list[int]:
    """The keys of stories that have this word (one of `words_of`), drafts too: no more of them."""
    sql, params = engine().hits([Term(word)])
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s", [*params, at_most])  # our own SQL, words quoted
        return [row[0] for row in cursor.fetchall()]


def named(query: str) -> Q:
    """Those whose title, author or tags have all the words.

    It asks for no more than the few words of names.
    """
    terms = terms_of(query)
    if not terms:
        return Q(pk__in=[])
    sql, params = engine().hits(terms, Part.NAMES)
    return Q(pk__in=RawSQL(sql, params))  # noqa: S611 -- as above


def index(pks: Iterable[int]) -> int:
    """Take these stories into the index as they are now; how many there were."""
    left, count = iter(pks), 0
    while some := list(islice(left, BATCH)):
        count += _index(some)
    return count


def missing() -> QuerySet[Post]:
    """Stories whose words here are not those of today."""
    return SearchEntry.missing(RULES)


def forget(pk: int) -> None:
    """Take a story out that is no more."""
    engine().forget(pk)


def follow_migration(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After tables were made, changed or emptied."""
    engine(using).empty_with_stories(using)


@transaction.atomic
def _index(pks: list[int]) -> int:
    # Locked while it is read and its words are stored, so that of two writers the later one's
    # words stay. Claps and responses are not kept waiting.
    posts = list(
        Post.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=pks)
        .order_by("pk")
        .only(*READ)
        .prefetch_related(
            Prefetch("authorships", Authorship.objects.select_related("author")),
            Prefetch("post_tags", PostTag.objects.select_related("tag")),
        )
    )
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(
                post=post,
                title_key=plain(post.title).strip()[:TITLE_KEY_CHARS],
                rules=RULES,
                version=post.version,
            )
            for post in posts
        ],
        update_conflicts=True,
        unique_fields=["post"],
        update_fields=["title_key", "rules", "version"],
    )
    entries = [_entry(post) for post in posts]
    engine().store(entries)
    # No word of a draft is ever proposed to a reader.
    SearchWord.objects.learn(word for entry in entries if entry.is_out for word in entry.all_words)
    return len(posts)


def _entry(post: Post) -> Entry:
    names = [author.name for author in post.byline] + [tag.name for tag in post.topics]
    return Entry(
        post.pk,
        title=words_of(post.title),
        subtitle=words_of(post.subtitle),
        names=words_of("\n".join(names)),
        text=words_of(post.text),
        facets=_facets(post),
    )


def _facets(post: Post) -> list[str]:
    """By what readers narrow a search, and whether they see it once its time has come."""
    facets = [f"#a{author.pk}" for author in post.byline]
    facets += [f"#t{tag.pk}" for tag in post.topics]
    facets.append(f"#l{post.language.lower().replace('-', '')}")
    if post.published_at:
        facets.append(f"#y{post.published_at.year}")
    if post.status == Post.Status.PUBLISHED and post.visibility == Post.Visibility.PUBLIC:
        facets.append(OUT)
    return facets
