"""What files say of their origin: originals untouched, derived files with an XMP packet, nothing under `strip`."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from imagepipe.provenance import has_c2pa, packet
from tests.project import Project
from tests.server import ImageServer

MUG = """\
version: 1
assets:
  mug:
    prompt: a mug
    owner: Fern & Hill <shop>
    license: CC-BY-4.0
    options: {quality: low}
    outputs: [mug.png, small.png, mug.webp, mug.jpg, mug.avif, mug.gif, mug.ico]
""".replace("small.png", "{path: small.png, width: 64}").replace("mug.ico", "{path: mug.ico, width: 64}")
DERIVED = ("small.png", "mug.webp", "mug.jpg", "mug.avif", "mug.gif", "mug.ico")


def xmp_of(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".ico":  # Its largest picture is the last, a PNG.
        data = data[data.rindex(b"\x89PNG") :]
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        if picture.format == "GIF":  # Pillow walks over the packet without keeping it.
            return data.partition(b"XMP DataXMP")[2].partition(b"\x01\xff\xfe")[0].decode()
        found = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    return found.decode() if isinstance(found, bytes) else str(found)


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    return Project(tmp_path).write(MUG)


def test_originals_are_untouched_and_derived_files_say_where_they_come_from(shop: Project) -> None:
    assert shop.run("build", "--yes").code == 0
    entry = shop.lock["assets"]["mug"]
    assert entry["outputs"]["mug.png"]["sha256"] == entry["candidates"][0]["sha256"]
    assert xmp_of(shop.root / "mug.png") == ""
    for name in DERIVED:
        text = xmp_of(shop.root / name)
        assert "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia<" in text, name
        words = "".join(ElementTree.fromstring(text).itertext())
        assert all(part in words for part in ("mug", "Fern & Hill <shop>", "CC-BY-4.0")), name


def test_strip_removes_all_and_costs_nothing(shop: Project, api: ImageServer) -> None:
    shop.run("build", "--yes")
    shop.edit("    prompt: a mug\n", "    prompt: a mug\n    metadata: strip\n")
    assert shop.actions() == {"mug": "finish"}
    assert shop.run("build").code == 0
    assert len(api.requests) == 1
    for name in ("mug.png", *DERIVED):
        assert xmp_of(shop.root / name) == ""
        assert b"CC-BY" not in (shop.root / name).read_bytes()


def test_the_same_picture_gives_the_same_bytes(shop: Project) -> None:
    shop.run("build", "--yes")
    before = {name: (shop.root / name).read_bytes() for name in DERIVED}
    for name in DERIVED:
        (shop.root / name).unlink()
    assert shop.run("build").code == 0
    assert before == {name: (shop.root / name).read_bytes() for name in DERIVED}


def test_a_stand_in_is_no_work_of_a_model_and_a_persons_picture_claims_nothing(shop: Project, tmp_path: Path) -> None:
    shop.run("build", "--provider", "placeholder")
    assert "/algorithmicMedia" in xmp_of(shop.root / "mug.webp")
    Image.new("RGB", (1024, 1024), "tan").save(tmp_path / "photo.png")
    assert shop.run("adopt", "mug", "photo.png").code == 0
    text = xmp_of(shop.root / "mug.webp")
    assert "DigitalSourceType" not in text
    assert "Fern &amp; Hill" in text


def png(chunk: bytes) -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG")
    body = b"jumbc2pa"
    extra = struct.pack(">I", len(body)) + chunk + body + struct.pack(">I", zlib.crc32(chunk + body))
    raw = data.getvalue()
    return raw[:33] + extra + raw[33:]


def webp(chunk: bytes) -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "WEBP")
    raw = data.getvalue()
    return raw + chunk + struct.pack("<I", 4) + b"jumb"


def jpeg(marker: int) -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG")
    segment = b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumb"
    raw = data.getvalue()
    return raw[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(segment) + 2) + segment + raw[2:]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(b"caBX"), True), (png(b"teXt"), False), (webp(b"C2PA"), True), (webp(b"ABCD"), False),
        (jpeg(0xEB), True), (jpeg(0xED), False), (b"", False), (b"\x89PNG\r\n\x1a\n", False), (b"\xff\xd8\xff", False),
        (b"RIFF\x00\x00\x00\x00WEBPC2P", False), (b"caBX", False),
    ],
)  # fmt: skip
def test_a_c2pa_manifest_is_noticed(data: bytes, found: bool) -> None:
    assert has_c2pa(data) is found


def test_its_presence_is_recorded_with_the_picture(shop: Project, tmp_path: Path) -> None:
    shop.run("build", "--yes")
    (candidate,) = shop.lock["assets"]["mug"]["candidates"]
    assert "c2pa" not in candidate
    (tmp_path / "signed.png").write_bytes(png(b"caBX"))
    assert shop.run("adopt", "mug", "signed.png").code == 0
    (picked,) = [item for item in shop.lock["assets"]["mug"]["candidates"] if item["status"] == "picked"]
    assert picked["c2pa"] is True
    assert (tmp_path / "mug.png").read_bytes() == png(b"caBX"), "the original keeps it, byte for byte"
    (tmp_path / "assets.lock").unlink()
    assert shop.run("build", "--force").code == 0
    assert any(item.get("c2pa") for item in shop.lock["assets"]["mug"]["candidates"]), "the store knows it too"


def test_a_packet_holds_only_what_xml_can() -> None:
    text = packet("a\x00b", "", creator="\ud800\x0b<&>")
    assert ElementTree.fromstring(text).tag.endswith("xmpmeta")
    assert b"DigitalSourceType" not in text
