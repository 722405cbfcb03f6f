"""What the list of stories can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Author
from blog.jinja.escaping import shown
from blog.models import Post, PostTag, Tag
from blog.models.tag import fold

OFFERED_AUTHORS = 200
OFFERED_TAGS = 200
# Dates outside are slips of the keyboard, and no database has to understand them.
YEARS = range(1900, 2200)
USED_LANGUAGES = """
WITH RECURSIVE used(code) AS (
    SELECT MIN(language) FROM blog_post
    UNION ALL
    SELECT (SELECT MIN(language) FROM blog_post WHERE language > used.code)
    FROM used WHERE used.code IS NOT NULL
)
SELECT code FROM used WHERE code IS NOT NULL
"""


class Choice(admin.SimpleListFilter):
    """One of a few; `kind` says how it is offered: as marks, a list or a field with names."""

    kind = "list"

    @property
    def name(self) -> str:
        """The chosen one in words; empty when there is none."""
        chosen = str(self.value() or "")
        names = {str(value): str(label) for value, label in self.lookup_choices}
        return names.get(chosen, chosen)

    @property
    def options(self) -> SafeString:
        """As a list says them. There can be two hundred, which takes a template milliseconds."""
        chosen = self.value()
        return _joined(
            f'<option value="{shown(value)}"{" selected" if value == chosen else ""}>'
            f"{shown(label)}</option>"
            for value, label in self.lookup_choices
        )


class StateFilter(Choice):
    title = gettext_lazy("Status")
    parameter_name = "state"
    kind = "marks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """In the order in which a story goes through them."""
        return [
            ("draft", _("Draft")),
            ("in_review", _("In review")),
            ("changes", _("Changes asked for")),
            ("approved", _("Approved")),
            ("scheduled", _("Scheduled")),
            ("published", _("Published")),
            ("unlisted", _("Unlisted")),
            ("expired", _("Expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self.value()
        return queryset.in_state(state) if state else queryset


class WhoseFilter(Choice):
    """For those who see the stories of others."""

    title = gettext_lazy("Whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        sees_all = request.user.has_perm("blog.edit_any_post")
        return [("mine", _("Mine"))] if sees_all else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "mine":
            return queryset
        return queryset.saved_by(Author.objects.filter(user=request.user.pk))


class AuthorFilter(Choice):
    """For those who see the stories of others."""

    title = gettext_lazy("Author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if not request.user.has_perm("blog.edit_any_post"):
            return []
        told = ("handle", "name")
        authors = list(Author.objects.order_by("name", "pk").values_list(*told)[:OFFERED_AUTHORS])
        chosen = request.GET.get(self.parameter_name or "", "")
        if chosen and all(handle != chosen for handle, _name in authors):
            authors += Author.objects.with_handles([chosen.lower()]).values_list(*told)
        return authors

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        handle = self.value()
        if not handle:
            return queryset
        return queryset.saved_by(Author.objects.with_handles([handle.lower()]))


class TagFilter(Choice):
    """A name that is typed: there can be thousands."""

    title = gettext_lazy("Tag")
    parameter_name = "tag"
    kind = "names"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = Tag.objects.order_by("key").values_list("name", flat=True)[:OFFERED_TAGS]
        return [(name, name) for name in names]

    @property
    def options(self) -> SafeString:
        """As a field with names says them: each by itself."""
        return _joined(
            f'<option value="{shown(value)}"></option>' for value, _label in self.lookup_choices
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        name = " ".join((self.value() or "").split())
        if not name:
            return queryset
        tagged = PostTag.objects.filter(tag__key=fold(name))
        return queryset.filter(pk__in=tagged.values("post_id"))


class LanguageFilter(Choice):
    """Offered once there are stories in several."""

    title = gettext_lazy("Language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        used = _used_languages()
        chosen = request.GET.get(self.parameter_name or "", "")
        names = [(code, _(name)) for code, name in settings.LANGUAGES if code in used]
        return names if len(names) > 1 or chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        language = self.value()
        return queryset.filter(language=language) if language else queryset


class DateFilter(admin.ListFilter):
    """From one day to another, as the days are where the person lives."""

    title = gettext_lazy("Date")
    kind = "days"
    parameters = ("dated", "since", "until")

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        given = {name: params.pop(name, [""])[-1] for name in self.parameters}
        self.is_of_publication = given["dated"] == "published"
        self.since, self.until = _day(given["since"]), _day(given["until"])

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        return iter(())

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    @property
    def name(self) -> str:
        """The span in words; empty when there is none."""
        days = (self.since, self.until)
        since, until = (date_format(day, "j M Y") if day else "" for day in days)
        if since and until:
            span = _("%(since)s to %(until)s") % {"since": since, "until": until}
        elif since:
            span = _("since %s") % since
        elif until:
            span = _("until %s") % until
        else:
            return ""
        words = _("published %s") if self.is_of_publication else _("saved %s")
        return words % span

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        field = "published_at" if self.is_of_publication else "updated_at"
        if self.since:
            queryset = queryset.filter(**{f"{field}__gte": _midnight(self.since)})
        if self.until:
            queryset = queryset.filter(**{f"{field}__lt": _midnight(self.until, days=1)})
        return queryset


def _joined(parts: Iterable[str]) -> SafeString:
    """Parts in which every value is `shown`."""
    return SafeString("".join(parts))


def _used_languages() -> set[str]:
    """Those in which there are stories: one look into the index for each, and no story read."""
    with connection.cursor() as cursor:
        cursor.execute(USED_LANGUAGES)
        return {code for (code,) in cursor.fetchall()}


def _day(typed: str) -> date | None:
    try:
        day = parse_date(typed)
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _midnight(day: date, days: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
