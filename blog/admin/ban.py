"""Bans in the desk: who is kept out, until when, and lists of them from and to elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import ban_list
from accounts.models import Ban, User
from accounts.models.ban import MAX_REASON_CHARS, NotBannable, Unsure
from blog.admin.post_form import MomentField
from blog.admin.widgets import LocalMoment
from blog.templatetags.longhand import desk_date
from blog.views.doors import person_of

SHOWN_LINES = 100


class BanForm(forms.Form):
    """One field for all three: an account, addresses and a domain look different."""

    whom = forms.CharField(
        label=gettext_lazy("Whom"),
        max_length=300,
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy(
            "The e-mail address of an account, addresses of the internet (192.0.2.7 or "
            "192.0.2.0/24), or an e-mail domain (@example.org)."
        ),
        error_messages={"required": gettext_lazy("Say whom.")},
    )
    until = MomentField(
        label=gettext_lazy("Until when"),
        required=False,
        widget=LocalMoment,
        help_text=gettext_lazy("Left empty, it is for good; you can end it at any time."),
    )
    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON_CHARS,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("The person reads it when they try to respond."),
    )
    is_sure = forms.BooleanField(label=gettext_lazy("Yes, keep all of them out"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.doubt = ""

    def clean_whom(self) -> dict[str, Any]:
        """Which of the three it is."""
        text = str(self.cleaned_data["whom"])
        name, at, domain = text.rpartition("@")
        if name:
            user = User.objects.filter(email__iexact=text).first()
            if user is None:
                raise ValidationError(self._stranger(text, domain))
            return {"user": user}
        looks_numeric = ":" in text or "/" in text or text.replace(".", "").isdigit()
        return {"address": text} if looks_numeric and not at else {"domain": domain}

    def ban(self, *, by: User) -> Ban | None:
        """Do it, or say in the form why not."""
        typed = {**self.cleaned_data}
        try:
            made: Ban = Ban.objects.ban(by=by, **typed.pop("whom"), **typed)
        except Unsure as doubt:
            self.doubt = str(doubt)
            self.add_error("is_sure", self.doubt)
        except NotBannable as error:
            self.add_error("whom", str(error))
        else:
            return made
        return None

    @staticmethod
    def _stranger(email: str, domain: str) -> str:
        text = _(
            "Nobody has an account with “%(email)s”. Of guests, ban the addresses they write from, "
            "or everybody at @%(domain)s."
        )
        return text % {"email": email, "domain": domain}


class ListForm(forms.Form):
    """A list as a file, or as text that was looked at already."""

    file = forms.FileField(
        label=gettext_lazy("List"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file:
            cleaned["text"] = self._read(file)
        elif not cleaned.get("text"):
            self.add_error("file", _("Choose a list first."))
        return cleaned

    def _read(self, file: Any) -> str:
        if file.size > ban_list.MAX_BYTES:
            limit = ban_list.MAX_BYTES // 1024
            self.add_error("file", _("This list is too long: %d KB are the most.") % limit)
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("This is no table of text. Save it as CSV, in UTF-8."))
            return ""


class ForceFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", _("In force")), ("over", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "now":
            return queryset.in_force()
        return queryset.over() if self.value() == "over" else queryset


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("account", _("Accounts")),
            ("address", _("Addresses")),
            ("domain", _("E-mail domains")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ban]) -> QuerySet[Ban]:
        if self.value() == "account":
            return queryset.filter(user__isnull=False)
        if self.value() == "address":
            return queryset.exclude(network="")
        return queryset.exclude(domain="") if self.value() == "domain" else queryset


@admin.register(Ban)
class BanAdmin(admin.ModelAdmin[Ban]):
    list_display = ("target", "reason", "since", "until", "by")
    list_display_links = None
    list_filter = (ForceFilter, KindFilter)
    list_select_related = ("user", "by")
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("user__name", "user__email", "network", "domain", "reason")
    search_help_text = gettext_lazy("Names, addresses, domains and reasons")
    actions = ("end",)
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_urls(self) -> list[Any]:
        guard = self.admin_site.admin_view
        return [
            path("list.csv", guard(require_safe(self.export)), name="accounts_ban_export"),
            path(
                "import/",
                guard(require_http_methods(["GET", "HEAD", "POST"])(self.import_list)),
                name="accounts_ban_import",
            ),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A ban is ended, not rewritten: what was done stays readable."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("accounts.change_ban")

    @admin.display(description=gettext_lazy("whom"))
    def target(self, ban: Ban) -> str:
        return f"{ban.user.signature} <{ban.user.email}>" if ban.user else ban.target

    @admin.display(description=gettext_lazy("since"), ordering="begins_at")
    def since(self, ban: Ban) -> str:
        return desk_date(ban.begins_at)

    @admin.display(description=gettext_lazy("until"), ordering="ends_at")
    def until(self, ban: Ban) -> str:
        if ban.ends_at is None:
            return _("for good")
        said = desk_date(ban.ends_at)
        return said if ban.is_in_force else _("over, %(when)s") % {"when": said}

    @admin.action(description=gettext_lazy("Let them respond again"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Ban]) -> None:
        ended = list(queryset)
        for ban in ended:
            ban.end()
            self.log_change(request, ban, _("Ended."))
        text = ngettext("%d ban is over.", "%d bans are over.", len(ended))
        messages.success(request, text % len(ended))
        for ban in ended:
            if Ban.objects.in_force().like(ban).exists():
                said = _("Another ban of %(whom)s is still in force.")
                messages.warning(request, said % {"whom": ban.target})

    # Adding one.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            form = BanForm(initial={"whom": request.GET.get("whom", "")})
            return self._page(request, "add", _("Keep somebody out"), form=form)
        form = BanForm(request.POST)
        made = form.ban(by=person_of(request)) if form.is_valid() else None
        if made is None:
            return self._page(request, "add", _("Keep somebody out"), form=form, status=400)
        self.log_addition(request, made, [{"added": {}}])
        messages.success(request, _("%(whom)s cannot respond now.") % {"whom": made})
        return HttpResponseRedirect(reverse("admin:accounts_ban_changelist"))

    # Lists.

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """What is in force, as a table; with it go the addresses of accounts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        bans = Ban.objects.in_force().select_related("user").order_by("pk")
        lines = ban_list.write(bans.iterator())
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        day = timezone.localdate().isoformat()
        answer.headers["Content-Disposition"] = f'attachment; filename="bans-{day}.csv"'
        return answer

    def import_list(self, request: HttpRequest) -> HttpResponse:
        """Say first what would happen (POST of a file), then do it (POST with `_do`)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        title = _("Take over a list of bans")
        if request.method != "POST":
            return self._page(request, "import", title, form=ListForm())
        form = ListForm(request.POST, request.FILES)
        found = None
        if form.is_valid():
            try:
                found = ban_list.read(form.cleaned_data["text"], by=person_of(request))
            except ban_list.UnreadableList as error:
                form.add_error("file", str(error))
        if found is None:
            return self._page(request, "import", title, form=form, status=400)
        if "_do" in request.POST:
            count = found.do(by=person_of(request))
            text = ngettext("%d ban was added.", "%d bans were added.", count)
            messages.success(request, text % count)
            return HttpResponseRedirect(reverse("admin:accounts_ban_changelist"))
        shown = {"found": found, "text": form.cleaned_data["text"], "most": SHOWN_LINES}
        return self._page(request, "import", title, form=ListForm(), **shown)

    def _page(
        self, request: HttpRequest, name: str, title: str, *, status: int = 200, **more: Any
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "columns": ",".join(ban_list.COLUMNS),
            **more,
        }
        return TemplateResponse(request, f"admin/accounts/ban/{name}.html", context, status=status)
