"""The responses of a page, each filled into its mould: `templates/blog/_response.jinja`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from jinja2.runtime import Context
from markupsafe import Markup

from blog.jinja import voice
from blog.jinja.forms import opened_token
from blog.jinja.moulds import Moulds
from blog.jinja.tags import WORDS
from blog.models import Comment
from blog.templatetags.longhand import machine_date
from blog.threads import Node

Facts = dict[str, Any]

# What the forms of a talk have that is the reader's own. None is part of an address: a mould may
# have been cut where holes were left for them, which are text, whatever is filled in later.
OWN = ("reader_pk", "opened", "csrf_input")

RESPONSE = Moulds(
    "blog/_response.jinja",
    flags=[
        *("is_top", "begins_thread", "is_folded", "is_muted", "is_seen", "gone"),
        *("has_replies", "continues", "has_page", "has_portrait", "has_account"),
        *("is_by_author", "is_by_guest", "is_by_reader", "is_visible", "is_waiting"),
        *("is_pinned", "has_pin", "is_locked", "has_lock", "is_edited", "is_answered"),
        *("is_clapped", "may_edit", "may_remove", "may_see_history", "may_host"),
        *("reply", "is_away", "is_preview", "is_personal"),
    ],
    values=[
        *("pk", "name", "page_url", "portrait", "initial", "at", "day", "html", "replies"),
        *("claps", "claps_said", "more_url", "slug", "next_slug"),
        *OWN,
    ],
)


class Responses:
    """Those of one page. What is the same for all of them is worked out once.

    `holes` are left for what is the reader's own (`OWN`).
    """

    def __init__(self, context: Context, holes: Facts | None = None) -> None:
        self._context = context
        self._language = context[WORDS].language
        post, publication = context["post"], context["publication"]
        self._reader = reader = context.get("reader")
        self._reader_pk = reader.pk if reader else None
        self._removable = context["removable"]
        self._muted = context["ways"].muted_threads
        self._is_unfolded = bool(context.get("is_unfolded"))
        self._byline = {author.pk for author in context["byline"]}
        slug = quote(post.slug)
        # A talk is said again (`blog.jinja.talks`) only where all of this is the same.
        self.common: Facts = {
            "reply": _way_to_reply(context),
            "is_away": publication.claps_need_account and not reader,
            "is_preview": bool(context.get("preview")),
            "is_personal": bool(reader),
            "may_host": bool(reader and context["ways"].is_host),
            "may_see_history": bool(reader and context["perms"]["blog"]["moderate_comment"]),
            "slug": slug,
            "next_slug": quote(slug),
        }
        self.own = holes or self._own()

    def _own(self) -> Facts:
        return {
            "reader_pk": self._reader_pk,
            "opened": opened_token(self._context) if self.common["reply"] == "here" else "",
            "csrf_input": self._context.get("csrf_input"),
        }

    def said(self, nodes: Iterable[Node[Comment]]) -> Markup:
        return Markup("\n").join([self._one(node) for node in nodes])

    def _one(self, node: Node[Comment]) -> Markup:
        comment = node.comment
        # Not `pk`, which is looked up anew each time.
        key = comment.id
        is_muted = key in self._muted
        is_folded = is_muted and not self._is_unfolded
        replies = [] if is_folded else node.replies
        is_by_reader = self._reader is not None and comment.author_id == self._reader_pk
        facts = {
            **self.common,
            **self.own,
            **self._of_writer(comment),
            "pk": key,
            "html": comment.html,
            "replies": self.said(replies) if replies else "",
            "has_replies": bool(replies),
            "continues": node.continues,
            "more_url": node.more_url,
            "is_top": node.depth == 1,
            "begins_thread": comment.parent_id is None,
            "is_folded": is_folded,
            "is_muted": is_muted,
            "is_seen": node.is_seen,
            "gone": "" if node.is_seen else _why_gone(comment),
            "is_by_reader": is_by_reader,
            "is_visible": comment.is_visible,
            "is_waiting": comment.seems_held,
            "is_pinned": comment.is_pinned,
            "has_pin": comment.pinned_at is not None,
            "is_locked": comment.is_locked,
            "has_lock": comment.locked_at is not None,
            "is_edited": comment.edited_at is not None,
            "may_edit": is_by_reader and comment.can_edit(self._reader),
            "may_remove": key in self._removable,
            "is_clapped": comment.clap_count > 0,
            "claps": comment.clap_count,
            "claps_said": voice.compact(self._context, comment.clap_count),
            "at": machine_date(comment.created_at),
            "day": voice.short_date(self._context, comment.created_at),
        }
        return RESPONSE.filled(facts, language=self._language)

    def _of_writer(self, comment: Comment) -> Facts:
        user, writer = comment.author, comment.author or comment.guest
        face = user.author_or_none if user else None
        is_by_author = face is not None and face.pk in self._byline
        pictured = face or writer
        portrait = pictured.avatar_url if pictured else ""
        return {
            "name": comment.signature,
            "has_page": face is not None,
            "page_url": face.get_absolute_url() if face else "",
            "has_portrait": bool(portrait),
            "portrait": portrait,
            "initial": pictured.initial if pictured else "",
            "has_account": user is not None,
            "is_by_guest": comment.guest_id is not None,
            "is_by_author": is_by_author,
            "is_answered": getattr(comment, "is_answered", False) and not is_by_author,
        }


def _way_to_reply(context: Context) -> str:
    if not context["post"].takes_responses:
        return ""
    if context.get("reader"):
        return "here"
    return "as a guest" if context["publication"].guests_may_respond else "with an account"


def _why_gone(comment: Comment) -> str:
    """Why there is an empty place."""
    if comment.is_visible:
        return "unseen"
    return "held" if comment.is_held else str(comment.taken_by)
