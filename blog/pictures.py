"""The bytes of uploaded pictures: looked at with suspicion, then written anew.

Only pixels get through. Names, types said by the sender, places where a photograph was taken,
comments, hidden pages and anything glued to the end of the file stay behind.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.formats import number_format
from django.utils.translation import gettext
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MB = 1024 * 1024
MAX_UPLOAD_BYTES = 10 * MB
MAX_NAME_CHARS = 120
MAX_EXTENSION_CHARS = 10
MAX_PIXELS = 50_000_000
WIDTHS_PX = (320, 640, 960, 1440, 1920)
AVATAR_SIDE_PX = 240
ICON_SIDES_PX = (32, 192, 512)
FAVICON_SIDES_PX = ((16, 16), (32, 32), (48, 48))
# Android cuts a circle out of a maskable icon: what matters stands within four fifths of it.
SAFE_PART = 0.8
MAX_SIDE_PX = 16_383  # WebP holds no more

# No SVG: it is a document that can run scripts. Pillow looks at the bytes, never at a name.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
JPEG_QUALITY = 82
WEBP_QUALITY = 80
WEBP_METHOD = 4
AVIF_QUALITY = 60
AVIF_SPEED = 8  # 6 takes three times as long for a few percent

ORIENTATION_TAG = 0x0112
QUARTER_TURNS = (5, 6, 7, 8)
WHITE = (255, 255, 255)

T = TypeVar("T")


class PictureError(ValueError):
    """A file that does not become a picture. The message is a sentence for a person.

    `status` is the HTTP status that fits: 400, or 413 when there is too much of it.
    """

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Encoded:
    """A picture ready to be stored.

    `width` and `height` are those of its largest file. `files` are named `640.webp`, `640.jpg`.
    `color` is its average, as `#rrggbb`.
    """

    width: int
    height: int
    widths: tuple[int, ...]
    color: str
    files: Mapping[str, bytes]


def process(data: bytes) -> Encoded:
    """Upright, in sRGB, at several widths as WebP and JPEG. Never larger than it came.

    Animations keep their first frame. Raises PictureError.
    """
    return _guarded(lambda: _process(data))


def too_large_sentence(byte_count: int) -> str:
    """What to say of a file that has too many bytes, whether or not anybody read them."""
    # Rounded up, so that nobody reads "This file is 10 MB; the limit is 10 MB".
    tenths_of_mb = -(-byte_count * 10 // MB)
    size = number_format(Decimal(tenths_of_mb) / 10, decimal_pos=int(tenths_of_mb % 10 > 0))
    return gettext("This file is %(size)s MB; the limit is %(limit)s MB.") % {
        "size": size,
        "limit": MAX_UPLOAD_BYTES // MB,
    }


def plain_name(name: str) -> str:
    """A file's name as its owner knows it: no folders, nothing unseen, short enough to keep."""
    base = re.split(r"[/\\]", name)[-1]
    seen = " ".join("".join(sign if sign.isprintable() else " " for sign in base).split())
    stem, dot, extension = seen.rpartition(".")
    if not stem or len(extension) > MAX_EXTENSION_CHARS:
        return seen[:MAX_NAME_CHARS]
    return stem[: MAX_NAME_CHARS - len(extension) - 1] + dot + extension


def avif(data: bytes, widths: tuple[int, ...]) -> Mapping[str, bytes]:
    """The picture as AVIF, named `640.avif`; slow, so not while somebody waits.

    Widths larger than the picture are left out. Raises PictureError.
    """
    return _guarded(lambda: _avif(data, widths))


def avatar(data: bytes) -> bytes:
    """A square WebP of 240 px, cut from the middle. Raises PictureError."""
    return _guarded(lambda: _avatar(data))


def logo(data: bytes) -> dict[str, bytes]:
    """The icons of a site: `32.png` … `512.png`, `maskable.png` and `favicon.ico`.

    What is not square gets room at its sides, never a cut. Raises PictureError.
    """
    return _guarded(lambda: _logo(data))


def _process(data: bytes) -> Encoded:
    largest = _load(data, width_px=WIDTHS_PX[-1])
    widths = (*(width for width in WIDTHS_PX if width < largest.width), largest.width)
    files: dict[str, bytes] = {}
    for width in widths:
        scaled = _scaled(largest, width)
        files[f"{width}.webp"] = _encode(scaled, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
        files[f"{width}.jpg"] = _encode(
            _flat(scaled), "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True
        )
    return Encoded(largest.width, largest.height, widths, _average(largest), files)


def _avif(data: bytes, widths: tuple[int, ...]) -> Mapping[str, bytes]:
    largest = _load(data, width_px=max(widths, default=1))
    return {
        f"{width}.avif": _encode(
            _scaled(largest, width), "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED
        )
        for width in sorted(set(widths))
        if 0 < width <= largest.width
    }


def _avatar(data: bytes) -> bytes:
    # Twice the side: a long picture is cut to a square of its shorter side first.
    picture = _load(data, width_px=WIDTHS_PX[-1])
    square = ImageOps.fit(picture, (AVATAR_SIDE_PX, AVATAR_SIDE_PX))
    return _encode(square, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)


def _logo(data: bytes) -> dict[str, bytes]:
    picture = _load(data, width_px=WIDTHS_PX[-1])
    largest = ICON_SIDES_PX[-1]
    files = {
        f"{side}.png": _encode(_square(picture, side), "PNG", optimize=True)
        for side in ICON_SIDES_PX
    }
    # A telephone shows what is transparent in this one as black.
    files["180.png"] = _encode(_flat(_square(picture, 180)), "PNG", optimize=True)
    inner = _square(picture, round(largest * SAFE_PART))
    maskable = Image.new("RGB", (largest, largest), WHITE)
    edge = (largest - inner.width) // 2
    maskable.paste(inner, (edge, edge), mask=inner)
    files["maskable.png"] = _encode(maskable, "PNG", optimize=True)
    files["favicon.ico"] = _encode(_square(picture, 48), "ICO", sizes=FAVICON_SIDES_PX)
    return files


def _square(picture: Image.Image, side: int) -> Image.Image:
    return ImageOps.pad(picture.convert("RGBA"), (side, side), color=(0, 0, 0, 0))


def _guarded(work: Callable[[], T]) -> T:
    try:
        return work()
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        # A broken file reaches every corner of every decoder: OSError, SyntaxError, struct.error,
        # ValueError, EOFError, KeyError, ... A person gets one sentence for all of them.
        raise PictureError(
            gettext("This picture is damaged or incomplete. Save it again and try once more.")
        ) from error


def _load(data: bytes, *, width_px: int) -> Image.Image:
    """The picture upright, at most `width_px` wide, RGB or RGBA in sRGB, without metadata."""
    _check_bytes(data)
    with _open(data) as probe:
        _check_pixels(probe)
        probe.verify()
    with _open(data) as source:  # verify() leaves nothing to read from
        width, height = _target(source, width_px)
        source.draft(None, (width, height))  # a large JPEG is decoded at a half or an eighth
        source.load()
        shrunk = _resizable(source).resize((width, height), reducing_gap=3.0)
        profile = source.info.get("icc_profile")
        upright = ImageOps.exif_transpose(_with_exif(shrunk, source))
    return _bare(_to_srgb(upright, profile))


def _check_bytes(data: bytes) -> None:
    if not data:
        raise PictureError(gettext("This file is empty."))
    if len(data) > MAX_UPLOAD_BYTES:
        raise PictureError(too_large_sentence(len(data)), status=413)


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise PictureError(
            gettext("This file is not a picture we can show. Use JPEG, PNG, WebP, GIF or AVIF.")
        ) from error


def _check_pixels(picture: Image.Image) -> None:
    """Before decoding: the header alone says how much memory it would take."""
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> PictureError:
    return PictureError(
        gettext("This picture has too many pixels: %(most)s megapixels are the most.")
        % {"most": MAX_PIXELS // 1_000_000},
        status=413,
    )


def _target(source: Image.Image, width_px: int) -> tuple[int, int]:
    """The size to shrink to, as the pixels lie in the file: a phone's photo may lie on its side."""
    is_turned = source.getexif().get(ORIENTATION_TAG) in QUARTER_TURNS
    width, height = source.size[::-1] if is_turned else source.size
    new_width = min(width, width_px, max(1, MAX_SIDE_PX * width // height))
    new_height = min(MAX_SIDE_PX, max(1, round(height * new_width / width)))
    return (new_height, new_width) if is_turned else (new_width, new_height)


def _resizable(picture: Image.Image) -> Image.Image:
    """A form whose pixels can be mixed: palettes and 16-bit greys cannot."""
    if picture.mode.startswith("I"):
        # Their values reach 65,535; converting alone would cut them off at 255.
        return picture.point(lambda value: value / 257).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("RGB", "L", "CMYK"):
        return picture
    return picture.convert("RGB")


def _with_exif(picture: Image.Image, source: Image.Image) -> Image.Image:
    for key in ("exif", "xmp", "XML:com.adobe.xmp"):
        if key in source.info:
            picture.info[key] = source.info[key]
    return picture


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colors = picture.convert("RGB") if alpha else picture
    if profile:
        # A profile that cannot be read, or is for other colours: as if there were none.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            colors = _through(profile, colors)
    colors = colors.convert("RGB")
    if alpha:
        colors.putalpha(alpha)
    return colors


def _through(profile: bytes, picture: Image.Image) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(picture, source, target, outputMode="RGB") or picture


def _bare(picture: Image.Image) -> Image.Image:
    """Pixels only: Pillow would write a comment it finds in `info` into the new file."""
    picture.info.clear()
    return picture


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if width == picture.width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, as on white paper."""
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, WHITE)
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _average(picture: Image.Image) -> str:
    pixel: Any = _flat(picture).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    red, green, blue = pixel
    return f"#{red:02x}{green:02x}{blue:02x}"


def _encode(picture: Image.Image, format_name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_name, **options)
    return out.getvalue()
