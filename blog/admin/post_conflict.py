"""Two texts of one story, side by side: what only the one says, and what only the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _

from accounts.limits import Limit
from accounts.models import User
from blog import diff, markdown
from blog.admin.scripts import for_writers, refusal
from blog.models import Post, WorkingCopy
from blog.models.revision import TEXT_FIELDS
from blog.views.doors import person_of

Text = Mapping[str, str]

# A comparison is asked for by a press, or by a page that is opened.
COMPARISONS = Limit("comparisons", times=300, per_seconds=600)


@dataclass(frozen=True)
class Difference:
    """One field in both texts, word by word."""

    name: str
    pieces: list[diff.Piece]

    @property
    def is_the_same(self) -> bool:
        return all(piece.kind == "same" for piece in self.pieces)


@dataclass(frozen=True)
class Conflict:
    """What was saved while somebody wrote, beside what they wrote."""

    story: Post
    theirs: Post | WorkingCopy
    by: User | None
    at: datetime
    differences: list[Difference]

    @classmethod
    def with_(cls, story: Post, mine: Text) -> Conflict:
        """`story` is the row as it stands now."""
        theirs = WorkingCopy.of(story) or story
        last = story.revisions.select_related("by").order_by("-created_at", "-pk").first()
        return cls(
            story=story,
            theirs=theirs,
            by=last.by if last else None,
            at=theirs.updated_at,
            differences=differences(text_of(theirs), mine),
        )

    @property
    def version(self) -> int:
        return self.story.version

    @property
    def has_one_text(self) -> bool:
        """Whether only what stands beside the text differs."""
        return all(difference.is_the_same for difference in self.differences)


def conflict_urls(model_admin: Any) -> list[Any]:
    """The address that compares two texts, for a page that has kept one of them."""
    compared = for_writers(comparison)
    return [path("comparison/", compared, name="blog_post_comparison")]


def comparison(request: HttpRequest) -> HttpResponse:
    """What stands in the form (`stands-…`) and what the browser kept (`kept-…`), compared."""
    if not COMPARISONS.allows(request):
        return refusal(_("That was a lot at once. Wait a few minutes, then go on."), 429)
    stands, kept = (typed_text(request.POST, f"{side}-") for side in ("stands", "kept"))
    if max(len(text["source"].encode()) for text in (stands, kept)) > markdown.MAX_SOURCE_BYTES:
        return refusal(_("These texts are too long to be compared."), 413)
    context = {"differences": differences(stands, kept)}
    html = render_to_string("admin/blog/post/_kept_difference.html", context, request)
    return JsonResponse({"html": html})


def set_aside(request: HttpRequest, story: Post) -> HttpResponse:
    """Go on with the other text. The one that was typed here stays among the revisions."""
    story.set_aside(storable(typed_text(request.POST)), by=person_of(request))
    return HttpResponseRedirect(reverse("admin:blog_post_change", args=[story.pk]))


def differences(theirs: Text, mine: Text) -> list[Difference]:
    return [
        Difference(name, diff.shorten(diff.compare(theirs[name], mine[name])))
        for name in TEXT_FIELDS
        if theirs[name] or mine[name]
    ]


def text_of(written: Any) -> dict[str, str]:
    return {name: getattr(written, name) for name in TEXT_FIELDS}


def typed_text(sent: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The text of a form as it would be stored, whether or not it is well formed."""
    text = {name: str(sent.get(prefix + name, "")) for name in TEXT_FIELDS}
    source = text["source"].replace("\r\n", "\n")
    return {name: " ".join(value.split()) for name, value in text.items()} | {"source": source}


def storable(text: Text) -> dict[str, str]:
    """Cut to what the columns hold, and without the character that no database takes."""
    limits = {name: getattr(Post._meta.get_field(name), "max_length", None) for name in TEXT_FIELDS}
    return {name: value.replace("\0", "")[: limits[name]] for name, value in text.items()}
