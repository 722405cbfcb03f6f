"""Stories in the desk: the list, and the page on which they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.admin.how_to_write import how_to_write_urls
from blog.admin.post_autosave import autosave_urls
from blog.admin.post_conflict import conflict_urls, set_aside
from blog.admin.post_form import BOOKKEEPING, PostForm
from blog.admin.post_inbox import inbox_urls
from blog.admin.post_list import PostList
from blog.admin.post_notes import note_urls
from blog.admin.post_presence import presence_urls
from blog.admin.post_publication import publication_urls
from blog.admin.post_review import press, pressed, review_context, review_urls
from blog.admin.post_revisions import revision_urls
from blog.admin.post_sharing import sharing_urls
from blog.admin.post_translations import translation_urls, translations_context
from blog.admin.post_working_copy import working_copy_urls
from blog.admin.scripts import script_urls, story_at
from blog.caching import reader_of
from blog.models import AddressTaken, Comment, Post
from blog.views.doors import person_of
from blog.views.errors import keep_form

TEXT = ("title", "subtitle", "source")
PANEL = (
    "lead_image",
    "tag_names",
    "slug",
    "summary",
    "language",
    "responses_open",
    "response_hold",
    "responses_close_after_days",
    "offers_markdown",
)
OF_READERS = ("shows_highlights",)
OF_SERIES = ("series_title", "part")
OF_TRANSLATIONS = ("original_name",)
OF_PUBLISHERS = ("canonical_url", "shows_changes")
# Each time somebody else must have been quicker by a moment.
TIMES_TO_LOOK = 9
# What the button says that stood there as "Save draft": its page knew of no readers.
BEFORE_READERS_CAME = "1"
OF_LIVE = ("is_minor", "note")
OF_EDITORS = ("author_names", "is_pinned")


@admin.register(Post)
class PostAdmin(PostList):
    form = PostForm
    change_form_template = "admin/blog/post/change_form.html"
    view_on_site = False

    # Who may.

    def has_view_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is None:
            return super().has_view_permission(request)
        return obj.can_edit(person_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return obj.can_edit(person_of(request))

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is None:
            return super().has_delete_permission(request)
        return obj.can_delete(person_of(request))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Post:
        """Another's draft and a story that is not there look the same: 404."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404(_("There is no story at this address."))
        return found

    # The page.

    def get_urls(self) -> list[Any]:
        """The two pages on which somebody types for hours keep the text when the session ended."""
        return [
            path("add/", self._kept(self.add_view), name="blog_post_add"),
            path("<path:object_id>/change/", self._kept(self.change_view), name="blog_post_change"),
            *inbox_urls(self),
            *review_urls(self),
            *note_urls(self),
            *how_to_write_urls(self),
            *autosave_urls(self),
            *conflict_urls(self),
            *presence_urls(self),
            *script_urls(),
            *revision_urls(self),
            *working_copy_urls(self),
            *publication_urls(self),
            *sharing_urls(self),
            *translation_urls(self),
            *super().get_urls(),
        ]

    def _kept(self, view: Any) -> Any:
        guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(view)

        def kept(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and reader_of(request) is None:
                return keep_form(request, signed_out=True)
            try:
                return guarded(request, **kwargs)
            except (Http404, PermissionDenied) as error:
                if request.method != "POST" or not request.POST.get("source"):
                    raise
                typed = {field: request.POST.get(field, "") for field in (*TEXT, "language")}
                is_there = isinstance(error, PermissionDenied)
                context = {**typed, "is_there": is_there}
                status = 403 if is_there else 404
                return render(request, "admin/blog/post/lost.html", context, status=status)

        return kept

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        fields = [*BOOKKEEPING, "step_note", *TEXT, *PANEL, *OF_READERS]
        fields += [*OF_SERIES, *OF_TRANSLATIONS]
        if obj and obj.is_live:
            fields += OF_LIVE
        user = person_of(request)
        if user.has_perm("blog.publish_post"):
            fields += OF_PUBLISHERS
        if user.has_perm("blog.edit_any_post"):
            fields += OF_EDITORS
        return [(None, {"fields": fields})]

    def get_form(
        self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        fields = self.get_fieldsets(request, obj)[0][1]["fields"]
        # Django leaves out what is not listed only where the model has the field: a field of
        # the form's own would be offered, and obeyed, all the same.
        absent = {name: None for name in PostForm.declared_fields if name not in fields}
        return type(made.__name__, (made,), {"user": person_of(request), **absent})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form: PostForm = context["adminform"].form
        story: Post | None = kwargs.get("obj")
        context |= {
            "story": story,
            "may_publish": request.user.has_perm("blog.publish_post"),
            "now": timezone.now(),
            **review_context(person_of(request), story),
            **translations_context(person_of(request), story),
        }
        response = super().render_change_form(request, context, *args, **kwargs)
        if form.is_bound:
            response.status_code = form.status
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if "_theirs" in request.POST:
            return set_aside(request, story_at(self, request, object_id))
        return super().change_view(request, object_id, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """When somebody took the address after the form had found it free, the form looks again."""
        for _time in range(TIMES_TO_LOOK):
            try:
                return super().changeform_view(request, *args, **kwargs)
            except AddressTaken:
                continue
        return super().changeform_view(request, *args, **kwargs)

    # What the buttons do.

    def save_model(self, request: HttpRequest, obj: Post, form: PostForm, change: bool) -> None:
        """Save what was typed; then do what the pressed button says."""
        typed = form.cleaned_data
        version = {
            "only_if_version": typed["base_version"],
            "key": typed["page_key"],
            "is_apart": form.is_settled,
        }
        if "_preview" in request.POST and obj.status == Post.Status.PUBLISHED:
            # To look at it is not to bring it before readers.
            obj.keep_working_copy(form.typed(), by=person_of(request), **version)
            return
        if request.POST.get("_save") == BEFORE_READERS_CAME and obj.is_live:
            obj.keep_working_copy(form.typed(), by=person_of(request), **version)
            text = _(
                "This story has come before readers meanwhile. What you wrote is kept, and waits "
                "for Update."
            )
            messages.warning(request, text)
            return
        for picture in form.picture_forms:
            if picture.is_bound and picture.has_changed():
                picture.save()
        obj.write(
            by=person_of(request),
            is_minor=typed.get("is_minor", False),
            note=typed.get("note", ""),
            **version,
        )
        if unsaved := form.save_beside(obj):
            messages.warning(request, unsaved)
        if pressed(request.POST):
            press(request, obj, typed["step_note"])
        else:
            self._say_saved(request, obj)

    def _say_saved(self, request: HttpRequest, post: Post) -> None:
        if post.is_changed_after_approval:
            messages.success(request, _("Saved. The editors look at it once more."))
        elif post.is_live:
            messages.success(request, _("Updated. Readers see the new version."))
        else:
            messages.success(request, _("Saved."))

    @staticmethod
    def _leads_to_publication(request: HttpRequest, post: Post) -> bool:
        return "_publication" in request.POST and post.can_publish(person_of(request))

    def response_add(
        self, request: HttpRequest, obj: Post, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._onward(request, obj)

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        return self._onward(request, obj)

    def _onward(self, request: HttpRequest, post: Post) -> HttpResponse:
        """After saving one goes on writing; two buttons lead to another page."""
        if "_preview" in request.POST:
            return HttpResponseRedirect(reverse("blog:preview", args=[post.pk]))
        if self._leads_to_publication(request, post):
            return HttpResponseRedirect(reverse("admin:blog_post_publication", args=[post.pk]))
        return HttpResponseRedirect(reverse("admin:blog_post_change", args=[post.pk]))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete a story may delete what hangs from it: counted, not listed."""
        stories = list(objs)
        responses = Comment.objects.filter(post__in=stories).count()
        counts = {Post._meta.verbose_name_plural: len(stories)}
        if responses:
            counts[Comment._meta.verbose_name_plural] = responses
        refused = {
            str(story) for story in stories if not self.has_delete_permission(request, story)
        }
        return [str(story) for story in stories], counts, refused, []

    def delete_model(self, request: HttpRequest, obj: Post) -> None:
        obj.delete()
