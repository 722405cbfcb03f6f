"""Responses in the desk, for those who moderate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.admin.comment_decisions import decision_urls
from blog.admin.comment_queue import queue_urls
from blog.models import Comment
from blog.models.moderation import Overtaken, ResponseGone, Verb, moderate
from blog.views.doors import person_of

EXCERPT_LENGTH = 90


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin[Comment]):
    list_display = ("excerpt", "signature", "place", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("author", "guest", "post")
    list_per_page = 30
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("source", "author__name", "guest__name", "guest__email", "post__title")
    show_full_result_count = False
    actions = ("show", "hide", "mark_spam")
    fields = ("place", "person", "source", "status", "created_at", "edited_at")
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [*queue_urls(self), *decision_urls(self), *super().get_urls()]

    def view_on_site(self, comment: Comment) -> str:
        return comment.get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return Comment.objects.select_related("author", "guest", "post").order_by(
            "-created_at", "-pk"
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Nothing of it can be changed here, so there is nothing to save."""
        context |= {"show_save": False, "show_save_and_continue": False, "title": _("Response")}
        return super().render_change_form(request, context, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Responses are written under the story."""
        return False

    @admin.display(description=gettext_lazy("response"))
    def excerpt(self, comment: Comment) -> str:
        words = Truncator(comment.source).chars(EXCERPT_LENGTH)
        return words or str(comment.get_status_display())

    @admin.display(description=gettext_lazy("by"))
    def signature(self, comment: Comment) -> str:
        return comment.signature

    @admin.display(description=gettext_lazy("by"))
    def person(self, comment: Comment) -> str:
        """With the address by which somebody is known; readers see only the name."""
        return render_to_string("admin/blog/comment/_writer.html", {"comment": comment})

    @admin.display(description=gettext_lazy("story"))
    def place(self, comment: Comment) -> str:
        return render_to_string("admin/blog/comment/_place.html", {"comment": comment})

    @admin.action(description=gettext_lazy("Show to readers"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        count = self._moderate(request, queryset, Verb.APPROVE)
        text = ngettext("%d response is shown.", "%d responses are shown.", count)
        messages.success(request, text % count)

    @admin.action(description=gettext_lazy("Hide from readers"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        count = self._moderate(request, queryset, Verb.HIDE)
        text = ngettext("%d response is hidden.", "%d responses are hidden.", count)
        messages.success(request, text % count)

    @admin.action(description=gettext_lazy("Mark as spam"), permissions=["change"])
    def mark_spam(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        count = self._moderate(request, queryset, Verb.SPAM)
        text = ngettext("%d response is marked as spam.", "%d responses are marked as spam.", count)
        messages.success(request, text % count)

    def _moderate(self, request: HttpRequest, chosen: Iterable[Comment], verb: Verb) -> int:
        """How many are that way now; what cannot become it stays as it is."""
        done = 0
        for comment in chosen:
            try:
                moderate(comment, verb, by=person_of(request))
            except (Overtaken, ResponseGone):
                continue
            done += 1
        return done

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        self._moderate(request, [obj], Verb.REMOVE)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._moderate(request, queryset, Verb.REMOVE)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Replies stay: nothing but the response itself is named or stands in the way."""
        chosen = [str(comment) for comment in objs]
        return chosen, {gettext_lazy("responses"): len(chosen)}, set(), []
