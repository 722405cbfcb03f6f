"""Pictures as HTML: the facts of an uploaded picture become `<picture>` and `<figure>`.

It runs after sanitising, on what the sanitiser wrote, and everything it adds comes from facts we
hold ourselves. So it is the one place where `srcset` is allowed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext

MEDIA_PATH = "/media/pictures/"
# Where a token is put in later; none of ours has such letters.
ANY_PICTURE = "PICTURE"
# A picture is named by sixteen letters and digits.
SRC = re.compile(rf"{MEDIA_PATH}([a-z0-9]{{16}})/[0-9]{{1,5}}\.(?:jpg|webp|avif)")

# The first `<img>` that `picture_html` wrote into a text, and the widths of its files.
FIRST_PICTURE = re.compile(
    rf'<img src="{SRC.pattern.replace("([a-z", "(?P<token>[a-z")}" srcset="(?P<srcset>[^"]*)"'
    r' sizes="[^"]*" width="(?P<width>[0-9]+)" height="(?P<height>[0-9]+)" alt="(?P<alt>[^"]*)"'
)
JPEG_WIDTH = re.compile(r"/([0-9]+)\.jpg")

# How wide a picture stands on the page, for each way of placing it: what the stylesheet makes of
# --measure, --wide and --gutter, in rem, so that it is true at every size of text.
SIZES = {
    "text": "min(100vw - 3rem, 42.5rem)",
    "wide": "min(100vw - 3rem, 61.25rem)",
    "full": "100vw",
}
_STACKED = "(max-width: 36rem) calc(100vw - 3rem), "
ROW_SIZES = {
    "text": {2: "min(50vw - 2rem, 20.75rem)", 3: f"{_STACKED}min(33vw - 1.6rem, 13.5rem)"},
    "wide": {2: "min(50vw - 2rem, 30.1rem)", 3: f"{_STACKED}min(33vw - 1.6rem, 19.75rem)"},
    "full": {2: "calc(50vw - 2rem)", 3: f"{_STACKED}calc(33vw - 1.6rem)"},
}
MAX_ROW = 3
FALLBACK_WIDTH_PX = 960

# Stands in a text where a picture will be once it has been uploaded. It shows nothing.
PENDING = re.compile(r"#uploading-[a-z0-9]{1,16}")

COLOR = re.compile(r"#[0-9a-f]{6}")
CENTRE = 50
WEB_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
# Creative Commons asks for a link wherever one can stand.
CC_LICENSE = re.compile(r"CC[ -]?(0|BY(?:-NC)?(?:-SA|-ND)?)(?:[ -]([1-4]\.[05]))?", re.IGNORECASE)
CC_NEWEST = {"0": "1.0"}


@dataclass(frozen=True)
class Picture:
    """What is known about an uploaded picture.

    `width` and `height` are those of its largest file, `widths` those of all its files. `focus_x`
    and `focus_y` are what crops keep, in per cent from the left and from the top.
    """

    token: str
    width: int
    height: int
    widths: tuple[int, ...]
    has_avif: bool = False
    alt: str = ""
    is_decorative: bool = False
    is_drawing: bool = False
    caption: str = ""
    credit_name: str = ""
    credit_agency: str = ""
    credit_url: str = ""
    credit_license: str = ""
    placement: str = "text"
    focus_x: int = CENTRE
    focus_y: int = CENTRE
    color: str = ""


@dataclass(frozen=True)
class _Mention:
    """A picture as the text mentions it: `link` is the opening tag of a link around it."""

    src: str
    alt: str
    title: str
    link: str

    @property
    def token(self) -> str:
        match = SRC.fullmatch(self.src)
        return match[1] if match else ""


def url(token: str, width: int, extension: str) -> str:
    """Where one file of a picture is served."""
    return f"{MEDIA_PATH}{token}/{width}.{extension}"


def tokens_in(source: str) -> set[str]:
    """The pictures whose addresses stand in a text."""
    return set(SRC.findall(source))


def picture_html(picture: Picture, *, sizes: str, lazy: bool = True, alt: str | None = None) -> str:
    """`<picture>` with every format and width there is.

    `alt` is used when it says something; else the picture's own, which is empty when it is
    decorative. `lazy=False` is for the picture at the top of the page.
    """
    formats = (("avif", "image/avif"),) if picture.has_avif else ()
    said_sizes = _escape(sizes)
    sources = "".join(
        f'<source type="{mime}" srcset="{_srcset(picture, extension)}" sizes="{said_sizes}">'
        for extension, mime in (*formats, ("webp", "image/webp"))
    )
    src = url(picture.token, _fallback_width(picture), "jpg")
    loading = 'loading="lazy"' if lazy else 'fetchpriority="high"'
    return (
        f'<picture>{sources}<img src="{src}" srcset="{_srcset(picture, "jpg")}"'
        f' sizes="{said_sizes}" width="{picture.width}" height="{picture.height}"'
        f' alt="{_escape(_alt(picture, alt))}" {loading} decoding="async"{_focus(picture)}>'
        "</picture>"
    )


def figure_html(
    picture: Picture,
    *,
    caption: str | None = None,
    placement: str = "",
    alt: str | None = None,
    lazy: bool = True,
) -> str:
    """A figure with caption and credit. `placement` is text, wide or full.

    `caption` and `placement` replace the picture's own when they say something.
    """
    placement = _placement(picture, placement)
    return _figure(
        picture, caption=caption, alt=alt, lazy=lazy, placement=placement, sizes=SIZES[placement]
    )


def first_at_once(html_text: str) -> str:
    """A story that begins with a picture, for a page that has none above it: it does not wait."""
    if not html_text.startswith(('<figure class="figure"', '<div class="figures"')):
        return html_text
    return html_text.replace('loading="lazy"', 'fetchpriority="high"', 1)


def expand(html_text: str, pictures: Mapping[str, Picture]) -> str:
    """Turn each `<img>` of sanitised HTML into a figure, or a picture inside a sentence.

    A picture that is not among `pictures` leaves its description behind, as text.
    """
    if "<img" not in html_text:
        return html_text
    standing = ALONE.sub(lambda match: _expand_alone(match, pictures), html_text)
    return IMG.sub(lambda match: _expand_inline(match, pictures), standing)


# The sanitiser writes one form only: names in lower case, values in double quotes, `<`, `>` and
# `"` escaped in them. That is what makes it safe to find tags in it with a pattern.
ATTRIBUTE = re.compile(r' ([a-z][a-z-]*)="([^"]*)"')
_ATTRIBUTES = r'(?: [a-z][a-z-]*="[^"<>]*")*'
# What this module wrote itself has a srcset, and is not matched again.
IMG = re.compile(rf"<img(?!{_ATTRIBUTES} srcset=)({_ATTRIBUTES})>")
MENTION = re.compile(rf"(<a{_ATTRIBUTES}>)?<img({_ATTRIBUTES})>(?:</a>)?")
ALONE = re.compile(
    rf'<p(?: data-width="(text|wide|full)")?>'
    rf"((?:\s|<br>|(?:<a{_ATTRIBUTES}>)?<img{_ATTRIBUTES}>(?:</a>)?)+)</p>"
)


def _expand_alone(match: re.Match[str], pictures: Mapping[str, Picture]) -> str:
    said = match[1] or ""
    mentions = list(_mentions(match[2]))
    if not mentions:
        return match[0]
    known = [mention for mention in mentions if mention.token in pictures]
    lost = [mention.alt for mention in mentions if mention.token not in pictures and mention.alt]
    figures = [(mention, pictures[mention.token]) for mention in known]
    written = f"<p>{'<br>'.join(lost)}</p>\n" if lost else ""
    if 1 < len(figures) <= MAX_ROW:
        return written + _row(figures, said or "text")
    return written + "\n".join(_standing(mention, picture, said) for mention, picture in figures)


def _expand_inline(match: re.Match[str], pictures: Mapping[str, Picture]) -> str:
    mention = _mention("", match[1])
    picture = pictures.get(mention.token)
    if picture is None:
        return mention.alt
    return picture_html(picture, sizes=SIZES["text"], alt=html.unescape(mention.alt))


def _mentions(body: str) -> Iterator[_Mention]:
    for match in MENTION.finditer(body):
        yield _mention(match[1] or "", match[2])


def _mention(link: str, attributes: str) -> _Mention:
    """Values stay escaped, as they came."""
    values = dict(ATTRIBUTE.findall(attributes))
    return _Mention(
        html.unescape(values.get("src", "")), values.get("alt", ""), values.get("title", ""), link
    )


def _row(figures: list[tuple[_Mention, Picture]], placement: str) -> str:
    count = len(figures)
    sizes = ROW_SIZES[placement][count]
    parts = "".join(_mentioned(mention, picture, "text", sizes) for mention, picture in figures)
    return f'<div class="figures" data-row="{count}" data-width="{placement}">{parts}</div>'


def _standing(mention: _Mention, picture: Picture, said: str) -> str:
    placement = _placement(picture, said)
    return _mentioned(mention, picture, placement, SIZES[placement])


def _placement(picture: Picture, said: str) -> str:
    """As wide as the story says, else as the picture's own."""
    return next((name for name in (said, picture.placement) if name in SIZES), "text")


def _mentioned(mention: _Mention, picture: Picture, placement: str, sizes: str) -> str:
    return _figure(
        picture,
        caption=html.unescape(mention.title),
        alt=html.unescape(mention.alt),
        placement=placement,
        sizes=sizes,
        link=mention.link,
    )


def _figure(
    picture: Picture,
    *,
    caption: str | None,
    alt: str | None,
    placement: str,
    sizes: str,
    lazy: bool = True,
    link: str = "",
) -> str:
    shown = picture_html(picture, sizes=sizes, alt=alt, lazy=lazy)
    if link:
        shown = f"{link}{shown}</a>"
    return (
        f'<figure class="figure" data-width="{placement}">'
        f'<div class="figure__frame">{_ground(picture)}{shown}</div>'
        f"{_figcaption(picture, caption)}</figure>"
    )


def _ground(picture: Picture) -> str:
    """The colour that stands until the picture is there.

    A drawing, because the content security policy allows no style attribute.
    """
    if not COLOR.fullmatch(picture.color):
        return ""
    return (
        '<svg class="figure__ground" aria-hidden="true" focusable="false"'
        f' viewBox="0 0 {picture.width} {picture.height}">'
        f'<rect width="100%" height="100%" fill="{picture.color}"/></svg>'
    )


def _figcaption(picture: Picture, caption: str | None) -> str:
    text = _escape((caption or "").strip() or picture.caption.strip())
    parts = [part for part in (text, _credit(picture)) if part]
    return f'<figcaption dir="auto">{" ".join(parts)}</figcaption>' if parts else ""


def _credit(picture: Picture) -> str:
    who = " / ".join(
        part for part in (picture.credit_name.strip(), picture.credit_agency.strip()) if part
    )
    license_name = _license(picture.credit_license.strip())
    if not who:
        return f'<span class="figure__credit">{license_name}</span>' if license_name else ""
    name = _escape(who)
    address = picture.credit_url.strip()
    if WEB_ADDRESS.match(address):
        name = f'<a href="{_escape(address)}" rel="noopener noreferrer">{name}</a>'
    label = gettext("Drawing: %(who)s") if picture.is_drawing else gettext("Photo: %(who)s")
    line = _escape(label) % {"who": name}
    parts = ", ".join(part for part in (line, license_name) if part)
    return f'<span class="figure__credit">{parts}</span>'


def _license(name: str) -> str:
    known = CC_LICENSE.fullmatch(name)
    if not known:
        return _escape(name)
    kind = known[1].lower()
    version = known[2] or CC_NEWEST.get(kind, "4.0")
    folder = "publicdomain/zero" if kind == "0" else f"licenses/{kind}"
    address = f"https://creativecommons.org/{folder}/{version}/"
    return f'<a href="{address}" rel="license noopener noreferrer">{_escape(name)}</a>'


def _focus(picture: Picture) -> str:
    """What a crop keeps, in tenths; the stylesheet knows what they mean.

    Attributes, because the content security policy allows no style attribute.
    """
    if (picture.focus_x, picture.focus_y) == (CENTRE, CENTRE):
        return ""
    return f' data-focus-x="{tenths(picture.focus_x)}" data-focus-y="{tenths(picture.focus_y)}"'


def tenths(percent: int) -> int:
    """A place in per cent as the nearest tenth, for the stylesheet."""
    return (percent + 5) // 10


def _alt(picture: Picture, alt: str | None) -> str:
    said = (alt or "").strip()
    if said:
        return said
    return "" if picture.is_decorative else picture.alt.strip()


def _srcset(picture: Picture, extension: str) -> str:
    return _srcset_of(picture.widths, extension).replace(ANY_PICTURE, picture.token)


# Pictures of one size have the same widths.
@lru_cache(maxsize=1_000)
def _srcset_of(widths: tuple[int, ...], extension: str) -> str:
    return ", ".join(f"{url(ANY_PICTURE, width, extension)} {width}w" for width in sorted(widths))


def _fallback_width(picture: Picture) -> int:
    """For browsers without srcset, and for feeds and mails: large enough, not more."""
    widths = sorted(picture.widths) or [picture.width]
    return next((width for width in widths if width >= FALLBACK_WIDTH_PX), widths[-1])


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
