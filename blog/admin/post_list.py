"""The list of stories in the desk: columns, filters, and what one can do to several at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Author
from blog.models import Post, Stale
from blog.models.post import Authorship
from blog.views.doors import person_of

FILTERED_AUTHORS = 50


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("draft", _("Draft")),
            ("in_review", _("In review")),
            ("scheduled", _("Scheduled")),
            ("published", _("Published")),
            ("unlisted", _("Unlisted")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self.value()
        return queryset.in_state(state) if state else queryset


class AuthorFilter(admin.SimpleListFilter):
    """For those who see the stories of others."""

    title = gettext_lazy("author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if not request.user.has_perm("blog.edit_any_post"):
            return []
        authors = Author.objects.order_by("name")[:FILTERED_AUTHORS]
        return [(author.handle, author.name) for author in authors]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        handle = self.value()
        return queryset.filter(authors__handle=handle) if handle else queryset


class MoveForm(forms.Form):
    author = forms.ModelChoiceField(
        Author.objects.order_by("name"), label=gettext_lazy("New author"), empty_label=None
    )


class PostList(admin.ModelAdmin[Post]):
    """The half of the admin that lists."""

    list_display = ("thumbnail", "headline", "state", "moment", "claps", "responses")
    list_display_links = ("headline",)
    list_filter = (StateFilter, AuthorFilter)
    list_per_page = 30
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("title", "subtitle")
    search_help_text = gettext_lazy("Titles and subtitles")
    show_full_result_count = False
    ordering = ("-updated_at", "-pk")
    actions = ("publish", "unpublish", "move")

    def get_queryset(self, request: HttpRequest) -> Any:
        posts = Post.objects.in_desk_of(person_of(request))
        if self._is_list(request):
            posts = posts.light().prefetch_related(
                Prefetch("authorships", Authorship.objects.select_related("author"))
            )
        else:
            posts = posts.select_related("working_copy")
        return posts.order_by(*self.ordering)

    @staticmethod
    def _is_list(request: HttpRequest) -> bool:
        match = request.resolver_match
        return bool(match and match.url_name == "blog_post_changelist")

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, post: Post) -> str:
        return render_to_string("admin/blog/post/_thumbnail.html", {"image": post.lead_image})

    @admin.display(description=gettext_lazy("story"), ordering="title")
    def headline(self, post: Post) -> str:
        return render_to_string("admin/blog/post/_headline.html", {"post": post})

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, post: Post) -> str:
        return render_to_string("admin/blog/post/_state.html", {"post": post})

    @admin.display(description=gettext_lazy("date"), ordering="updated_at")
    def moment(self, post: Post) -> str:
        return render_to_string("admin/blog/post/_moment.html", {"post": post})

    @admin.display(description=gettext_lazy("claps"), ordering="stats__clap_count")
    def claps(self, post: Post) -> int:
        return post.clap_count

    @admin.display(description=gettext_lazy("responses"), ordering="stats__comment_count")
    def responses(self, post: Post) -> int:
        return post.response_count

    # To several at once.

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if not request.user.has_perm("blog.publish_post"):
            actions.pop("publish", None)
            actions.pop("unpublish", None)
        if not request.user.has_perm("blog.edit_any_post"):
            actions.pop("move", None)
        return actions

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        chosen = [post for post in self._whole(queryset) if post.can_publish(person_of(request))]
        waiting = [post for post in chosen if post.status != Post.Status.PUBLISHED]
        ready = [post for post in waiting if post.title and post.source.strip()]
        for post in waiting:
            if post not in ready:
                text = (
                    _("“%s” stays as it is: there is no text yet to publish.")
                    if post.title
                    else _("“%s” stays as it is: it has no title yet.")
                )
                messages.warning(request, text % post)
        done = self._each(request, ready, Post.publish_now)
        text = ngettext("%d story is published.", "%d stories are published.", len(done))
        messages.success(request, text % len(done))

    @admin.action(description=gettext_lazy("Unpublish"))
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        chosen = [post for post in self._whole(queryset) if post.can_publish(person_of(request))]
        live = [post for post in chosen if post.status == Post.Status.PUBLISHED]
        done = self._each(request, live, Post.unpublish)
        text = ngettext("%d story is a draft again.", "%d stories are drafts again.", len(done))
        messages.success(request, text % len(done))

    @admin.action(description=gettext_lazy("Move to another author"))
    def move(self, request: HttpRequest, queryset: QuerySet[Post]) -> HttpResponse | None:
        form = MoveForm(request.POST if "author" in request.POST else None)
        if not form.is_valid():
            context = {
                **admin.site.each_context(request),
                "title": _("Move to another author"),
                "form": form,
                "posts": queryset,
                "opts": Post._meta,
            }
            return render(request, "admin/blog/post/move.html", context)
        author = form.cleaned_data["author"]
        posts = list(queryset)
        for post in posts:
            post.set_byline([author])
        text = ngettext(
            "%(count)d story is by %(name)s now.",
            "%(count)d stories are by %(name)s now.",
            len(posts),
        )
        messages.success(request, text % {"count": len(posts), "name": author.name})
        return None

    @staticmethod
    def _each(request: HttpRequest, posts: list[Post], verb: Callable[..., None]) -> list[Post]:
        """Do it to each; those that somebody saves at this very moment stay as they are."""
        done = []
        for post in posts:
            try:
                verb(post, by=person_of(request))
            except Stale:
                text = _("“%s” stays as it is: somebody saved it just now. Look at it first.")
                messages.warning(request, text % post)
            else:
                done.append(post)
        return done

    @staticmethod
    def _whole(queryset: QuerySet[Post]) -> QuerySet[Post]:
        """With the text, which the history of a story records."""
        return queryset.defer(None)
