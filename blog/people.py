"""Whom somebody may mean who types an @ and some letters in a response."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Author, User
from blog.models import Comment, Post

MOST = 8
BEGUN = re.compile(r"[a-z0-9_]{0,30}")


def people_called(
    begun: str, *, post: Post, by: User | None, above: Comment | None = None
) -> list[Author]:
    """The people of the thread below `above`, then of the story's talk, then of all who write.

    Only who has a public face has a handle; of those who do not talk here, only who is read here.
    """
    letters = begun.lower()
    if not BEGUN.fullmatch(letters):
        return []
    faces = Author.objects.alias(lowered=Lower("handle")).filter(
        Q(lowered__startswith=letters) | Q(name__istartswith=letters)
    )
    if by:
        faces = faces.exclude(user=by)
    found = list(_talking(faces, post, above)[:MOST])
    if letters and len(found) < MOST:
        others = faces.exclude(pk__in=[face.pk for face in found]).order_by("name", "pk")
        read = Post.objects.listed_by(OuterRef("pk"))
        found += others.filter(Exists(read))[: MOST - len(found)]
    return found


def _talking(faces: QuerySet[Author], post: Post, above: Comment | None) -> QuerySet[Author]:
    """The story's authors, and who responds to it; who is in the thread comes first."""
    said = Comment.objects.visible().filter(post=post)
    top = (above.root_id or above.pk) if above else None
    near = said.filter(Q(root=top) | Q(pk=top), author=OuterRef("user"))
    here = faces.filter(Q(user__in=said.values("author")) | Q(authorships__post=post)).distinct()
    if top is None:
        return here.order_by("name", "pk")
    return here.alias(is_near=Exists(near)).order_by("-is_near", "name", "pk")
