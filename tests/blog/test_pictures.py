from __future__ import annotations

import io
import re
import struct
import zlib

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from blog import pictures
from blog.pictures import MAX_UPLOAD_BYTES, WIDTHS_PX, PictureError, avatar, avif, process

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def encode(picture: Image.Image, format_name: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_name, **options)
    return out.getvalue()


def plain(size=(8, 4), color=RED, mode="RGB") -> Image.Image:
    return Image.new(mode, size, color)


def decode(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def near(color, wanted, by=12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(color[:3], wanted, strict=True))


def halves(left=RED, right=BLUE, size=(400, 200)) -> Image.Image:
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    return picture


def png(width: int, height: int) -> bytes:
    """A PNG that only says how large it is."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header
    return start + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\0IEND\xaeB`\x82"


# --- what becomes of a good picture


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, (1,)),
        (320, (320,)),
        (321, (320, 321)),
        (700, (320, 640, 700)),
        (1920, WIDTHS_PX),
        (2600, WIDTHS_PX),
    ],
)
def test_a_picture_is_made_in_every_width_up_to_its_own(width, widths):
    made = process(encode(plain((width, 50)), "PNG"))
    assert made.widths == widths
    assert set(made.files) == {f"{w}.{e}" for w in widths for e in ("webp", "jpg")}
    assert made.width == widths[-1]
    for name, data in made.files.items():
        stem, extension = name.split(".")
        picture = decode(data)
        assert picture.width == int(stem)
        assert picture.format == {"webp": "WEBP", "jpg": "JPEG"}[extension]


def test_width_and_height_are_those_of_the_largest_file():
    made = process(encode(plain((3000, 1500)), "JPEG"))
    assert (made.width, made.height) == (1920, 960)
    assert decode(made.files["1920.jpg"]).size == (1920, 960)
    assert decode(made.files["320.webp"]).size == (320, 160)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_each_format_is_read(format_name):
    made = process(encode(plain((40, 20)), format_name))
    assert (made.width, made.height) == (40, 20)
    assert near(decode(made.files["40.jpg"]).getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("mode", "color", "format_name", "seen"),
    [
        ("CMYK", (0, 255, 255, 0), "JPEG", RED),
        ("L", 255, "JPEG", WHITE),
        ("L", 128, "PNG", (128, 128, 128)),
        ("1", 1, "PNG", WHITE),
        ("P", 0, "GIF", (0, 0, 0)),
        ("LA", (255, 255), "PNG", WHITE),
        ("I;16", 65535, "PNG", WHITE),
        ("I;16", 32896, "PNG", (128, 128, 128)),
        ("RGBA", (255, 0, 0, 255), "PNG", RED),
        ("RGBA", (255, 0, 0, 0), "PNG", WHITE),
        ("RGBA", (255, 0, 0, 0), "WEBP", WHITE),
    ],
)
def test_every_kind_of_pixel_looks_right(mode, color, format_name, seen):
    made = process(encode(plain((30, 20), color, mode), format_name))
    assert near(decode(made.files["30.jpg"]).getpixel((5, 5)), seen)
    assert near(tuple(bytes.fromhex(made.color[1:])), seen)


def test_transparency_is_kept_in_webp_and_white_in_jpeg():
    picture = plain((40, 40), (0, 0, 255, 255), "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 20, 40))
    made = process(encode(picture, "PNG"))
    webp = decode(made.files["40.webp"])
    assert webp.mode == "RGBA"
    assert webp.getpixel((5, 20))[3] == 0
    assert webp.getpixel((35, 20))[3] == 255
    assert near(decode(made.files["40.jpg"]).getpixel((5, 20)), WHITE)


def test_a_palette_with_a_transparent_colour_keeps_it():
    picture = Image.new("P", (20, 20), 0)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    made = process(encode(picture, "GIF", transparency=0))
    assert decode(made.files["20.webp"]).getpixel((5, 5))[3] == 0


def test_an_animation_keeps_its_first_frame():
    frames = {"save_all": True, "append_images": [plain(color=BLUE)] * 3, "duration": 50}
    for format_name in ("GIF", "WEBP", "PNG"):
        made = process(encode(plain(color=RED), format_name, **frames))
        picture = decode(made.files["8.webp"])
        assert getattr(picture, "n_frames", 1) == 1
        assert near(picture.convert("RGB").getpixel((2, 2)), RED)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "top_left"),
    [
        (1, (400, 200), RED),
        (2, (400, 200), BLUE),
        (3, (400, 200), BLUE),
        (6, (200, 400), RED),
        (8, (200, 400), BLUE),
    ],
)
def test_a_photo_taken_sideways_stands_upright(format_name, orientation, size, top_left):
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = process(encode(halves(), format_name, exif=exif.tobytes()))
    assert (made.width, made.height) == size
    upright = decode(made.files[f"{size[0]}.jpg"])
    assert near(upright.getpixel((20, 20)), top_left, by=30)
    assert upright.getexif().get(0x0112) is None


def test_a_large_photo_taken_sideways_is_as_wide_as_it_may_be():
    exif = Image.Exif()
    exif[0x0112] = 6
    made = process(encode(halves(size=(4000, 3000)), "JPEG", exif=exif.tobytes()))
    assert (made.width, made.height) == (1920, 2560)


def photograph(format_name: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    options: dict[str, object] = {"exif": exif.tobytes()}
    if format_name == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", "SecretText")
        options["pnginfo"] = info
    if format_name in ("JPEG", "GIF"):
        options["comment"] = b"SecretComment"
    if format_name in ("JPEG", "WEBP"):
        options["xmp"] = b"<x:xmpmeta>SecretXmp</x:xmpmeta>"
    return encode(halves(), format_name, **options) + b"SecretTail<script>"


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_nothing_but_the_picture_is_kept(format_name):
    data = photograph(format_name)
    assert b"Secret" in data
    files = [
        *process(data).files.values(),
        *avif(data, (320,)).values(),
        avatar(data),
    ]
    for made in files:
        assert b"Secret" not in made
        assert b"Exif" not in made
        picture = decode(made)
        assert not dict(picture.getexif())
        assert not {"icc_profile", "exif", "xmp", "comment"} & set(picture.info)


def swapped_profile() -> bytes:
    """sRGB with red and green changed places, so that a profile that is ignored is seen."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    for index in range(count):
        at = 132 + 12 * index
        name = bytes(data[at : at + 4])
        if name in (b"rXYZ", b"gXYZ"):
            data[at : at + 4] = b"gXYZ" if name == b"rXYZ" else b"rXYZ"
    return bytes(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_those_the_profile_means(mode):
    picture = plain((20, 20), (255, 0, 0, 255)[: len(mode)], mode)
    made = process(encode(picture, "PNG", icc_profile=swapped_profile()))
    assert near(decode(made.files["20.jpg"]).getpixel((5, 5)), GREEN, by=30)


def test_a_broken_profile_is_as_good_as_none():
    made = process(encode(plain((20, 20)), "PNG", icc_profile=b"nonsense" * 20))
    assert near(decode(made.files["20.jpg"]).getpixel((5, 5)), RED)


def test_the_placeholder_is_the_average_colour():
    made = process(encode(halves(RED, BLUE), "PNG"))
    assert re.fullmatch(r"#[0-9a-f]{6}", made.color)
    assert near(tuple(bytes.fromhex(made.color[1:])), (128, 0, 128))


def test_jpegs_arrive_step_by_step():
    made = process(encode(halves(), "PNG"))
    assert decode(made.files["400.jpg"]).info.get("progressive")


@pytest.mark.parametrize(
    ("size", "made_size"),
    [((1, 1), (1, 1)), ((20_000, 1), (1920, 1)), ((1, 20_000), (1, 16_383))],
)
def test_extreme_shapes_are_still_pictures(size, made_size):
    made = process(encode(plain(size), "PNG"))
    assert (made.width, made.height) == made_size


def test_a_long_screenshot_is_made_as_narrow_as_it_must_be():
    made = process(encode(plain((400, 40_000)), "PNG"))
    assert made.height <= 16_383
    assert made.width == 163


# --- AVIF and avatars


def test_avif_is_made_in_the_widths_that_are_asked_for_and_not_larger():
    files = avif(encode(halves(), "PNG"), (320, 100, 400, 640))
    assert set(files) == {"100.avif", "320.avif", "400.avif"}
    assert decode(files["320.avif"]).size == (320, 160)
    assert decode(files["320.avif"]).format == "AVIF"


def test_avif_of_no_widths_is_nothing():
    assert avif(encode(plain(), "PNG"), ()) == {}


@pytest.mark.parametrize("size", [(400, 200), (200, 400), (10, 10), (2000, 3000)])
def test_an_avatar_is_a_square(size):
    picture = decode(avatar(encode(plain(size), "PNG")))
    assert picture.format == "WEBP"
    assert picture.size == (240, 240)


def test_an_avatar_is_cut_from_the_middle():
    picture = Image.new("RGB", (600, 200), RED)
    picture.paste(BLUE, (200, 0, 400, 200))
    assert near(decode(avatar(encode(picture, "PNG"))).convert("RGB").getpixel((10, 120)), BLUE, 30)


# --- what is no picture, or not one for us

NOISE = encode(Image.effect_noise((300, 200), 80).convert("RGB"), "JPEG")

NOT_PICTURES = {
    "empty": b"",
    "garbage": b"garbage" * 100,
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "gif in name only": b"GIF89a<script>alert(1)</script>",
    "gif head": b"GIF89a",
    "png head": b"\x89PNG\r\n\x1a\n",
    "jpeg head": b"\xff\xd8\xff\xe0",
    "webp head": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "avif head": b"\x00\x00\x00\x20ftypavif" + b"\0" * 20,
    "png without pixels": png(10, 10),
    "bmp": encode(plain(), "BMP"),
    "tiff": encode(plain(), "TIFF"),
    "ico": encode(plain((16, 16)), "ICO"),
    "pdf": b"%PDF-1.7\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "jpeg cut off": NOISE[: len(NOISE) // 2],
    "jpeg cut off early": NOISE[:200],
    "png cut off": encode(halves(), "PNG")[:-30],
    "webp cut off": encode(halves(), "WEBP")[:-30],
    "gif cut off": encode(Image.effect_noise((90, 90), 80), "GIF")[:500],
    "avif cut off": encode(halves(), "AVIF")[:-40],
    "png with a wrong sum": encode(halves(), "PNG").replace(b"IDAT", b"IDAX"),
}


@pytest.mark.parametrize("make", [process, avatar, lambda data: avif(data, (320,))])
@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused_with_a_sentence(name, make):
    with pytest.raises(PictureError) as refusal:
        make(NOT_PICTURES[name])
    assert str(refusal.value).endswith(".")
    assert refusal.value.status == 400


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (13_370, 13_370), (7_072, 7_072)])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(width, height):
    with pytest.raises(PictureError, match="50 megapixels") as refusal:
        process(png(width, height))
    assert refusal.value.status == 413


def test_a_file_over_10_mb_is_refused():
    with pytest.raises(PictureError, match="10 MB") as refusal:
        process(encode(plain(), "PNG") + b"\0" * MAX_UPLOAD_BYTES)
    assert refusal.value.status == 413


def test_transparent_pixels_called_jpeg_are_read_for_what_they_are():
    """The name an upload has never reaches this module: only its bytes do."""
    made = process(encode(plain((20, 20), (255, 0, 0, 128), "RGBA"), "PNG"))
    assert decode(made.files["20.jpg"]).mode == "RGB"


def test_damaged_bytes_are_a_picture_or_a_sentence():
    """Every fifth byte of small files of each format, changed one at a time."""
    for format_name in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
        data = encode(plain((5, 4)), format_name)
        for at in range(0, len(data), 5):
            damaged = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
            try:
                made = process(damaged)
            except PictureError:
                continue
            assert max(made.width, made.height) <= pictures.MAX_SIDE_PX
