"""Where a picture comes from, as its file says it: the XMP packet that derived files carry, the C2PA manifest of originals."""

from collections.abc import Iterator
from typing import Literal
from xml.sax.saxutils import escape

Source = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", ""]
"""How a picture came about, in IPTC's words: by a model, of several of which some are, by a plain program, or (a person's
picture) not said."""

NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's vocabulary of digital source types (https://cv.iptc.org/newscodes/digitalsourcetype)."""
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_JUMBF = 0xEB


def packet(asset: str, source: Source, *, creator: str = "", license: str = "") -> bytes:
    """An XMP packet: digital source type, asset id, and creator and licence where they are given. The same bytes for the
    same words: no date, no unique id."""
    lines = [f"<dc:identifier>{_text(asset)}</dc:identifier>"]
    if source:
        lines.append(f"<Iptc4xmpExt:DigitalSourceType>{NEWSCODES}{source}</Iptc4xmpExt:DigitalSourceType>")
    if creator:
        lines.append(f"<dc:creator><rdf:Seq><rdf:li>{_text(creator)}</rdf:li></rdf:Seq></dc:creator>")
    if license:
        alternative = f'<rdf:Alt><rdf:li xml:lang="x-default">{_text(license)}</rdf:li></rdf:Alt>'
        lines += [
            f"<dc:rights>{alternative}</dc:rights>",
            f"<xmpRights:UsageTerms>{alternative}</xmpRights:UsageTerms>",
        ]
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
    body = "".join(lines)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _text(text: str) -> str:
    """Text of an XML element; what XML cannot hold is left out."""
    return escape(
        "".join(c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe"))
    )


def has_c2pa(data: bytes) -> bool:
    """Whether a PNG, JPEG or WebP file carries a C2PA manifest (C2PA 2.1, A.3: `caBX`, APP11 with JUMBF, `C2PA`).

    Only its presence: signatures are not checked. False for bytes that are none of these, or broken.
    """
    if data.startswith(_PNG):
        return b"caBX" in _chunks(data, len(_PNG), "big", 12)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return b"C2PA" in _chunks(data, 12, "little", 8)
    return data.startswith(_JPEG) and any(b"jumb" in segment[:32] for segment in _segments(data))


def _chunks(data: bytes, at: int, order: Literal["big", "little"], frame: int) -> Iterator[bytes]:
    """The chunk names of a PNG (length, name, data, CRC) or a RIFF file (name, length, data, padded to even)."""
    while at + 8 <= len(data):
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        name, length = (second, first) if order == "big" else (first, second)
        yield name
        size = int.from_bytes(length, order)
        at += frame + size + (size % 2 if order == "little" else 0)


def _segments(data: bytes) -> Iterator[bytes]:
    """The APP11 segments before the pixels of a JPEG."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == _JUMBF:
            yield data[at + 4 : at + 2 + size]
        at += 2 + max(size, 2)
