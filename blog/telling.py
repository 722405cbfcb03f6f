"""What people who write are told of, and who may open what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from accounts.kinds import About, Kind, register
from accounts.models import User
from blog.announcement import STORY
from blog.models import Post
from blog.models.acclaim import CLAPS
from blog.models.review import EDITS
from blog.reminder import WAITING


def register_kinds() -> None:
    """Make these known to `accounts`, in the order in which people read of them."""
    register(
        replace(STORY, who_may_open=who_may_open),
        Kind(
            "story_submitted",
            _("A story is handed in"),
            hint=_("Read it, then approve it or ask for changes:"),
            concerns=lambda user: user.has_perm(EDITS),
            who_may_open=who_may_open,
        ),
        Kind(
            "story_changes",
            _("An editor asks for changes to your story"),
            hint=_("Change what you like, then hand it in again:"),
            concerns=_writes,
            who_may_open=who_may_open,
        ),
        Kind(
            "story_approved",
            _("An editor approves your story"),
            hint=_("It can be published now. There is nothing you have to do:"),
            concerns=_writes,
            who_may_open=who_may_open,
        ),
        Kind(
            "story_published",
            _("Your story is published, scheduled or taken back from readers"),
            hint=_("See it here:"),
            concerns=_writes,
            who_may_open=who_may_open,
        ),
        Kind(
            "story_note",
            _("Somebody writes a note on a story you work on"),
            hint=_("Answer below the story’s details:"),
            concerns=_writes,
            who_may_open=who_may_open,
        ),
        Kind(
            CLAPS,
            _("Readers clap for your story; by mail at 10, 50, 100, 500 and 1,000 people"),
            hint=_("See who they are:"),
            about=About.CLAPS,
            concerns=_writes,
            who_may_open=who_may_open,
        ),
        WAITING,
    )


def who_may_open(people: Sequence[User], url: str) -> Sequence[User]:
    """Those of `people` whom the page at `url` lets in."""
    try:
        match = resolve(unquote(url.partition("?")[0]))
    except Resolver404:
        return []
    if match.url_name in {"post", "clappers"}:
        # One that moved to another address is found from the old one.
        post = Post.objects.filter(slug=match.kwargs["slug"]).first()
        return people if post is None or post.is_live else []
    writers = [person for person in people if person.is_staff and _writes(person)]
    if "object_id" not in match.kwargs:
        return writers
    post = Post.objects.filter(pk=match.kwargs["object_id"]).first()
    return [person for person in writers if post and post.can_edit(person)]


def _writes(user: User) -> bool:
    return user.has_perm("blog.change_post")
