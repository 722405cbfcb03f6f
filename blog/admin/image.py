"""Pictures in the desk: what is said about them, where they are used, and how they go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog import pictures
from blog.forms import PictureForm
from blog.models import Image, Post
from blog.unused import UNUSED_FOR, remove, unused
from blog.views.doors import person_of

LISTED_STORIES = 20
WORDS = tuple(name for name in PictureForm.Meta.fields if not name.startswith("focus_"))


class UploadForm(forms.Form):
    image = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={"required": gettext_lazy("Choose a picture first.")},
    )


class DescribedFilter(admin.SimpleListFilter):
    title = gettext_lazy("description")
    parameter_name = "described"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", _("Without"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        return queryset.filter(alt="", is_decorative=False) if self.value() else queryset


class UseFilter(admin.SimpleListFilter):
    title = gettext_lazy("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        nowhere = ngettext(
            "Used nowhere for %(days)d day", "Used nowhere for %(days)d days", UNUSED_FOR.days
        )
        return [("none", nowhere % {"days": UNUSED_FOR.days})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        return queryset.filter(pk__in=unused().values("pk")) if self.value() else queryset


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin[Image]):
    form = PictureForm
    change_form_template = "admin/blog/image/change_form.html"
    delete_confirmation_template = "admin/blog/image/delete_confirmation.html"
    list_display = ("thumbnail", "headline", "use", "uploaded_by", "created_at")
    list_display_links = ("headline",)
    list_filter = (UseFilter, DescribedFilter)
    list_select_related = ("uploaded_by",)
    list_per_page = 30
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("alt", "caption", "credit_name", "credit_agency", "file_name")
    search_help_text = gettext_lazy("Words, credits and file names")
    show_full_result_count = False
    actions = ("remove_unused",)
    readonly_fields = ("facts", "markdown")
    fieldsets = (
        (None, {"fields": ("focus_x", "focus_y"), "classes": ("focal-fields",)}),
        (None, {"fields": (*WORDS, "facts", "markdown")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        found = Image.objects.owned_by(person_of(request)).with_use()
        return found.order_by("-created_at", "-pk")

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        allowed = super().has_change_permission(request)
        return allowed and (obj is None or obj.can_edit(person_of(request)))

    # What the list and the page show.

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image: Image) -> str:
        return render_to_string("admin/blog/post/_thumbnail.html", {"image": image})

    @admin.display(description=gettext_lazy("words"), ordering="alt")
    def headline(self, image: Image) -> str:
        return render_to_string("admin/blog/image/_headline.html", {"image": image})

    @admin.display(description=gettext_lazy("use"))
    def use(self, image: Any) -> str:
        return render_to_string("admin/blog/image/_use.html", {"image": image})

    @admin.display(description=gettext_lazy("file"))
    def facts(self, image: Image) -> str:
        return render_to_string("admin/blog/image/_facts.html", {"image": image})

    @admin.display(description=gettext_lazy("in a story’s text"))
    def markdown(self, image: Image) -> str:
        return image.markdown

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        image: Image | None = kwargs.get("obj")
        if image:
            context |= {**_use_of(image, request), "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    # Adding one.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Encoding a picture takes seconds: it happens outside the admin's transaction."""
        if not self.has_add_permission(request):
            return self.admin_site.login(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method != "POST":
            return self._ask(request, UploadForm())
        if not form.is_valid():
            return self._ask(request, form, status=400)
        file = form.cleaned_data["image"]
        try:
            if file.size > pictures.MAX_UPLOAD_BYTES:
                raise pictures.PictureError(pictures.too_large_sentence(file.size), status=413)
            name = pictures.plain_name(file.name or "")
            image = Image.objects.upload(file.read(), by=person_of(request), file_name=name)
        except pictures.PictureError as error:
            form.add_error("image", str(error))
            return self._ask(request, form, status=error.status)
        messages.success(request, _("The picture is here. Say what it shows."))
        return HttpResponseRedirect(reverse("admin:blog_image_change", args=[image.pk]))

    def _ask(self, request: HttpRequest, form: UploadForm, status: int = 200) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add a picture"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/blog/image/add.html", context, status=status)

    # Taking some away.

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """What is in use goes from its own page only, which says what that means."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(
        description=gettext_lazy("Remove those that are used nowhere…"), permissions=["delete"]
    )
    def remove_unused(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        going = list(unused().filter(pk__in=queryset.values("pk")).order_by("-pk"))
        if not going:
            text = _("Nothing to remove: each is in use, or was until less than %d days ago.")
            messages.warning(request, text % UNUSED_FOR.days)
            return None
        if request.POST.get("post") != "yes":
            context = {
                **self.admin_site.each_context(request),
                "title": _("Remove pictures that are used nowhere?"),
                "opts": self.opts,
                "images": going,
                "size": filesizeformat(sum(image.byte_count for image in going)),
                "staying_count": queryset.count() - len(going),
                "days": UNUSED_FOR.days,
            }
            return render(request, "admin/blog/image/remove_unused.html", context)
        removal = remove([image.pk for image in going])
        text = ngettext(
            "%(count)d picture is gone for good, and %(size)s are free.",
            "%(count)d pictures are gone for good, and %(size)s are free.",
            removal.count,
        )
        size = filesizeformat(removal.byte_count)
        messages.success(request, text % {"count": removal.count, "size": size})
        return None

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        image = self.get_object(request, object_id)
        use = _use_of(image, request) if image else {}
        return super().delete_view(request, object_id, {**(extra_context or {}), **use})

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        obj.remove()


def _use_of(image: Image, request: HttpRequest) -> dict[str, Any]:
    """The stories that show a picture, or that it leads: those that this person may know of."""
    user, using = person_of(request), Post.objects.with_picture(image)
    known = list(using.known_to(user).light().order_by("-updated_at")[:LISTED_STORIES])
    own = set(using.editable_by(user).values_list("pk", flat=True))
    return {
        "image": image,
        "stories": [(story, story.pk in own) for story in known],
        "more_count": using.count() - len(known),
    }
