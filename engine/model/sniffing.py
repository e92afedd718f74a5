"""What a file is, by its first bytes and not by its name (reliability.md §4, items 13 and 17)."""

from engine.model.zips import UnreadableZip, opened

_IMAGES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_ENTRIES = 2_000
_LARGEST_UNPACKED = 50 * 1024 * 1024
_WORST_RATIO = 100


def sniff(content: bytes) -> str | None:
    """The media type of an allowed content, or None: pictures, PDF and office documents.

    SVG and HTML are refused on purpose: they can carry scripts.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"heif"}:
        return "image/heic"
    for start, kind in _IMAGES:
        if content.startswith(start):
            return kind
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(_OLD_OFFICE):
        return "application/x-ole-storage"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return None


def _office(content: bytes) -> str | None:
    """The type of a zipped office document; None for any other or a dangerous archive."""
    try:
        with opened(content) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            unpacked = sum(entry.file_size for entry in entries)
    except UnreadableZip:
        return None
    if len(entries) > _MOST_ENTRIES or unpacked > _LARGEST_UNPACKED:
        return None
    if unpacked > _WORST_RATIO * len(content):
        return None
    if "word/document.xml" in names:
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    if "xl/workbook.xml" in names:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return None
