"""Walks a WebP's RIFF chunks (RFC 9649)."""

from imagepipe.pictures.header import Header, damaged, orientation_of, truncated

MAGIC = b"RIFF"


def walk(data: bytes) -> Header:
    """A WebP's header. Raises PictureFault where a chunk or the file stops before the length it gives."""
    if data[8:12] != b"WEBP":
        raise damaged("webp", "it is some other RIFF file")
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise truncated("webp")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise truncated("webp")
        chunks.setdefault(data[at : at + 4], data[at + 8 : at + 8 + size])
        at += 8 + size + (size & 1)
    width, height, alpha = _shape(chunks)
    animated = b"ANIM" in chunks or b"ANMF" in chunks
    return Header("webp", width, height, end, alpha, animated, orientation_of(chunks.get(b"EXIF", b"")))


def _shape(chunks: dict[bytes, bytes]) -> tuple[int, int, bool]:
    """Width, height and whether there is an alpha channel."""
    wide, lossy, lossless = (chunks.get(name, b"") for name in (b"VP8X", b"VP8 ", b"VP8L"))
    if len(wide) >= 10:
        if not (lossy or lossless or b"ANMF" in chunks):
            raise damaged("webp", "it has no pixels")
        width, height = (int.from_bytes(wide[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height, bool(wide[0] & 0x10)
    if len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if len(lossy) >= 10 and lossy[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(lossy[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if width and height:
            return width, height, False
    raise damaged("webp", "it has no pixels")
