"""A page elsewhere as a card: made of its address alone, so that nobody is asked and nobody told.

A film has besides an address under which its host shows it alone (`player`); only the reader's
own press loads that. Nothing here, or in a feed or a mail, does.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.utils.translation import gettext
from markdown_it.common.normalize_url import normalizeLink, normalizeLinkText

MAX_ADDRESS_CHARS = 2_000
MAX_SHOWN_CHARS = 70

YOUTUBE_PLAYER = "https://www.youtube-nocookie.com/embed/"
VIMEO_PLAYER = "https://player.vimeo.com/video/"
PLAYER_HOSTS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")
PLAYER = re.compile(
    r"https://www\.youtube-nocookie\.com/embed/[\w-]{11}(?:\?start=[0-9]{1,6})?"
    r"|https://player\.vimeo\.com/video/[0-9]{5,12}\?dnt=1(?:&h=[0-9a-f]{6,20})?",
    re.ASCII,
)

# How a card begins that plays; in a story's own words `<` is escaped.
PLAYABLE = '<p class="embed" data-embed="video" data-player="'

ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20]+", re.IGNORECASE)
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
YOUTUBE_HOSTS = {"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"}
YOUTUBE_PATH = re.compile(r"/(?:shorts|live|embed)/([\w-]{11})/?", re.ASCII)
YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
START = re.compile(r"(?:([0-9]{1,2})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,6})s?)?")
VIMEO_PATH = re.compile(
    r"/(?:channels/[\w-]{1,60}/|video/)?([0-9]{5,12})(?:/([0-9a-f]{6,20}))?/?", re.ASCII
)
MASTODON_PATH = re.compile(r"/@([\w.-]{1,60}(?:@[\w.-]{1,120})?)/[0-9]{6,24}/?", re.ASCII)


@dataclass(frozen=True)
class Embed:
    """A card. `kind` is page, post or video; `player` is what a press loads, or "".

    `name` says what it is, `address` where, short enough to be read.
    """

    kind: str
    href: str
    name: str
    address: str
    player: str = ""

    @property
    def html(self) -> str:
        player = f' data-player="{html.escape(self.player)}"' if self.player else ""
        return (
            f'<p class="embed" data-embed="{self.kind}"{player}><a href="{html.escape(self.href)}">'
            f'<span class="embed__name">{html.escape(self.name)}</span> '
            f'<span class="embed__address">{html.escape(self.address)}</span></a></p>\n'
        )


def embed_for(line: str) -> Embed | None:
    """The card of a line that is an address and nothing else; None for every other line.

    A name or a password in an address makes one host look like another: no card for that.
    """
    if len(line) > MAX_ADDRESS_CHARS or not ADDRESS.fullmatch(line):
        return None
    try:
        href: str = normalizeLink(line)
        readable: str = normalizeLinkText(href)
        parts, shown = urlsplit(href), urlsplit(readable)
        has_port = parts.port is not None
    except ValueError:
        return None
    hosts = (parts.hostname or "", shown.hostname or "")
    if "@" in parts.netloc + shown.netloc or not all(map(HOST.fullmatch, hosts)):
        return None
    name, address = hosts[1].removeprefix("www."), _short(readable)
    for known in (_youtube, _vimeo, _mastodon):
        embed = None if has_port else known(parts, href, name, address)
        if embed:
            return embed
    return Embed("page", href, name, address)


def _youtube(parts: SplitResult, href: str, name: str, address: str) -> Embed | None:
    query = parse_qs(parts.query, max_num_fields=40) if parts.query.count("&") < 40 else {}
    path = YOUTUBE_PATH.fullmatch(parts.path)
    if name == "youtu.be":
        film = parts.path.strip("/")
    elif name in YOUTUBE_HOSTS:
        film = path[1] if path else query.get("v", [""])[0] if parts.path == "/watch" else ""
    else:
        return None
    if not YOUTUBE_ID.fullmatch(film):
        return None
    seconds = _seconds((query.get("t") or query.get("start") or [""])[0])
    player = f"{YOUTUBE_PLAYER}{film}" + (f"?start={seconds}" if seconds else "")
    return Embed("video", href, gettext("Video on YouTube"), address, player)


def _vimeo(parts: SplitResult, href: str, name: str, address: str) -> Embed | None:
    path = VIMEO_PATH.fullmatch(parts.path)
    if name not in {"vimeo.com", "player.vimeo.com"} or not path:
        return None
    secret = f"&h={path[2]}" if path[2] else ""
    player = f"{VIMEO_PLAYER}{path[1]}?dnt=1{secret}"
    return Embed("video", href, gettext("Video on Vimeo"), address, player)


def _mastodon(parts: SplitResult, href: str, name: str, address: str) -> Embed | None:
    """Every server has a name of its own; their posts have addresses of one form."""
    path = MASTODON_PATH.fullmatch(parts.path)
    if not path:
        return None
    who = path[1] if "@" in path[1] else f"{path[1]}@{name}"
    says = gettext("Post by @%(who)s on Mastodon") % {"who": who}
    return Embed("post", href, says, address)


def _seconds(typed: str) -> int:
    match = START.fullmatch(typed)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return min(hours * 3600 + minutes * 60 + seconds, 999_999)


def _short(address: str) -> str:
    """Without what every address begins with, and cut where a line would end."""
    plain = re.sub(r"^https?://(?:www\.)?", "", address, flags=re.IGNORECASE).rstrip("/")
    return plain if len(plain) <= MAX_SHOWN_CHARS else plain[: MAX_SHOWN_CHARS - 1] + "…"
