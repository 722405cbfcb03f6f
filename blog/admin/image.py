"""Pictures in the desk: what is said about them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import pictures
from blog.forms import PictureForm
from blog.models import Image
from blog.views.doors import person_of


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


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin[Image]):
    form = PictureForm
    list_display = ("thumbnail", "__str__", "uploaded_by", "created_at")
    list_display_links = ("thumbnail", "__str__")
    list_filter = (DescribedFilter,)
    list_select_related = ("uploaded_by",)
    list_per_page = 30
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("alt", "caption", "credit_name")
    show_full_result_count = False
    readonly_fields = ("preview", "markdown")
    fields = ("preview", "markdown", *PictureForm.Meta.fields)

    def get_queryset(self, request: HttpRequest) -> Any:
        return Image.objects.owned_by(person_of(request)).order_by("-created_at", "-pk")

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        allowed = super().has_change_permission(request)
        return allowed and (obj is None or obj.can_edit(person_of(request)))

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image: Image) -> str:
        return render_to_string("admin/blog/post/_thumbnail.html", {"image": image})

    @admin.display(description=gettext_lazy("picture"))
    def preview(self, image: Image) -> str:
        return render_to_string("admin/blog/image/_preview.html", {"image": image})

    @admin.display(description=gettext_lazy("in a story’s text"))
    def markdown(self, image: Image) -> str:
        return image.markdown

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
                raise pictures.PictureError(
                    pictures.too_large_sentence(file.size), status=413
                )
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

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        obj.remove()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            self.delete_model(request, image)
