"""The part of an e-mail address behind the @; text in, text out."""

from __future__ import annotations

import re

MAX_DOMAIN_CHARS = 253
MAX_LABELS = 20
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
# Where people have their mail who have nothing in common but that.
PUBLIC = frozenset(
    [
        *["126.com", "163.com", "aol.com", "bluewin.ch", "btinternet.com", "comcast.net"],
        *["fastmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com"],
        *["gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.com", "hotmail.co.uk"],
        *["hotmail.de", "hotmail.fr", "hotmail.it", "icloud.com", "laposte.net", "libero.it"],
        *["live.com", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com"],
        *["naver.com", "orange.fr", "outlook.com", "outlook.de", "pm.me", "posteo.de"],
        *["proton.me", "protonmail.com", "qq.com", "rediffmail.com", "rocketmail.com"],
        *["seznam.cz", "sky.com", "t-online.de", "tutanota.com", "uol.com.br", "verizon.net"],
        *["web.de", "wp.pl", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com"],
        *["yahoo.de", "yahoo.fr", "yandex.com", "yandex.ru", "ymail.com", "zoho.com"],
    ]
)


class NoDomain(ValueError):
    """There can be no mail at it."""


def domain_named(text: str) -> str:
    """The domain that somebody typed, in its one spelling. Raises `NoDomain`."""
    domain = text.strip().rpartition("@")[2].rstrip(".").lower()
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError as error:
            raise NoDomain(text) from error
    if len(domain) > MAX_DOMAIN_CHARS or not DOMAIN.fullmatch(domain):
        raise NoDomain(text)
    return domain


def domains_around(email: str) -> list[str]:
    """The domain of an e-mail address and those above it: mail.example.org, example.org."""
    try:
        labels = domain_named(email).split(".")
    except NoDomain:
        return []
    last = labels[-MAX_LABELS:]
    return [".".join(last[at:]) for at in range(len(last) - 1)]
