"""The list of stories in the desk: what it shows, in which order, and how one finds in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import search
from blog.admin.post_actions import PostActions
from blog.admin.post_filters import (
    AuthorFilter,
    Choice,
    DateFilter,
    LanguageFilter,
    StateFilter,
    TagFilter,
    WhoseFilter,
)
from blog.admin.post_orders import NEWEST_SAVED, ORDERS, PLACES, Run, page_of_keys, runs_of
from blog.models import Post
from blog.models.post import with_bylines
from blog.views.doors import person_of

STORIES_A_PAGE = 30
# Nobody reads further than that; counting all would read all.
MAX_COUNTED = 1_000
COLUMNS = (
    ("title", gettext_lazy("Story")),
    ("state", gettext_lazy("Status")),
    ("-published", gettext_lazy("Published")),
    ("-saved", gettext_lazy("Saved")),
    ("-claps", gettext_lazy("Claps")),
    ("-responses", gettext_lazy("Responses")),
)
SORTS = (
    ("-saved", gettext_lazy("Last saved")),
    ("saved", gettext_lazy("Longest untouched")),
    ("-published", gettext_lazy("Newest")),
    ("published", gettext_lazy("Oldest")),
    ("title", gettext_lazy("Title")),
    ("state", gettext_lazy("Status")),
    ("-claps", gettext_lazy("Most claps")),
    ("-responses", gettext_lazy("Most responses")),
)
BEST = "best"


@dataclass(frozen=True)
class Column:
    """The head of a column, which sorts by it."""

    key: str
    label: Any
    url: str
    direction: str


@dataclass(frozen=True)
class Chip:
    """Something the list is narrowed to, and the way back."""

    label: str
    url: str


class StoryList(ChangeList):
    """Django's list with orders that have names, read by key: no row is counted or passed over."""

    is_cut: bool
    newer_url: str
    older_url: str

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """A place in the list is no filter, and no way to another list has it."""
        for name in PLACES:
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_queryset(request, exclude_parameters)

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """None yet: each run of the list has its own."""
        return []

    def get_results(self, request: HttpRequest) -> None:
        """Find the page's keys first: to sort whole rows, SQLite reads every text."""
        page = page_of_keys(self.queryset, self._runs, request.GET, size=self.list_per_page)
        posts = Post.objects.light().filter(pk__in=page.keys)
        rows = {post.pk: post for post in with_bylines(posts)}
        self.result_list = [rows[pk] for pk in page.keys if pk in rows]
        counted = self.queryset.count_to(MAX_COUNTED + 1)
        self.is_cut, self.result_count = counted > MAX_COUNTED, min(counted, MAX_COUNTED)
        self.newer_url = self._page_url(page.before)
        self.older_url = self._page_url(page.after)
        self.multi_page = bool(self.newer_url or self.older_url)
        self.full_result_count, self.show_full_result_count = None, False
        self.can_show_all = self.show_admin_actions = False

    @property
    def _runs(self) -> list[Run]:
        if self.order == BEST:
            named = search.named(self.query)
            return [Run(named, NEWEST_SAVED), Run(~named, NEWEST_SAVED)]
        return runs_of(self.order, saved=self.queryset.saved_keys)

    @property
    def order(self) -> str:
        asked: str = self.params.get(ORDER_VAR, "")
        return asked if asked.removeprefix("-") in ORDERS else self._default_order

    @property
    def _default_order(self) -> str:
        """Whoever searches finds the best first, until they choose another order."""
        return BEST if self.query.strip() else "-saved"

    @property
    def columns(self) -> list[Column]:
        return [self._column(first, label) for first, label in COLUMNS]

    @property
    def chips(self) -> list[Chip]:
        """What the list is narrowed to: the search first."""
        chips = []
        if self.query:
            chips.append(Chip(f"“{self.query}”", self.get_query_string(remove=[SEARCH_VAR])))
        return chips + self.filter_chips

    @property
    def filter_chips(self) -> list[Chip]:
        specs = [spec for spec in cast("list[Choice | DateFilter]", self.filter_specs) if spec.name]
        return [
            Chip(
                f"{spec.title}: {spec.name}",
                self.get_query_string(remove=[name for name in spec.expected_parameters() if name]),
            )
            for spec in specs
        ]

    @property
    def sorts(self) -> list[tuple[str, Any, bool]]:
        """What can be chosen: value, label, whether it is. The usual one has no value, so that it
        is not a choice that holds when somebody searches next."""
        offered = [*([(BEST, _("Best match"))] if self._default_order == BEST else []), *SORTS]
        return [
            ("" if key == self._default_order else key, label, key == self.order)
            for key, label in offered
        ]

    def _page_url(self, place: dict[str, str] | None) -> str:
        return "" if place is None else self.get_query_string(place)

    def _column(self, first: str, label: Any) -> Column:
        key = first.removeprefix("-")
        is_sorted = self.order.removeprefix("-") == key
        other = self.order.removeprefix("-") if self.order.startswith("-") else f"-{self.order}"
        url = self.get_query_string({ORDER_VAR: other if is_sorted else first})
        direction = "descending" if self.order.startswith("-") else "ascending"
        return Column(key, label, url, direction if is_sorted else "")


class PostList(PostActions):
    """The half of the admin that lists."""

    change_list_template = "admin/blog/post/change_list.html"
    list_filter = (StateFilter, WhoseFilter, AuthorFilter, TagFilter, LanguageFilter, DateFilter)
    list_per_page = STORIES_A_PAGE
    list_max_show_all = 0
    show_full_result_count = False
    # Django offers its search only where it is told of fields; ours knows all.
    search_fields = ("title",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StoryList

    def get_queryset(self, request: HttpRequest) -> Any:
        person = person_of(request)
        if self._is_list(request):
            return Post.objects.in_desk_list_of(person)
        posts = Post.objects.in_desk_of(person)
        return posts.select_related("working_copy").order_by("-updated_at", "-pk")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return search.matching(queryset, search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            return self.act(request)
        context = {
            "actions": self.actions_of(person_of(request)),
            "may_publish": request.user.has_perm("blog.publish_post"),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @staticmethod
    def _is_list(request: HttpRequest) -> bool:
        match = request.resolver_match
        return bool(match and match.url_name == "blog_post_changelist")
