"""One finished page in the forms in which it travels."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import parse_http_date_safe

from blog import codings

Ingredient = tuple[str, int]
Headers = list[tuple[str, str]]

OVERHEAD_BYTES = 3_000
INGREDIENT_BYTES = 150
# All that a 304 says (RFC 9110, 15.4.5): by what caches go. The rest was said with the page.
OF_A_304 = {
    *("Cache-Control", "Content-Location", "ETag", "Expires", "Vary", "Last-Modified"),
    *("CDN-Cache-Control", "Surrogate-Control", "Cache-Tag", "Surrogate-Key", "xkey"),
}
# `frame-ancestors` in the policy says the same to every browser that reads it (CSP level 2).
SAID_TWICE = {"X-Frame-Options", "Content-Length", "Content-Encoding"}


@dataclass(slots=True, eq=False)
class Page:
    """A public page (200). It has the forms that somebody has asked for so far.

    `made_at` is when it was begun, by a clock that only goes on, in seconds; from `good_until` on
    it is another page by itself. `is_behind`: what it counts is no longer so.
    """

    etag: str
    changed_at: int | None
    made_of: frozenset[Ingredient]
    made_at: float
    good_until: datetime | None
    size_bytes: int
    headers: Headers
    headers_of_304: Headers
    forms: dict[str, tuple[Headers, list[bytes]]] = field(default_factory=dict)
    is_behind: bool = False

    @classmethod
    def of(cls, response: HttpResponse, made_at: float, accepted: str) -> Page:
        """The page that `response` is, in the first form that is wanted."""
        headers = [one for one in response.items() if one[0] not in SAID_TWICE]
        recipe = response.recipe  # type: ignore[attr-defined]
        page = cls(
            etag=response.headers["ETag"],
            changed_at=parse_http_date_safe(response.headers.get("Last-Modified", "")),
            made_of=response.made_of,  # type: ignore[attr-defined]
            made_at=made_at,
            good_until=recipe.good_until,
            size_bytes=OVERHEAD_BYTES + INGREDIENT_BYTES * len(recipe.rows),
            headers=headers,
            headers_of_304=[one for one in headers if one[0] in OF_A_304],
        )
        page._add_form(_form_for(accepted, len(response.content)), response.content)
        return page

    @property
    def has_changed_by_itself(self) -> bool:
        return self.good_until is not None and timezone.now() >= self.good_until

    def form_for(self, accepted: str) -> tuple[Headers, list[bytes]]:
        """Headers and body for what a client takes, made now if nobody has taken it yet."""
        coding = codings.choose(accepted, tuple(codings.THOROUGH))
        found = self.forms.get(coding)
        if found is None:
            (known, (_headers, body)) = next(iter(self.forms.items()))
            if known == codings.IDENTITY and len(body[0]) < codings.COMPRESS_FROM_BYTES:
                return _headers, body
            found = self._add_form(coding, codings.EXPAND[known](body[0]))
        return found

    def is_known_to(self, etags: str | None, since: str | None) -> bool:
        """Whether a client has this page, by what its conditions say (RFC 9110, 13.1.2, 13.1.3)."""
        if etags is not None:
            # Quotes and all, so that no part of another one is taken for it; weak or strong is the
            # same here (RFC 9110, 13.1.2).
            return self.etag.removeprefix("W/") in etags or etags.strip() == "*"
        if since is None or self.changed_at is None:
            return False
        known_at = parse_http_date_safe(since)
        return known_at is not None and known_at >= self.changed_at

    def _add_form(self, coding: str, whole: bytes) -> tuple[Headers, list[bytes]]:
        body = codings.THOROUGH[coding](whole) if coding in codings.THOROUGH else whole
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        if coding != codings.IDENTITY:
            headers.append(("Content-Encoding", coding))
        self.forms[coding] = headers, [body]
        self.size_bytes += len(body)
        return self.forms[coding]


def _form_for(accepted: str, length_bytes: int) -> str:
    """The coding for a page of this length."""
    if length_bytes < codings.COMPRESS_FROM_BYTES:
        return codings.IDENTITY
    return codings.choose(accepted, tuple(codings.THOROUGH))
