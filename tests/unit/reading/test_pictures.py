"""What others see of a picture: upright, small, and not where it was taken."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from engine.model.sniffing import sniff
from webapp.reading.pictures import LARGEST_SHOWN, name_as, to_download, to_show

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def photograph(size: tuple[int, int], *, orientation: int = 1, noisy: bool = False) -> bytes:
    """A JPEG as a phone makes it, red in its upper half, with place and maker noted."""
    picture = (
        Image.effect_noise(size, 90).convert("RGB") if noisy else Image.new("RGB", size, "blue")
    )
    if not noisy:
        picture.paste("red", (0, 0, size[0], size[1] // 2))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Phone"
    exif[GPS] = {1: "N", 2: (24.0, 30.0, 15.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_sideways_photograph_is_shown_upright() -> None:
    shown, kind = to_show(photograph((60, 40), orientation=6), "image/jpeg", "a")

    picture = opened(shown)
    assert kind == "image/jpeg"
    assert picture.size == (40, 60)
    assert picture.getpixel((35, 30))[0] > 200  # the red half is on the right now
    assert picture.getpixel((5, 30))[2] > 200


@pytest.mark.parametrize("small", [True, False])
def test_where_it_was_taken_is_not_in_what_others_get(small: bool) -> None:
    taken = photograph((60, 40))
    assert GPS in opened(taken).getexif()

    shown, _kind = to_show(taken, "image/jpeg", "b") if small else to_download(taken, "image/jpeg")

    assert not opened(shown).getexif()


def test_a_large_one_becomes_small_to_look_at_and_stays_large_to_keep() -> None:
    taken = photograph((4000, 3000), noisy=True)

    shown, _kind = to_show(taken, "image/jpeg", "c")
    kept, _kind = to_download(taken, "image/jpeg")

    assert len(taken) > 4 * LARGEST_SHOWN
    assert len(shown) <= LARGEST_SHOWN
    assert opened(kept).size == (4000, 3000)


def test_heic_becomes_jpeg() -> None:
    heic = (Path(__file__).parent / "photograph.heic").read_bytes()
    assert sniff(heic) == "image/heic"

    shown, kind = to_show(heic, "image/heic", "d")

    assert kind == "image/jpeg"
    assert opened(shown).format == "JPEG"
    assert opened(shown).size == (64, 48)
    assert name_as("IMG_1.HEIC", "image/heic", kind) == "IMG_1.jpg"


def test_a_small_clean_drawing_stays_as_it_is() -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(out, "PNG")

    assert to_show(out.getvalue(), "image/png", "e") == (out.getvalue(), "image/png")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checked


def test_what_says_it_has_more_pixels_than_any_photograph_is_not_unpacked() -> None:
    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", zlib.compress(b"\0"))
    assert sniff(png) == "image/png"
    assert to_show(png, "image/png", "h") == (png, "image/png")
    assert to_download(png, "image/png") == (png, "image/png")


def test_what_is_no_picture_is_left_alone() -> None:
    assert to_show(b"\xff\xd8\xff broken", "image/jpeg", "f")[0] == b"\xff\xd8\xff broken"
    assert to_show(b"%PDF-1.7", "application/pdf", "g") == (b"%PDF-1.7", "application/pdf")
