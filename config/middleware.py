"""What happens to every request: policy headers, shared pages, the language, the reader's clock."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from accounts.ingredients import collecting
from blog.caching import is_personal, reader_of, remember_act, share
from blog.health import VITAL, findings
from blog.models import Publication
from blog.views.errors import too_much

DESK = "/admin/"
HEALTH = "/healthz"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=()"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Health:
    """Tell whoever stands in front of several machines whether this one can answer.

    Before everything else: they ask by the machine's number, without https, and not as readers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != HEALTH:
            return self.get_response(request)
        wrong = [found.words for found in findings(VITAL) if not found.is_well]
        text = "\n".join(wrong or ["Well."]) + "\n"
        response = HttpResponse(text, status=503 if wrong else 200, content_type="text/plain")
        response.headers["Cache-Control"] = "no-store"
        return response


class ContentSecurityPolicy:
    """Send the policy with every answer that has not set a stricter one (as media does)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_desk = request.path.startswith(DESK)
        policy = "DESK_CONTENT_SECURITY_POLICY" if is_desk else "CONTENT_SECURITY_POLICY"
        # A 304 says again what was said with the page, which may have had a policy of its own.
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers.setdefault("Content-Security-Policy", getattr(settings, policy))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class BodyLimit:
    """Refuse a body that is too large before anything reads it: files would fill the disk.

    A body without a length is never read (WSGI gives none of it), so nothing has to be done there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_known = is_personal(request)
        most = settings.MAX_BODY_BYTES if is_known else settings.MAX_STRANGERS_BODY_BYTES
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdecimal() and int(length) <= most:
            return self.get_response(request)
        return too_much(request)


class SharedPages:
    """Turn a shareable answer to a reader without a session into one that any cache may keep.

    Stands outside the session middleware, because looking for a session is what makes an
    answer vary by cookie. See `docs/architecture.md`, "Pages that anyone can share".
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_personal(request):
            return share(request, self.get_response(request))
        if request.method not in {"GET", "HEAD"}:
            response = share(request, self.get_response(request))
            remember_act(response)
            return response
        with collecting() as recipe:
            response = self.get_response(request)
        response.recipe = recipe  # type: ignore[attr-defined]
        response.made_of = recipe.made_of()  # type: ignore[attr-defined]
        return share(request, response)


class InterfaceLanguage:
    """Speak the publication's language, where there is a catalogue of it; else English.

    Stands around everything that asks for the publication: its row is read once for a request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with Publication.read_once():
            if not settings.INTERFACE_LANGUAGES:
                return self.get_response(request)
            language = Publication.current().language
            if language not in settings.INTERFACE_LANGUAGES:
                language = settings.LANGUAGE_CODE
            with translation.override(language):
                return self.get_response(request)


class ReaderTimeZone:
    """To whoever is signed in, times are those of the place they live in.

    To everybody else they are the publication's (`blog.clock`): a shared page is the same for all.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_file = request.path.startswith(settings.MEDIA_URL)
        reader = None if is_file else reader_of(request)
        if reader is None:
            return self.get_response(request)
        with timezone.override(reader.clock):
            return self.get_response(request)
