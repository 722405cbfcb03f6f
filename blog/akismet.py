"""Akismet, a service that is asked whether a response is spam; for those who have a key to it.

https://akismet.com/developers/detailed-docs/: three calls about a response and one about the key,
each a form that is sent, each answered with a word.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings

TIMEOUT_SECONDS = 10
# An answer is a word or a sentence.
MAX_ANSWER_BYTES = 1_000
MAX_HELP_CHARS = 200
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
USER_AGENT = "Longhand/0.1 | Akismet/1.1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


class AkismetFailed(Exception):
    """It cannot be reached now, or says what we do not understand."""


class KeyRefused(Exception):
    """Akismet does not know the key, or not for this publication."""


class Opinion(StrEnum):
    """What Akismet thinks of a response."""

    HAM = "ham"
    SPAM = "spam"
    # So plainly spam that it advises to throw it away unread.
    BLATANT = "blatant"


class Answer(NamedTuple):
    status: int
    word: str
    headers: HTTPMessage


def check(facts: Mapping[str, str], *, key: str) -> Opinion:
    """Whether a response is spam. Raises `AkismetFailed` or `KeyRefused`."""
    answer = _call("comment-check", {**facts, "api_key": key})
    if answer.word == "false":
        return Opinion.HAM
    if answer.word != "true":
        raise _refusal(answer)
    tip = answer.headers.get("X-akismet-pro-tip", "").strip().lower()
    return Opinion.BLATANT if tip == "discard" else Opinion.SPAM


def teach(facts: Mapping[str, str], *, key: str, is_spam: bool) -> None:
    """Tell it of a response that it took for the other kind. Raises as `check` does."""
    answer = _call("submit-spam" if is_spam else "submit-ham", {**facts, "api_key": key})
    # The sentence of thanks is not promised to stay as it is.
    if answer.word == "invalid":
        raise _refusal(answer)


def knows_key(key: str) -> bool:
    """Whether it takes this key for this publication. Raises `AkismetFailed`."""
    answer = _call("verify-key", {"api_key": key, "key": key, "blog": blog()})
    if answer.word not in {"valid", "invalid"}:
        raise AkismetFailed(_said(answer))
    return answer.word == "valid"


def blog() -> str:
    """The publication's address, under which Akismet knows it."""
    return f"{settings.SITE_URL}/"


def _refusal(answer: Answer) -> Exception:
    return (KeyRefused if answer.word == "invalid" else AkismetFailed)(_said(answer))


def _said(answer: Answer) -> str:
    hint = answer.headers.get("X-akismet-debug-help") or answer.headers.get("X-akismet-alert-msg")
    said = f"it answered {answer.status} {answer.word[:MAX_HELP_CHARS]!r}"
    return f"{said} ({hint[:MAX_HELP_CHARS]})" if hint else said


def _call(name: str, fields: Mapping[str, str]) -> Answer:
    body = urlencode(fields, errors="replace").encode()
    headers = {"Content-Type": FORM, "User-Agent": USER_AGENT, "Connection": "close"}
    try:
        connection = _connection()
        try:
            connection.request("POST", f"/1.1/{name}", body, headers)
            with connection.getresponse() as heard:
                # Whatever is longer is not what we asked for.
                word = heard.read(MAX_ANSWER_BYTES).decode("utf-8", "replace").strip()
            answer = Answer(heard.status, word, heard.headers)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise AkismetFailed(str(error) or type(error).__name__) from error
    if answer.status != HTTPStatus.OK:
        raise AkismetFailed(_said(answer))
    return answer


def _connection() -> HTTPConnection:
    """To the service; what a response says is sent in plain HTTP to this machine only."""
    parts = urlsplit(settings.AKISMET_URL)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=context)
    if parts.scheme != "http" or host not in LOOPBACK:
        raise AkismetFailed(f"{settings.AKISMET_URL} does not begin with https://.")
    return HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
