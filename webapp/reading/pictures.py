"""Pictures as others see them: upright, not too large, without the place where they were taken.

The file that was sent stays as it is; what is shown is made from it. HEIC, which no browser of
ours draws, becomes JPEG.
"""

import io
from collections import OrderedDict
from threading import Lock

import pi_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.reading.papers import PICTURES

pi_heif.register_heif_opener()

JPEG = "image/jpeg"
LARGEST_SHOWN = 1024 * 1024
"""Bytes. A county reads fifteen of them for one case."""

_EDGES = (2000, 1500, 1100)
_MOST_PIXELS = 120_000_000  # a phone of 108 megapixels; beyond is no photograph
_QUALITY = 82
_FULL_QUALITY = 92
_KEPT = 24
_AS_THEY_ARE = frozenset({"image/png", "image/gif", "image/webp"})
_NO_PICTURE = (
    Image.DecompressionBombError,  # Pillow's own limit lies above ours, and is asked before it
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)


class _Shown:
    """The last pictures that were made, for a reviewer who goes back and forth."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: OrderedDict[str, tuple[bytes, str]] = OrderedDict()

    def get(self, key: str) -> tuple[bytes, str] | None:
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
            return found

    def put(self, key: str, made: tuple[bytes, str]) -> None:
        with self._lock:
            self._made[key] = made
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)


_shown = _Shown()


def to_show(content: bytes, kind: str, sha256: str) -> tuple[bytes, str]:
    """What the page shows of a picture, with its type; anything else as it is."""
    if kind not in PICTURES:
        return content, kind
    found = _shown.get(sha256)
    if found is None:
        found = _made(content, kind, small=True)
        _shown.put(sha256, found)
    return found


def to_download(content: bytes, kind: str) -> tuple[bytes, str]:
    """The picture in full size to keep, without the place where it was taken."""
    return _made(content, kind, small=False) if kind in PICTURES else (content, kind)


def _made(content: bytes, kind: str, *, small: bool) -> tuple[bytes, str]:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return content, kind
            is_clean = kind in _AS_THEY_ARE and not picture.getexif()
            if is_clean and not (small and len(content) > LARGEST_SHOWN):
                return content, kind
            if small and kind == JPEG:
                picture.draft("RGB", (_EDGES[0], _EDGES[0]))  # reads a large one in a fraction
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB")
    except _NO_PICTURE:
        return content, kind  # no picture after all: the browser says so
    return (_small(plain) if small else _jpeg(plain, _FULL_QUALITY)), JPEG


def _small(picture: Image.Image) -> bytes:
    made = b""
    for edge in _EDGES:
        copy = picture.copy()
        copy.thumbnail((edge, edge))
        made = _jpeg(copy, _QUALITY)
        if len(made) <= LARGEST_SHOWN:
            break
    return made


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """As JPEG; nothing of the old file's notes goes along."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def name_as(name: str, kind: str, shown_kind: str) -> str:
    """The name of a file whose content became another kind."""
    return name if kind == shown_kind else f"{name.rpartition('.')[0] or name}.jpg"
