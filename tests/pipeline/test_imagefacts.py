"""What is known of input images without decoding them: measured once, and told apart from what is not at hand."""

from pathlib import Path

from imagepipe.pipeline.imagefacts import ImageFacts
from imagepipe.values import ImageFact
from imagepipe.workspace.digests import Digests
from tests.server.drawing import picture

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 5\n"


def test_a_file_that_is_no_picture_is_known_to_be_none(tmp_path: Path) -> None:
    whole = picture((64, 32), "png")
    (tmp_path / "mug.png").write_bytes(whole)
    (tmp_path / "notes.png").write_text("a mug")
    (tmp_path / "cut.png").write_bytes(whole[:60])
    (tmp_path / "far.png").write_text(POINTER)
    for _ in ("measured", "remembered"):
        facts = ImageFacts(tmp_path, Digests(tmp_path))
        assert facts["mug.png"] == ImageFact(64, 32, "png", len(whole))
        assert facts["notes.png"] == ImageFact(0, 0, "", 5)
        assert facts["cut.png"].format == ""
        assert facts.get("far.png") is None  # its bytes may well be a picture
        assert facts.get("gone.png") is None
        facts.save()
