"""A writer's earlier pictures: looked through in a dialog, and told to the page that takes one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from blog.caching import reader_of
from blog.forms import PictureForm
from blog.keyset import MAX_ID
from blog.models import Image

PICTURES_PER_PAGE = 24
MAX_QUERY_CHARS = 100

Shelf = Callable[..., HttpResponse]


def _for_writers(view: Shelf) -> Shelf:
    @require_safe
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user = reader_of(request)
        if user is None:
            text = _("You have been signed out. Sign in in another tab, then try again.")
            return JsonResponse({"error": text}, status=403)
        if not (user.is_staff and user.has_perm("blog.add_image")):
            return JsonResponse({"error": _("You may not write here.")}, status=403)
        return view(request, user, **kwargs)

    return guarded


@_for_writers
def library(request: HttpRequest, user: User) -> HttpResponse:
    """Some of the pictures that `user` may use, the newest first, and the way to older ones."""
    words = request.GET.get("q", "").replace("\0", "")[:MAX_QUERY_CHARS]
    found = Image.objects.usable_by(user).matching(words)
    # By key, which is the order in which they came; of a whole publication's pictures, too.
    found = found.filter(pk__lt=_place(request.GET.get("older", ""))).order_by("-pk")
    rows = list(found[: PICTURES_PER_PAGE + 1])
    shown = rows[:PICTURES_PER_PAGE]
    older = {"q": words, "older": shown[-1].pk} if len(rows) > len(shown) else None
    return JsonResponse(
        {
            "rows": render_to_string("admin/blog/post/_library_rows.html", {"images": shown}),
            "count": len(shown),
            "older_url": f"{request.path}?{urlencode(older)}" if older else "",
        }
    )


@_for_writers
def picture(request: HttpRequest, user: User, *, pk: int) -> HttpResponse:
    """What the writing page has to know of one picture that was chosen."""
    image = Image.objects.usable_by(user).filter(pk=min(pk, MAX_ID)).first()
    if image is None:
        return JsonResponse({"error": _("This picture is not there any more.")}, status=404)
    return JsonResponse(told(image, user))


def told(image: Image, user: User) -> dict[str, Any]:
    """`image_code` is its Markdown, `row` its fields for the panel, `choice` its place as lead.

    `row` is empty where the words on it are not theirs to change.
    """
    form = PictureForm.beside_story(image) if image.can_edit(user) else None
    row = render_to_string("admin/blog/post/_picture.html", {"picture": form}) if form else ""
    return {
        "image_code": image.markdown,
        "token": image.token,
        "pk": image.pk,
        "row": row,
        "choice": render_to_string("admin/blog/post/_lead_choice.html", {"image": image}),
    }


def _place(older: str) -> int:
    """The key before which to look on. Raises `Http404`."""
    if not older:
        return MAX_ID
    if not (older.isascii() and older.isdecimal() and len(older) < len(str(MAX_ID))):
        raise Http404(_("There is no such page."))
    return int(older)
