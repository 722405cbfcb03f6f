"""Which story needs a drawn picture, and keeping its file in step with its words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import get_language_info

from accounts.models import Author
from blog import share_picture
from blog.icons import logo_bytes
from blog.models import Authorship, Post, Publication

FOLDER = "share"
# Older ones get theirs when somebody touches them: a new name for a publication of a million
# stories must not keep its worker busy for a day.
REDRAWN_COUNT = 1000
CHUNK_SIZE = 50


def path(name: str) -> str:
    """Where the file lies in the storage."""
    return f"{FOLDER}/{name}"


def matters_for(post: Post) -> bool:
    """Whether readers see it or will see it, or it has a file; agrees with `_found`."""
    return post.status == Post.Status.PUBLISHED or bool(post.share_picture)


def is_due(pk: int) -> bool:
    """Whether the story's file says something else than the story, or is missing, or too much."""
    post = _found(pk)
    return post is not None and post.share_picture != _name(post, Publication.current())


def draw(pk: int) -> None:
    """Make the story's file what it has to be. Done already, it does nothing."""
    post, publication = _found(pk), Publication.current()
    if post is None:
        return
    name = _name(post, publication)
    if name == post.share_picture and (not name or default_storage.exists(path(name))):
        return
    if name and not default_storage.exists(path(name)):
        words = replace(_words(post, publication), logo=logo_bytes(publication))
        picture = share_picture.draw(words)
        default_storage.save(path(name), ContentFile(picture))
    # Whoever drew another one meanwhile knew as much: then theirs stays.
    was_ours = Post.objects.filter(pk=pk, share_picture=post.share_picture)
    if was_ours.update(share_picture=name) and post.share_picture not in {"", name}:
        default_storage.delete(path(post.share_picture))


def forget(post: Post) -> None:
    """Delete the file of a story that is no more."""
    if post.share_picture:
        default_storage.delete(path(post.share_picture))


def chunks(*, by: Author | None = None, missing: bool = False) -> Iterator[list[int]]:
    """The newest stories without pictures, a task's worth at a time.

    `by` leaves those of one author, `missing` those without a file.
    """
    posts = Post.objects.listed_by(by) if by else Post.objects.listed()
    # First the newest, then what they lack: else a start would look at every story there is.
    newest = posts.newest_first().values("pk")[:REDRAWN_COUNT]
    bare = Post.objects.filter(pk__in=newest, lead_image=None, images=None)
    if missing:
        bare = bare.filter(share_picture="")
    found = list(bare.newest_first().values_list("pk", flat=True))
    for start in range(0, len(found), CHUNK_SIZE):
        yield found[start : start + CHUNK_SIZE]


def _found(pk: int) -> Post | None:
    """One that readers see or will see, or that has a file."""
    mattering = Q(status=Post.Status.PUBLISHED) | ~Q(share_picture="")
    found: Post | None = Post.objects.light().filter(mattering, pk=pk).first()
    return found


def _name(post: Post, publication: Publication) -> str:
    """A name made of all that stands on the picture; empty when the story has others."""
    if post.status != Post.Status.PUBLISHED or post.lead_image_id or post.images.exists():
        return ""
    words = _words(post, publication)
    said = (words.title, words.author, words.site, words.language)
    parts = [share_picture.DESIGN, post.pk, *said, publication.logo]
    digest = hashlib.sha256("\0".join(str(part) for part in parts).encode())
    return f"{digest.hexdigest()[:32]}.png"


def _words(post: Post, publication: Publication) -> share_picture.Words:
    names = Authorship.objects.filter(post=post).values_list("author__name", flat=True)
    return share_picture.Words(
        title=post.display_title,
        author=", ".join(names),
        site=publication.name,
        language=post.language,
        is_rtl=bool(get_language_info(post.language)["bidi"]),
    )
