"""What one can do to several stories at once: said before it happens, and again afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Author, User
from blog.models import Post, Stale, WorkingCopy
from blog.models.post import with_bylines
from blog.views.doors import person_of

# Each is a transaction of its own, and somebody waits for all of them.
MAX_CHOSEN = 200
MAX_KEY_DIGITS = 18

# Why a story stays as it is, said of so many of them.
Reason = Callable[[int], str]


def no_text(count: int) -> str:
    text = ngettext(
        "%d stays as it is: it has no text yet.",
        "%d stay as they are: they have no text yet.",
        count,
    )
    return text % count


def no_title(count: int) -> str:
    text = ngettext(
        "%d stays as it is: it has no title yet.",
        "%d stay as they are: they have no title yet.",
        count,
    )
    return text % count


def has_more_words(count: int) -> str:
    text = ngettext(
        "%d stays as it is: newer words wait on its own page. Publish it from there.",
        "%d stay as they are: newer words wait on their own pages. Publish them from there.",
        count,
    )
    return text % count


def is_out(count: int) -> str:
    text = ngettext("%d is published already.", "%d are published already.", count)
    return text % count


def is_over(count: int) -> str:
    text = ngettext(
        "%d stays as it is: the time for which it was to be seen has passed.",
        "%d stay as they are: the time for which they were to be seen has passed.",
        count,
    )
    return text % count


def is_in(count: int) -> str:
    text = ngettext(
        "%d stays as it is: it is not published.",
        "%d stay as they are: they are not published.",
        count,
    )
    return text % count


def is_seen(count: int) -> str:
    text = ngettext(
        "%d stays: readers can see it. Unpublish it first.",
        "%d stay: readers can see them. Unpublish them first.",
        count,
    )
    return text % count


def is_theirs(count: int) -> str:
    text = ngettext(
        "%d is by this author alone already.", "%d are by this author alone already.", count
    )
    return text % count


def may_not(count: int) -> str:
    text = ngettext(
        "%d stays as it is: it is not yours to change.",
        "%d stay as they are: they are not yours to change.",
        count,
    )
    return text % count


class Action:
    """One kind of change: who may make it, to which stories, and how it is said."""

    key: ClassVar[str]
    label: ClassVar[Any]
    is_grave = False

    def may(self, user: User) -> bool:
        return user.has_perm("blog.publish_post")

    def why_not(self, post: Post, user: User) -> Reason | None:
        raise NotImplementedError

    def promise(self, posts: list[Post]) -> str:
        raise NotImplementedError

    def report(self, count: int) -> str:
        raise NotImplementedError

    def button(self, count: int) -> str:
        raise NotImplementedError

    def note(self, posts: list[Post]) -> str:
        """What else one should know before it happens."""
        return ""

    def do(self, post: Post, user: User) -> None:
        raise NotImplementedError


class Publish(Action):
    key = "publish"
    label = gettext_lazy("Publish…")

    def why_not(self, post: Post, user: User) -> Reason | None:
        if not post.can_publish(user):
            return may_not
        if post.expires_at and post.expires_at <= timezone.now():
            return is_over
        if post.is_live:
            return is_out
        if not post.title:
            return no_title
        if (post.is_scheduled or post.withdrawn_at) and WorkingCopy.of(post):
            return has_more_words
        return None if post.source.strip() else no_text

    def promise(self, posts: list[Post]) -> str:
        text = ngettext(
            "%d story will be published now.", "%d stories will be published now.", len(posts)
        )
        return text % len(posts)

    def note(self, posts: list[Post]) -> str:
        count = sum(post.is_scheduled for post in posts)
        text = ngettext(
            "%d of them was to appear later.", "%d of them were to appear later.", count
        )
        return text % count if count else ""

    def report(self, count: int) -> str:
        text = ngettext("%d story is published.", "%d stories are published.", count)
        return text % count

    def button(self, count: int) -> str:
        return ngettext("Publish %d story", "Publish %d stories", count) % count

    def do(self, post: Post, user: User) -> None:
        post.publish_now(by=user)


class Unpublish(Action):
    key = "unpublish"
    label = gettext_lazy("Unpublish…")

    def why_not(self, post: Post, user: User) -> Reason | None:
        if not post.can_publish(user):
            return may_not
        return None if post.status == Post.Status.PUBLISHED else is_in

    def promise(self, posts: list[Post]) -> str:
        text = ngettext(
            "%d story will become a draft again.",
            "%d stories will become drafts again.",
            len(posts),
        )
        return text % len(posts)

    def note(self, posts: list[Post]) -> str:
        count = sum(post.is_live for post in posts)
        text = ngettext(
            "Readers see %d of them now; its address will say that it was taken back.",
            "Readers see %d of them now; their addresses will say that they were taken back.",
            count,
        )
        return text % count if count else ""

    def report(self, count: int) -> str:
        text = ngettext("%d story is a draft again.", "%d stories are drafts again.", count)
        return text % count

    def button(self, count: int) -> str:
        return ngettext("Unpublish %d story", "Unpublish %d stories", count) % count

    def do(self, post: Post, user: User) -> None:
        post.unpublish(by=user)


class Move(Action):
    key = "move"
    label = gettext_lazy("Move…")

    def __init__(self, author: Author | None = None) -> None:
        self.author = author

    @property
    def to(self) -> Author:
        if self.author is None:
            raise ValueError("A story is moved to somebody.")
        return self.author

    def may(self, user: User) -> bool:
        return user.has_perm("blog.edit_any_post")

    def why_not(self, post: Post, user: User) -> Reason | None:
        if not self.may(user):
            return may_not
        return is_theirs if post.byline == [self.author] else None

    def promise(self, posts: list[Post]) -> str:
        text = ngettext(
            "%(count)d story will be moved to %(name)s.",
            "%(count)d stories will be moved to %(name)s.",
            len(posts),
        )
        return text % {"count": len(posts), "name": self.to.name}

    def note(self, posts: list[Post]) -> str:
        names = {author.name for post in posts for author in post.byline} - {self.to.name}
        if not names:
            return ""
        text = _("From then on %(name)s alone is their author, and not %(former)s.")
        return text % {"name": self.to.name, "former": ", ".join(sorted(names))}

    def report(self, count: int) -> str:
        text = ngettext(
            "%(count)d story is by %(name)s now.", "%(count)d stories are by %(name)s now.", count
        )
        return text % {"count": count, "name": self.to.name}

    def button(self, count: int) -> str:
        return ngettext("Move %d story", "Move %d stories", count) % count

    def do(self, post: Post, user: User) -> None:
        post.hand_to(self.to)


class Delete(Action):
    key = "delete"
    label = gettext_lazy("Delete…")
    is_grave = True

    def may(self, user: User) -> bool:
        return user.has_perm("blog.delete_post")

    def why_not(self, post: Post, user: User) -> Reason | None:
        if not post.can_edit(user):
            return may_not
        return None if post.can_delete(user) else is_seen

    def promise(self, posts: list[Post]) -> str:
        text = ngettext(
            "%d story will be deleted for good.", "%d stories will be deleted for good.", len(posts)
        )
        return text % len(posts)

    def note(self, posts: list[Post]) -> str:
        count = sum(post.response_count for post in posts)
        text = ngettext(
            "%d response goes too, and so do all earlier versions.",
            "%d responses go too, and so do all earlier versions.",
            count,
        )
        return text % count if count else _("All earlier versions go, too.")

    def report(self, count: int) -> str:
        return ngettext("%d story is deleted.", "%d stories are deleted.", count) % count

    def button(self, count: int) -> str:
        return ngettext("Delete %d story", "Delete %d stories", count) % count

    def do(self, post: Post, user: User) -> None:
        """Only what was looked at: somebody may have published it since, or written on."""
        with transaction.atomic():
            same = Post.objects.select_for_update().filter(pk=post.pk, version=post.version)
            found = same.first()
            if found is None:
                raise Stale
            found.delete()


ACTIONS: tuple[type[Action], ...] = (Publish, Unpublish, Move, Delete)


class MoveForm(forms.Form):
    author = forms.ModelChoiceField(
        Author.objects.order_by("name"), label=gettext_lazy("New author"), empty_label=None
    )


@dataclass
class Plan:
    """To which of the chosen stories something happens, and why not to the others."""

    action: Action
    posts: list[Post] = field(default_factory=list)
    staying: dict[Reason, list[Post]] = field(default_factory=dict)

    @classmethod
    def make(cls, action: Action, chosen: list[Post], user: User) -> Plan:
        plan = cls(action)
        for post in chosen:
            reason = action.why_not(post, user)
            if reason is None:
                plan.posts.append(post)
            else:
                plan.staying.setdefault(reason, []).append(post)
        return plan

    @property
    def promise(self) -> str:
        return self.action.promise(self.posts)

    @property
    def note(self) -> str:
        return self.action.note(self.posts) if self.posts else ""

    @property
    def button(self) -> str:
        return self.action.button(len(self.posts))

    @property
    def rests(self) -> list[tuple[str, list[Post]]]:
        """A sentence about each kind of those that stay, and which they are."""
        return [(reason(len(posts)), posts) for reason, posts in self.staying.items()]

    def carry_out(self, user: User) -> tuple[list[Post], list[Post]]:
        """Do it to each: (done, left because somebody saved them at this very moment)."""
        done: list[Post] = []
        busy: list[Post] = []
        for post in self.posts:
            try:
                self.action.do(post, user)
            except Stale:
                busy.append(post)
            else:
                done.append(post)
        return done, busy


class PostActions(admin.ModelAdmin[Post]):
    """The half of the list that acts: every action is a page that asks, and its answer."""

    actions = None

    @staticmethod
    def actions_of(user: User) -> list[type[Action]]:
        return [action for action in ACTIONS if action().may(user)]

    def act(self, request: HttpRequest) -> HttpResponse:
        user = person_of(request)
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        kinds = {action.key: action for action in self.actions_of(user)}
        kind = kinds.get(request.POST.get("action", ""))
        chosen = self._chosen(request)
        back = HttpResponseRedirect(request.get_full_path())
        if kind is None or not chosen:
            text = _("Nothing was changed. Choose stories first, then what is to happen to them.")
            messages.warning(request, text)
            return back
        action = kind()
        if isinstance(action, Move):
            form = MoveForm(request.POST if "author" in request.POST else None)
            if not form.is_valid():
                return self._ask(request, action, {"form": form, "posts": chosen})
            action.author = form.cleaned_data["author"]
        plan = Plan.make(action, chosen, user)
        if "confirmed" not in request.POST or not plan.posts:
            return self._ask(request, action, {"plan": plan, "posts": chosen})
        self._carry_out(request, plan)
        return back

    @staticmethod
    def _chosen(request: HttpRequest) -> list[Post]:
        """With the text, which the history of a story records."""
        keys = [
            int(key)
            for key in request.POST.getlist("_selected_action")[:MAX_CHOSEN]
            if key.isascii() and key.isdigit() and len(key) <= MAX_KEY_DIGITS
        ]
        posts = Post.objects.in_desk_of(person_of(request)).filter(pk__in=keys)
        return with_bylines(posts.select_related("stats").order_by("-updated_at", "-pk"))

    def _ask(self, request: HttpRequest, action: Action, more: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": str(action.label).rstrip("…"),
            "opts": self.opts,
            "action": action,
            "back_url": request.get_full_path(),
            **more,
        }
        return render(request, "admin/blog/post/act.html", context)

    def _carry_out(self, request: HttpRequest, plan: Plan) -> None:
        done, busy = plan.carry_out(person_of(request))
        sentences = [plan.action.report(len(done))] if done else []
        sentences += [sentence for sentence, _posts in plan.rests]
        text = _("“%s” stays as it is: somebody saved it just now. Look at it first.")
        sentences += [text % post for post in busy]
        level = messages.WARNING if plan.staying or busy else messages.SUCCESS
        messages.add_message(request, level, " ".join(sentences))
        if isinstance(plan.action, Delete):
            # Django asks for a queryset, and reads keys and titles off what it is given.
            self.log_deletions(request, cast("QuerySet[Post]", done))
            return
        for post in done:
            self.log_change(request, post, plan.action.report(1))
