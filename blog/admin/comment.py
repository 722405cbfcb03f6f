"""Responses in the desk, for those who moderate."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, ngettext

from blog.models import Comment

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
    actions = ("hide", "show")
    fields = ("place", "person", "source", "status", "created_at")
    readonly_fields = fields

    def view_on_site(self, comment: Comment) -> str:
        return comment.get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return Comment.objects.select_related("author", "guest", "post").order_by(
            "-created_at", "-pk"
        )

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

    @admin.action(description=gettext_lazy("Hide from readers"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        for comment in queryset:
            comment.hide()
        text = ngettext("%d response is hidden.", "%d responses are hidden.", len(queryset))
        messages.success(request, text % len(queryset))

    @admin.action(description=gettext_lazy("Show to readers"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        for comment in queryset:
            if not comment.show():
                comment.approve()
        text = ngettext("%d response is shown.", "%d responses are shown.", len(queryset))
        messages.success(request, text % len(queryset))

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        obj.remove()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        for comment in queryset:
            comment.remove()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Replies stay: nothing but the response itself is named or stands in the way."""
        chosen = [str(comment) for comment in objs]
        return chosen, {gettext_lazy("responses"): len(chosen)}, set(), []
