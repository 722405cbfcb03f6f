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
Form = tuple[Headers, list[bytes]]

OVERHEAD_BYTES = 3_000
INGREDIENT_BYTES = 150
# All that a 304 says (RFC 9110, 15.4.5): by what caches go. The rest was said with the page.
OF_A_304 = {
    *("Cache-Control", "Content-Location", "ETag", "Expires", "Vary", "Last-Modified"),
    *("CDN-Cache-Control", "Surrogate-Control", "Cache-Tag", "Surrogate-Key", "xkey"),
}
# Instead of a coding: the form of a page that somebody has already.
UNCHANGED = "304"
# `frame-ancestors` in the policy says the same to every browser that reads it (CSP level 2).
SAID_TWICE = {"X-Frame-Options", "Content-Length", "Content-Encoding"}


@dataclass(slots=True, eq=False)
class Page:
    """A public page (200). It has the forms that somebody has asked for so far.

    What is asked for once is pressed quickly, for the one who waits for it; what is asked for again
    is pressed once more as small as it gets (`codings` has the figures).

    `made_at` is when it was begun, by a clock that only goes on, in seconds; from `good_until` on
    it is another page by itself. `is_behind`: what it counts is no longer so.
    """

    etag: str
    changed_at: int | None
    made_of: frozenset[Ingredient]
    made_at: float
    good_until: datetime | None
    headers: Headers
    headers_of_304: Headers
    forms: dict[str, Form] = field(default_factory=dict)
    is_behind: bool = False
    is_asked_again: bool = False
    # What the store has counted of it.
    counted_bytes: int = 0
    # The head of each form as it is sent, but for its first line and the date.
    heads: dict[str, bytes] = field(default_factory=dict)

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
            headers=headers,
            headers_of_304=[one for one in headers if one[0] in OF_A_304],
        )
        coding, whole = codings.IDENTITY, response.content
        if len(whole) >= codings.COMPRESS_FROM_BYTES:
            coding = codings.choose(accepted, tuple(codings.QUICK))
        press = codings.QUICK.get(coding, bytes)
        page.forms[coding] = page._form(coding, press(whole))
        return page

    @property
    def size_bytes(self) -> int:
        bodies = sum(len(body[0]) for _headers, body in self.forms.values())
        return OVERHEAD_BYTES + INGREDIENT_BYTES * len(self.made_of) + bodies

    @property
    def has_changed_by_itself(self) -> bool:
        return self.good_until is not None and timezone.now() >= self.good_until

    def form_for(self, accepted: str) -> Form:
        """Headers and body for what a client takes, made now if nobody has taken it yet."""
        if not self.is_asked_again:
            return self._first_form(accepted)
        coding = codings.choose(accepted, tuple(codings.THOROUGH))
        return self.forms.get(coding) or self._press(coding)

    def ask_again(self) -> None:
        """From now on it is worth a better press."""
        # Another thread may be giving away the form there was.
        self.forms = {codings.IDENTITY: self._form(codings.IDENTITY, self._whole())}
        # Last: from here on the server's loop remembers the heads of these forms.
        self.is_asked_again = True

    def packed(self, form: str, said: bytes, *, is_head: bool) -> bytes | None:
        """The whole answer as it is sent, after what the server says of itself (`said`).

        None for a form that nobody has asked for yet.
        """
        if form == UNCHANGED:
            head = self.heads.get(form) or self._pack(form, self.headers_of_304)
            return b"".join((b"HTTP/1.1 304 Not Modified\r\n", said, head))
        known = self.forms.get(form)
        if known is None:
            return None
        head = self.heads.get(form) or self._pack(form, known[0])
        body = b"" if is_head else known[1][0]
        return b"".join((b"HTTP/1.1 200 OK\r\n", said, head, body))

    def _pack(self, form: str, headers: Headers) -> bytes:
        self.heads[form] = head = head_of(headers)
        return head

    def _first_form(self, accepted: str) -> Form:
        known, form = next(iter(self.forms.items()))
        if codings.choose(accepted, tuple(codings.QUICK)) == known:
            return form
        return self._form(codings.IDENTITY, self._whole())

    def _press(self, coding: str) -> Form:
        whole = self._whole()
        if coding == codings.IDENTITY or len(whole) < codings.COMPRESS_FROM_BYTES:
            return self._form(codings.IDENTITY, whole)
        form = self._form(coding, codings.THOROUGH[coding](whole))
        # Plain, it is not kept any longer: it can be had from any other form.
        others = {name: one for name, one in self.forms.items() if name != codings.IDENTITY}
        self.forms = {**others, coding: form}
        return form

    def _whole(self) -> bytes:
        coding, (_headers, body) = next(iter(self.forms.items()))
        return codings.EXPAND[coding](body[0])

    def _form(self, coding: str, body: bytes) -> Form:
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        if coding != codings.IDENTITY:
            headers.append(("Content-Encoding", coding))
        return headers, [body]

    def is_known_to(self, etags: str | None, since: str | None) -> bool:
        """Whether a client has this page, by what its conditions say (RFC 9110, 13.1.2, 13.1.3)."""
        if etags == self.etag:
            return True
        if etags is not None:
            # Quotes and all, so that no part of another one is taken for it; weak or strong is the
            # same here (RFC 9110, 13.1.2).
            return self.etag.removeprefix("W/") in etags or etags.strip() == "*"
        if since is None or self.changed_at is None:
            return False
        known_at = parse_http_date_safe(since)
        return known_at is not None and known_at >= self.changed_at


def head_of(headers: Headers) -> bytes:
    """Below the first line, as it is sent; but for what a server says of itself."""
    lines = [f"{name.lower()}: {value}\r\n" for name, value in headers]
    return "".join([*lines, "\r\n"]).encode("latin-1")
